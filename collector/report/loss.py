"""Spreads outages over the days and the hours of the day, for the two pictures that show when. Pure.

What is spread is how long outages lasted, without planned work that counts; time in which nobody looked
during an outage is part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from collector.figures.outage_values import Outage
from collector.figures.period import Period
from collector.figures.values import PeriodFigures
from collector.ledger.days import midnight_ms
from collector.report.numbers import local
from collector.report.values import DayLoss

_HOUR_MS = 3_600_000
HOURS = 24

Span = tuple[int, int]


def losses(
    figures: PeriodFigures, period: Period, units: frozenset[str]
) -> tuple[tuple[DayLoss, ...], tuple[int, ...]]:
    """Return what the units' lines lost on each day of the period, and in each hour of the day."""
    zone = ZoneInfo(figures.timezone)
    edges = [midnight_ms(day, zone) for day in (*period.days, period.last + timedelta(days=1))]
    lost = [0] * len(period.days)
    hit: list[set[str]] = [set() for _ in period.days]
    hours = [0] * HOURS
    for outage in figures.outages:
        if outage.device not in units:
            continue
        for start_ms, end_ms in spans(outage, figures):
            for number, (begin, end) in enumerate(pairwise(edges)):
                part = min(end, end_ms) - max(begin, start_ms)
                if part > 0:
                    lost[number] += part
                    hit[number].add(outage.device)
            for hour, part in _by_hour(start_ms, end_ms, figures.timezone):
                hours[hour] += part
    days = tuple(
        DayLoss(
            day=day,
            lost_ms=lost[number] if begin < figures.end_ms else None,
            lines=len(hit[number]),
            part_ms=max(0, min(end, figures.end_ms) - begin),
        )
        for number, (day, (begin, end)) in enumerate(zip(period.days, pairwise(edges), strict=True))
    )
    return days, tuple(hours)


def spans(outage: Outage, figures: PeriodFigures) -> tuple[Span, ...]:
    """Return the stretches of an outage within the period that planned work does not excuse."""
    end_ms = figures.end_ms if outage.end_ms is None else min(outage.end_ms, figures.end_ms)
    left: list[Span] = [(max(outage.start_ms, figures.start_ms), end_ms)]
    for work in figures.planned:
        if outage.device in work.covered:
            start = min(work.counts_from_ms, work.start_ms) if work.accepted else work.counts_from_ms
            left = [part for span in left for part in _without(span, (start, work.counts_to_ms))]
    return tuple(span for span in left if span[0] < span[1])


def _without(span: Span, hole: Span) -> Iterable[Span]:
    return (span[0], min(span[1], hole[0])), (max(span[0], hole[1]), span[1])


def _by_hour(start_ms: int, end_ms: int, timezone: str) -> Iterator[tuple[int, int]]:
    at_ms = start_ms
    while at_ms < end_ms:
        moment = local(at_ms, timezone)
        gone = (moment.minute * 60 + moment.second) * 1_000 + moment.microsecond // 1_000
        until = min(end_ms, at_ms + _HOUR_MS - gone)
        yield moment.hour, until - at_ms
        at_ms = until
