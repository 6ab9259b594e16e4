"""Maintenance that repeats."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from collector.inventory.planning_values import MaintenanceWindow
from collector.planning.occurrences import occurrences
from tests.unit.planning.windows import BERLIN, HANOI, at, local, window


def times(
    one: MaintenanceWindow, from_day: str, to_day: str, zone: ZoneInfo = HANOI
) -> list[tuple[str, str]]:
    found = occurrences(one, at(from_day, zone), at(to_day, zone), zone)
    return [(local(begin, zone)[:16], local(over, zone)[:16]) for begin, over in found]


def begins(start: str, repeat: str, to_day: str, *, from_day: str = "2026-01-01") -> list[str]:
    end = start[:11] + "23:00"
    return [begin[5:10] for begin, _ in times(window(start, end, repeat), from_day, to_day)]


def test_a_window_without_a_repeat_is_once() -> None:
    """It is found by every period that touches it, and by no other; a period's end is not in it."""
    once = window("2026-03-07 22:00", "2026-03-08 02:00")
    whole = (at("2026-03-07 22:00"), at("2026-03-08 02:00"))
    for first, last in (
        ("2026-03-01", "2026-04-01"),
        ("2026-03-08 01:59", "2026-03-09"),
        ("2026-03-07", "2026-03-07 22:01"),
    ):
        assert occurrences(once, at(first), at(last), HANOI) == (whole,)
    for first, last in (("2026-03-08 02:00", "2026-04-01"), ("2026-03-01", "2026-03-07 22:00")):
        assert occurrences(once, at(first), at(last), HANOI) == ()


def test_weekly_is_on_the_weekday_of_its_first_time() -> None:
    """And an occurrence over midnight is whole in a period that begins within it."""
    assert times(window("2026-03-07 22:00", "2026-03-08 02:00", "weekly"), "2026-03-15", "2026-03-22") == [
        ("2026-03-14T22:00", "2026-03-15T02:00"),
        ("2026-03-21T22:00", "2026-03-22T02:00"),
    ]


@pytest.mark.parametrize(
    ("start", "repeat", "to", "expected"),
    [
        ("2026-03-07 20:00", "daily", "2026-03-10", ["03-07", "03-08", "03-09"]),
        ("2026-03-07 20:00", "every 3 days", "2026-03-14", ["03-07", "03-10", "03-13"]),
        ("2026-03-07 20:00", "every week on sat, sun", "2026-03-16", ["03-07", "03-08", "03-14", "03-15"]),
        ("2026-03-07 20:00", "every 2 weeks on sat, sun", "2026-04-01", ["03-07", "03-08", "03-21", "03-22"]),
        (
            "2026-03-02 20:00",
            "weekly on mon-wed to 2026-03-09",
            "2026-04-01",
            ["03-02", "03-03", "03-04", "03-09"],
        ),
        ("2026-01-15 20:00", "monthly", "2026-04-01", ["01-15", "02-15", "03-15"]),
        ("2026-01-15 20:00", "every 2 months", "2026-06-01", ["01-15", "03-15", "05-15"]),
        ("2026-01-31 20:00", "monthly", "2026-06-01", ["01-31", "03-31", "05-31"]),
        ("2026-01-31 20:00", "every month on last day", "2026-05-01", ["01-31", "02-28", "03-31", "04-30"]),
        ("2026-01-04 20:00", "every month on first sun", "2026-05-01", ["01-04", "02-01", "03-01", "04-05"]),
        ("2026-01-23 20:00", "every month on fourth fri", "2026-05-01", ["01-23", "02-27", "03-27", "04-24"]),
        (
            "2026-01-30 20:00",
            "every month on last fri",
            "2026-06-01",
            ["01-30", "02-27", "03-27", "04-24", "05-29"],
        ),
    ],
)
def test_each_way_to_repeat(start: str, repeat: str, to: str, expected: list[str]) -> None:
    """Begin by begin, from the first time on and never before it."""
    assert begins(start, repeat, to) == expected


def test_a_leap_day_has_its_own_february() -> None:
    """The 29th comes in leap years, and the last day of February is then the 29th."""
    assert begins("2028-01-29 20:00", "monthly", "2028-03-01", from_day="2028-01-01") == ["01-29", "02-29"]
    assert begins("2027-01-29 20:00", "monthly", "2027-03-30", from_day="2027-01-01") == ["01-29", "03-29"]
    assert begins("2028-01-31 20:00", "every month on last day", "2028-03-01", from_day="2028-02-01") == [
        "02-29"
    ]


def test_clock_times_stay_where_clocks_change() -> None:
    """In Berlin 22:00 to 02:00 is that on every day of the year; the night of the change is an hour off."""
    found = occurrences(
        window("2026-03-27 22:00", "2026-03-28 04:00", "daily", BERLIN),
        at("2026-03-27", BERLIN),
        at("2026-03-30", BERLIN),
        BERLIN,
    )
    assert [(local(start, BERLIN), local(end, BERLIN)) for start, end in found] == [
        ("2026-03-27T22:00+01:00", "2026-03-28T04:00+01:00"),
        ("2026-03-28T22:00+01:00", "2026-03-29T04:00+02:00"),
        ("2026-03-29T22:00+02:00", "2026-03-30T04:00+02:00"),
    ]
    assert [(end - start) // 3_600_000 for start, end in found] == [6, 5, 6]


def test_a_time_that_clocks_go_over() -> None:
    """What begins in the missing hour begins after it; what lies in it whole does not take place that day."""
    begins_inside = times(
        window("2026-03-28 02:30", "2026-03-28 03:15", "daily", BERLIN), "2026-03-29", "2026-03-30", BERLIN
    )
    assert begins_inside == [("2026-03-29T03:00", "2026-03-29T03:15")]
    lies_inside = times(
        window("2026-03-28 02:10", "2026-03-28 02:50", "daily", BERLIN), "2026-03-28", "2026-03-31", BERLIN
    )
    assert [begin for begin, _ in lies_inside] == ["2026-03-28T02:10", "2026-03-30T02:10"]


def test_a_time_that_comes_twice_is_the_first() -> None:
    """02:30 in the night in which clocks go back is the one of summer time."""
    found = occurrences(
        window("2026-10-24 02:30", "2026-10-24 03:30", "daily", BERLIN),
        at("2026-10-25", BERLIN),
        at("2026-10-26", BERLIN),
        BERLIN,
    )
    assert [(local(start, BERLIN), local(end, BERLIN)) for start, end in found] == [
        ("2026-10-25T02:30+02:00", "2026-10-25T03:30+01:00")
    ]
