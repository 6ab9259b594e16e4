"""The collector's core for months of virtual time: the same evidence, without what is only shown.

Two things are left out. Nothing is published, because nobody scrapes. And a poll that tells nothing new of
a device that is up (all there, nothing restarted, nothing to ask again) goes to the ledger without the way
round by samples. tests/unit/lab/test_month.py holds the ledgers of both cores against each other, byte by
byte.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo

from collector.buckets import Bucket
from collector.clock import Clock
from collector.core import Core
from collector.expose.blocks import Blocks, Owner
from collector.inventory.values import Capacity
from collector.ledger.evidence import Evidence
from collector.lines import Lines
from collector.live import Sight, Transition
from collector.model import Got, Outcome, Reply, State, UptimeSource, Verdict
from collector.pipeline import Memory, Step
from collector.rates import LineReading
from collector.recent import Recent
from collector.schedule import Schedule
from collector.sink import Sink
from collector.traffic import Line


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
        moved: Callable[[Transition], None] = lambda _transition: None,
    ) -> None:
        super().__init__(clock=clock, sink=sink, schedule=schedule, blocks=NoBlocks(), moved=moved)
        self._lines = self._quiet = QuietLines(sink, NoBlocks())

    def ended(self, outcome: Outcome) -> Verdict | None:
        """Take in a poll; return its verdict, None if its device has left or is asked otherwise now."""
        if self._steady(outcome):
            return Verdict.ANSWERED
        return super().ended(outcome)

    def _steady(self, outcome: Outcome) -> bool:
        """Book a poll that tells nothing new; False, with nothing done, for any other."""
        device = outcome.device
        memory, plan = self._memories.get(device), self._plans.get(device)
        if memory is None or plan is None or outcome.started_at < self._anew_at[device]:
            return False
        asked, live = memory.plan, self.live[device]
        if asked is None or live.state is not State.UP or live.silent_since is not None:
            return False
        ping, snmp = outcome.checks
        if not isinstance(ping, Reply) or not isinstance(snmp, Reply) or not isinstance(snmp.payload, Got):
            return False
        values = snmp.payload.values
        known = (len(asked.names), len(asked.names) + len(asked.rare))
        if len(values) not in known or None in values or asked.outdated_by(values):
            return False
        ms_at = self._clock.ms_at
        sent_ms, done_ms = ms_at(snmp.sent_at), ms_at(snmp.done_at)
        uptimes = asked.uptimes(values, snmp.payload.engine, sent_ms=sent_ms, at_ms=done_ms)
        ticks = next((u.ticks for u in uptimes if u.source is UptimeSource.SYS_UPTIME), None)
        if ticks is None or memory.sys_uptime is None or ticks < memory.sys_uptime:
            return False
        self._sink.poll(
            Evidence(
                device=device,
                revision=outcome.revision,
                verdict=Verdict.ANSWERED,
                reason=None,
                sent_ms=ms_at(outcome.started_at),
                done_ms=ms_at(outcome.done_at),
                answered_ms=ms_at(min(ping.answered_at, snmp.answered_at)),
                interval_ms=round(plan.pace.interval * 1000),
                deadline_ms=round(plan.pace.deadline * 1000),
            )
        )
        for uptime in uptimes:
            self._sink.uptime(device, uptime)
        reading = asked.line_reading(
            values,
            snmp.payload.engine,
            sent_at=snmp.sent_at,
            done_at=snmp.done_at,
            at_ms=ms_at((snmp.sent_at + snmp.done_at) / 2),
        )
        self._quiet.read(device, reading, found=asked.line is not None)
        self._memories[device] = _looked(memory, snmp, ticks, rare=len(values) > len(asked.names))
        self._seen(outcome)
        return True

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


def _looked(memory: Memory, snmp: Reply, ticks: int, *, rare: bool) -> Memory:
    discovery = memory.discovery.looked(snmp.sent_at) if rare else memory.discovery
    return replace(memory, sys_uptime=ticks, discovery=discovery)
