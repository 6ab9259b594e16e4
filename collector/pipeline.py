"""From a poll's outcome to what is shown and what is evidence: one pure step per device and poll."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from agent import wire
from collector.decode import agent, probes
from collector.decode.device import DevicePlan, subtrees
from collector.decode.section import Labels
from collector.discovery import Discovery
from collector.inventory.values import Probe
from collector.model import (
    Batch,
    Check,
    Fault,
    Get,
    Got,
    Layout,
    Outcome,
    Printed,
    Reason,
    Reply,
    SnmpAsk,
    SpoolCursor,
    Uptime,
    UptimeSource,
    Walk,
    Walked,
)
from collector.traffic.rates import LineReading
from collector.verdict import Judgement, judge

_LOST = frozenset({Reason.TIMEOUT, Reason.DEADLINE})
"""Why a subtree may be missing that the device has."""

_TOO_LONG = frozenset({Reason.DEADLINE, Reason.TOO_LARGE})
"""Faults of a report that a shorter one may not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the pipeline must know of a device: its id, its probes, and which of them decide reachability.

    `uplink` names the interface that carries its line, None if nobody said.
    """

    device: str
    probes: tuple[Probe, ...]
    reachability: tuple[Probe, ...]
    uplink: str | None = None

    @property
    def base(self) -> Labels:
        """Labels that every series of the device bears."""
        return (("instance", self.device),)

    @property
    def host_by_snmp(self) -> bool:
        """Return True if SNMP is the owner of host metrics: there is no agent's report to have them from."""
        return Probe.SSH not in self.probes


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is kept of a device from poll to poll."""

    plan: DevicePlan | None = None
    get: Get | None = None
    look: Get | None = None
    discovery: Discovery = Discovery()  # noqa: RUF009 - frozen
    sys_uptime: int | None = None
    cursor: SpoolCursor | None = None
    report_limit: int = wire.DEFAULT_LIMIT
    missing: int = 0
    status_layout: Layout | None = None
    tallies: probes.Tallies = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one poll led to. `status` is shown whatever happened.

    `batches` holds what each probe read. A probe that replied without reading anything (it found out anew
    what to ask) is not in it, and what it read before still stands. `outcome` is the poll as it must be told:
    a reply that made no sense has become a fault. `again` asks for another poll soon, because this one only
    found out what to ask.
    """

    memory: Memory
    outcome: Outcome
    judgement: Judgement
    status: Batch
    batches: Mapping[Probe, tuple[Batch, ...]]
    uptimes: tuple[Uptime, ...]
    harvest: agent.Harvest | None
    again: bool
    line: LineReading | None = None


@dataclass(slots=True)
class _Yield:
    """What the replies of one poll have brought so far."""

    memory: Memory
    batches: dict[Probe, tuple[Batch, ...]] = field(default_factory=dict)
    uptimes: list[Uptime] = field(default_factory=list)
    harvest: agent.Harvest | None = None
    again: bool = False
    line: LineReading | None = None


def question(memory: Memory, subject: Subject, now: float) -> SnmpAsk:
    """Return what to ask the device by SNMP in the poll that begins now."""
    if memory.get is None or memory.discovery.due(now):
        return Walk(subtrees(with_host=subject.host_by_snmp))
    if memory.look is not None and memory.discovery.look_due(now):
        return memory.look
    return memory.get


def step(memory: Memory, subject: Subject, outcome: Outcome, ms_at: Callable[[float], int]) -> Step:
    """Take in one poll. `ms_at` turns a monotonic instant into ledger time."""
    got = _Yield(memory=memory)
    outcome = replace(outcome, checks=tuple(_decoded(got, subject, check, ms_at) for check in outcome.checks))
    done_ms = ms_at(outcome.done_at)
    tallies = probes.count(memory.tallies, outcome, done_ms)
    status = probes.batch(
        outcome, tallies, (*subject.base, ("job", "haidang")), done_ms, memory.status_layout
    )
    return Step(
        memory=replace(got.memory, tallies=tallies, status_layout=status.layout),
        outcome=outcome,
        judgement=judge(outcome, subject.reachability),
        status=status,
        batches=MappingProxyType(got.batches),
        uptimes=tuple(got.uptimes),
        harvest=got.harvest,
        again=got.again,
        line=got.line,
    )


def _decoded(got: _Yield, subject: Subject, check: Check, ms_at: Callable[[float], int]) -> Check:
    """Add what a reply holds to `got`; return the check, as a Fault if it holds nothing usable."""
    if isinstance(check, Reply):
        if isinstance(check.payload, Walked):
            return _discovered(got, subject, check, check.payload, ms_at)
        if isinstance(check.payload, Got):
            return _read(got, check, check.payload, ms_at)
        if isinstance(check.payload, Printed):
            return _reported(got, subject, check, check.payload, ms_at)
    elif check.answered_at is not None:
        _answered_in_part(got, subject, check)
    return check


def _discovered(
    got: _Yield, subject: Subject, check: Reply, walked: Walked, ms_at: Callable[[float], int]
) -> Check:
    known = got.memory.plan
    if known is not None and _worse(walked, known):
        _walk_later(got, check)
        return check
    plan = DevicePlan.build(
        walked.rows,
        walked.failures,
        subject.base,
        with_host=subject.host_by_snmp,
        uplink=subject.uplink,
    )
    if plan is None:
        return failed(check, Reason.NO_OBJECTS, "answers, but shows none of the objects that are polled")
    got.memory = replace(
        got.memory,
        plan=plan,
        get=Get(plan.names),
        look=Get(plan.names + plan.rare, rare=len(plan.rare)) if plan.rare else None,
        discovery=got.memory.discovery.walked(
            check.sent_at, news=known is None or plan.told() != known.told(), complete=not plan.failures
        ),
        sys_uptime=None,
    )
    got.again = True
    if known is None:
        # Read over the length of a whole walk, these are only good enough where there was nothing before.
        values = tuple(walked.rows.get(name) for name in plan.names)
        got.batches[check.probe] = plan.batches(values, ms_at(check.done_at))
    return check


def _answered_in_part(got: _Yield, subject: Subject, fault: Fault) -> None:
    """Ask for less next time: there is somebody, but this was too much."""
    if fault.probe is Probe.SSH and fault.reason in _TOO_LONG:
        limit = agent.next_limit(got.memory.report_limit, fitted=False)
        got.memory = replace(got.memory, report_limit=limit)
    elif fault.probe is Probe.SNMP and got.memory.get is not None and _walks(got, subject, fault.sent_at):
        _walk_later(got, fault)


def _walks(got: _Yield, subject: Subject, at: float) -> bool:
    return isinstance(question(got.memory, subject, at), Walk)


def _walk_later(got: _Yield, check: Check) -> None:
    """Keep the plan of the last walk that went well: what this one lost on the way is still there."""
    got.memory = replace(got.memory, discovery=got.memory.discovery.failed(check.sent_at))
    got.again = True


def _worse(walked: Walked, known: DevicePlan) -> bool:
    """Return True if subtrees were lost on the way that an earlier walk could read."""
    lost = {subtree for subtree, reason in walked.failures.items() if reason in _LOST}
    return bool(lost - known.failures.keys())


def _read(got: _Yield, check: Reply, payload: Got, ms_at: Callable[[float], int]) -> Check:
    plan = got.memory.plan
    if plan is None or len(payload.values) not in (len(plan.names), len(plan.names) + len(plan.rare)):
        # Answers a question of before the inventory or the plan changed.
        return check
    # An exchange takes the time of its round trip; half way is the best guess of when the device looked.
    at_ms = ms_at((check.sent_at + check.done_at) / 2)
    uptimes = plan.uptimes(
        payload.values, payload.engine, sent_ms=ms_at(check.sent_at), at_ms=ms_at(check.done_at)
    )
    got.line = plan.line_reading(
        payload.values, payload.engine, sent_at=check.sent_at, done_at=check.done_at, at_ms=at_ms
    )
    got.uptimes += uptimes
    ticks = next((u.ticks for u in uptimes if u.source is UptimeSource.SYS_UPTIME), None)
    before = got.memory.sys_uptime
    restarted = ticks is not None and before is not None and ticks < before
    changed = payload.lost == 0 and plan.outdated_by(payload.values)
    discovery = got.memory.discovery.suspect(restarted or changed)
    if restarted and discovery.due(check.sent_at):
        # Its interfaces may be numbered anew: whose counters these are is found out first.
        got.again = True
    else:
        got.batches[check.probe] = plan.batches(payload.values, at_ms)
    if len(payload.values) > len(plan.names):
        discovery = discovery.looked(check.sent_at)
    got.memory = replace(got.memory, sys_uptime=ticks, discovery=discovery)
    return check


def _reported(
    got: _Yield, subject: Subject, check: Reply, printed: Printed, ms_at: Callable[[float], int]
) -> Check:
    try:
        harvest = agent.read(
            printed.stdout,
            got.memory.cursor,
            subject.base,
            sent_ms=ms_at(printed.asked_at),
            at_ms=ms_at(printed.first_at),
            missing=got.memory.missing,
        )
    except agent.ReportError as error:
        return failed(check, error.reason, str(error))
    got.harvest = harvest
    got.uptimes.append(harvest.uptime)
    if harvest.batches is not None:
        got.batches[check.probe] = harvest.batches
    got.memory = replace(
        got.memory,
        cursor=harvest.cursor,
        missing=harvest.missing,
        report_limit=agent.next_limit(got.memory.report_limit, fitted=True),
    )
    return check


def failed(reply: Reply, reason: Reason, detail: str) -> Fault:
    """Return the fault that a reply amounts to when what it brought cannot be used."""
    return Fault(
        probe=reply.probe,
        reason=reason,
        detail=detail,
        sent_at=reply.sent_at,
        done_at=reply.done_at,
        answered_at=reply.answered_at,
        packets_sent=reply.packets_sent,
        packets_received=reply.packets_received,
    )
