"""One line's month straight from the ledger's arrays: collector.ledger.traffic's figures, much faster. Pure.

A report asks for millions of buckets. Where rows overlap, or reach over midnight, it answers None, and the
slow way must be taken.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo

from collector.inventory.values import Capacity
from collector.ledger.rows import Traffic
from collector.ledger.traffic import (
    BUSY_SHARE,
    Day,
    Direction,
    Figures,
    Streak,
    Way,
    capacity_bps,
    capacity_on,
    local_day,
    nearest_rank,
    streaks,
)
from collector.traffic.buckets import BUCKET_MS, MISSING_BELOW


@dataclass(slots=True)
class _Carried:
    """What a line carried in a day, or in all days: rates of the buckets that are there, and all bytes."""

    rates: dict[Direction, list[int]] = field(default_factory=lambda: {way: [] for way in Direction})
    bytes: dict[Direction, int] = field(default_factory=lambda: dict.fromkeys(Direction, 0))
    busy_ms: dict[Direction, int] = field(default_factory=lambda: dict.fromkeys(Direction, 0))


def month(
    rows: Iterable[Traffic],
    edges: Sequence[tuple[int, int]],
    capacities: Sequence[Capacity],
    zone: tzinfo,
    *,
    first: date,
    upto_ms: int,
    now_ms: int,
) -> tuple[Figures, tuple[Streak, ...]] | None:
    """Return a line's figures from `first` on, and the streaks that touch that time.

    `edges` are the local days, some before `first` included; nothing from `upto_ms` on is counted.
    """
    days = _by_day(rows, edges, upto_ms)
    if days is None:
        return None
    known: list[Day] = []
    whole, began_ms, expected = _Carried(), upto_ms, 0
    for (begin, end), carried in zip(edges, days, strict=True):
        if begin >= upto_ms:
            break
        day = local_day(begin, zone)
        capacity = capacity_on(capacities, day)
        until = min(end, upto_ms)
        ways = {way: _way(carried, way, capacity, known=bool(capacities)) for way in Direction}
        buckets = (until - begin) // BUCKET_MS
        found = Figures(
            start_ms=begin,
            end_ms=until,
            expected=buckets,
            missing=buckets - len(carried.rates[Direction.IN]),
            ways=ways,
        )
        known.append(Day(day=day, over=end <= now_ms, figures=found))
        if day >= first:
            began_ms, expected = min(began_ms, begin), expected + buckets
            _add(whole, carried)
    last = capacity_on(capacities, local_day(max(began_ms, upto_ms - 1), zone))
    figures = Figures(
        start_ms=began_ms,
        end_ms=upto_ms,
        expected=expected,
        missing=expected - len(whole.rates[Direction.IN]),
        ways={
            way: _way(whole, way, last, known=bool(capacities), busy_ms=whole.busy_ms) for way in Direction
        },
    )
    found_streaks = (one for way in Direction for one in streaks(known, way))
    return figures, tuple(one for one in found_streaks if one.last >= first)


def _by_day(rows: Iterable[Traffic], edges: Sequence[tuple[int, int]], upto_ms: int) -> list[_Carried] | None:
    begins = [begin for begin, _ in edges]
    days = [_Carried() for _ in edges]
    before_ms = 0
    for row in sorted(rows, key=lambda one: one.start_ms):
        into, out = json.loads(row.in_bytes), json.loads(row.out_bytes)
        missed = json.loads(row.missed_ms)
        end_ms = row.start_ms + len(missed) * BUCKET_MS
        if end_ms <= edges[0][0] or row.start_ms >= edges[-1][1]:
            continue
        place = bisect_right(begins, row.start_ms) - 1
        if place < 0 or row.start_ms < before_ms or end_ms > edges[place][1]:
            return None
        before_ms = end_ms
        counted = max(0, min(len(missed), (upto_ms - row.start_ms) // BUCKET_MS))
        _take(days[place], into[:counted], out[:counted], missed[:counted])
    return days


def _take(day: _Carried, into: list[int], out: list[int], missed: list[int]) -> None:
    share, of = MISSING_BELOW
    most = BUCKET_MS - BUCKET_MS * share // of
    if not any(missed):
        for way, carried in ((Direction.IN, into), (Direction.OUT, out)):
            day.rates[way] += [count * 8_000 // BUCKET_MS for count in carried]
            day.bytes[way] += sum(carried)
        return
    for way, carried in ((Direction.IN, into), (Direction.OUT, out)):
        day.rates[way] += [
            count * 8_000 // (BUCKET_MS - gone)
            for count, gone in zip(carried, missed, strict=True)
            if gone <= most
        ]
        day.bytes[way] += sum(
            [count for count, gone in zip(carried, missed, strict=True) if gone < BUCKET_MS]
        )


def _way(
    carried: _Carried,
    way: Direction,
    capacity: Capacity | None,
    *,
    known: bool,
    busy_ms: dict[Direction, int] | None = None,
) -> Way:
    """Return a direction's figures; `busy_ms` where it was added up by days."""
    rates = carried.rates[way]
    rates.sort()
    subscribed = capacity_bps(capacity, way)
    if busy_ms is None:
        share, of = BUSY_SHARE
        above = len(rates) - bisect_right(rates, subscribed * share // of) if subscribed else 0
        carried.busy_ms[way] = BUCKET_MS * above
    return Way(
        p95_bps=rates[nearest_rank(len(rates))] if rates else None,
        max_bps=rates[-1] if rates else None,
        bytes=carried.bytes[way],
        capacity_bps=subscribed,
        busy_ms=carried.busy_ms[way] if known else None,
    )


def _add(whole: _Carried, day: _Carried) -> None:
    for way in Direction:
        whole.rates[way] += day.rates[way]
        whole.bytes[way] += day.bytes[way]
        whole.busy_ms[way] += day.busy_ms[way]
