"""The probes themselves as series: success, round trip, loss, jitter, failures by reason. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from types import MappingProxyType

from collector.decode import service
from collector.decode.section import Labels, batch_of
from collector.inventory.values import Probe
from collector.model import Batch, Check, Echoes, Fault, Layout, Outcome, Reason, Reply, Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one probe of one device has come to since the collector began to count."""

    sent: int = 0
    received: int = 0
    failures: Mapping[Reason, int] = field(default_factory=lambda: MappingProxyType({}))
    last_success_ms: int | None = None


Tallies = Mapping[Probe, Tally]


def count(tallies: Tallies, outcome: Outcome, done_ms: int) -> Tallies:
    """Return the tallies with one more poll in them."""
    after = dict(tallies)
    for check in outcome.checks:
        before = after.get(check.probe, Tally())
        tally = replace(
            before,
            sent=before.sent + check.packets_sent,
            received=before.received + check.packets_received,
        )
        if isinstance(check, Fault):
            failures = {**before.failures, check.reason: before.failures.get(check.reason, 0) + 1}
            tally = replace(tally, failures=MappingProxyType(failures))
        else:
            tally = replace(tally, last_success_ms=done_ms)
        after[check.probe] = tally
    return MappingProxyType(after)


def batch(outcome: Outcome, tallies: Tallies, base: Labels, at_ms: int, like: Layout | None = None) -> Batch:
    """Return the series of a poll's probes and of the tallies so far; `like` is the last poll's layout."""
    cells: dict[Series, float | None] = {}
    for check in outcome.checks:
        labels = (*base, ("probe", str(check.probe)))
        for family, value in _of_check(check).items():
            cells[Series(family, labels)] = value
        if check.probe.of_service:
            cells |= service.cells(check, outcome.device)
        if isinstance(check, Fault):
            cells[Series("haidang_probe_fault", (*labels, ("reason", str(check.reason))))] = 1
    for probe, tally in tallies.items():
        labels = (*base, ("probe", str(probe)))
        cells[Series("haidang_probe_packets_sent_total", labels)] = tally.sent
        cells[Series("haidang_probe_packets_received_total", labels)] = tally.received
        for reason, times in tally.failures.items():
            cells[Series("haidang_probe_failures_total", (*labels, ("reason", str(reason))))] = times
        if tally.last_success_ms is not None:
            seconds = tally.last_success_ms / 1000
            cells[Series("haidang_probe_last_success_timestamp_seconds", labels)] = seconds
    return batch_of(cells, at_ms, like)


def _of_check(check: Check) -> dict[str, float | None]:
    took = {"haidang_probe_duration_seconds": check.done_at - check.sent_at}
    if not isinstance(check, Reply):
        lost = 1.0 if check.probe is Probe.ICMP and check.packets_sent and not check.reason.local else None
        return {"haidang_probe_success": 0, "haidang_probe_loss_ratio": lost, **took}
    values: dict[str, float | None] = {"haidang_probe_success": 1, "haidang_probe_rtt_seconds": check.rtt_s}
    if isinstance(check.payload, Echoes):
        values |= _of_echoes(check.payload)
    return values | took


def _of_echoes(echoes: Echoes) -> dict[str, float | None]:
    """Return mean, extremes, loss and jitter: the mean difference of neighbouring round trips (RFC 3550)."""
    came = [rtt for rtt in echoes.rtts if rtt is not None]
    steps = [
        abs(after - before)
        for before, after in pairwise(echoes.rtts)
        if before is not None and after is not None
    ]
    return {
        "haidang_probe_rtt_seconds": sum(came) / len(came) if came else None,
        "haidang_probe_rtt_min_seconds": min(came, default=None),
        "haidang_probe_rtt_max_seconds": max(came, default=None),
        "haidang_probe_loss_ratio": 1 - len(came) / len(echoes.rtts) if echoes.rtts else None,
        "haidang_probe_jitter_seconds": sum(steps) / len(steps) if steps else None,
    }
