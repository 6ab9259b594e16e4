"""How others would count the same polls: each rule in a few lines, simplified where it says so.

What they do is from their sources and documentation; none of these programs runs here, but for Prometheus
(bench/truth.py). Extra polls after a first silent one are beats for Uptime Kuma, as its retries are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from collector.figures.spans import Span
from collector.ledger.rows import Run
from collector.model import Verdict
from collector.schedule import phase

Samples = Sequence[tuple[int, bool]]
"""Scrapes of one device: UTC ms, and whether it answered."""


def beats_counted(runs: Sequence[Run]) -> float | None:
    """Uptime Kuma: beats that were up of all beats. Simplified: a retry counts as a beat that is down."""
    beats = sum(run.polls for run in runs)
    up = sum(run.polls for run in runs if run.verdict is Verdict.ANSWERED)
    return up / beats if beats else None


def last_state_carried(runs: Sequence[Run], period: Span) -> float:
    """Icinga 2: a state holds until the next result, the monitoring's own absence included.

    Simplified: the first failed check is a hard state at once, and before the first check all was well.
    """
    down = 0
    for run, after in pairwise([*runs, None]):
        if run is not None and run.verdict is Verdict.SILENT:
            end_ms = period[1] if after is None else after.first_sent_ms
            down += max(0, min(end_ms, period[1]) - max(run.first_sent_ms, period[0]))
    return 1 - down / (period[1] - period[0])


def recorded_outages(runs: Sequence[Run], period: Span) -> float:
    """LibreNMS: the period less the outages that are recorded and over; whatever was not seen was up.

    An outage that still lasts is left out as soon as another one is in the period (its query's filter);
    one that began before the period counts from the period's begin.
    """
    lost, open_since, closed = 0, None, False
    for run in runs:
        if run.verdict is Verdict.SILENT:
            open_since = run.first_sent_ms if open_since is None else open_since
        elif open_since is not None:
            lost += min(run.first_sent_ms, period[1]) - max(open_since, period[0])
            open_since, closed = None, True
    if open_since is not None and not closed:
        return 0.0
    return 1 - lost / (period[1] - period[0])


def scrapes(runs: Sequence[Run], period: Span) -> Iterator[tuple[int, bool]]:
    """Yield what a Prometheus would have of the device: a sample at each regular turn that was polled.

    A turn's sample is the verdict of the run that covers it; in an absence there is none.
    """
    for run in runs:
        step_ms = run.interval_ms
        turn_ms = round(phase(run.device, step_ms / 1000) * 1000)
        first_ms = max(run.first_sent_ms, period[0])
        at_ms = first_ms + (turn_ms - first_ms) % step_ms
        while at_ms <= min(run.last_end_ms, period[1] - 1):
            yield at_ms, run.verdict is Verdict.ANSWERED
            at_ms += step_ms
