"""What one poll proves about reachability (design section 3): answered, silent, or nothing at all. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from collector.inventory.values import Probe
from collector.model import Fault, Outcome, Reason, Reply, Verdict

STALL_S = 1.0
"""Silence in a poll during which the process was held up for longer than this proves nothing."""

_TELLING = (Probe.SNMP, Probe.SSH, Probe.ICMP)
"""Whose fault is named first when several probes of a reachable device fail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict, when the first answer came, and the reason of a failure or of a fault beside an answer."""

    verdict: Verdict
    answered_at: float | None
    reason: Reason | None


def judge(outcome: Outcome, reachability: Collection[Probe]) -> Judgement:
    """Judge a poll by the probes that count for reachability."""
    counting = [check for check in outcome.checks if check.probe in reachability]
    answers = [check.answered_at for check in counting if check.answered_at is not None]
    if answers:
        return Judgement(verdict=Verdict.ANSWERED, answered_at=min(answers), reason=_fault(outcome))
    faults = [check for check in counting if isinstance(check, Fault)]
    local = next((fault.reason for fault in faults if fault.reason.local), None)
    if local is None and not faults:
        local = Reason.INTERNAL
    if local is None and outcome.stalled_s > STALL_S:
        local = Reason.LATE
    if local is not None:
        return Judgement(verdict=Verdict.LOCAL, answered_at=None, reason=local)
    return Judgement(verdict=Verdict.SILENT, answered_at=None, reason=faults[0].reason)


def _fault(outcome: Outcome) -> Reason | None:
    failed = {check.probe: check.reason for check in outcome.checks if not isinstance(check, Reply)}
    return next((failed[probe] for probe in _TELLING if probe in failed), None)
