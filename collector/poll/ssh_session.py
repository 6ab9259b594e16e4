"""One blocking SSH session over a connected socket: pinned host key, one command, bounded output.

The only importer of paramiko. Every way in which it can fail leaves here as an SshError with one reason.
"""

from __future__ import annotations

import contextlib
import io
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

import paramiko
from paramiko import ssh_exception

from collector.model import Printed, Reason
from collector.poll.metered_socket import MeteredSocket
from collector.poll.ssh_error import NotOpenedError, SshError

# A refused login is a reason in the ledger; paramiko would also log it, with a traceback, at every poll.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)

_CHUNK = 65_536
_STDERR_SHOWN = 300

_LOGIN_OCTETS = 256 * 1024
"""Banner, key exchange and login take a few kilobytes; keys that are renewed later, as much again."""

_WINDOW = 1024 * 1024
"""What the server may send of a report before the collector has looked at the last of it."""

_KEX = (
    "mlkem768x25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
)
"""None over finite fields: their power is taken by Python itself, over a modulus that the server may choose,
and for seconds nothing else in this process would run."""
_CIPHERS = ("aes128-ctr", "aes192-ctr", "aes256-ctr", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com")
_DIGESTS = (
    "hmac-sha2-256",
    "hmac-sha2-512",
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
)

_KEY_CLASSES = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)

REASONS: dict[type[Exception], Reason] = {
    ssh_exception.AuthenticationException: Reason.LOGIN_REFUSED,
    ssh_exception.BadAuthenticationType: Reason.LOGIN_REFUSED,
    ssh_exception.PartialAuthentication: Reason.LOGIN_REFUSED,
    ssh_exception.PasswordRequiredException: Reason.LOGIN_REFUSED,
    ssh_exception.UnableToAuthenticate: Reason.LOGIN_REFUSED,
    ssh_exception.BadHostKeyException: Reason.HOST_KEY_CHANGED,
    ssh_exception.ChannelException: Reason.COMMAND_FAILED,
    ssh_exception.IncompatiblePeer: Reason.MALFORMED,
    ssh_exception.MessageOrderError: Reason.MALFORMED,
    ssh_exception.NoValidConnectionsError: Reason.CLOSED,
    ssh_exception.ConfigParseError: Reason.INTERNAL,
    ssh_exception.CouldNotCanonicalize: Reason.INTERNAL,
    ssh_exception.ProxyCommandFailure: Reason.INTERNAL,
    ssh_exception.SSHException: Reason.CLOSED,
    TimeoutError: Reason.DEADLINE,
    EOFError: Reason.CLOSED,
    OSError: Reason.CLOSED,
}
"""Each exception class that paramiko raises, the nearest base class standing for those not named."""


class IdentityError(ValueError):
    """A private key or a known_hosts text that cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SshIdentity:
    """Who logs in and which host keys are accepted. The private key shows in no repr."""

    username: str
    key: paramiko.PKey = field(repr=False)
    hosts: paramiko.HostKeys = field(repr=False)

    @staticmethod
    def load(*, username: str, private_key: str, known_hosts: str) -> SshIdentity:
        """Parse a private key in OpenSSH or PEM form and lines of known_hosts; raise IdentityError."""
        hosts = paramiko.HostKeys()
        for number, line in enumerate(known_hosts.splitlines(), 1):
            if line.strip() and not line.lstrip().startswith("#"):
                _pin(hosts, line, number)
        return SshIdentity(username=username, key=_private_key(private_key), hosts=hosts)

    def with_host_key(self, host: str, port: int, key: str) -> SshIdentity:
        """Return an identity that accepts this key (`TYPE BASE64`) of this host and no other."""
        hosts = paramiko.HostKeys()
        _pin(hosts, f"{_host_name(host, port)} {key}", 1)
        return SshIdentity(username=self.username, key=self.key, hosts=hosts)


def _host_name(host: str, port: int) -> str:
    return host if port == 22 else f"[{host}]:{port}"


def _pin(hosts: paramiko.HostKeys, line: str, number: int) -> None:
    try:
        entry = paramiko.hostkeys.HostKeyEntry.from_line(line, number)
    except ssh_exception.SSHException as error:
        raise IdentityError(f"known_hosts line {number}: {error}") from error
    if entry is None or entry.key is None:
        raise IdentityError(f"known_hosts line {number} is not of the form `HOST KEY-TYPE BASE64`")
    for name in entry.hostnames or ():
        hosts.add(name, entry.key.get_name(), entry.key)


def _private_key(text: str) -> paramiko.PKey:
    for kind in _KEY_CLASSES:
        try:
            return kind.from_private_key(io.StringIO(text))
        except ssh_exception.PasswordRequiredException as error:
            raise IdentityError(
                "the private key has a passphrase; the collector needs one without"
            ) from error
        except (ssh_exception.SSHException, ValueError, IndexError):
            continue
    raise IdentityError("not a private key of type Ed25519, ECDSA or RSA in OpenSSH or PEM form")


def reason_for(error: Exception) -> Reason:
    """Return the reason for an exception out of paramiko, by its nearest listed class."""
    for kind in type(error).__mro__:
        if kind in REASONS:
            return REASONS[kind]
    return Reason.INTERNAL


class SshSession:
    """A logged-in connection that is kept from poll to poll. All calls block and belong in a thread."""

    def __init__(
        self,
        connected: socket.socket,
        identity: SshIdentity,
        *,
        host: str,
        port: int,
        mono: Callable[[], float],
    ) -> None:
        self._socket = MeteredSocket(connected, octets=_LOGIN_OCTETS)
        self._mono = mono
        self._identity = identity
        self._name = _host_name(host, port)
        self._scan = f"ssh-keyscan -p {port} {host}"
        self._transport: paramiko.Transport | None = None

    @property
    def alive(self) -> bool:
        """True while the connection can be used for another command."""
        return self._transport is not None and self._transport.is_active()

    def cut(self) -> None:
        """Shut the socket down from any thread; whatever blocks on it then fails at once."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection."""
        self.cut()
        if self._transport is not None:
            self._transport.close()
        self._socket.close()

    def login(self, deadline: float) -> None:
        """Exchange keys, check the host key, authenticate; raise SshError."""
        try:
            self._login(deadline)
        except SshError:
            raise
        except ssh_exception.IncompatiblePeer as error:
            if "host key" in str(error):
                detail = f"{self._name} has no host key of the pinned type; it was reinstalled or is another"
                raise SshError(Reason.HOST_KEY_CHANGED, detail) from error
            raise SshError(Reason.MALFORMED, _text(error)) from error
        except Exception as error:
            raise self._error(error) from error

    def run(
        self, command: str, *, open_by: float, deadline: float, limit: int, heard: Callable[[float], None]
    ) -> Printed:
        """Run one command and return its whole standard output, at most `limit` bytes; raise SshError.

        It must be begun by `open_by`, else NotOpenedError, and over by `deadline`. `heard` is told when the
        host first answered.
        """
        try:
            return self._run(command, self._open_channel(open_by, limit, heard), deadline, limit)
        except SshError as error:
            if self._socket.flooded:
                raise self._error(error) from error
            raise
        except Exception as error:
            raise self._error(error) from error

    def _error(self, error: Exception) -> SshError:
        if self._socket.flooded:
            return SshError(Reason.TOO_LARGE, "it sent more than a login and a report take; cut off")
        return SshError(reason_for(error), _text(error))

    def _login(self, deadline: float) -> None:
        pinned = self._identity.hosts.lookup(self._name)
        if not pinned:
            raise SshError(
                Reason.HOST_KEY_UNKNOWN,
                f"no host key of {self._name} is pinned; compare `{self._scan}` with the machine's own "
                "/etc/ssh/*.pub, then add its line to known_hosts",
            )
        self._socket.settimeout(self._left(deadline))
        self._transport = transport = paramiko.Transport(self._socket)
        options = transport.get_security_options()
        # A server with several keys must show the one that is pinned, as OpenSSH's client asks it to.
        options.key_types = tuple(t for t in options.key_types if _base_type(t) in pinned)
        # Which of them there are depends on how paramiko's own library was built.
        options.kex = tuple(name for name in options.kex if name in _KEX)
        options.ciphers, options.digests = _CIPHERS, _DIGESTS
        transport.banner_timeout = transport.handshake_timeout = self._left(deadline)
        transport.auth_timeout = transport.channel_timeout = self._left(deadline)
        transport.start_client(timeout=self._left(deadline))
        shown = transport.get_remote_server_key()
        if pinned.get(shown.get_name()) != shown:
            raise SshError(
                Reason.HOST_KEY_CHANGED,
                f"{self._name} shows {shown.get_name()} {shown.fingerprint}, which is not the pinned key: "
                "another machine answers there, or it was reinstalled",
            )
        transport.auth_publickey(self._identity.username, self._identity.key)

    def _run(self, command: str, channel: paramiko.Channel, deadline: float, limit: int) -> Printed:
        try:
            channel.settimeout(self._left(deadline))
            asked_at = self._mono()
            channel.exec_command(command.encode())
            out = bytearray()
            first_at = None
            while chunk := channel.recv(_CHUNK):
                first_at = first_at or self._mono()
                out += chunk
                if len(out) > limit:
                    raise SshError(Reason.TOO_LARGE, f"more than {limit} bytes of output; cut off")
                channel.settimeout(self._left(deadline))
            if not channel.status_event.wait(self._left(deadline)):
                raise SshError(Reason.DEADLINE, "the command closed its output but did not end")
            status = channel.recv_exit_status()
            if status != 0:
                said = _printable(channel.recv_stderr(_STDERR_SHOWN)) if channel.recv_stderr_ready() else ""
                raise SshError(Reason.COMMAND_FAILED, f"exit code {status}: {said or 'no message'}")
            return Printed(stdout=bytes(out), asked_at=asked_at, first_at=first_at or self._mono())
        finally:
            channel.close()

    def _open_channel(self, open_by: float, limit: int, heard: Callable[[float], None]) -> paramiko.Channel:
        if self._transport is None:
            raise SshError(Reason.INTERNAL, "not logged in")
        # An eighth is more than SSH's own frames add.
        self._socket.allow(limit + limit // 8 + _WINDOW + _LOGIN_OCTETS)
        try:
            channel = self._transport.open_session(window_size=_WINDOW, timeout=self._left(open_by))
        except ssh_exception.ChannelException:
            heard(self._mono())
            raise
        except Exception as error:
            reason = Reason.DEADLINE if self._mono() >= open_by else reason_for(error)
            raise NotOpenedError(reason, _text(error)) from error
        heard(self._mono())
        return channel

    def _left(self, deadline: float) -> float:
        left = deadline - self._mono()
        if left <= 0:
            raise SshError(Reason.DEADLINE, "the time for this poll was up")
        return left


def _base_type(algorithm: str) -> str:
    """RFC 8332: rsa-sha2-256 and rsa-sha2-512 are signatures by a key of type ssh-rsa."""
    return "ssh-rsa" if algorithm.startswith("rsa-sha2-") else algorithm


def _text(error: Exception) -> str:
    return _printable(str(error).encode()) or type(error).__name__


def _printable(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    return "".join(c if c.isprintable() else " " for c in text).strip()[:_STDERR_SHOWN]
