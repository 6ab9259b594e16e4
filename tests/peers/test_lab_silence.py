"""Silent addresses on a real kernel: fping, UDP and TCP hear nothing, and nothing is left behind."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lab.silence import Silence, SilenceError

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root for network namespaces"),
    pytest.mark.skipif(shutil.which("fping") is None, reason="not installed: fping"),
]

A, B = (f"127.252.{os.getpid() >> 8 & 0xFF}.{os.getpid() & 0xFE | last}" for last in (0, 1))


def pings(address: str) -> bool:
    ran = subprocess.run(
        ["fping", "-q", "-c", "1", "-t", "200", address], capture_output=True, check=False, timeout=10
    )
    return ran.returncode == 0


def interfaces() -> set[str]:
    return {name for _, name in socket.if_nameindex() if name.startswith("hdlab")}


def test_silent_addresses_answer_no_ping_and_their_neighbours_do(tmp_path: Path) -> None:
    """ICMP is the one that loopback itself always answers."""
    with Silence(tmp_path / "log") as silence:
        assert pings(A)
        silence.set([A])
        assert (pings(A), pings(B)) == (False, True)
        silence.set([B])
        assert (pings(A), pings(B)) == (True, False)
        silence.set([])
        assert (pings(A), pings(B)) == (True, True)


def test_udp_and_tcp_time_out_and_the_send_succeeds(tmp_path: Path) -> None:
    """No error comes back, as on a line that is cut: a listener hears nothing, a connection hangs."""
    with (
        Silence(tmp_path / "log") as silence,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
        socket.create_server((A, 0)) as server,
    ):
        listener.bind((A, 0))
        listener.settimeout(0.1)
        silence.set([A])
        assert sender.sendto(b"x", listener.getsockname()) == 1
        with pytest.raises(TimeoutError):
            listener.recv(16)
        with pytest.raises(TimeoutError):
            socket.create_connection(server.getsockname(), timeout=0.1)
        silence.set([])
        sender.sendto(b"y", listener.getsockname())
        assert listener.recv(16) == b"y"


def test_an_address_that_cannot_be_silenced_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    """A batch that stops half way is put back."""
    with Silence(tmp_path / "log") as silence:
        silence.set([A])
        with pytest.raises(SilenceError, match=r"^ip: "):
            silence.set([B, "127.256.0.1"])
        assert silence.silent == {A}
        assert (pings(A), pings(B)) == (False, True)


def test_nothing_is_left_after_the_end(tmp_path: Path) -> None:
    """No interface, no route."""
    before = interfaces()
    with Silence(tmp_path / "log") as silence:
        silence.set([A])
        assert interfaces() - before == {f"hdlab{os.getpid()}a"}
    assert interfaces() - before == set()
    assert pings(A)


def test_nothing_is_left_after_a_kill(tmp_path: Path) -> None:
    """`kill -9` of the process takes the namespace, the pair and the routes along."""
    program = (
        "import sys, time, pathlib\nfrom lab.silence import Silence\n"
        "silence = Silence(pathlib.Path(sys.argv[1])).start()\n"
        "silence.set([sys.argv[2]])\nprint('silent', flush=True)\ntime.sleep(60)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "log"), A]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"silent\n"
        assert f"hdlab{child.pid}a" in interfaces()
        assert not pings(A)
        child.kill()
        deadline = time.monotonic() + 10
        while f"hdlab{child.pid}a" in interfaces() and time.monotonic() < deadline:
            time.sleep(0.02)
    assert f"hdlab{child.pid}a" not in interfaces()
    assert pings(A)


def test_without_root_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing, not a traceback."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SilenceError, match=r"^it needs root$"):
        Silence(tmp_path / "log").start()


def test_without_iproute2_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which program, and which package has it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SilenceError, match="not installed: ip, unshare, nsenter, sleep"):
        Silence(tmp_path / "log").start()
