"""What one poll proves about reachability (design section 3): answered, silent, or nothing at all. Pure.

A device has answered if any packet of it came back. A service has answered if its check passed: one that
answers wrongly is silent as a service, although a packet came back and proves that the way to it is open.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from collector.inventory.values import Probe
from collector.model import Fault, Outcome, Reason, Reply, Verdict

STALL_S = 1.0
"""Silence in a poll during which the process was held up for longer than this proves nothing."""

_UNHEARD = (Reason.TIMEOUT, Reason.DEADLINE, Reason.CLOSED)
"""Failures of a service's check that this process may have caused itself by looking away too long."""

_TELLING = (Probe.SNMP, Probe.SSH, Probe.ICMP)
"""Whose fault is named first when several probes of a reachable device fail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict, when the first answer came, and the reason of a failure or of a fault beside an answer.

    `passed` is true if a packet came back all the same: who lies on the way forwards.
    """

    verdict: Verdict
    answered_at: float | None
    reason: Reason | None
    passed: bool = False


def judge(outcome: Outcome, reachability: Collection[Probe]) -> Judgement:
    """Judge a poll by the probes that count for reachability."""
    counting = [check for check in outcome.checks if check.probe in reachability]
    answers = [
        check.answered_at
        for check in counting
        if check.answered_at is not None and (isinstance(check, Reply) or not check.probe.of_service)
    ]
    if answers:
        return Judgement(verdict=Verdict.ANSWERED, answered_at=min(answers), reason=_fault(outcome))
    faults = [check for check in counting if isinstance(check, Fault)]
    local = next((fault.reason for fault in faults if fault.reason.local), None)
    if local is None and not faults:
        local = Reason.INTERNAL
    if local is None and outcome.stalled_s > STALL_S and any(map(_waited, faults)):
        local = Reason.LATE
    if local is not None:
        return Judgement(verdict=Verdict.LOCAL, answered_at=None, reason=local)
    return Judgement(
        verdict=Verdict.SILENT,
        answered_at=None,
        reason=faults[0].reason,
        passed=any(fault.answered_at is not None for fault in faults),
    )


def _waited(fault: Fault) -> bool:
    """Return True if the fault is that nothing came in time, so that it may have come unheard."""
    return not fault.probe.of_service or fault.reason in _UNHEARD


def _fault(outcome: Outcome) -> Reason | None:
    failed = {check.probe: check.reason for check in outcome.checks if not isinstance(check, Reply)}
    return next((failed[probe] for probe in _TELLING if probe in failed), None)
