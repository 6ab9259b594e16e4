"""ICMP echo over one socket for all devices: round trip, loss, and who says that a packet cannot arrive."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from collector.inventory.values import Probe
from collector.model import Check, Echoes, Fault, Reason, Reply
from collector.poll import echo
from collector.poll.base import Note, Timing, send_reason

SPACING_S = 0.05
"""Between the packets of one poll, so that one full queue on the way does not take them all."""

_SOL_RAW = 255
_ICMP_FILTER = 1
_ICMP6_FILTER = 1
_SO_TIMESTAMPNS = 35
_BUFFER = 4 << 20
_MAX_BURST = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class IcmpRequest:
    """`packets` echo requests to an address, each given `timeout_s` to come back."""

    address: str
    packets: int
    timeout_s: float


@dataclass(slots=True)
class _Flight:
    """The packets of one poll that are under way; `settled` is set when none is left to wait for."""

    address: str
    sent: dict[int, tuple[float, int]] = field(default_factory=dict)
    rtts: dict[int, float] = field(default_factory=dict)
    first_answer_at: float | None = None
    said: str = ""
    all_sent: bool = False
    settled: asyncio.Event = field(default_factory=asyncio.Event)


class IcmpPoller:
    """Polls by ICMP. One raw socket a family where allowed, else datagram sockets, else a reason why not.

    `token` gives unguessable 64-bit numbers: an answer is ours only if it carries one under way and comes
    from the address asked. `wall_ns` is read beside the kernel's receive stamps, so that a busy event loop
    does not lengthen a round trip.
    """

    def __init__(
        self, *, mono: Callable[[], float], wall_ns: Callable[[], int], token: Callable[[], int]
    ) -> None:
        self._mono, self._wall_ns, self._token = mono, wall_ns, token
        self._sockets: dict[bool, socket.socket] = {}
        self._raw: dict[bool, bool] = {}
        self._flights: dict[int, _Flight] = {}
        self._sequence = 0

    async def poll(self, request: IcmpRequest, timing: Timing, note: Note | None = None) -> Check:
        """Send the request's packets and wait for them; see Poller."""
        ipv6 = ":" in request.address
        flight = _Flight(address=request.address)
        try:
            transport = self._socket(ipv6)
            await self._send_all(transport, request, flight, timing, ipv6=ipv6)
            left = min(timing.deadline_at, self._mono() + request.timeout_s) - self._mono()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(left, 0.0)):
                    await flight.settled.wait()
        except OSError as error:
            detail = f"{error.strerror or error}"
            if not flight.sent and isinstance(error, PermissionError):
                detail += "; raw sockets need CAP_NET_RAW, others net.ipv4.ping_group_range"
            return self._fault(send_reason(error), detail, timing, flight)
        finally:
            self._forget(flight)
        if note is not None:
            came = ", ".join("lost" if r is None else f"{r * 1000:.2f} ms" for r in _in_order(flight))
            note(f"{len(flight.sent)} echo requests to {request.address}: {came}")
        if flight.first_answer_at is None:
            detail = flight.said or f"no answer to {len(flight.sent)} echo requests"
            return self._fault(Reason.TIMEOUT, detail, timing, flight)
        return Reply(
            probe=Probe.ICMP,
            sent_at=timing.started_at,
            answered_at=flight.first_answer_at,
            done_at=self._mono(),
            rtt_s=min(flight.rtts.values()),
            packets_sent=len(flight.sent),
            packets_received=len(flight.rtts),
            payload=Echoes(rtts=_in_order(flight)),
        )

    async def close(self) -> None:
        """Close the sockets."""
        loop = asyncio.get_running_loop()
        for transport in self._sockets.values():
            loop.remove_reader(transport.fileno())
            transport.close()
        self._sockets.clear()

    async def _send_all(
        self,
        transport: socket.socket,
        request: IcmpRequest,
        flight: _Flight,
        timing: Timing,
        *,
        ipv6: bool,
    ) -> None:
        for number in range(request.packets):
            if number:
                if self._mono() + SPACING_S >= timing.deadline_at:
                    break
                await asyncio.sleep(SPACING_S)
            token = self._token()
            self._sequence = (self._sequence + 1) & 0xFFFF
            packet = echo.request(token, identifier=token & 0xFFFF, sequence=self._sequence, ipv6=ipv6)
            self._flights[token] = flight
            flight.sent[token] = (self._mono(), self._wall_ns())
            try:
                transport.sendto(packet, (request.address, 0))
            except OSError:
                del flight.sent[token], self._flights[token]
                raise
        flight.all_sent = True
        self._settle(flight)

    def _settle(self, flight: _Flight) -> None:
        if flight.all_sent and len(flight.rtts) == len(flight.sent):
            flight.settled.set()

    def _forget(self, flight: _Flight) -> None:
        for token in flight.sent:
            self._flights.pop(token, None)

    def _fault(self, reason: Reason, detail: str, timing: Timing, flight: _Flight) -> Fault:
        return Fault(
            probe=Probe.ICMP,
            reason=reason,
            detail=detail,
            sent_at=timing.started_at,
            done_at=self._mono(),
            answered_at=flight.first_answer_at,
            packets_sent=len(flight.sent),
            packets_received=len(flight.rtts),
        )

    def _socket(self, ipv6: bool) -> socket.socket:
        transport = self._sockets.get(ipv6)
        if transport is None:
            transport, self._raw[ipv6] = _open(ipv6=ipv6)
            self._sockets[ipv6] = transport
            loop = asyncio.get_running_loop()
            loop.add_reader(transport.fileno(), self._readable, transport, ipv6)
        return transport

    def _readable(self, transport: socket.socket, ipv6: bool) -> None:
        for _ in range(_MAX_BURST):
            try:
                data, ancillary, _, peer = transport.recvmsg(2048, 64)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                continue
            found = echo.parse_v6(data) if ipv6 else echo.parse_v4(data, raw=self._raw[ipv6])
            if found is None or (flight := self._flights.get(found.token)) is None:
                continue
            if isinstance(found, echo.EchoError):
                flight.said = f"{found.text}, says {peer[0]}"
            elif peer[0] == flight.address and found.token not in flight.rtts:
                self._arrived(flight, found.token, ancillary)

    def _arrived(self, flight: _Flight, token: int, ancillary: list[tuple[int, int, bytes]]) -> None:
        now = self._mono()
        sent_at, sent_wall_ns = flight.sent[token]
        rtt = now - sent_at
        by_kernel = (_stamp_ns(ancillary) - sent_wall_ns) / 1e9
        flight.rtts[token] = by_kernel if 0 < by_kernel < rtt else rtt
        if flight.first_answer_at is None:
            flight.first_answer_at = now
        self._settle(flight)


def _in_order(flight: _Flight) -> tuple[float | None, ...]:
    return tuple(flight.rtts.get(token) for token in flight.sent)


def _stamp_ns(ancillary: list[tuple[int, int, bytes]]) -> int:
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS and len(data) >= 16:
            seconds, nanoseconds = struct.unpack_from("@qq", data)
            return int(seconds) * 1_000_000_000 + int(nanoseconds)
    return 0


@contextlib.contextmanager
def _closing_on_error(transport: socket.socket) -> Iterator[None]:
    try:
        yield
    except OSError:
        transport.close()
        raise


def _open(*, ipv6: bool) -> tuple[socket.socket, bool]:
    """Open a raw socket, or where that is forbidden a datagram one; return it and whether it is raw."""
    family = socket.AF_INET6 if ipv6 else socket.AF_INET
    protocol = socket.IPPROTO_ICMPV6 if ipv6 else socket.IPPROTO_ICMP
    try:
        transport, raw = socket.socket(family, socket.SOCK_RAW, protocol), True
    except PermissionError:
        transport, raw = socket.socket(family, socket.SOCK_DGRAM, protocol), False
    with _closing_on_error(transport):
        transport.setblocking(False)
        transport.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        transport.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        if raw:
            _only_answers(transport, ipv6=ipv6)
    return transport, raw


def _only_answers(transport: socket.socket, *, ipv6: bool) -> None:
    """Let the kernel drop what a raw socket would see besides answers: everybody's requests, for one."""
    if ipv6:
        wanted = (echo.ECHO_REPLY_V6, echo.UNREACHABLE_V6, echo.TIME_EXCEEDED_V6)
        words = [0xFFFFFFFF] * 8
        for kind in wanted:
            words[kind // 32] &= ~(1 << (kind % 32))
        transport.setsockopt(socket.IPPROTO_ICMPV6, _ICMP6_FILTER, struct.pack("=8I", *words))
    else:
        wanted = (echo.ECHO_REPLY_V4, echo.UNREACHABLE_V4, echo.TIME_EXCEEDED_V4)
        mask = 0xFFFFFFFF
        for kind in wanted:
            mask &= ~(1 << kind)
        transport.setsockopt(_SOL_RAW, _ICMP_FILTER, struct.pack("=I", mask))
