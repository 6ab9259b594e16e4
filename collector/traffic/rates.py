"""From two readings of an interface to the bytes that passed between them, or why they cannot be told. Pure.

A counter is believed only where nothing else explains it. What is in doubt is left out and listed with the
reason (docs/traffic.md), never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass

from collector.ledger.uptimes import Reading, continues
from collector.model import Doubt, EngineTime

FASTEST_BPS = 800_000_000_000
"""What a line is taken to carry where neither the device nor the inventory says it: no port is faster."""

REFRESH_S = 2.0
"""A device may show counters this old, so a poll may bring the bytes of that much more time."""

CLOCK_TOLERANCE_S = 1.0
CLOCK_DRIFT = 0.001
"""How far ledger time and elapsed time may run apart between two readings: more is a clock that was set."""

_SMALLEST_PACKET = 20
"""Octets: an IP header. A line carries no more packets than that allows."""

SUBSCRIBED_MARGIN = 4
"""A line is not believed to carry more than this many times what is subscribed for it.

Asked only where the interface could have carried two different amounts, or where a counter fell.
"""

_WIDE_MARGIN = 2
"""A 64-bit counter need not be told from its wraps, so what it may grow by is taken generously."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """A counter as it was read: modulo 2 to the power of `bits`."""

    value: int
    bits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReading:
    """One interface's counters in one poll, as the device sees them: received and sent by the interface.

    It was taken between `sent_at` and `done_at` (monotonic seconds); `at_ms` is the middle in ledger time.
    `discontinuity` is ifCounterDiscontinuityTime in ticks, `speed_bps` the interface's nominal rate; what the
    device does not show is None.
    """

    interface: str
    sent_at: float
    done_at: float
    at_ms: int
    received: Counter
    sent: Counter
    packets_received: Counter | None = None
    packets_sent: Counter | None = None
    sys_uptime: int | None = None
    engine: EngineTime | None = None
    discontinuity: int | None = None
    speed_bps: int | None = None

    @property
    def at(self) -> float:
        """The middle between request and answer: the best guess of when the device looked."""
        return (self.sent_at + self.done_at) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """Bytes between two readings. Where there is a doubt they are the least that it leaves possible."""

    received: int
    sent: int
    doubt: Doubt | None = None


def between(before: LineReading, after: LineReading, *, subscribed_bps: int = 0) -> Passed:
    """Return what passed between two readings, `after` the later one.

    `subscribed_bps` is the greater of the line's subscribed rates, 0 if unknown: where an interface says it
    is slower than what runs over it, as tunnels do, that counts; where it is much faster, that decides
    between the amounts that its speed leaves open.
    """
    doubt = _incomparable(before, after)
    if doubt is not None:
        return Passed(received=0, sent=0, doubt=doubt)
    speed = min(max(before.speed_bps or 0, after.speed_bps or 0, subscribed_bps) or FASTEST_BPS, FASTEST_BPS)
    credible = min(speed, SUBSCRIBED_MARGIN * subscribed_bps or speed)
    blur_s = (before.done_at - before.sent_at + after.done_at - after.sent_at) / 2
    seconds = after.at - before.at + blur_s + REFRESH_S
    bounds = speed / 8 * seconds, credible / 8 * seconds
    octets = (_Move.of(before.received, after.received, *bounds), _Move.of(before.sent, after.sent, *bounds))
    moves = [*octets]
    for first, second in (
        (before.packets_received, after.packets_received),
        (before.packets_sent, after.packets_sent),
    ):
        if first is not None and second is not None and first.bits == second.bits:
            moves.append(_Move.of(first, second, *(bound / _SMALLEST_PACKET for bound in bounds)))
    return _judged(octets, moves)


@dataclass(frozen=True, slots=True)
class _Move:
    """How one counter moved: by `grown` if it went on, by `value` if it began anew.

    `most` is what the interface can have carried, `credible` what the line can.
    """

    grown: int
    value: int
    fell: bool
    bits: int
    most: float
    credible: float

    @staticmethod
    def of(before: Counter, after: Counter, most: float, credible: float) -> _Move:
        bits = after.bits
        margin = 1 if bits <= 32 else _WIDE_MARGIN
        grown = (after.value - before.value) % (1 << bits)
        return _Move(grown, after.value, after.value < before.value, bits, most * margin, credible * margin)

    @property
    def open(self) -> bool:
        """True if it may have gone round once more, by the interface's speed and by the line's."""
        round_more = self.grown + (1 << self.bits)
        return round_more <= self.most and not self.grown <= self.credible < round_more


def _judged(octets: tuple[_Move, _Move], moves: list[_Move]) -> Passed:
    received, sent = octets
    if any(move.grown > move.most for move in moves):
        return Passed(received=0, sent=0, doubt=Doubt.RESET)
    # A counter that fell either wrapped or began anew. It wrapped if some other counter of the interface
    # shows more than it could have counted since the reading before: that one did not begin anew.
    if any(move.fell for move in moves) and all(move.value <= move.credible for move in moves):
        return Passed(
            received=min(received.grown, received.value),
            sent=min(sent.grown, sent.value),
            doubt=Doubt.WRAP_OR_RESET,
        )
    doubt = Doubt.WRAP if received.open or sent.open else None
    return Passed(received=received.grown, sent=sent.grown, doubt=doubt)


def _incomparable(before: LineReading, after: LineReading) -> Doubt | None:
    """Return why the counters of two readings say nothing about the time between them, None if they do."""
    if (before.interface, before.received.bits, before.sent.bits) != (
        after.interface,
        after.received.bits,
        after.sent.bits,
    ):
        return Doubt.CHANGED
    elapsed = after.at - before.at
    if abs((after.at_ms - before.at_ms) / 1000 - elapsed) > CLOCK_TOLERANCE_S + elapsed * CLOCK_DRIFT:
        return Doubt.CLOCK
    went_on = _went_on(before, after)
    if went_on is None:
        return Doubt.UNVERIFIED
    if not went_on:
        # RFC 2578 section 7.1.6: "Counters have no defined 'initial' value", so what one shows after a
        # restart is not what passed since.
        return Doubt.RESTART
    if (
        before.discontinuity is not None
        and after.discontinuity is not None
        and before.discontinuity != after.discontinuity
    ):
        return Doubt.DISCONTINUITY
    return None


def _went_on(before: LineReading, after: LineReading) -> bool | None:
    """Return whether the device's management went on without a restart; None if it shows no clock."""
    known = before.engine, after.engine
    if known[0] is not None and known[1] is not None and known[0].boots != known[1].boots:
        return False
    if before.sys_uptime is not None and after.sys_uptime is not None:
        return continues(_uptime(before, before.sys_uptime), _uptime(after, after.sys_uptime), wraps=True)
    if known[0] is not None and known[1] is not None:
        ticks = known[0].time_s * 100, known[1].time_s * 100
        return continues(_uptime(before, ticks[0]), _uptime(after, ticks[1]), wraps=False)
    return None


def _uptime(reading: LineReading, ticks: int) -> Reading:
    # On elapsed time: a wall clock that is set must not look like a device that restarted.
    return Reading(ticks=ticks, sent_ms=int(reading.sent_at * 1000), at_ms=int(reading.done_at * 1000) + 1)
