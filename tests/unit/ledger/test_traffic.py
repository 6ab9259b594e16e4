"""Figures of lines: percentiles, busy hours, days that count, and the seven-day rule in both its readings."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest

from collector.inventory.values import Capacity
from collector.ledger.days import midnight_ms
from collector.ledger.traffic import (
    Day,
    Direction,
    Mark,
    Streak,
    capacity_on,
    days,
    exceeds,
    figures,
    p95,
    seven_days,
    streaks,
)
from collector.traffic.buckets import BUCKET_MS, Bucket

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST = date(2026, 10, 1)
DAY_MS = 86_400_000
CAPACITY = (Capacity(in_bps=10_000_000, out_bps=10_000_000),)


def filled(*mbps: float | None, buckets: int = 288, from_day: date = FIRST) -> dict[int, Bucket]:
    """Return days of equal buckets towards the site, so many a day; None for a day without any."""
    start_ms = midnight_ms(from_day, HANOI)
    return {
        at: Bucket(start_ms=at, in_bytes=round(rate * 37_500_000), out_bytes=0, covered_ms=BUCKET_MS)
        for number, rate in enumerate(mbps)
        if rate is not None
        for at in range(
            start_ms + number * DAY_MS, start_ms + number * DAY_MS + buckets * BUCKET_MS, BUCKET_MS
        )
    }


def told(buckets: dict[int, Bucket], count: int, capacities: tuple[Capacity, ...] = CAPACITY) -> list[Day]:
    start_ms = midnight_ms(FIRST, HANOI)
    end_ms = start_ms + count * DAY_MS
    return days(buckets, start_ms, end_ms, capacities, HANOI, now_ms=end_ms)


def marks(found: list[Day]) -> list[str]:
    return [str(day.mark(Direction.IN)) for day in found]


@pytest.mark.parametrize(
    ("count", "place"), [(1, 1), (2, 2), (19, 19), (20, 19), (21, 20), (100, 95), (288, 274), (2016, 1916)]
)
def test_p95_is_the_value_of_this_rank(count: int, place: int) -> None:
    """Nearest rank: of 288 values the 274th, so that 14 may be higher."""
    assert p95(range(count, 0, -1)) == place


def test_p95_of_nothing_is_nothing() -> None:
    """Never 0."""
    assert p95([]) is None


def test_ninety_per_cent_itself_is_not_above_ninety_per_cent() -> None:
    """Compared exactly, in whole numbers."""
    assert not exceeds(9_000_000, 10_000_000, (90, 100))
    assert exceeds(9_000_001, 10_000_000, (90, 100))
    assert not exceeds(9_000_001, None, (90, 100))


def test_a_day_is_a_local_day() -> None:
    """It begins at midnight in Hanoi, 17:00 UTC."""
    assert midnight_ms(FIRST, HANOI) == midnight_ms(FIRST, UTC) - 7 * 3_600_000
    assert [day.day for day in told(filled(1, 1), 2)] == [FIRST, FIRST + timedelta(days=1)]


def test_seven_days_above_break_the_rule_and_six_do_not() -> None:
    """TT 06/2026 article 5.6, P95 of each local day."""
    (six,) = streaks(told(filled(1, *[9.5] * 6), 7), Direction.IN)
    assert (six.days, six.breaks_rule) == (6, False)
    (seven,) = streaks(told(filled(*[9.5] * 7), 7), Direction.IN)
    assert seven == Streak(direction=Direction.IN, days=7, first=FIRST, last=FIRST + timedelta(days=6))
    assert seven.breaks_rule
    assert streaks(told(filled(*[9.5] * 7), 7), Direction.OUT) == []


def test_a_day_with_too_few_buckets_neither_counts_nor_breaks_and_is_shown() -> None:
    """Four days above, one with 79 % of its buckets, three above: a streak of seven."""
    buckets = filled(*[9.5] * 4, None, *[9.5] * 3) | filled(
        1.0, buckets=230, from_day=FIRST + timedelta(days=4)
    )
    found = told(buckets, 8)
    assert marks(found) == ["over"] * 4 + ["not_counted"] + ["over"] * 3
    assert found[4].figures.missing == 58
    (streak,) = streaks(found, Direction.IN)
    assert (streak.days, streak.breaks_rule) == (7, True)
    enough = filled(1.0, buckets=231, from_day=FIRST + timedelta(days=4))
    assert [one.days for one in streaks(told(buckets | enough, 8), Direction.IN)] == [4, 3]


def test_the_capacity_is_that_of_each_day() -> None:
    """After an upgrade the same traffic is within; without a capacity nothing can be said."""
    upgraded = (
        Capacity(in_bps=10_000_000, out_bps=1, end=FIRST + timedelta(days=2)),
        Capacity(
            in_bps=50_000_000, out_bps=1, start=FIRST + timedelta(days=2), end=FIRST + timedelta(days=3)
        ),
    )
    found = told(filled(*[9.5] * 4), 4, upgraded)
    assert marks(found) == ["over", "over", "within", "no_capacity"]
    whole = figures(
        filled(*[9.5] * 4), midnight_ms(FIRST, HANOI), midnight_ms(FIRST, HANOI) + 4 * DAY_MS, upgraded, HANOI
    )
    assert whole.ways[Direction.IN].busy_ms == 2 * DAY_MS
    assert capacity_on(upgraded, FIRST + timedelta(days=9)) is None


def test_the_running_day_is_shown_and_not_judged() -> None:
    """It is expected only as far as it has come."""
    start_ms = midnight_ms(FIRST, HANOI)
    (day,) = days(
        filled(9.5, buckets=100),
        start_ms,
        start_ms + DAY_MS,
        CAPACITY,
        HANOI,
        now_ms=start_ms + 110 * BUCKET_MS + 7,
    )
    assert (day.mark(Direction.IN), day.figures.expected, day.figures.missing) == (Mark.RUNNING, 110, 10)


def test_the_rules_other_reading_takes_the_seven_days_as_one() -> None:
    """Six days at 95 % and a holiday: P95 over the seven days is above 90 %, the streak of days is six."""
    buckets = filled(*[9.5] * 6, 1)
    window = seven_days(buckets, FIRST + timedelta(days=6), CAPACITY, HANOI)
    assert window.expected == 2016
    assert window.ways[Direction.IN].over
    assert [streak.days for streak in streaks(told(buckets, 7), Direction.IN)] == [6]


def test_busy_hours_and_the_greatest_rate_are_of_buckets_that_are_there() -> None:
    """A bucket of which a fifth is covered is no hour and no maximum; its bytes count."""
    buckets = filled(8.5, buckets=12)
    start_ms = midnight_ms(FIRST, HANOI)
    at = start_ms + 12 * BUCKET_MS
    buckets[at] = Bucket(start_ms=at, in_bytes=75_000_000, out_bytes=0, covered_ms=60_000)
    way = figures(buckets, start_ms, start_ms + DAY_MS, CAPACITY, HANOI).ways[Direction.IN]
    assert way.busy_ms == 3_600_000
    assert way.max_bps == 8_500_000
    assert way.bytes == 12 * 318_750_000 + 75_000_000
    assert way.p95_ratio == 0.85


def test_a_day_of_25_hours_has_300_buckets() -> None:
    """Where clocks are set back, midnight to midnight is what counts."""
    zone = ZoneInfo("Europe/Berlin")
    start_ms = midnight_ms(date(2026, 10, 25), zone)
    (day,) = days({}, start_ms, midnight_ms(date(2026, 10, 26), zone), (), zone, now_ms=start_ms + 2 * DAY_MS)
    assert day.figures.expected == 300
