"""Drives the collector's core through virtual time: polls, ticks, faults and absences in their order. Pure.

The order of what happens at one instant: faults, ends of polls, heartbeat and tick, beginnings of polls.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Protocol

from collector.core import Core
from collector.model import Outcome
from collector.schedule import Schedule
from lab.month.answers import Answers
from lab.month.virtual import VirtualClock

_AHEAD_S = 0.02
"""What changes is looked at this long before: a poll that has begun may meet it, half a round trip later."""


class Heart(Protocol):
    """What is beside the core in a collector: the writer, as far as time matters to it."""

    def heartbeat(self, now_ms: int) -> None:
        """Book that the collector is alive."""
        ...


class Driver:
    """One collector session in virtual time.

    `true_ms` gives the true instant of a monotonic one, and `mono` the other way round: the collector's own
    clock may be wrong. `happen(ms)` lets everything happen that is due until then; `next_change_ms()` says
    when that will be, and `changed` is called right after it. A heartbeat comes every `tick_s`, a tick with
    every second one.
    """

    def __init__(
        self,
        *,
        clock: VirtualClock,
        core: Core,
        schedule: Schedule,
        heart: Heart,
        answers: Answers,
        true_ms: Callable[[float], int],
        mono: Callable[[int], float],
        happen: Callable[[int], None],
        next_change_ms: Callable[[], int | None],
        changed: Callable[[float], None],
        revision: Callable[[], int],
        tick_s: float,
    ) -> None:
        self._clock, self._core, self._schedule, self._heart = clock, core, schedule, heart
        self._answers, self._true_ms, self._happen, self._revision = answers, true_ms, happen, revision
        self._mono, self._next_change_ms, self._changed = mono, next_change_ms, changed
        self._tick_s = tick_s
        self._tick_at = clock.mono()
        self._ends: list[tuple[float, int, Outcome]] = []
        self._beats = 0
        self.polls = 0

    def run_until(self, end_at: float) -> None:
        """Let time pass until that monotonic instant; polls that are under way then end in the next call."""
        clock, core, schedule, ends = self._clock, self._core, self._schedule, self._ends
        while True:
            due_at = schedule.next_at()
            now = min(
                self._tick_at,
                end_at if due_at is None else due_at,
                ends[0][0] if ends else end_at,
            )
            change_ms = self._next_change_ms()
            change_at = end_at if change_ms is None else self._mono(change_ms) - _AHEAD_S
            now = min(now, end_at, max(change_at, clock.mono()))
            if now > clock.mono():
                clock.advance_to(now)
            if change_ms is not None and change_at <= now:
                self._happen(change_ms)
                self._changed(now)
            while ends and ends[0][0] <= now:
                outcome = heapq.heappop(ends)[2]
                schedule.finish(outcome.device)
                core.ended(outcome)
            if now >= end_at:
                return
            if self._tick_at <= now:
                self._heart.heartbeat(clock.now_ms())
                self._beats += 1
                if self._beats % 2:
                    core.tick()
                self._tick_at += self._tick_s
            if due_at is not None and due_at <= now:
                self._begin(now)

    def _begin(self, now: float) -> None:
        for due in self._schedule.due(now):
            if not due.skipped:
                self.begin(due.device, now, due_at=due.due_at)

    def begin(self, device: str, started_at: float, *, due_at: float | None = None) -> None:
        """Let a poll begin, or have begun just before."""
        looks_ms = self._true_ms(started_at + self._answers.rtt_s(device) / 2)
        self._happen(looks_ms)
        ask, _ = self._core.question(device, started_at)
        outcome = self._answers.outcome(
            device,
            ask,
            revision=self._revision(),
            due_at=started_at if due_at is None else due_at,
            started_at=started_at,
            looks_ms=looks_ms,
        )
        self.polls += 1
        heapq.heappush(self._ends, (outcome.done_at, self.polls, outcome))
