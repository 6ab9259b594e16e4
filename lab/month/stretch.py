"""Polls of a place that stays as it is, many at once: when each would have been, and its evidence. Pure.

A place that answers is polled at its turns; now and then a poll is a look or a walk instead, as its discovery
has it, and a walk is followed by an extra poll. A place that is away is polled at its turns, that is all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from math import frexp

from collector.core import AGAIN_AFTER_S
from collector.discovery import LOOK_AGAIN_S, REDISCOVER_S, Discovery
from collector.ledger.evidence import Evidence, Repeats
from collector.model import Reason, Uptime, UptimeSource, Verdict
from lab.condition import Condition

_NS_PER_S = 1_000_000_000
_NS_PER_MS = 1_000_000
_MARGIN_NS = 10

_Turn = tuple[float, int, int]
"""When a poll begins, and when it was sent and over in ledger time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What a stretch has to hand to the ledger: polls that are alike, or readings that go on evenly."""

    polls: tuple[Evidence, Repeats | None] | None = None
    uptimes: tuple[tuple[Uptime, Uptime, int], ...] = ()


@dataclass(slots=True)
class _Span:
    """Polls, or readings, of one local day that were reckoned and not handed over yet."""

    count: int = 0
    first_at: float = 0.0
    first_sent_ms: int = 0
    first_end_ms: int = 0
    last_at: float = 0.0
    last_sent_ms: int = 0
    last_end_ms: int = 0
    longest_gap_ms: int = 0

    def add(self, at: float, sent_ms: int, end_ms: int) -> None:
        if self.count == 0:
            self.first_at, self.first_sent_ms, self.first_end_ms = at, sent_ms, end_ms
        elif end_ms - self.last_sent_ms > self.longest_gap_ms:
            self.longest_gap_ms = end_ms - self.last_sent_ms
        self.last_at, self.last_sent_ms, self.last_end_ms = at, sent_ms, end_ms
        self.count += 1

    def add_evenly(self, first: _Turn, count: int, interval: float) -> None:
        """Take in a poll and those that follow it in steps of whole seconds."""
        self.add(*first)
        at, sent_ms, end_ms = first
        step_ms = int(interval) * 1000
        further_ms = (count - 1) * step_ms
        self.last_at = at + (count - 1) * interval
        self.last_sent_ms, self.last_end_ms = sent_ms + further_ms, end_ms + further_ms
        self.count += count - 1
        if count > 1:
            self.longest_gap_ms = max(self.longest_gap_ms, end_ms + step_ms - sent_ms)


@dataclass(slots=True, kw_only=True)
class Stretch:
    """One place at rest. `turn_at` is its next regular turn, `extra_at` a poll beside the turns.

    A poll takes `took_s`. `uptimes` are what the last poll read of a place that answers, which was walked in
    this very condition (`walked`) or must not be taken for the same beyond the next look. Instants without a
    unit are monotonic seconds; `offset_ns` is how far the wall clock is beyond them.
    """

    device: str
    condition: Condition
    interval: float
    took_s: float
    deadline_ms: int
    revision: int
    offset_ns: int
    turn_at: float
    looks_ms: Callable[[float], int]
    midnight_ms: Callable[[int], int]
    discovery: Discovery
    looks: bool = False
    reason: Reason | None = None
    uptimes: tuple[Uptime, ...] = ()
    extra_at: float | None = None
    last_at: float = float("-inf")
    polls: int = 0
    fresh: int = 0
    read_last: bool = True
    _span: _Span = field(default_factory=_Span)
    _reads: _Span = field(default_factory=_Span)
    _ready: list[Book] = field(default_factory=list)
    _day_end_ms: int = -1

    @property
    def answers(self) -> bool:
        """True for a place that answers, False for one that is away."""
        return bool(self.uptimes)

    @property
    def next_at(self) -> float:
        """When its next poll begins."""
        return self.turn_at if self.extra_at is None else min(self.extra_at, self.turn_at)

    def advance(self, now: float) -> None:
        """Reckon the polls that have ended by then."""
        took_s, answers = self.took_s, self.answers
        while True:
            at = self.next_at
            if at + took_s > now:
                return
            extra = at == self.extra_at
            if extra:
                self.extra_at = None
            else:
                self.turn_at = at + self.interval
            sent_ns = round(at * _NS_PER_S) + self.offset_ns
            end_ns = round((at + took_s) * _NS_PER_S) + self.offset_ns
            sent_ms, end_ms = sent_ns // _NS_PER_MS, end_ns // _NS_PER_MS
            if sent_ms >= self._day_end_ms or end_ms >= self._day_end_ms:
                self._new_day(sent_ms, end_ms)
            self._span.add(at, sent_ms, end_ms)
            self._polled(at, 1)
            if answers and self.discovery.due(at):
                self.discovery = self.discovery.walked(at, news=False, complete=True)
                self.extra_at = at + took_s + AGAIN_AFTER_S
                self.read_last = False
                continue
            if answers:
                if self.looks and self.discovery.look_due(at):
                    self.discovery = self.discovery.looked(at)
                self._reads.add(at, sent_ms, end_ms)
                self.read_last = True
            if _within(sent_ns) and _within(end_ns) and not extra:
                self._advance_evenly(now, sent_ms, end_ms)

    def _advance_evenly(self, now: float, sent_ms: int, end_ms: int) -> None:
        """Reckon at once the turns after a poll that are like it but for their instants.

        Their instants are exact sums, and their milliseconds even, while the floating point keeps its grain.
        """
        began, interval = self.turn_at, self.interval
        step_ms = int(interval) * 1000
        last = now - self.took_s
        if self.answers:
            last = min(last, self.discovery.at + REDISCOVER_S)
            if self.looks:
                last = min(last, self.discovery.looked_at + LOOK_AGAIN_S)
        # One less than there may be room for: the polls at the edges are looked at one by one.
        room = int((last - began) / interval) - 1
        count = min(room, (self._day_end_ms - end_ms) // step_ms - 1)
        ends = began + count * interval
        if count < 1 or interval != int(interval) or frexp(began)[1] != frexp(ends)[1]:
            return
        first = began, sent_ms + step_ms, end_ms + step_ms
        self._span.add_evenly(first, count, interval)
        if self.answers:
            self._reads.add_evenly(first, count, interval)
        self.turn_at = ends
        self._polled(began + (count - 1) * interval, count)

    def _polled(self, at: float, count: int) -> None:
        self.last_at = at
        self.polls += count
        self.fresh += count

    def books(self) -> Iterator[Book]:
        """Yield what was reckoned since the last time, in order."""
        self._close_span()
        self._close_reads()
        yield from self._ready
        self._ready.clear()

    def ticks(self) -> int | None:
        """Return sysUpTime as the last poll read it; None if that was a walk, which reads none."""
        if not self.read_last:
            return None
        return next(
            (
                uptime.ticks
                for uptime in self._uptimes_at(self.last_at, 0, 0)
                if uptime.source is UptimeSource.SYS_UPTIME
            ),
            None,
        )

    def _new_day(self, sent_ms: int, end_ms: int) -> None:
        if self._day_end_ms < 0:
            self._day_end_ms = self.midnight_ms(sent_ms)
        if sent_ms >= self._day_end_ms:
            self._close_span()
        if end_ms >= self._day_end_ms:
            self._close_reads()
        if sent_ms >= self._day_end_ms:
            self._day_end_ms = self.midnight_ms(sent_ms)

    def _close_span(self) -> None:
        span, self._span = self._span, _Span()
        if span.count == 0:
            return
        first = Evidence(
            device=self.device,
            revision=self.revision,
            verdict=Verdict.ANSWERED if self.answers else Verdict.SILENT,
            reason=self.reason,
            sent_ms=span.first_sent_ms,
            done_ms=span.first_end_ms,
            answered_ms=span.first_end_ms if self.answers else None,
            interval_ms=round(self.interval * 1000),
            deadline_ms=self.deadline_ms,
        )
        rest = None
        if span.count > 1:
            rest = Repeats(
                polls=span.count - 1,
                last_sent_ms=span.last_sent_ms,
                last_end_ms=span.last_end_ms,
                longest_gap_ms=span.longest_gap_ms,
            )
        self._ready.append(Book(polls=(first, rest)))

    def _close_reads(self) -> None:
        span, self._reads = self._reads, _Span()
        if span.count == 0:
            return
        first = self._uptimes_at(span.first_at, span.first_sent_ms, span.first_end_ms)
        last = self._uptimes_at(span.last_at, span.last_sent_ms, span.last_end_ms)
        readings = tuple((a, b, span.count) for a, b in zip(first, last, strict=True))
        self._ready.append(Book(uptimes=readings))

    def _uptimes_at(self, at: float, sent_ms: int, at_ms: int) -> tuple[Uptime, ...]:
        looks_ms = self.looks_ms(at + self.took_s / 2)
        return tuple(
            replace(
                uptime,
                ticks=_TICKS[uptime.source](self.condition, looks_ms),
                sent_ms=sent_ms,
                at_ms=at_ms,
            )
            for uptime in self.uptimes
        )


def _within(ns: int) -> bool:
    """Return True if a few ns more or less are the same millisecond."""
    return _MARGIN_NS < ns % _NS_PER_MS < _NS_PER_MS - _MARGIN_NS


def _engine_ticks(condition: Condition, at_ms: int) -> int:
    return condition.engine_time(at_ms) * 100


_TICKS: dict[UptimeSource, Callable[[Condition, int], int]] = {
    UptimeSource.SYS_UPTIME: Condition.sys_uptime,
    UptimeSource.HR_SYSTEM_UPTIME: Condition.hr_uptime,
    UptimeSource.SNMP_ENGINE: _engine_ticks,
}
