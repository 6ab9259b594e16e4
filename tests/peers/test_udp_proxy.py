"""The proxy does to datagrams what its rules say, and nothing else."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.peers.udp_proxy import UdpProxy, delay, drop, flip, in_turn, once, repeat, truncate


@pytest.fixture
def echo() -> Iterator[tuple[str, int]]:
    """A server that sends everything back, in capitals."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def run() -> None:
            while (got := server.recvfrom(65_535))[0] != b"stop":
                server.sendto(got[0].upper(), got[1])

        thread = threading.Thread(target=run)
        thread.start()
        address: tuple[str, int] = server.getsockname()
        yield address
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stopper:
            stopper.sendto(b"stop", address)
        thread.join()


def client(proxy: UdpProxy) -> socket.socket:
    """Return a socket connected to the proxy."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect(proxy.address)
    sock.settimeout(5.0)
    return sock


def test_datagrams_pass_both_ways_and_are_logged(echo: tuple[str, int]) -> None:
    """Two clients at once, each gets its own."""
    with UdpProxy(echo) as proxy, client(proxy) as one, client(proxy) as two:
        one.send(b"one")
        two.send(b"two")
        assert (one.recv(100), two.recv(100)) == (b"ONE", b"TWO")
        assert sorted(proxy.request_log) == [b"one", b"two"]
        assert sorted(proxy.response_log) == [b"ONE", b"TWO"]


def test_rules_drop_repeat_truncate_and_flip(echo: tuple[str, int]) -> None:
    """In turn, in both directions."""
    with UdpProxy(echo) as proxy, client(proxy) as sock:
        proxy.requests = in_turn(drop, flip(1))
        proxy.responses = once(repeat(2))
        for text in (b"aa", b"aa"):
            sock.send(text)
        assert [sock.recv(100), sock.recv(100)] == [b"CA", b"CA"]
        proxy.requests = truncate(1)
        sock.send(b"xyz")
        assert sock.recv(100) == b"X"
        proxy.requests = flip(10_000)
        sock.send(b"xyz")
        assert sock.recv(100) == b"XYZ"


def test_delayed_datagram_comes_after_later_ones(echo: tuple[str, int]) -> None:
    """By the time it was told to wait."""
    with UdpProxy(echo) as proxy, client(proxy) as sock:
        proxy.responses = once(delay(0.2))
        begun = time.monotonic()
        sock.send(b"slow")
        sock.send(b"fast")
        assert [sock.recv(100), sock.recv(100)] == [b"FAST", b"SLOW"]
        assert time.monotonic() - begun >= 0.2


def test_target_that_is_not_there_is_silence() -> None:
    """The proxy outlives it, and a target that comes later is reached."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as later:
        later.bind(("127.0.0.1", 0))
        address = later.getsockname()
    with UdpProxy(address) as proxy, client(proxy) as sock:
        sock.send(b"anybody?")
        sock.settimeout(0.1)
        with pytest.raises(TimeoutError):
            sock.recv(100)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(address)
            server.settimeout(5.0)
            sock.send(b"now?")
            assert server.recv(100) == b"now?"
