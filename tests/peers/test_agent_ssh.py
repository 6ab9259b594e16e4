"""A real OpenSSH server with the forced command: the report comes, and the key can do nothing else."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.exit_codes import Exit
from agent.wire import parse_report, request_line
from deploy.stack.child import Child
from deploy.stack.ports import free_port
from deploy.stack.sshd import Login, find_sshd, generate_key, known_hosts_line, sshd_child
from tests.peers.agent_running import RunningAgent, running_agent

pytestmark = pytest.mark.skipif(
    find_sshd() is None or shutil.which("ssh") is None,
    reason="not installed: Debian packages openssh-server and openssh-client",
)

REFUSAL = "haidang-agent report: not a request: haidang-report/1 [spool=ID] [after=N] [limit=N] is wanted\n"


@dataclass(frozen=True, slots=True)
class Server:
    """A running sshd, the agent whose report it runs, and a client's key."""

    agent: RunningAgent
    child: Child
    directory: Path
    port: int

    def options(self) -> list[str]:
        wanted = {
            "BatchMode": "yes",
            "IdentitiesOnly": "yes",
            "StrictHostKeyChecking": "yes",
            "UserKnownHostsFile": str(self.directory / "known_hosts"),
            "GlobalKnownHostsFile": "none",
            "ConnectTimeout": "10",
            "LogLevel": "ERROR",
        }
        options = [word for name, value in wanted.items() for word in ("-o", f"{name}={value}")]
        return ["-F", "none", "-i", str(self.directory / "client_key"), *options]

    def ssh(self, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run ssh with further options, `--`, and a command, in a connection of its own."""
        at = words.index("--") if "--" in words else len(words)
        options, command = words[:at], words[at + 1 :]
        target = [f"{getpass.getuser()}@127.0.0.1", *command]
        line = ["ssh", *self.options(), "-p", str(self.port), *options, *target]
        return subprocess.run(line, capture_output=True, input=stdin, timeout=60, check=False)

    def channel(self, command: str) -> subprocess.CompletedProcess[bytes]:
        """Run a command as one more channel of the kept connection, as the collector does."""
        return self.ssh("-S", str(self.directory / "control"), "--", command)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep one connection open for `channel`."""
        control = ["-S", str(self.directory / "control")]
        opened = self.ssh("-M", *control, "-o", "ControlPersist=yes", "-f", "-N")
        assert opened.returncode == 0, opened
        try:
            yield
        finally:
            self.ssh(*control, "-O", "exit")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An sshd whose configuration would allow forwarding and sftp: only the key's line stands against it."""
    directory = tmp_path_factory.mktemp("sshd")
    port = free_port()
    with running_agent(tmp_path_factory.mktemp("agent")) as agent:
        public = generate_key(directory / "client_key")
        command = shlex.join([sys.executable, "-m", "agent", "report", "--spool", str(agent.spool)])
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        login = Login(public_key=public, command=command)
        child = sshd_child(directory, host="127.0.0.1", port=port, logins=(login,))
        config = directory / "sshd_config"
        text = config.read_text().replace("AllowTcpForwarding no", "AllowTcpForwarding yes")
        config.write_text(text + "Subsystem sftp internal-sftp\nAllowAgentForwarding yes\n")
        host_key = (directory / "host_key.pub").read_text()
        (directory / "known_hosts").write_text(known_hosts_line("127.0.0.1", port, host_key) + "\n")
        with child:
            child.wait_until(lambda: listening(port))
            running = Server(agent, child, directory, port)
            with running.kept():
                yield running


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_report_comes_over_ssh(server: Server) -> None:
    """Request, forced command, report: complete, nothing on stderr, and it is this agent's spool."""
    done = server.ssh("--", request_line(after=0, limit=3))
    assert (done.returncode, done.stderr) == (0, b"")
    report = parse_report(done.stdout)
    assert report.header.serving
    assert report.header.spool == server.agent.report("--limit", "1").header.spool
    assert report.entries[0].seq == 1
    age_ms = report.entries[0].age_ms
    assert age_ms is not None
    assert age_ms >= 0


def test_what_the_client_sends_is_ignored(server: Server) -> None:
    """A megabyte on standard input changes nothing."""
    done = server.ssh(
        "-S", str(server.directory / "control"), "--", request_line(limit=1), stdin=b"x" * 1_000_000
    )
    assert done.returncode == 0
    assert len(parse_report(done.stdout).entries) == 1


@pytest.mark.parametrize(
    "command",
    [
        "id",
        "/bin/sh",
        "cat /etc/passwd",
        "haidang-report/1; id",
        "haidang-report/1 limit=1 && id",
        "haidang-report/1 limit=1 | id",
        "haidang-report/1 limit=$(id -u)",
        "haidang-report/1 limit=`id -u`",
        "haidang-report/1 limit=1\nid",
        "haidang-report/1 limit=1 --spool=/etc",
        "scp -f /etc/passwd",
        "rsync --server --sender . /etc",
        "A" * 50_000,
        "đ" * 100,
    ],
    ids=lambda command: repr(command[:30]),
)
def test_other_commands_are_refused(server: Server, command: str) -> None:
    """No other command runs: one line on stderr, the exit code for it, not a byte on standard output."""
    done = server.channel(command)
    assert (done.returncode, done.stdout) == (Exit.REQUEST, b"")
    assert done.stderr.decode() == REFUSAL


def test_there_is_no_shell(server: Server) -> None:
    """Without a command, with and without a terminal, there is no shell and no report."""
    done = server.ssh()
    assert (done.returncode, done.stdout) == (Exit.REQUEST, b"")
    assert b"this login may only fetch reports" in done.stderr
    done = server.ssh("-tt", stdin=b"id\nexit\n")
    assert b"uid=" not in done.stdout + done.stderr
    assert b"PTY allocation request failed" in done.stderr


def test_there_is_no_file_transfer(server: Server) -> None:
    """sftp and scp get nothing, though the server has the subsystem."""
    target = f"{getpass.getuser()}@127.0.0.1"
    options = [*server.options(), "-P", str(server.port)]
    copied = server.directory / "copied"
    for command in (
        ["sftp", *options, "-b", "-", target],
        ["scp", *options, f"{target}:/etc/passwd", str(copied)],
        ["scp", "-O", *options, f"{target}:/etc/passwd", str(copied)],
    ):
        done = subprocess.run(command, input=b"ls /\n", capture_output=True, timeout=60, check=False)
        assert done.returncode != 0, command
        assert b"bin" not in done.stdout
    assert not copied.exists()


def test_nothing_can_be_forwarded(server: Server) -> None:
    """Neither to a port of this machine nor from one, though the server's configuration would allow it."""
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(0.5)
        port = inside.getsockname()[1]
        done = server.ssh("-W", f"127.0.0.1:{port}", stdin=b"hello")
        assert done.returncode != 0
        assert b"stdio forwarding failed" in done.stderr
        with pytest.raises(TimeoutError):
            inside.accept()
        remote = free_port()
        done = server.ssh("-o", "ExitOnForwardFailure=yes", "-N", "-R", f"{remote}:127.0.0.1:{port}")
        assert done.returncode != 0
        assert b"remote port forwarding failed" in done.stderr


def test_the_environment_cannot_be_set(server: Server) -> None:
    """Variables that the client sends, that of the request among them, do not reach the command."""
    fake = request_line(after=0, limit=1)
    done = server.ssh(
        *("-o", f"SetEnv=SSH_ORIGINAL_COMMAND={fake}"),
        *("-o", "SetEnv=PYTHONPATH=/nonexistent", "-o", "SetEnv=PYTHONSTARTUP=/etc/passwd"),
        "--",
        "id",
    )
    assert (done.returncode, done.stdout) == (Exit.REQUEST, b"")
