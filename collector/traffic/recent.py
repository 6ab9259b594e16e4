"""What the last days of a line come to, bucket by bucket: the figures that are shown live. Pure.

Rates are kept in order, so that a percentile is a look-up and a bucket costs microseconds.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from itertools import groupby

from collector.inventory.values import Capacity
from collector.ledger.days import midnight_ms
from collector.ledger.traffic import (
    BUSY_SHARE,
    RULE_DAYS,
    Day,
    Direction,
    Mark,
    capacity_bps,
    capacity_on,
    exceeds,
    figures,
    local_day,
    nearest_rank,
    rate_of,
)
from collector.traffic.buckets import BUCKET_MS, Bucket

LOOK_BACK_DAYS = 15
"""So many days are taken up again from the ledger at a start: a streak is not seen to be longer."""

WEEK_MS = RULE_DAYS * 86_400_000


class Rates:
    """Rates of some buckets in ascending order."""

    def __init__(self) -> None:
        self._ordered: list[int] = []

    def __len__(self) -> int:
        return len(self._ordered)

    def add(self, rate: int) -> None:
        """Take in a rate."""
        insort(self._ordered, rate)

    def drop(self, rate: int) -> None:
        """Forget a rate that was taken in."""
        del self._ordered[bisect_left(self._ordered, rate)]

    def fill(self, rates: Iterable[int]) -> None:
        """Take in many rates in the place of all there are."""
        self._ordered = sorted(rates)

    def clear(self) -> None:
        """Forget all."""
        self._ordered.clear()

    @property
    def p95(self) -> int | None:
        """The 95th percentile by nearest rank, None of nothing."""
        return self._ordered[nearest_rank(len(self._ordered))] if self._ordered else None


@dataclass(slots=True)
class _Windows:
    """One direction: the rates of the running day and of the last seven days, and the day's busy time."""

    day: Rates
    week: Rates
    busy_ms: int = 0


class Recent:
    """One line's last days; feed it finished buckets in order. `buckets` are all those of the last week."""

    def __init__(self, timezone: tzinfo) -> None:
        self.timezone = timezone
        self.last: Bucket | None = None
        self.buckets: deque[Bucket] = deque()
        self._today: dict[int, Bucket] = {}
        self._day: date | None = None
        self._day_start_ms = self._day_end_ms = 0
        self._days: deque[Day] = deque(maxlen=LOOK_BACK_DAYS)
        self._windows = {direction: _Windows(Rates(), Rates()) for direction in Direction}

    def fill(self, buckets: Sequence[Bucket], capacities: Sequence[Capacity]) -> None:
        """Take in many buckets, each once and in order, before any other."""
        if not buckets:
            return
        self.last = last = buckets[-1]
        for _, of_day in groupby(buckets, key=lambda bucket: local_day(bucket.start_ms, self.timezone)):
            found = list(of_day)
            self._begin_day(found[0].start_ms, capacities)
            self._today = {bucket.start_ms: bucket for bucket in found}
        self.buckets.extend(bucket for bucket in buckets if bucket.start_ms > last.start_ms - WEEK_MS)
        for direction, windows in self._windows.items():
            windows.week.fill(rate_of(one, direction) for one in self.buckets if not one.missing)
            today = [rate_of(one, direction) for one in self._today.values() if not one.missing]
            windows.day.fill(today)
            windows.busy_ms = BUCKET_MS * sum(self._busy(rate, direction, capacities) for rate in today)

    def add(self, bucket: Bucket, capacities: Sequence[Capacity]) -> None:
        """Take in a finished bucket, or another part of the last one."""
        if self._day is None or bucket.start_ms >= self._day_end_ms:
            self._begin_day(bucket.start_ms, capacities)
        last = self.last
        if last is not None and last.start_ms == bucket.start_ms:
            self._forget(self.buckets.pop(), capacities)
            bucket = last.joined(bucket)
        self.last = self._today[bucket.start_ms] = bucket
        while self.buckets and self.buckets[0].start_ms <= bucket.start_ms - WEEK_MS:
            old = self.buckets.popleft()
            for direction, windows in self._windows.items():
                if not old.missing:
                    windows.week.drop(rate_of(old, direction))
        self.buckets.append(bucket)
        if bucket.missing:
            return
        for direction, windows in self._windows.items():
            rate = rate_of(bucket, direction)
            windows.week.add(rate)
            windows.day.add(rate)
            if self._busy(rate, direction, capacities):
                windows.busy_ms += BUCKET_MS

    def p95_of_day(self, direction: Direction) -> int | None:
        """Return P95 of the running day, in bit/s."""
        return self._windows[direction].day.p95

    def p95_of_week(self, direction: Direction) -> int | None:
        """Return P95 of the last seven times 24 hours, in bit/s."""
        return self._windows[direction].week.p95

    def busy_ms(self, direction: Direction) -> int:
        """Return how much of the running day was above 80 % of capacity."""
        return self._windows[direction].busy_ms

    @property
    def missing_of_day(self) -> int:
        """How many buckets of the running day are missing, up to the last one that is there."""
        if self.last is None:
            return 0
        expected = (self.last.start_ms + BUCKET_MS - self._day_start_ms) // BUCKET_MS
        return expected - len(self._windows[Direction.IN].day)

    @property
    def missing_of_week(self) -> int:
        """How many of the last seven days' buckets are missing."""
        return WEEK_MS // BUCKET_MS - len(self._windows[Direction.IN].week)

    def streak(self, direction: Direction) -> int:
        """Return on how many days running, up to yesterday, P95 was above 90 % of capacity."""
        running = 0
        for day in reversed(self._days):
            mark = day.mark(direction)
            if mark is Mark.WITHIN:
                break
            running += mark is Mark.OVER
        return running

    def _begin_day(self, ms: int, capacities: Sequence[Capacity]) -> None:
        if self._day is not None:
            ended = figures(self._today, self._day_start_ms, self._day_end_ms, capacities, self.timezone)
            self._days.append(Day(day=self._day, over=True, figures=ended))
        self._day = local_day(ms, self.timezone)
        self._day_start_ms = midnight_ms(self._day, self.timezone)
        self._day_end_ms = midnight_ms(date.fromordinal(self._day.toordinal() + 1), self.timezone)
        self._today = {}
        for windows in self._windows.values():
            windows.day.clear()
            windows.busy_ms = 0

    def _forget(self, bucket: Bucket, capacities: Sequence[Capacity]) -> None:
        if bucket.missing:
            return
        for direction, windows in self._windows.items():
            rate = rate_of(bucket, direction)
            windows.week.drop(rate)
            windows.day.drop(rate)
            if self._busy(rate, direction, capacities):
                windows.busy_ms -= BUCKET_MS

    def _busy(self, rate: int, direction: Direction, capacities: Sequence[Capacity]) -> bool:
        if self._day is None:
            return False
        return exceeds(rate, capacity_bps(capacity_on(capacities, self._day), direction), BUSY_SHARE)
