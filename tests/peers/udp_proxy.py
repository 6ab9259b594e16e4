"""A UDP proxy on loopback that drops, delays, repeats, truncates and flips bits, as the test says.

    with UdpProxy(("127.0.0.1", port)) as proxy:
        proxy.responses = flip(17)          # from now on; `requests` is the other direction
        ...talk to proxy.address...

A rule takes a datagram and returns what to deliver instead: nothing, one or several, each after a delay.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A datagram to deliver, `delay` seconds from now."""

    data: bytes
    delay: float = 0.0


Rule = Callable[[bytes], Iterable[Delivery]]


def pass_on(datagram: bytes) -> tuple[Delivery, ...]:
    """Deliver as it is."""
    return (Delivery(datagram),)


def drop(datagram: bytes) -> tuple[Delivery, ...]:
    """Deliver nothing."""
    return ()


def delay(seconds: float) -> Rule:
    """Deliver late."""
    return lambda datagram: (Delivery(datagram, seconds),)


def repeat(times: int, apart: float = 0.0) -> Rule:
    """Deliver several times, `apart` seconds between them."""
    return lambda datagram: tuple(Delivery(datagram, apart * number) for number in range(times))


def truncate(size: int) -> Rule:
    """Deliver the first `size` octets."""
    return lambda datagram: (Delivery(datagram[:size]),)


def flip(bit: int) -> Rule:
    """Deliver with one bit flipped, counted from the first octet's lowest; beyond the end, as it is."""

    def rule(datagram: bytes) -> tuple[Delivery, ...]:
        at, shift = divmod(bit, 8)
        if at >= len(datagram):
            return pass_on(datagram)
        return (Delivery(datagram[:at] + bytes((datagram[at] ^ 1 << shift,)) + datagram[at + 1 :]),)

    return rule


def in_turn(*rules: Rule) -> Rule:
    """Apply the rules one after the other, a datagram each, and from the beginning again."""
    return _following(itertools.cycle(rules))


def once(rule: Rule) -> Rule:
    """Apply the rule to the first datagram only."""
    return _following(itertools.chain((rule,), itertools.repeat(pass_on)))


def _following(rules: Iterator[Rule]) -> Rule:
    def apply_next(datagram: bytes) -> Iterable[Delivery]:
        return next(rules)(datagram)

    return apply_next


@dataclass(order=True, slots=True)
class _Due:
    at: float
    number: int
    sender: socket.socket = field(compare=False)
    data: bytes = field(compare=False)
    to: Address | None = field(compare=False)


class UdpProxy:
    """Stands before `target`. Each client gets a socket of its own towards it, so several may use it."""

    def __init__(self, target: Address) -> None:
        self.requests: Rule = pass_on
        self.responses: Rule = pass_on
        self.request_log: list[bytes] = []
        self.response_log: list[bytes] = []
        self._target = target
        self._front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._front.bind(("127.0.0.1", 0))
        self._wake, self._woken = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._front, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._backs: dict[Address, socket.socket] = {}
        self._due: list[_Due] = []
        self._numbers = itertools.count()
        self._thread = threading.Thread(target=self._run, name="udp-proxy", daemon=True)

    @property
    def address(self) -> Address:
        """Where clients send to."""
        host, port = self._front.getsockname()
        return host, port

    @property
    def port(self) -> int:
        """The port of `address`."""
        return self.address[1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wake.send(b"x")
        self._thread.join()
        self._selector.close()
        for sock in (self._front, self._wake, self._woken, *self._backs.values()):
            sock.close()

    def _run(self) -> None:
        while True:
            timeout = max(0.0, self._due[0].at - time.monotonic()) if self._due else None
            for key, _ in self._selector.select(timeout):
                if key.fileobj is self._woken:
                    return
                if key.fileobj is self._front:
                    self._take_request()
                else:
                    self._take_response(key.data)
            while self._due and self._due[0].at <= time.monotonic():
                self._deliver(heapq.heappop(self._due))

    def _take_request(self) -> None:
        data, client = self._front.recvfrom(65_535)
        self.request_log.append(data)
        back = self._backs.get(client)
        if back is None:
            back = self._backs[client] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            back.connect(self._target)
            self._selector.register(back, selectors.EVENT_READ, client)
        self._schedule(self.requests(data), back, None)

    def _take_response(self, client: Address) -> None:
        try:
            data = self._backs[client].recv(65_535)
        except ConnectionRefusedError:
            # Nobody listens at the target: to the client that is silence, as on a real path.
            return
        self.response_log.append(data)
        self._schedule(self.responses(data), self._front, client)

    def _schedule(self, deliveries: Iterable[Delivery], sender: socket.socket, to: Address | None) -> None:
        now = time.monotonic()
        for delivery in deliveries:
            due = _Due(now + delivery.delay, next(self._numbers), sender, delivery.data, to)
            heapq.heappush(self._due, due)

    @staticmethod
    def _deliver(due: _Due) -> None:
        try:
            if due.to is not None:
                due.sender.sendto(due.data, due.to)
                return
            # An earlier datagram's refusal may be reported here; this one has not been sent then.
            with contextlib.suppress(ConnectionRefusedError):
                due.sender.send(due.data)
                return
            due.sender.send(due.data)
        except OSError:
            # A client or target that has gone away is lost packets, nothing more.
            return
