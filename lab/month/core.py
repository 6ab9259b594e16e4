"""The collector's core for months of virtual time: the same evidence, without what is only shown.

Three things are left out. Nothing is published, because nobody scrapes. A poll that tells nothing new of a
device that is up (all there, nothing restarted, nothing to ask again, discovered as it was before) goes to
the ledger without the way round by samples. And a device that an earlier session found just so is not found
out anew: the plan that follows from equal rows is the one there was. tests/unit/lab/test_month.py holds the
ledgers of both cores against each other, byte by byte.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from collector.clock import Clock
from collector.core import AGAIN_AFTER_S, Core, Plan
from collector.decode.device import DevicePlan
from collector.decode.section import Rows
from collector.discovery import Discovery
from collector.expose.blocks import Blocks, Owner
from collector.inventory.values import Capacity
from collector.ledger.evidence import Evidence
from collector.live import Sight, Transition
from collector.model import Got, Outcome, Reply, State, Uptime, UptimeSource, Verdict, Walked
from collector.pipeline import Memory, Step
from collector.schedule import Schedule
from collector.sink import Sink
from collector.traffic.buckets import Bucket
from collector.traffic.lines import Lines
from collector.traffic.measure import Line
from collector.traffic.rates import LineReading
from collector.traffic.recent import Recent


class NoBlocks(Blocks):
    """Shows nothing."""

    def __init__(self) -> None:
        super().__init__(())

    def publish(self, owner: Owner, batches: object) -> None:
        """Render nothing."""

    def drop(self, owner: Owner) -> None:
        """There is nothing to drop."""


class NoRecent(Recent):
    """Figures of a line's last days that nobody asks for."""

    def add(self, bucket: Bucket, capacities: Sequence[Capacity]) -> None:
        """Keep nothing."""


class QuietLines(Lines):
    """Lines whose figures nobody looks at."""

    def replace(self, lines: Mapping[str, Line], timezone: tzinfo, now_ms: int) -> None:
        """Follow a new inventory."""
        super().replace(lines, timezone, now_ms)
        for device in lines:
            meter = self._traffic.meter(device)
            if meter is not None and not isinstance(meter.recent, NoRecent):
                meter.recent = NoRecent(timezone)

    def polled(self, step: Step, now_ms: int) -> None:  # noqa: ARG002 - the instant is for what is shown
        """Take in what a poll read of its device's line."""
        plan = step.memory.plan
        self.read(step.outcome.device, step.line, found=None if plan is None else plan.line is not None)

    def read(self, device: str, reading: LineReading | None, *, found: bool | None) -> None:
        """Take in a line's counters."""
        self._traffic.read(device, reading, found=found)

    def _show(self, device: str, now_ms: int) -> None:
        pass


class QuietCore(Core):
    """A core that shows nothing and hurries over polls that tell nothing new."""

    def __init__(
        self,
        *,
        clock: Clock,
        sink: Sink,
        schedule: Schedule,
        found: dict[str, Found] | None = None,
        moved: Callable[[Transition], None] = lambda _transition: None,
    ) -> None:
        """Begin. `found` is what earlier sessions found out of the same devices by the same inventory."""
        super().__init__(clock=clock, sink=sink, schedule=schedule, blocks=NoBlocks(), moved=moved)
        self.lines = self._quiet = QuietLines(sink, NoBlocks())
        self._discovered: dict[str, Rows] = {}
        self._found = {} if found is None else found

    def ended(self, outcome: Outcome) -> Verdict | None:
        """Take in a poll; return its verdict, None if its device has left or is asked otherwise now."""
        if self._steady(outcome):
            return Verdict.ANSWERED
        return self._unsteady(outcome)

    def _unsteady(self, outcome: Outcome) -> Verdict | None:
        """Take in a poll that may tell something."""
        snmp = outcome.checks[-1]
        if not isinstance(snmp, Reply) or not isinstance(snmp.payload, Walked):
            return super().ended(outcome)
        again = self._found_again(outcome, snmp, snmp.payload)
        verdict = Verdict.ANSWERED if again else super().ended(outcome)
        self._discovered[outcome.device] = snmp.payload.rows
        memory = self._memories.get(outcome.device)
        if (
            not again
            and memory is not None
            and memory.plan is not None
            and memory.discovery.at == snmp.sent_at
        ):
            self._found[outcome.device] = Found(memory, snmp.payload.rows)
        return verdict

    def _found_again(self, outcome: Outcome, snmp: Reply, walked: Walked) -> bool:
        """Book the first walk of a device that shows what an earlier session saw; False for any other."""
        device, ping = outcome.device, outcome.checks[0]
        memory, plan, found = self._memories.get(device), self._plans.get(device), self._found.get(device)
        if memory is None or plan is None or found is None or not isinstance(ping, Reply):
            return False
        if memory.plan is not None or memory.discovery != Discovery():
            return False
        known = found.memory.plan
        if known is None or outcome.started_at < self._anew_at[device]:
            return False
        if not _as_before(walked, known, found.rows):
            return False
        self._book_poll(outcome, plan, min(ping.answered_at, snmp.answered_at))
        discovery = memory.discovery.walked(snmp.sent_at, news=True, complete=True)
        self._memories[device] = replace(
            memory, plan=known, get=found.memory.get, look=found.memory.look, discovery=discovery
        )
        self._seen(outcome)
        self._schedule.expedite(device, outcome.done_at + AGAIN_AFTER_S)
        return True

    def _steady(self, outcome: Outcome) -> bool:
        """Book a poll that tells nothing new; False, with nothing done, for any other."""
        device = outcome.device
        memory, plan = self._memories.get(device), self._plans.get(device)
        ping, snmp = outcome.checks
        if memory is None or plan is None or not isinstance(ping, Reply) or not isinstance(snmp, Reply):
            return False
        live = self.live[device]
        steady = live.state is State.UP and live.silent_since is None
        if memory.plan is None or not steady or outcome.started_at < self._anew_at[device]:
            return False
        read = self._read(snmp, memory, memory.plan, self._discovered.get(device))
        if read is None:
            return False
        self._book_poll(outcome, plan, min(ping.answered_at, snmp.answered_at))
        for uptime in read.uptimes:
            self._sink.uptime(device, uptime)
        self._quiet.read(device, read.line, found=memory.plan.line is not None)
        self._memories[device] = read.memory
        self._seen(outcome)
        if read.again:
            self._schedule.expedite(device, outcome.done_at + AGAIN_AFTER_S)
        return True

    def _read(self, snmp: Reply, memory: Memory, asked: DevicePlan, rows: Rows | None) -> _Read | None:
        """Return what an answer comes to, None if it calls for the long way."""
        match snmp.payload:
            case Got() as got:
                return _Read.of(got, snmp, memory, asked, self._clock.ms_at)
            case Walked() as walked if _as_before(walked, asked, rows):
                discovery = memory.discovery.walked(snmp.sent_at, news=False, complete=True)
                after = replace(memory, discovery=discovery, sys_uptime=None)
                return _Read(uptimes=(), line=None, memory=after, again=True)
            case _:
                return None

    def _book_poll(self, outcome: Outcome, plan: Plan, answered_at: float) -> None:
        ms_at = self._clock.ms_at
        self._sink.poll(
            Evidence(
                device=outcome.device,
                revision=outcome.revision,
                verdict=Verdict.ANSWERED,
                reason=None,
                sent_ms=ms_at(outcome.started_at),
                done_ms=ms_at(outcome.done_at),
                answered_ms=ms_at(answered_at),
                interval_ms=round(plan.pace.interval * 1000),
                deadline_ms=round(plan.pace.deadline * 1000),
            )
        )

    def _seen(self, outcome: Outcome) -> None:
        changes = self.live.observe(
            Sight(
                device=outcome.device,
                verdict=Verdict.ANSWERED,
                started_at=outcome.started_at,
                done_at=outcome.done_at,
            )
        )
        self._take(changes, outcome.done_at)

    def _publish(self, step: Step) -> None:
        pass

    def _drop_values(self, device: str) -> None:
        pass

    def _show(self, device: str) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Found:
    """What a walk led to: the memory after it, and its rows."""

    memory: Memory
    rows: Rows


@dataclass(frozen=True, slots=True)
class _Read:
    """What an answer comes to that tells nothing new. `again` asks for another poll soon."""

    uptimes: tuple[Uptime, ...]
    line: LineReading | None
    memory: Memory
    again: bool = False

    @staticmethod
    def of(
        said: Got, snmp: Reply, memory: Memory, asked: DevicePlan, ms_at: Callable[[float], int]
    ) -> _Read | None:
        """Return what values come to, None if they call for anything."""
        values = said.values
        looked = len(values) == len(asked.names) + len(asked.rare)
        if len(values) != len(asked.names) and not looked:
            return None
        if None in values or asked.outdated_by(values):
            return None
        uptimes = asked.uptimes(values, said.engine, sent_ms=ms_at(snmp.sent_at), at_ms=ms_at(snmp.done_at))
        ticks = next((u.ticks for u in uptimes if u.source is UptimeSource.SYS_UPTIME), None)
        if ticks is None or (memory.sys_uptime is not None and ticks < memory.sys_uptime):
            return None
        at_ms = ms_at((snmp.sent_at + snmp.done_at) / 2)
        line = asked.line_reading(
            values, said.engine, sent_at=snmp.sent_at, done_at=snmp.done_at, at_ms=at_ms
        )
        longer = len(values) > len(asked.names)
        discovery = memory.discovery.looked(snmp.sent_at) if longer else memory.discovery
        return _Read(uptimes, line, replace(memory, sys_uptime=ticks, discovery=discovery))


def _as_before(walked: Walked, plan: DevicePlan, rows: Rows | None) -> bool:
    """Return True if a walk would lead to the plan there is: only what is asked at every poll may differ."""
    found = walked.rows
    if rows is None or walked.failures or plan.failures or found.keys() != rows.keys():
        return False
    if any(value != rows[name] for name, value in found.items() if name not in plan.places):
        return False
    return not plan.outdated_by(tuple([found.get(name) for name in (*plan.names, *plan.rare)]))
