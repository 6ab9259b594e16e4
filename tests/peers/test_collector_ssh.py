"""The SSH poller against a real OpenSSH server, and against servers that hang, flood or lie."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import paramiko
import pytest
from paramiko import ssh_exception

from collector.model import Check, Fault, Printed, Reason, Reply
from collector.poll.base import Timing
from collector.poll.ssh import SshPoller, SshRequest
from collector.poll.ssh_session import REASONS, IdentityError, SshIdentity, reason_for
from deploy.stack import sshd
from deploy.stack.child import Child
from deploy.stack.ports import free_port

pytestmark = pytest.mark.skipif(sshd.find_sshd() is None, reason="not installed: openssh-server")

PRINTER = (
    "import os, sys, time; what = os.environ.get('SSH_ORIGINAL_COMMAND', '');"
    "print('asked', what) if what.startswith('say') else None;"
    "sys.exit(print('no such report', file=sys.stderr) or 3) if what == 'fail' else None;"
    "sys.stdout.write('x' * 5_000_000) if what == 'huge' else None;"
    "[sys.stdout.write('x' * 65536) for _ in iter(int, 1)] if what == 'endless' else None;"
    "time.sleep(15) if what == 'hang' else None"
)


@dataclass(frozen=True)
class Server:
    """A running sshd, its folder and where it listens."""

    directory: Path
    port: int
    child: Child

    def host_key(self) -> str:
        return (self.directory / "host_key.pub").read_text()

    def identity(self, *, known_hosts: str | None = None, key: Path | None = None) -> SshIdentity:
        return SshIdentity.load(
            username=getpass.getuser(),
            private_key=(key or self.directory / "client").read_text(),
            known_hosts=sshd.known_hosts_line("127.0.0.1", self.port, self.host_key())
            if known_hosts is None
            else known_hosts,
        )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("sshd")
    port = free_port()
    public = sshd.generate_key(directory / "client")
    command = f'{sys.executable} -c "{PRINTER}"'
    child = sshd.sshd_child(
        directory, host="127.0.0.1", port=port, logins=(sshd.Login(public_key=public, command=command),)
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    with child:
        child.wait_until(lambda: "Server listening" in child.log.read_text())
        yield Server(directory, port, child)


def poll(*requests: SshRequest, deadline_s: float = 5.0, together: bool = False) -> list[Check]:
    async def run() -> list[Check]:
        poller = SshPoller(mono=time.monotonic)

        async def ask(request: SshRequest) -> Check:
            now = time.monotonic()
            return await poller.poll(request, Timing(started_at=now, deadline_at=now + deadline_s))

        try:
            if together:
                return list(await asyncio.gather(*(ask(request) for request in requests)))
            return [await ask(request) for request in requests]
        finally:
            await poller.close()

    return asyncio.run(run())


def request(
    identity: SshIdentity,
    port: int,
    command: str = "say hello",
    *,
    limit: int = 100_000,
    timeout_s: float = 5.0,
) -> SshRequest:
    return SshRequest(
        address="127.0.0.1", port=port, identity=identity, command=command, limit=limit, timeout_s=timeout_s
    )


def failed(check: Check) -> Fault:
    assert isinstance(check, Fault), check
    return check


def test_a_report_is_fetched_and_the_connection_is_kept(server: Server) -> None:
    """The second poll logs in no second time."""
    logins = server.child.log.read_text().count("Accepted publickey")
    identity = server.identity()
    for check in poll(*[request(identity, server.port)] * 5):
        assert isinstance(check, Reply)
        assert isinstance(check.payload, Printed)
        assert check.payload.stdout == b"asked say hello\n"
        assert check.sent_at <= check.payload.asked_at <= check.payload.first_at <= check.done_at
    assert server.child.log.read_text().count("Accepted publickey") == logins + 1


def test_an_unknown_host_key_is_refused_with_what_to_do(server: Server) -> None:
    """Nothing is trusted on first use."""
    fault = failed(poll(request(server.identity(known_hosts=""), server.port))[0])
    assert fault.reason is Reason.HOST_KEY_UNKNOWN
    assert fault.detail == (
        f"no host key of [127.0.0.1]:{server.port} is pinned; "
        f"compare `ssh-keyscan -p {server.port} 127.0.0.1` with the machine's own "
        "/etc/ssh/*.pub, then add its line to known_hosts"
    )
    assert fault.answered_at is not None


def test_a_changed_host_key_is_refused_and_no_login_is_tried(server: Server, tmp_path: Path) -> None:
    """Another key of the pinned type: the machine is not the one it was."""
    other = sshd.generate_key(tmp_path / "other")
    before = server.child.log.read_text().count("Accepted publickey")
    pinned = sshd.known_hosts_line("127.0.0.1", server.port, other)
    fault = failed(poll(request(server.identity(known_hosts=pinned), server.port))[0])
    assert fault.reason is Reason.HOST_KEY_CHANGED
    assert "SHA256:" in fault.detail
    assert "another machine answers there, or it was reinstalled" in fault.detail
    assert server.child.log.read_text().count("Accepted publickey") == before


def test_a_pinned_key_of_a_type_the_server_has_not_is_a_changed_key(server: Server) -> None:
    """An ECDSA pin and a server with Ed25519 only."""
    key = paramiko.ECDSAKey.generate()
    pinned = f"[127.0.0.1]:{server.port} {key.get_name()} {key.get_base64()}"
    fault = failed(poll(request(server.identity(known_hosts=pinned), server.port))[0])
    assert fault.reason is Reason.HOST_KEY_CHANGED
    assert "no host key of the pinned type" in fault.detail


def test_a_login_that_is_not_allowed_is_refused(server: Server, tmp_path: Path) -> None:
    """A key that the server does not know."""
    sshd.generate_key(tmp_path / "stranger")
    fault = failed(poll(request(server.identity(key=tmp_path / "stranger"), server.port))[0])
    assert fault.reason is Reason.LOGIN_REFUSED
    assert fault.answered_at is not None


def test_a_command_that_fails_says_its_words(server: Server) -> None:
    """Exit code and standard error stand in the detail."""
    fault = failed(poll(request(server.identity(), server.port, "fail"))[0])
    assert fault.reason is Reason.COMMAND_FAILED
    assert fault.detail == "exit code 3: no such report"


@pytest.mark.parametrize("command", ["huge", "endless"])
def test_an_answer_without_end_is_cut_off(server: Server, command: str) -> None:
    """Output is bounded, however much the other side sends."""
    started = time.monotonic()
    fault = failed(poll(request(server.identity(), server.port, command, limit=200_000))[0])
    assert fault.reason is Reason.TOO_LARGE
    assert fault.detail == "more than 200000 bytes of output; cut off"
    assert time.monotonic() - started < 5.0


def test_a_command_that_hangs_costs_its_own_deadline_only(server: Server) -> None:
    """Its neighbours on the same poller are done long before."""
    hanging = request(server.identity(), server.port, "hang")
    others = [request(server.identity(), server.port) for _ in range(5)]
    checks = poll(hanging, *others, deadline_s=4.0, together=True)
    fault = failed(checks[0])
    assert fault.reason is Reason.DEADLINE
    assert 3.9 < fault.done_at - fault.sent_at < 7.0
    for check in checks[1:]:
        assert isinstance(check, Reply)
        assert check.done_at - check.sent_at < 3.9


@contextlib.contextmanager
def fake(behave: Callable[[socket.socket], None]) -> Iterator[int]:
    """A TCP server that does something to each connection."""
    listener = socket.create_server(("127.0.0.1", 0))
    connections: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connections.append(connection)
            with contextlib.suppress(OSError):
                behave(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in connections:
            connection.close()
        thread.join(2)


def hang(connection: socket.socket) -> None:
    """Accept and say nothing."""


def hang_up(connection: socket.socket) -> None:
    """Accept and close at once."""
    connection.close()


def babble(connection: socket.socket) -> None:
    """Speak another protocol."""
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 200)


def banner_without_end(connection: socket.socket) -> None:
    """Begin like SSH and never stop."""
    connection.sendall(b"SSH-2.0-" + b"A" * 1_000_000)


def garbage_after_banner(connection: socket.socket) -> None:
    """A good banner, then noise."""
    connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n" + os.urandom(4_000))


def packet_without_end(connection: socket.socket) -> None:
    """A good banner, then one packet of 4 GiB."""
    connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n" + struct.pack(">I", 0xFFFF_FFFC) + bytes(4))
    while True:
        connection.sendall(bytes(65_536))


def test_a_packet_of_any_size_is_not_taken_into_memory(server: Server) -> None:
    """Nobody is authenticated yet: whoever sits at the address could otherwise fill all memory."""
    with fake(packet_without_end) as port:
        pinned = sshd.known_hosts_line("127.0.0.1", port, server.host_key())
        fault = failed(poll(request(server.identity(known_hosts=pinned), port), deadline_s=10.0)[0])
    assert fault.reason is Reason.TOO_LARGE
    assert fault.detail == "it sent more than a login and a report take; cut off"


def test_a_modulus_of_the_servers_choice_is_not_computed_with(server: Server) -> None:
    """Python's own power of 8,192-bit numbers would stop every other poll for a second and more."""

    def name_list(*names: str) -> bytes:
        text = ",".join(names).encode()
        return struct.pack(">I", len(text)) + text

    def only_group_exchange(connection: socket.socket) -> None:
        lists = ("diffie-hellman-group-exchange-sha256", "ssh-ed25519")
        ciphers = ("aes128-ctr",) * 2 + ("hmac-sha2-256",) * 2 + ("none",) * 2
        payload = (
            b"\x14" + bytes(16) + b"".join(map(name_list, lists + ciphers)) + name_list("") * 2 + bytes(5)
        )
        padding = 16 - (len(payload) + 5) % 8
        packet = struct.pack(">IB", len(payload) + padding + 1, padding) + payload + bytes(padding)
        connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n" + packet)
        while connection.recv(65_536):
            pass

    with fake(only_group_exchange) as port:
        pinned = sshd.known_hosts_line("127.0.0.1", port, server.host_key())
        fault = failed(poll(request(server.identity(known_hosts=pinned), port), deadline_s=5.0)[0])
    assert fault.reason is Reason.MALFORMED
    assert "no acceptable kex algorithm" in fault.detail


@pytest.mark.parametrize("behave", [hang, hang_up, babble, banner_without_end, garbage_after_banner])
def test_a_hostile_server_fails_its_own_poll_within_its_deadline(
    server: Server, behave: Callable[[socket.socket], None]
) -> None:
    """Whatever it does, there is one reason, in time, and the next server is polled as ever."""
    with fake(behave) as port:
        pinned = sshd.known_hosts_line("127.0.0.1", port, server.host_key())
        identity = server.identity(known_hosts=pinned)
        bad, good = poll(
            request(identity, port), request(server.identity(), server.port), deadline_s=2.0, together=True
        )
    fault = failed(bad)
    assert fault.reason in (Reason.DEADLINE, Reason.CLOSED, Reason.MALFORMED, Reason.TOO_LARGE)
    assert fault.answered_at is not None
    assert fault.done_at - fault.sent_at < 4.0
    assert isinstance(good, Reply)


def test_a_closed_port_is_refused_by_a_machine_that_is_there(server: Server) -> None:
    """TCP's own answer is an answer."""
    fault = failed(poll(request(server.identity(), free_port()))[0])
    assert fault.reason is Reason.REFUSED
    assert fault.answered_at is not None


def test_a_server_that_went_away_is_connected_again(server: Server) -> None:
    """A kept connection that has died costs no poll."""

    async def run() -> list[Check]:
        poller = SshPoller(mono=time.monotonic)
        identity = server.identity()
        checks = []
        for _ in range(2):
            now = time.monotonic()
            checks.append(
                await poller.poll(request(identity, server.port), Timing(started_at=now, deadline_at=now + 5))
            )
            for session in poller._sessions.values():
                session.cut()
                while session.alive:  # noqa: ASYNC110 - paramiko's thread notices in its own time
                    await asyncio.sleep(0.01)
        await poller.close()
        return checks

    assert all(isinstance(check, Reply) for check in asyncio.run(run()))


class LossyPath(threading.Thread):
    """A TCP path to the server that can lose its connections: silently (`drop`), or by a reset."""

    def __init__(self, target: int) -> None:
        super().__init__(daemon=True)
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.pairs: list[tuple[socket.socket, socket.socket]] = []
        self.lost: set[socket.socket] = set()

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
                self.pairs.append((near, far))
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if source not in self.lost:
                    sink.sendall(data)

    def lose(self, *, reset: bool) -> None:
        for near, far in self.pairs:
            if reset and near not in self.lost:
                near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                near.shutdown(socket.SHUT_RD)
                near.close()
            self.lost |= {near, far}

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for near, far in self.pairs:
            near.close()
            far.close()


@pytest.mark.parametrize("reset", [False, True])
def test_a_kept_connection_that_the_path_lost_is_no_silence(server: Server, *, reset: bool) -> None:
    """A firewall that forgot it, or a host that restarted: the same poll goes on with a new connection."""
    path = LossyPath(server.port)
    path.start()
    pinned = sshd.known_hosts_line("127.0.0.1", path.port, server.host_key())
    identity = server.identity(known_hosts=pinned)

    async def run() -> list[Check]:
        poller = SshPoller(mono=time.monotonic)
        checks = []
        for _ in range(2):
            now = time.monotonic()
            timing = Timing(started_at=now, deadline_at=now + 6)
            checks.append(await poller.poll(request(identity, path.port, timeout_s=6.0), timing))
            path.lose(reset=reset)
        await poller.close()
        return checks

    try:
        checks = asyncio.run(run())
    finally:
        path.close()
    assert [type(check) for check in checks] == [Reply, Reply]
    assert checks[1].done_at - checks[1].sent_at < 4.0


def test_a_host_that_takes_a_command_on_a_kept_connection_has_answered(server: Server) -> None:
    """Whatever becomes of the command: the machine is there."""
    identity = server.identity()
    checks = poll(
        request(identity, server.port), request(identity, server.port, "hang", timeout_s=1.0), deadline_s=5.0
    )
    fault = failed(checks[1])
    assert fault.reason is Reason.DEADLINE
    assert fault.answered_at is not None


def test_where_no_thread_is_free_the_fault_is_our_own(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hosts that hang must not make others look silent."""
    monkeypatch.setattr("collector.poll.ssh._MAX_THREADS", 1)
    hanging = request(server.identity(), server.port, "hang", timeout_s=3.0)
    waiting = request(server.identity(), server.port, timeout_s=0.5)
    fault = failed(poll(hanging, waiting, together=True)[1])
    assert fault.reason is Reason.LATE
    assert fault.detail == "no thread was free in time: 1 other hosts hang"


def test_connections_of_nobody_who_is_polled_are_closed(server: Server) -> None:
    """A reload resolves the identities anew: what was kept as the old one must not stay for ever."""

    async def run() -> None:
        poller = SshPoller(mono=time.monotonic)
        identity = server.identity()
        for _ in range(3):
            identity = server.identity()
            poller.retain(frozenset({("127.0.0.1", server.port, identity)}))
            now = time.monotonic()
            await poller.poll(request(identity, server.port), Timing(started_at=now, deadline_at=now + 5))
        assert len(poller._sessions) == 1
        poller.retain(frozenset())
        assert poller._sessions == {}
        now = time.monotonic()
        await poller.poll(request(identity, server.port), Timing(started_at=now, deadline_at=now + 5))
        assert poller._sessions == {}
        await poller.close()

    asyncio.run(run())


def test_every_exception_of_paramiko_has_its_reason() -> None:
    """No class of the library is left to fall through as an internal error."""
    classes = [
        found
        for found in vars(ssh_exception).values()
        if isinstance(found, type)
        and issubclass(found, Exception)
        and found.__module__ == ssh_exception.__name__
    ]
    assert len(classes) >= 14
    assert [found.__name__ for found in classes if found not in REASONS] == []
    for error in (TimeoutError(), EOFError(), OSError(), ConnectionResetError()):
        assert reason_for(error) is not Reason.INTERNAL
    assert reason_for(KeyError("bug")) is Reason.INTERNAL


def test_an_unusable_key_or_known_hosts_says_what_is_wrong(tmp_path: Path) -> None:
    """Each mistake has its sentence."""
    sshd.generate_key(tmp_path / "key")
    key = (tmp_path / "key").read_text()
    locked = paramiko.ECDSAKey.generate()
    locked.write_private_key_file(str(tmp_path / "locked"), password="secret")
    for private_key, known_hosts, message in (
        ("nonsense", "", "not a private key of type Ed25519, ECDSA or RSA in OpenSSH or PEM form"),
        (
            (tmp_path / "locked").read_text(),
            "",
            "the private key has a passphrase; the collector needs one without",
        ),
        (key, "\n# note\nhost", "known_hosts line 3 is not of the form `HOST KEY-TYPE BASE64`"),
    ):
        with pytest.raises(IdentityError) as caught:
            SshIdentity.load(username="u", private_key=private_key, known_hosts=known_hosts)
        assert str(caught.value) == message


def test_the_private_key_shows_nowhere(server: Server) -> None:
    """Neither in the identity's repr nor in a request's."""
    text = repr(request(server.identity(), 22))
    assert "PRIVATE" not in text
    assert "PKey" not in text
