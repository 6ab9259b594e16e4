"""Outcomes of polls for tests: a line each."""

from __future__ import annotations

from collector.inventory.values import Probe
from collector.model import Check, Echoes, Fault, Got, Outcome, Payload, Reason, Reply, SnmpValue, Walked


def reply(probe: Probe, payload: Payload, *, at: float = 100.0, took: float = 0.02) -> Reply:
    return Reply(
        probe=probe,
        sent_at=at,
        answered_at=at + took / 2,
        done_at=at + took,
        rtt_s=took / 2,
        packets_sent=3,
        packets_received=3,
        payload=payload,
    )


def echoes(*rtts: float | None, at: float = 100.0) -> Reply:
    return reply(Probe.ICMP, Echoes(rtts=rtts), at=at)


def walked(rows: dict[tuple[int, ...], SnmpValue], *, at: float = 100.0) -> Reply:
    return reply(Probe.SNMP, Walked(rows=rows, failures={}), at=at)


def got(*values: SnmpValue | None, at: float = 100.0, lost: int = 0) -> Reply:
    return reply(Probe.SNMP, Got(values=values, lost=lost), at=at)


def fault(
    probe: Probe, reason: Reason, *, at: float = 100.0, took: float = 2.0, answered: bool = False
) -> Fault:
    return Fault(
        probe=probe,
        reason=reason,
        detail="as the test wants it",
        sent_at=at,
        done_at=at + took,
        answered_at=at + 0.1 if answered else None,
        packets_sent=3,
        packets_received=1 if answered else 0,
    )


def outcome(*checks: Check, device: str = "d", at: float = 100.0, stalled_s: float = 0.0) -> Outcome:
    return Outcome(
        device=device,
        revision=1,
        due_at=at,
        started_at=at,
        done_at=max([check.done_at for check in checks], default=at),
        checks=checks,
        stalled_s=stalled_s,
    )
