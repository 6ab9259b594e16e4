"""From buckets to the figures of a line: P95, busy hours, missing buckets, the seven-day rule. Pure.

docs/traffic.md has the definitions.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise

from collector.inventory.values import Capacity
from collector.ledger.days import midnight_ms, next_midnight_ms
from collector.traffic.buckets import BUCKET_MS, MISSING_BELOW, Bucket, bucket_start

RULE_DAYS = 7
RULE_SHARE = (90, 100)
"""TT 06/2026/TT-BKHCN article 5.6: P95 of a direction not above 90 % of capacity on 7 days running."""

BUSY_SHARE = (80, 100)
"""A bucket above this share of capacity is busy."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Direction(StrEnum):
    """Which way the bytes go: towards the site, or from it."""

    IN = "in"
    OUT = "out"


class Mark(StrEnum):
    """What a day means for the seven-day rule."""

    OVER = "over"
    WITHIN = "within"
    NOT_COUNTED = "not_counted"
    NO_CAPACITY = "no_capacity"
    RUNNING = "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One direction of a line in a period; rates in bit/s. None where there is nothing to tell it from.

    `capacity_bps` is what was subscribed on the period's last day, `busy_ms` the time of buckets that were
    above 80 % of what was subscribed on their own day.
    """

    p95_bps: int | None
    max_bps: int | None
    bytes: int
    capacity_bps: int | None
    busy_ms: int | None

    @property
    def p95_ratio(self) -> float | None:
        """P95 as a share of capacity."""
        return None if self.p95_bps is None or not self.capacity_bps else self.p95_bps / self.capacity_bps

    @property
    def over(self) -> bool:
        """True if P95 is above the rule's share of capacity."""
        return exceeds(self.p95_bps, self.capacity_bps, RULE_SHARE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A line in the period [start, end): `expected` buckets, of which `missing` are not covered enough."""

    start_ms: int
    end_ms: int
    expected: int
    missing: int
    ways: Mapping[Direction, Way]

    @property
    def counts(self) -> bool:
        """True if enough of the period's buckets are there for its P95 to be held against a rule."""
        share, of = MISSING_BELOW
        return self.expected > 0 and (self.expected - self.missing) * of >= self.expected * share


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A local day of a line; `over` means that it has ended."""

    day: date
    over: bool
    figures: Figures

    def mark(self, direction: Direction) -> Mark:
        """Return what the day means for the rule in one direction."""
        way = self.figures.ways[direction]
        if not self.over:
            return Mark.RUNNING
        if not self.figures.counts:
            return Mark.NOT_COUNTED
        if not way.capacity_bps:
            return Mark.NO_CAPACITY
        return Mark.OVER if way.over else Mark.WITHIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Streak:
    """Days running, up to `last`, on which P95 was above 90 %; days that do not count lie between unseen."""

    direction: Direction
    days: int
    first: date
    last: date

    @property
    def breaks_rule(self) -> bool:
        """True if it is long enough to break the rule."""
        return self.days >= RULE_DAYS


def nearest_rank(count: int) -> int:
    """Return the place from 0 of the 95th percentile among `count` values in ascending order.

    Nearest rank: the smallest value that at least 95 % of all values do not exceed.
    """
    return -(-95 * count // 100) - 1


def p95(rates: Iterable[int]) -> int | None:
    """Return the 95th percentile by nearest rank, None of nothing."""
    ordered = sorted(rates)
    return ordered[nearest_rank(len(ordered))] if ordered else None


def exceeds(rate: int | None, capacity: int | None, share: tuple[int, int]) -> bool:
    """Return True if a rate is above a share of a capacity, exactly; unknown ones exceed nothing."""
    return rate is not None and bool(capacity) and rate * share[1] > (capacity or 0) * share[0]


def rate_of(bucket: Bucket, direction: Direction) -> int:
    """Return a bucket's rate in one direction, in bit/s."""
    return bucket.in_bps if direction is Direction.IN else bucket.out_bps


def capacity_on(capacities: Sequence[Capacity], day: date) -> Capacity | None:
    """Return what was subscribed on a day, None where nobody said."""
    return next(
        (
            capacity
            for capacity in capacities
            if (capacity.start is None or capacity.start <= day)
            and (capacity.end is None or day < capacity.end)
        ),
        None,
    )


def capacity_bps(capacity: Capacity | None, direction: Direction) -> int | None:
    """Return a direction's rate of a subscription."""
    if capacity is None:
        return None
    return capacity.in_bps if direction is Direction.IN else capacity.out_bps


def local_day(ms: int, timezone: tzinfo) -> date:
    """Return the local day that an instant lies in."""
    return (_EPOCH + timedelta(milliseconds=ms)).astimezone(timezone).date()


def figures(
    buckets: Mapping[int, Bucket],
    start_ms: int,
    end_ms: int,
    capacities: Sequence[Capacity],
    timezone: tzinfo,
) -> Figures:
    """Return a line's figures for [start, end), both on bucket edges; `buckets` may hold more than those."""
    inside = [bucket for start, bucket in buckets.items() if start_ms <= start < end_ms]
    share, of = MISSING_BELOW
    # Millions of buckets pass here for a report: what their properties say, without calling them.
    present = [bucket for bucket in inside if bucket.covered_ms * of >= BUCKET_MS * share]
    expected = max(0, end_ms - start_ms) // BUCKET_MS
    last = capacity_on(capacities, local_day(max(start_ms, end_ms - 1), timezone))
    ways = {}
    for direction in Direction:
        if direction is Direction.IN:
            rates = [bucket.in_bytes * 8_000 // bucket.covered_ms for bucket in present]
            carried = sum([bucket.in_bytes for bucket in inside])
        else:
            rates = [bucket.out_bytes * 8_000 // bucket.covered_ms for bucket in present]
            carried = sum([bucket.out_bytes for bucket in inside])
        rates.sort()
        ways[direction] = Way(
            p95_bps=rates[nearest_rank(len(rates))] if rates else None,
            max_bps=rates[-1] if rates else None,
            bytes=carried,
            capacity_bps=capacity_bps(last, direction),
            busy_ms=_busy_ms(present, rates, direction, capacities, timezone),
        )
    return Figures(
        start_ms=start_ms, end_ms=end_ms, expected=expected, missing=expected - len(present), ways=ways
    )


def days(
    buckets: Mapping[int, Bucket],
    start_ms: int,
    end_ms: int,
    capacities: Sequence[Capacity],
    timezone: tzinfo,
    *,
    now_ms: int,
) -> list[Day]:
    """Return the local days of [start, end), which is cut at what is over by `now_ms`."""
    upto_ms = min(end_ms, bucket_start(now_ms))
    by_day: dict[int, dict[int, Bucket]] = {}
    edges = _edges(start_ms, end_ms, timezone)
    begins = [begin for begin, _ in edges]
    for start, bucket in buckets.items():
        if start_ms <= start < end_ms:
            by_day.setdefault(begins[bisect_right(begins, start) - 1], {})[start] = bucket
    return [
        Day(
            day=local_day(begin, timezone),
            over=end <= now_ms,
            figures=figures(by_day.get(begin, {}), begin, min(end, upto_ms), capacities, timezone),
        )
        for begin, end in edges
        if begin < upto_ms
    ]


def streaks(found: Sequence[Day], direction: Direction) -> list[Streak]:
    """Return every streak of days above 90 %, in order; a day that does not count ends none."""
    runs: list[list[date]] = [[]]
    for day in found:
        match day.mark(direction):
            case Mark.OVER:
                runs[-1].append(day.day)
            case Mark.WITHIN:
                runs.append([])
    return [Streak(direction=direction, days=len(run), first=run[0], last=run[-1]) for run in runs if run]


def seven_days(
    buckets: Mapping[int, Bucket], day: date, capacities: Sequence[Capacity], timezone: tzinfo
) -> Figures:
    """Return the figures of the seven local days that end with `day`: the rule's other reading."""
    first = midnight_ms(day - timedelta(days=RULE_DAYS - 1), timezone)
    return figures(buckets, first, midnight_ms(day + timedelta(days=1), timezone), capacities, timezone)


def _edges(start_ms: int, end_ms: int, timezone: tzinfo) -> list[tuple[int, int]]:
    edges = [start_ms]
    while edges[-1] < end_ms:
        edges.append(min(end_ms, next_midnight_ms(edges[-1], timezone)))
    return list(pairwise(edges))


def _busy_ms(
    present: Sequence[Bucket],
    ordered: Sequence[int],
    direction: Direction,
    capacities: Sequence[Capacity],
    timezone: tzinfo,
) -> int | None:
    """Return the busy time of buckets; `ordered` are their rates in ascending order."""
    if not capacities:
        return None
    if len(capacities) == 1 and capacities[0].start is None and capacities[0].end is None:
        share, of = BUSY_SHARE
        limit = (capacity_bps(capacities[0], direction) or 0) * share // of
        return BUCKET_MS * (len(ordered) - bisect_right(ordered, limit))
    return BUCKET_MS * sum(
        exceeds(
            rate_of(bucket, direction),
            capacity_bps(capacity_on(capacities, local_day(bucket.start_ms, timezone)), direction),
            BUSY_SHARE,
        )
        for bucket in present
    )
