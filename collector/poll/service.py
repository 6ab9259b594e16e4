"""What the checks of services share: one check under way, its phases, its connection, and how it ends."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, TypeVar

from collector.inventory.service_values import DnsCheck, HttpCheck, TcpCheck, TlsCheck
from collector.inventory.values import Probe
from collector.model import Check, Fault, Reason, Reply
from collector.poll.base import Note, Timing, send_reason
from collector.poll.names import LookupFailedError, Resolver
from collector.poll.tcp import ConnectError, connect
from collector.visit import PageSeen, Phase, RecordsSeen, TlsSeen, Visit

_MAX_ADDRESSES = 3
"""Of a name's addresses so many are tried, one after the other."""

CheckT_co = TypeVar("CheckT_co", HttpCheck, TlsCheck, TcpCheck, DnsCheck, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRequest(Generic[CheckT_co]):
    """One check of a service. `address` is where to connect: an address, or a name to be looked up."""

    address: str
    check: CheckT_co


class ServiceError(Exception):
    """The check did not pass: the reason, and in words what was met."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Trip:
    """One check under way: what is left of its time, and what it has seen so far.

    `spoilt` is set where something came back that was passed over.
    """

    def __init__(self, timing: Timing, mono: Callable[[], float], note: Note | None) -> None:
        self._timing, self._mono, self._note = timing, mono, note
        self._phases: dict[Phase, float] = {}
        self._under_way = Phase.RESOLVE
        self.address: str | None = None
        self.tls: TlsSeen | None = None
        self.page: PageSeen | None = None
        self.records: RecordsSeen | None = None
        self.spoilt = False
        self.answered_at: float | None = None
        self.rtt_s: float | None = None
        self.sent = 0
        self.received = 0

    def left(self) -> float:
        """Return how many seconds are left, never less than 0."""
        return max(self._timing.deadline_at - self._mono(), 0.0)

    def say(self, text: str) -> None:
        """Tell a step to whoever wants it explained."""
        if self._note is not None:
            self._note(text)

    @contextmanager
    def phase(self, phase: Phase) -> Iterator[None]:
        """Measure a phase, also one that fails."""
        began = self._mono()
        self._under_way = phase
        try:
            yield
        finally:
            self._phases[phase] = self._phases.get(phase, 0.0) + self._mono() - began

    def ms(self, phase: Phase) -> str:
        """Return how long a phase took, for people."""
        return f"{self._phases.get(phase, 0.0) * 1000:.1f} ms"

    def answered(self, rtt_s: float | None = None) -> None:
        """Note that a packet came back, and if it was the first one, after how long."""
        self.received += 1
        if self.answered_at is None:
            self.answered_at = self._mono()
        if self.rtt_s is None:
            self.rtt_s = rtt_s

    async def connect(self, resolver: Resolver, host: str, port: int) -> socket.socket:
        """Return a connection to a host given by name or address, or raise ServiceError."""
        addresses = await self.resolve(resolver, host)
        failures: list[ConnectError] = []
        for number, address in enumerate(addresses):
            self.address = address
            self.sent += 1
            began = self._mono()
            try:
                with self.phase(Phase.CONNECT):
                    connected = await connect(address, port, seconds=self.left() / (len(addresses) - number))
            except ConnectError as error:
                self.say(f"no TCP connection to {address} port {port}: {error.reason}, {error}")
                if error.answered:
                    self.answered(self._mono() - began)
                failures.append(error)
                continue
            self.answered(self._mono() - began)
            self.say(f"TCP connection to {address} port {port} in {(self._mono() - began) * 1000:.1f} ms")
            return connected
        # That one of several addresses cannot be reached from here says nothing if another stayed silent.
        telling = next((error for error in failures if not error.reason.local), failures[0])
        raise ServiceError(telling.reason, str(telling))

    async def resolve(self, resolver: Resolver, host: str) -> tuple[str, ...]:
        """Return the addresses of a host, as many as are tried, or raise ServiceError."""
        try:
            with self.phase(Phase.RESOLVE):
                addresses = await resolver.addresses(host)
        except LookupFailedError as error:
            raise ServiceError(error.reason, str(error)) from error
        if addresses != (host,):
            self.say(f"{host} is {', '.join(addresses)}, looked up in {self.ms(Phase.RESOLVE)}")
        return addresses[:_MAX_ADDRESSES]

    def visit(self) -> Visit:
        """Return what has been seen so far."""
        return Visit(
            phases=MappingProxyType(dict(self._phases)),
            address=self.address,
            tls=self.tls,
            page=self.page,
            records=self.records,
        )

    def too_late(self) -> ServiceError:
        """Return what it means that the time is over."""
        if self._under_way is Phase.RESOLVE:
            return ServiceError(Reason.RESOLVER_FAILED, "this machine's resolver did not answer in time")
        if self.spoilt:
            return ServiceError(Reason.MALFORMED, "what came back is no answer to the question")
        if self.answered_at is None:
            return ServiceError(Reason.TIMEOUT, f"no answer from {self.address}")
        return ServiceError(Reason.DEADLINE, f"it answers, but time was up while in phase {self._under_way}")

    def broken(self, error: OSError) -> ServiceError:
        """Return what an error of the connection means."""
        said = error.strerror or str(error) or type(error).__name__
        if isinstance(error, ConnectionError):
            return ServiceError(
                Reason.CLOSED, f"the connection was closed in phase {self._under_way}: {said}"
            )
        if self.answered_at is None:
            return ServiceError(send_reason(error), said)
        return ServiceError(Reason.DEADLINE, f"the connection was lost in phase {self._under_way}: {said}")


async def checked(
    probe: Probe,
    ask: Callable[[Trip], Awaitable[None]],
    *,
    timing: Timing,
    mono: Callable[[], float],
    note: Note | None,
) -> Check:
    """Run one check within its time; it passes if `ask` returns, and fails if it raises ServiceError."""
    trip = Trip(timing, mono, note)
    failure: ServiceError | None = None
    try:
        async with asyncio.timeout(trip.left()):
            await ask(trip)
    except TimeoutError:
        failure = trip.too_late()
    except ServiceError as error:
        failure = error
    except OSError as error:
        failure = trip.broken(error)
    done_at = mono()
    if failure is not None:
        return Fault(
            probe=probe,
            reason=failure.reason,
            detail=str(failure),
            sent_at=timing.started_at,
            done_at=done_at,
            answered_at=trip.answered_at,
            packets_sent=trip.sent,
            packets_received=trip.received,
            seen=trip.visit(),
        )
    return Reply(
        probe=probe,
        sent_at=timing.started_at,
        answered_at=done_at,
        done_at=done_at,
        rtt_s=trip.rtt_s or 0.0,
        packets_sent=trip.sent,
        packets_received=trip.received,
        payload=trip.visit(),
    )
