"""The heart without I/O: takes in polls and the passing of time, keeps states, samples and evidence in step.

The application drives it with real polls; a simulated month drives the same code with simulated ones.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collector import pipeline
from collector.clock import Clock
from collector.current import Current
from collector.decode import agent
from collector.expose.blocks import Blocks
from collector.inventory.values import Inventory, Probe
from collector.ledger.evidence import Evidence, SpoolEvidence
from collector.ledger.restored import LastEvidence
from collector.live import Changes, Live, LiveStates, Pace, Sight, Transition
from collector.model import Fault, Outcome, SnmpAsk, State, Verdict
from collector.outage_series import LiveOutages
from collector.pipeline import Memory, Subject
from collector.planned import Planned
from collector.recall import recall
from collector.schedule import Schedule, phase
from collector.sink import Sink
from collector.topology import Topology
from collector.traffic.buckets import Bucket
from collector.traffic.lines import Lines
from collector.traffic.measure import Line

log = logging.getLogger(__name__)

_STATE, _STATUS = "state", "status"
AGAIN_AFTER_S = 1.0
_FIRST_WITHIN_S = 10.0
_FIRST_PER_S = 30
"""How many new devices are begun with in a second: a first poll is a walk, and costs many times another."""
_VALUES_LAST = 1.5
"""Intervals for which what was read of a device is shown without a newer reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How one device is polled: what the core must know of a target.

    `endpoint` is where and as whom; what was learned at another endpoint is not taken for this one's.
    """

    subject: Subject
    endpoint: tuple[object, ...]
    pace: Pace
    unencrypted: bool
    line: Line | None = None

    def asks_like(self, other: Plan | None) -> bool:
        """Return True if the same questions go to the same place, however often."""
        return other is not None and (self.subject, self.endpoint) == (other.subject, other.endpoint)


class Core:
    """States, samples and evidence of all devices. Not thread-safe: one loop drives it."""

    def __init__(
        self,
        *,
        clock: Clock,
        sink: Sink,
        schedule: Schedule,
        blocks: Blocks,
        moved: Callable[[Transition], None],
    ) -> None:
        self._clock, self._sink, self._schedule, self._blocks, self._moved = (
            clock,
            sink,
            schedule,
            blocks,
            moved,
        )
        self._began = clock.mono(), clock.now_ms()
        self.current = Current()
        self.live = LiveStates()
        self.planned = Planned()
        self.lines = Lines(sink, blocks)
        self._outages = LiveOutages(blocks)
        self._inventory: Inventory | None = None
        self._plans: dict[str, Plan] = {}
        self._memories: dict[str, Memory] = {}
        self._anew_at: dict[str, float] = {}
        self._read_at: dict[str, float] = {}

    def apply(self, inventory: Inventory, plans: Mapping[str, Plan]) -> None:
        """Take up an inventory: who stays keeps what is known of it."""
        now = self._clock.mono()
        before = self._plans
        same = {device for device, plan in plans.items() if plan.asks_like(before.get(device))}
        self._inventory, self._plans = inventory, dict(plans)
        self._memories = {
            device: self._memories[device] if device in same else self._remembered(device) for device in plans
        }
        self._anew_at = {
            device: self._anew_at.get(device, now) if device in same else now for device in plans
        }
        self.planned.take_up(inventory, self._clock.now_ms())
        gone = self.current.replace(inventory.devices, inventory.areas)
        for device in {*gone, *(before.keys() - same)}:
            self._forget(device)
        self._schedule.replace(((d, plan.pace.interval) for d, plan in plans.items()), now)
        new = plans.keys() - same
        for device in new:
            # Who is new, or asked otherwise, is not left unknown until its turn comes round.
            first = max(_FIRST_WITHIN_S, len(new) / _FIRST_PER_S)
            if first < plans[device].pace.interval:
                self._schedule.expedite(device, now + phase(device, first))
        self.lines.replace(
            {device: plan.line for device, plan in plans.items() if plan.line is not None},
            ZoneInfo(inventory.organisation.timezone),
            self._clock.now_ms(),
        )
        topology = Topology.build((d.id, d.parents, d.id in plans) for d in inventory.devices)
        self._outages.replace(inventory, topology)
        changes = self.live.replace(
            topology,
            {device: plan.pace for device, plan in plans.items()},
            lambda device, _now: self.planned.states.get(device),
            now,
        )
        self._take(changes, now)
        for view in self.current.views():
            self._show(view.device.id)

    def restore(self, last: Mapping[str, LastEvidence]) -> None:
        """Begin with what the ledger still knew, so far as it is young enough to stand for the present."""
        began_at, began_ms = self._began
        for device, evidence in last.items():
            plan = self._plans.get(device)
            if plan is not None:
                live = recall(evidence, plan.pace, began_at=began_at, began_ms=began_ms)
                if live is not None:
                    self.live.restore(device, live)
                    self._show(device)
        self.tick()

    def restore_line(self, device: str, buckets: Sequence[Bucket]) -> None:
        """Take up the last days of a line: buckets of earlier sessions, each once and in order."""
        self.lines.restore(device, buckets, self._clock.now_ms())

    def question(self, device: str, now: float) -> tuple[SnmpAsk, str]:
        """Return what to ask in the poll that begins now: by SNMP, and as a command by SSH."""
        memory = self._memories[device]
        ask = pipeline.question(memory, self._plans[device].subject, now)
        return ask, agent.command(memory.cursor, memory.report_limit)

    def ended(self, outcome: Outcome) -> Verdict | None:
        """Take in a poll; return its verdict, None if its device has left or is asked otherwise now."""
        plan = self._plans.get(outcome.device)
        if plan is None or outcome.started_at < self._anew_at[outcome.device]:
            return None
        step = pipeline.step(self._memories[outcome.device], plan.subject, outcome, self._clock.ms_at)
        self._memories[outcome.device] = step.memory
        self._book(plan, step)
        self._publish(step)
        self.lines.polled(step, self._clock.ms_at(outcome.done_at))
        reason = step.judgement.reason
        changes = self.live.observe(
            Sight(
                device=outcome.device,
                verdict=step.judgement.verdict,
                started_at=outcome.started_at,
                done_at=outcome.done_at,
                fault="" if reason is None else str(reason),
                passed=step.judgement.passed,
            )
        )
        self._take(changes, outcome.done_at)
        self._show(outcome.device)
        if step.again:
            self._schedule.expedite(outcome.device, outcome.done_at + AGAIN_AFTER_S)
        return step.judgement.verdict

    def tick(self) -> None:
        """Let time pass: plans begin and end, evidence and samples grow old. Call about once a second."""
        now = self._clock.mono()
        for device in self.planned.tick(self._clock.now_ms()):
            if device not in self._plans:
                self._show(device)
        self._take(self.live.tick(now), now)
        self.lines.tick(self._clock.now_ms())
        self._outages.tick(self._clock.now_ms(), self.planned.states)
        for device, read_at in tuple(self._read_at.items()):
            plan = self._plans.get(device)
            if plan is None or now - read_at > _VALUES_LAST * plan.pace.interval:
                self._drop_values(device)

    def stop(self) -> None:
        """Hand over what is not finished; to be called once, before the ledger is closed."""
        self.lines.stop()

    def _remembered(self, device: str) -> Memory:
        return Memory(cursor=self._sink.cursor(device))

    def _book(self, plan: Plan, step: pipeline.Step) -> None:
        """Hand the ledger what this poll proves."""
        outcome, judgement, ms_at = step.outcome, step.judgement, self._clock.ms_at
        evidence = Evidence(
            device=outcome.device,
            revision=outcome.revision,
            verdict=judgement.verdict,
            reason=judgement.reason,
            sent_ms=ms_at(outcome.started_at),
            done_ms=ms_at(outcome.done_at),
            answered_ms=None if judgement.answered_at is None else ms_at(judgement.answered_at),
            interval_ms=round(plan.pace.interval * 1000),
            deadline_ms=round(plan.pace.deadline * 1000),
        )
        self._sink.poll(evidence)
        self._outages.polled(evidence, step.uptimes)
        for uptime in step.uptimes:
            self._sink.uptime(outcome.device, uptime)
        for found in step.harvest.ranges if step.harvest is not None else ():
            self._sink.agent_range(
                SpoolEvidence(
                    device=outcome.device,
                    spool=found.spool,
                    first_seq=found.first_seq,
                    last_seq=found.last_seq,
                    first_ms=found.first_ms,
                    last_ms=found.last_ms,
                    received_ms=ms_at(outcome.done_at),
                )
            )

    def _publish(self, step: pipeline.Step) -> None:
        device = step.outcome.device
        self.current.polled(step.outcome)
        self._blocks.publish((device, _STATUS), [step.status])
        if step.judgement.verdict is not Verdict.ANSWERED:
            self._drop_values(device)
            return
        for check in step.outcome.checks:
            if isinstance(check, Fault):
                self._blocks.drop((device, str(check.probe)))
            elif check.probe in step.batches:
                self._blocks.publish((device, str(check.probe)), step.batches[check.probe])
        self._read_at[device] = step.outcome.done_at

    def _drop_values(self, device: str) -> None:
        self._read_at.pop(device, None)
        self.lines.hide(device)
        for probe in Probe:
            self._blocks.drop((device, str(probe)))

    def _forget(self, device: str) -> None:
        """Show nothing that was read of a device that left, or that was asked otherwise."""
        self._drop_values(device)
        self.lines.forget(device)
        self.current.unpolled(device)
        for part in (_STATE, _STATUS):
            self._blocks.drop((device, part))

    def _take(self, changes: Changes, now: float) -> None:
        for transition in changes.transitions:
            self._moved(transition)
            self._show(transition.device)
            self._outages.moved(transition, self._ms(transition.at), self._clock.now_ms())
        for ask in changes.asks:
            self._schedule.expedite(ask.device, now + ask.after)

    def _show(self, device: str) -> None:
        """Publish what a device is shown as; one that is not polled is shown as planned or unknown."""
        plan = self._plans.get(device)
        live = (
            Live(state=self.planned.states.get(device, State.UNKNOWN)) if plan is None else self.live[device]
        )
        batch = self.current.stated(
            device,
            live.state,
            since_ms=self._ms(live.since),
            evidence_ms=self._ms(live.evidence_at),
            unencrypted=plan is not None and plan.unencrypted,
        )
        if batch is not None:
            self._blocks.publish((device, _STATE), [batch])

    def _ms(self, at: float) -> int | None:
        """Return UTC for a monotonic instant; one before this process began was reckoned from UTC itself."""
        if at == float("-inf"):
            return None
        began_at, began_ms = self._began
        return self._clock.ms_at(at) if at >= began_at else began_ms - round((began_at - at) * 1000)
