"""A quiet core that lets places rest: while nothing about them changes, their polls are reckoned, not made.

A place rests from a poll that told nothing new until its condition changes, somebody asks for it, a poll of a
relative tells something, or planned work begins or ends. What others may see of it meanwhile is brought up to
date before they look. tests/unit/lab/test_month_resting.py holds the ledgers of this core and of the
collector's own against each other, byte by byte. Lines are not metered: each of their readings would count.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import tzinfo
from typing import Protocol

from collector.discovery import LOOK_AGAIN_S
from collector.ledger.days import next_midnight_ms
from collector.ledger.evidence import Repeats
from collector.model import Fault, Got, Outcome, Reason, Reply, SnmpAsk, Uptime, UptimeSource, Verdict, Walked
from collector.sink import Sink
from lab.condition import Condition
from lab.month.core import Found, QuietCore
from lab.month.resting import RestingLives, RestingSchedule
from lab.month.stretch import Stretch
from lab.month.virtual import MonthWorld, VirtualClock

_AFTER_MIDNIGHT_MS = 180_000
"""What a day has left open is handed over this long after its midnight: before the ledger ends its rows."""

_WRAP_MS = 2**32 * 10
_BEFORE_WRAP_MS = 5_000
_DAY_S, _LONGEST_S = 86_400.0, 40 * 86_400.0


class RepeatingSink(Sink, Protocol):
    """A sink that takes many equal polls at once."""

    def repeated(self, device: str, repeats: Repeats) -> None:
        """Book polls like the device's last one."""
        ...

    def uptime_repeated(self, device: str, last: Uptime, readings: int) -> None:
        """Book readings that go on as the last one did."""
        ...


class RestingCore(QuietCore):
    """Drive it with a Driver, which `late(device, began_at)` leads back to: a poll that is under way."""

    def __init__(
        self,
        *,
        clock: VirtualClock,
        sink: RepeatingSink,
        schedule: RestingSchedule,
        world: MonthWorld,
        true_ms: Callable[[float], int],
        mono: Callable[[int], float],
        took_s: Callable[[str], float],
        revision: Callable[[], int],
        timezone: tzinfo,
        found: dict[str, Found] | None = None,
    ) -> None:
        super().__init__(clock=clock, sink=sink, schedule=schedule, found=found)
        self.live = self._states = RestingLives()
        self._virtual, self._repeating, self._turns, self._world = clock, sink, schedule, world
        self._true_ms, self._mono, self._took_s, self._timezone = true_ms, mono, took_s, timezone
        self._revision = revision
        self._rests: dict[str, Stretch] = {}
        self._states.resting = self._rests
        self._walked_in: dict[str, Condition] = {}
        self._now = clock.mono()
        self._hand_over_ms = self._after_midnight()
        self.late: Callable[[str, float], None] = lambda _device, _began_at: None
        self.reckoned = 0
        schedule.disturbed = self._disturbed

    def question(self, device: str, now: float) -> tuple[SnmpAsk, str]:
        """Return what to ask in the poll that begins now."""
        if device in self._rests:
            self._reckon_out(device, now)
        return super().question(device, now)

    def ended(self, outcome: Outcome) -> Verdict | None:
        """Take in a poll."""
        self._now = now = outcome.done_at
        device, states = outcome.device, self._states
        silent = all(isinstance(check, Fault) and check.answered_at is None for check in outcome.checks)
        for gate in states.gates(device):
            self._reckon(gate, now)
            if not silent and not states.well(gate):
                self._wake({gate, *states.below(gate)}, now)
        if self._steady(outcome):
            self._rest_well(outcome)
            return Verdict.ANSWERED
        for other in states.concerned(device):
            self._reckon(other, now)
        below = states.below(device)
        kin = states.ancestors(device) | below
        calm = silent and not states.well(device) and all(map(states.settled, (device, *kin)))
        if not calm:
            rests = self._rests
            stirred = (silent and below) or frozenset()
            self._wake({one for one in kin & rests.keys() if one in stirred or not rests[one].answers}, now)
        verdict = self._unsteady(outcome)
        self._note_walk(outcome)
        if calm:
            self._rest_away(outcome)
        return verdict

    def tick(self) -> None:
        """Let time pass."""
        self._now = now = self._virtual.mono()
        now_ms = self._virtual.now_ms()
        if self.planned.tick(now_ms):
            self.wake_all(now)
        for device, live in self._states.items():
            if live.silent_since is not None and device not in self._rests:
                for other in self._states.concerned(device):
                    self._reckon(other, now)
        super().tick()
        if now_ms >= self._hand_over_ms:
            self.hand_over_all(now)
            self._hand_over_ms = self._after_midnight()

    def changed(self, now: float) -> None:
        """Look after those whose condition is another than the one they rest in."""
        latest = self._world.latest
        self._wake(
            {device for device, rest in self._rests.items() if latest(device) is not rest.condition}, now
        )

    def wake_all(self, now: float) -> None:
        """Let nobody rest any more."""
        self._wake(set(self._rests), now)

    def hand_over_all(self, now: float) -> None:
        """Hand the ledger all polls that have ended by now."""
        for device, rest in self._rests.items():
            self._reckon(device, now)
            self._hand_over(rest)

    def _after_midnight(self) -> int:
        now_ms = self._virtual.now_ms()
        return next_midnight_ms(now_ms - _AFTER_MIDNIGHT_MS, self._timezone) + _AFTER_MIDNIGHT_MS

    def _note_walk(self, outcome: Outcome) -> None:
        snmp = outcome.checks[-1]
        if isinstance(snmp, Reply) and isinstance(snmp.payload, Walked):
            self._walked_in[outcome.device] = self._world.condition(
                outcome.device, self._looks_ms(outcome.device, outcome.started_at)
            )

    def _looks_ms(self, device: str, started_at: float) -> int:
        return self._true_ms(started_at + self._took_s(device) / 2)

    def _may_rest(self, device: str) -> Condition | None:
        """Return the condition in which the device may rest, None if there is something before it."""
        condition = self._world.latest(device)
        free = self._turns.free(device, self._now) and device not in self.planned.states
        return None if not free or condition.packets.any or self._virtual.behind_ms() else condition

    def _rest_well(self, outcome: Outcome) -> None:
        """Let a place rest that answered as always."""
        device, snmp = outcome.device, outcome.checks[-1]
        condition = self._may_rest(device)
        if isinstance(snmp, Reply) and isinstance(snmp.payload, Walked):
            self._note_walk(outcome)
            return
        looked_ms = self._looks_ms(device, outcome.started_at)
        if condition is None or condition is not self._world.condition(device, looked_ms):
            return
        memory, states = self._memories[device], self._states
        plan = memory.plan
        if plan is None or plan.failures or memory.discovery.wanted or plan.line is not None:
            return
        if not (states.well(device) and all(map(states.well, states.gates(device)))):
            return
        if not isinstance(snmp, Reply) or not isinstance(snmp.payload, Got):
            return
        uptimes = plan.uptimes(snmp.payload.values, snmp.payload.engine, sent_ms=0, at_ms=0)
        if UptimeSource.SYS_UPTIME not in {uptime.source for uptime in uptimes}:
            return
        passed_ms = (looked_ms - condition.agent_boot_ms) % _WRAP_MS
        until = self._mono(looked_ms + _WRAP_MS - passed_ms - _BEFORE_WRAP_MS)
        if self._walked_in.get(device) is not condition:
            until = min(until, memory.discovery.looked_at + LOOK_AGAIN_S)
        self._rest(
            outcome,
            condition,
            took_s=self._took_s(device),
            uptimes=uptimes,
            until=min(until, self._now + _DAY_S) if until < self._now + _LONGEST_S else math.inf,
        )

    def _rest_away(self, outcome: Outcome) -> None:
        """Let a place rest that is away and stays so."""
        condition = self._may_rest(outcome.device)
        if condition is None or condition.reachable or not self._states.settled(outcome.device):
            return
        ping, deadline_s = outcome.checks[0], self._plans[outcome.device].pace.deadline
        if isinstance(ping, Fault):
            self._rest(outcome, condition, took_s=deadline_s, reason=ping.reason)

    def _rest(
        self,
        outcome: Outcome,
        condition: Condition,
        *,
        took_s: float,
        reason: Reason | None = None,
        uptimes: tuple[Uptime, ...] = (),
        until: float = math.inf,
    ) -> None:
        device = outcome.device
        plan, memory = self._plans[device], self._memories[device]
        self._rests[device] = Stretch(
            device=device,
            condition=condition,
            interval=plan.pace.interval,
            took_s=took_s,
            deadline_ms=round(plan.pace.deadline * 1000),
            revision=self._revision(),
            offset_ns=self._virtual.wall_offset_ns,
            turn_at=self._turns.rest(device, until),
            looks_ms=self._true_ms,
            midnight_ms=lambda ms: next_midnight_ms(ms, self._timezone),
            discovery=memory.discovery,
            looks=memory.look is not None,
            reason=reason,
            uptimes=uptimes,
        )

    def _disturbed(self, device: str) -> None:
        if device in self._rests:
            self._wake({device}, self._now)

    def _wake(self, devices: set[str], now: float) -> None:
        for device in sorted(devices & self._rests.keys()):
            rest = self._reckon_out(device, now)
            began_at, extra_at, turn_at = rest.next_at, rest.extra_at, rest.turn_at
            if began_at >= now:
                last_at = rest.last_at if rest.polls else None
                self._turns.resume(device, turn_at, began_at=last_at, running=False)
            else:
                if began_at == extra_at:
                    extra_at = None
                else:
                    turn_at = began_at + rest.interval
                self._turns.resume(device, turn_at, began_at=began_at, running=True)
                self.late(device, began_at)
            if extra_at is not None:
                self._turns.expedite(device, extra_at)

    def _reckon(self, device: str, now: float) -> None:
        """Bring up to date what may be seen of a device at rest."""
        rest = self._rests.get(device)
        if rest is None:
            return
        rest.advance(now)
        if rest.fresh:
            self._states.polled(
                device,
                answered=rest.answers,
                at=rest.last_at,
                done_at=rest.last_at + rest.took_s,
                polls=rest.fresh,
            )
            rest.fresh = 0

    def _reckon_out(self, device: str, now: float) -> Stretch:
        """Take a device out of its rest."""
        self._reckon(device, now)
        rest = self._rests.pop(device)
        self._hand_over(rest)
        self.reckoned += rest.polls
        if rest.answers and rest.polls:
            memory = self._memories[device]
            self._memories[device] = replace(memory, discovery=rest.discovery, sys_uptime=rest.ticks())
        return rest

    def _hand_over(self, rest: Stretch) -> None:
        for book in rest.books():
            if book.polls is not None:
                first, repeats = book.polls
                self._sink.poll(first)
                if repeats is not None:
                    self._repeating.repeated(rest.device, repeats)
            for uptime, last, readings in book.uptimes:
                self._sink.uptime(rest.device, uptime)
                if readings > 1:
                    self._repeating.uptime_repeated(rest.device, last, readings - 1)
