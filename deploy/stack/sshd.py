"""An OpenSSH server of our own on loopback: host key, configuration, forced commands."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.stack.child import Child, ChildError


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A public key that may run one command and nothing else."""

    public_key: str
    command: str

    def authorized_keys_line(self) -> str:
        """Return the authorized_keys line; `restrict` takes away forwarding, terminals and start-up files."""
        escaped = self.command.replace("\\", "\\\\").replace('"', '\\"')
        return f'restrict,command="{escaped}" {self.public_key}'


def find_sshd() -> str | None:
    """Return the absolute path of sshd (it refuses to start otherwise); None if it is not installed."""
    return shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin")


def generate_key(path: Path, *, comment: str = "") -> str:
    """Write an Ed25519 key pair at `path` unless it is there; return the public key's line."""
    if not path.exists():
        program = shutil.which("ssh-keygen")
        if program is None:
            raise ChildError("ssh-keygen: not installed (Debian package openssh-client)")
        path.parent.mkdir(parents=True, exist_ok=True)
        command = [program, "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return path.with_name(path.name + ".pub").read_text().strip()


def known_hosts_line(host: str, port: int, public_key: str) -> str:
    """Return the known_hosts line that pins `public_key` for this host and port."""
    kind, key = public_key.split()[:2]
    return f"{host if port == 22 else f'[{host}]:{port}'} {kind} {key}"


def sshd_child(directory: Path, *, host: str, port: int, logins: tuple[Login, ...]) -> Child:
    """Write keys and configuration into `directory` and return the unstarted child."""
    return _sshd(directory, (host,), port, [f"AuthorizedKeysFile {_authorized(directory, host, logins)}"])


def sshd_of_many(directory: Path, hosts: Mapping[str, tuple[Login, ...]], *, port: int) -> Child:
    """Write keys and configuration into `directory` and return the unstarted child.

    Each address has logins of its own; the host key is shared. At most 16 addresses: sshd's MAX_LISTEN_SOCKS.
    """
    lines = ["AuthorizedKeysFile none"]
    for host, logins in hosts.items():
        lines.append(f"Match LocalAddress {host}")
        lines.append(f"AuthorizedKeysFile {_authorized(directory, host, logins)}")
    return _sshd(directory, hosts, port, lines)


def _authorized(directory: Path, host: str, logins: Iterable[Login]) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    authorized = directory / f"authorized_keys.{host}"
    authorized.write_text("".join(login.authorized_keys_line() + "\n" for login in logins))
    authorized.chmod(0o644)
    return authorized


def _sshd(directory: Path, hosts: Iterable[str], port: int, last: Iterable[str]) -> Child:
    program = find_sshd()
    if program is None:
        raise ChildError("sshd: not installed (Debian package openssh-server)")
    generate_key(directory / "host_key", comment="haidang host key")
    config = directory / "sshd_config"
    config.write_text(
        "\n".join(
            [
                f"Port {port}",
                *(f"ListenAddress {host}" for host in hosts),
                f"HostKey {directory / 'host_key'}",
                f"PidFile {directory / 'sshd.pid'}",
                "PasswordAuthentication no",
                "KbdInteractiveAuthentication no",
                "PermitRootLogin forced-commands-only",
                "AllowTcpForwarding no",
                "X11Forwarding no",
                "PermitTunnel no",
                "PermitUserEnvironment no",
                # The checkout may lie in a folder that others can write to; the keys above are ours alone.
                "StrictModes no",
                "UsePAM no",
                "LogLevel VERBOSE",
                # A collector that starts logs in at all addresses at once.
                "MaxStartups 100",
                # Sessions whose client was killed, or is cut off, end all the same.
                "ClientAliveInterval 15",
                "ClientAliveCountMax 2",
                *last,
            ]
        )
        + "\n"
    )
    return Child("sshd", [program, "-D", "-e", "-f", str(config)], log=directory / "sshd.log")
