"""Drives the collector's core through virtual time: polls, ticks, faults and absences in their order. Pure.

The order of what happens at one instant: faults, ends of polls, heartbeat and tick, beginnings of polls.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Protocol

from collector.clock import ManualClock
from collector.core import Core
from collector.model import Outcome
from collector.schedule import Schedule
from lab.month.answers import Answers


class Heart(Protocol):
    """What is beside the core in a collector: the writer, as far as time matters to it."""

    def heartbeat(self, now_ms: int) -> None:
        """Book that the collector is alive."""
        ...


class Driver:
    """One collector session in virtual time.

    `true_ms` gives the true instant of a monotonic one: the collector's own clock may be wrong. `happen(ms)`
    lets everything happen that is due until then. A heartbeat comes every `tick_s`, a tick with
    every second one.
    """

    def __init__(
        self,
        *,
        clock: ManualClock,
        core: Core,
        schedule: Schedule,
        heart: Heart,
        answers: Answers,
        true_ms: Callable[[float], int],
        happen: Callable[[int], None],
        revision: Callable[[], int],
        tick_s: float,
    ) -> None:
        self._clock, self._core, self._schedule, self._heart = clock, core, schedule, heart
        self._answers, self._true_ms, self._happen, self._revision = answers, true_ms, happen, revision
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
            now = min(now, end_at)
            mono = clock.mono()
            if now > mono:
                clock.advance(now - mono)
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
            if due.skipped:
                continue
            device = due.device
            looks_ms = self._true_ms(now + self._answers.rtt_s(device) / 2)
            self._happen(looks_ms)
            ask, _ = self._core.question(device, now)
            outcome = self._answers.outcome(
                device,
                ask,
                revision=self._revision(),
                due_at=due.due_at,
                started_at=now,
                looks_ms=looks_ms,
            )
            self.polls += 1
            heapq.heappush(self._ends, (outcome.done_at, self.polls, outcome))
