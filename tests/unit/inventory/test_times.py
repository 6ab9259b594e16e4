"""Dates, instants, hours, weekdays and time zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from collector.inventory.fields.error import FieldError
from collector.inventory.fields.times import day, hours, instant, localise, month_day, timezone, weekdays

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")


def test_dates_are_iso() -> None:
    """A date is year-month-day; other orders and impossible days are refused with the form to write."""
    assert day("2028-02-29") == date(2028, 2, 29)
    with pytest.raises(
        FieldError, match=r'"2026-02-29" is not in the calendar \(write year-month-day: 2026-01-31\)'
    ):
        day("2026-02-29")
    with pytest.raises(FieldError, match=r'"29/02/2028" is not a date \(write year-month-day: 2026-01-31\)'):
        day("29/02/2028")
    with pytest.raises(FieldError, match=r'"0001-01-01" is out of range \(write a year from 1980 to 2199\)'):
        day("0001-01-01")


@pytest.mark.parametrize("written", ["2026-03-07 22:00", "2026-03-07T22:00", "2026-03-07 22:00:00"])
def test_an_instant_without_offset_is_local(written: str) -> None:
    """A local time becomes aware in the inventory's time zone."""
    moment = localise(instant(written), VIETNAM)
    assert moment == datetime(2026, 3, 7, 15, 0, tzinfo=UTC)
    assert moment.tzinfo is VIETNAM


@pytest.mark.parametrize(
    "written", ["2026-03-07T15:00Z", "2026-03-07 16:00+01:00", "2026-03-07 16:00:00 +01:00"]
)
def test_an_instant_with_an_offset_means_that_instant(written: str) -> None:
    """An offset is obeyed, and the instant shown in the inventory's time zone."""
    assert localise(instant(written), VIETNAM).isoformat() == "2026-03-07T22:00:00+07:00"


def test_a_date_alone_is_its_first_moment() -> None:
    """A date where an instant is wanted is local midnight."""
    assert localise(instant("2026-03-07"), VIETNAM).isoformat() == "2026-03-07T00:00:00+07:00"


@pytest.mark.parametrize(
    "written", ["2026-03-07 25:00", "2026-03-07 22:60", "2026-13-01", "2026-03-07 22:00+99:00"]
)
def test_impossible_instants_are_refused(written: str) -> None:
    """Hours, minutes, months and offsets that do not exist are refused."""
    with pytest.raises(FieldError, match="is not in the calendar"):
        instant(written)


def test_a_skipped_local_time_is_refused_and_a_double_one_is_the_first() -> None:
    """Clock changes: the hour left out does not exist, the hour that comes twice is taken the first time."""
    with pytest.raises(FieldError, match=r"2026-03-29 02:30 does not exist: the clock goes forward over it"):
        localise(instant("2026-03-29 02:30"), BERLIN)
    assert localise(instant("2026-03-29 03:00"), BERLIN).utcoffset() == timedelta(hours=2)
    assert localise(instant("2026-10-25 02:30"), BERLIN).utcoffset() == timedelta(hours=2)


def test_days_of_the_year() -> None:
    """A day of the year is month-day, the 29th of February included; other forms are refused."""
    assert (month_day("04-01"), month_day("02-29")) == ((4, 1), (2, 29))
    for wrong in ("02-30", "4-1", "13-01", "01/04"):
        with pytest.raises(FieldError, match="is not a day of the year"):
            month_day(wrong)


def test_hours_are_spans_within_a_day() -> None:
    """Office hours go forward within one day."""
    assert hours("07:30-11:30") == hours("7:30 – 11:30") == (time(7, 30), time(11, 30))
    for wrong in ("11:30-07:30", "07:30-07:30"):
        with pytest.raises(FieldError, match="ends before it begins"):
            hours(wrong)
    for wrong in ("07:30", "25:00-26:00", "07:30-24:00", "07.30-11.30"):
        with pytest.raises(FieldError, match="is not a span of hours"):
            hours(wrong)


def test_weekdays_are_a_span_or_a_list() -> None:
    """Weekdays count from 0 for Monday, from a span or a list without doubles."""
    assert weekdays("mon-fri") == (0, 1, 2, 3, 4)
    assert weekdays(["sat", "mon"]) == (0, 5)
    with pytest.raises(FieldError, match='"fri-mon" is not a span of weekdays'):
        weekdays("fri-mon")
    with pytest.raises(FieldError, match='"T2" is not a weekday'):
        weekdays(["T2"])
    with pytest.raises(FieldError, match='"mon" is listed twice'):
        weekdays(["mon", "mon"])


def test_time_zones_are_known_or_refused() -> None:
    """A name of the zone database is taken; paths, misspellings and nonsense are refused."""
    assert timezone("Asia/Ho_Chi_Minh") == "Asia/Ho_Chi_Minh"
    for wrong in ("Asia/Hanoi", "../etc/passwd", "Asia", "/etc/localtime", "UTC+7", "Asia/\0"):
        with pytest.raises(FieldError):
            timezone(wrong)
