"""Working hours by Vietnam's calendar."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from collector.inventory.planning_values import Calendar, Season
from collector.planning.holidays import PublicHolidays, UnknownCountryError, is_known
from collector.planning.working_hours import DayKind, day_kind, hours_of, working_spans
from tests.unit.planning.windows import BERLIN, HANOI, at, local

VIETNAM = PublicHolidays(country="VN")
NONE = PublicHolidays(country=None)
MORNING, AFTERNOON = (time(7, 30), time(11, 30)), (time(13, 30), time(17, 0))
ALL_YEAR = Season(start=(1, 1), end=(12, 31), hours=(MORNING, AFTERNOON))
OFFICE = Calendar(holidays="VN", weekdays=(0, 1, 2, 3, 4), seasons=(ALL_YEAR,))
DAY_MS = 7 * 3_600_000 + 1_800_000


def free_weekdays(year: int) -> list[str]:
    first = date(year, 1, 1)
    days = [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]
    return [
        f"{day:%m-%d}" for day in days if day.weekday() < 5 and not day_kind(OFFICE, day, VIETNAM).kind.worked
    ]


def worked_weekend(year: int) -> list[str]:
    first = date(year, 1, 1)
    days = [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]
    return [
        f"{day:%m-%d}" for day in days if day.weekday() >= 5 and day_kind(OFFICE, day, VIETNAM).kind.worked
    ]


@pytest.mark.parametrize(
    ("year", "free", "worked"),
    [
        (
            2017,
            ["01-02", "01-26", "01-27", "01-30", "01-31", "02-01", "04-06", "05-01", "05-02", "09-04"],
            [],
        ),
        (
            2026,
            [
                "01-01",
                "02-16",
                "02-17",
                "02-18",
                "02-19",
                "02-20",
                "04-27",
                "04-30",
                "05-01",
                "08-31",
                "09-01",
                "09-02",
                "11-24",
            ],
            ["08-22"],
        ),
        (
            2027,
            [
                "01-01",
                "02-04",
                "02-05",
                "02-08",
                "02-09",
                "02-10",
                "04-16",
                "04-30",
                "05-03",
                "09-02",
                "09-03",
                "11-24",
            ],
            [],
        ),
    ],
)
def test_the_free_and_the_worked_days_of_a_year(year: int, free: list[str], worked: list[str]) -> None:
    """Day by day: holidays, days made up for on a weekday, and Saturdays worked in exchange."""
    assert (free_weekdays(year), worked_weekend(year)) == (free, worked)


def test_a_swap_over_new_year_is_known_from_either_side() -> None:
    """Monday 31 December 2018 was free for Saturday 5 January 2019, whichever is asked for first."""
    assert day_kind(OFFICE, date(2018, 12, 31), VIETNAM).kind is DayKind.HOLIDAY
    assert day_kind(OFFICE, date(2019, 1, 5), VIETNAM).kind is DayKind.SWAPPED


@pytest.mark.parametrize(
    ("day", "kind", "holiday"),
    [
        (date(2026, 8, 31), DayKind.HOLIDAY, "Ngày nghỉ (thay cho ngày 22/08/2026)"),
        (date(2026, 8, 22), DayKind.SWAPPED, ""),
        (date(2026, 11, 24), DayKind.HOLIDAY, "Ngày Văn hóa Việt Nam"),
        (date(2026, 4, 26), DayKind.HOLIDAY, "Ngày Giỗ Tổ Hùng Vương"),
        (date(2026, 4, 25), DayKind.WEEKEND, ""),
        (date(2026, 4, 24), DayKind.WORKING, ""),
    ],
)
def test_a_free_day_has_its_reason(day: date, kind: DayKind, holiday: str) -> None:
    """In Vietnamese, whatever language the machine is set to."""
    found = day_kind(OFFICE, day, VIETNAM)
    assert (found.kind, found.holiday) == (kind, holiday)


def test_the_inventory_has_the_last_word() -> None:
    """A working day wins over a holiday and over a day off; a day off wins over a swapped Saturday."""
    calendar = Calendar(
        holidays="VN",
        weekdays=(0, 1, 2, 3, 4),
        seasons=(ALL_YEAR,),
        days_off=(date(2026, 8, 22), date(2026, 8, 24), date(2026, 8, 25)),
        working_days=(date(2026, 8, 31), date(2026, 8, 29), date(2026, 8, 25)),
    )
    kinds = {day: day_kind(calendar, date(2026, 8, day), VIETNAM).kind for day in (22, 24, 25, 29, 31)}
    assert kinds == {
        22: DayKind.TAKEN_OFF,
        24: DayKind.TAKEN_OFF,
        25: DayKind.ADDED,
        29: DayKind.ADDED,
        31: DayKind.ADDED,
    }
    assert day_kind(calendar, date(2026, 8, 31), VIETNAM).holiday == "Ngày nghỉ (thay cho ngày 22/08/2026)"


def test_hours_follow_the_season_of_the_day() -> None:
    """The 29th of February lies in the winter season, and no hour is doubled at either border."""
    summer = Season(start=(4, 1), end=(10, 31), hours=((time(13, 30), time(17)), (time(7), time(11, 30))))
    winter = Season(start=(11, 1), end=(3, 31), hours=((time(7, 30), time(12)), (time(13), time(16, 30))))
    calendar = Calendar(holidays=None, weekdays=(0, 1, 2, 3, 4, 5, 6), seasons=(summer, winter))
    assert hours_of(calendar, date(2028, 2, 29), NONE) == winter.hours
    assert hours_of(calendar, date(2028, 3, 31), NONE) == winter.hours
    assert hours_of(calendar, date(2028, 4, 1), NONE) == tuple(sorted(summer.hours))
    assert hours_of(calendar, date(2028, 10, 31), NONE) == tuple(sorted(summer.hours))
    assert hours_of(calendar, date(2028, 12, 31), NONE) == winter.hours


def test_a_day_in_no_season_has_no_hours() -> None:
    """Not those of the season before."""
    calendar = Calendar(
        holidays=None,
        weekdays=(0, 1, 2, 3, 4),
        seasons=(Season(start=(1, 1), end=(6, 30), hours=(MORNING,)),),
    )
    assert hours_of(calendar, date(2026, 7, 1), NONE) == ()
    assert hours_of(calendar, date(2026, 6, 30), NONE) == (MORNING,)


def test_seasons_change_over_at_the_border_of_the_month() -> None:
    """March has winter's hours to its last evening, April begins with summer's; together they are both."""
    summer = Season(start=(4, 1), end=(10, 31), hours=((time(7), time(11, 30)),))
    winter = Season(start=(11, 1), end=(3, 31), hours=((time(7, 30), time(12)),))
    calendar = Calendar(holidays=None, weekdays=(0, 1, 2, 3, 4, 5, 6), seasons=(summer, winter))
    edges = at("2026-03-01"), at("2026-04-01"), at("2026-05-01")
    march = working_spans(calendar, edges[0], edges[1], HANOI, NONE)
    april = working_spans(calendar, edges[1], edges[2], HANOI, NONE)
    assert march + april == working_spans(calendar, edges[0], edges[2], HANOI, NONE)
    assert (local(march[-1][1])[:16], local(april[0][0])[:16]) == ("2026-03-31T12:00", "2026-04-01T07:00")
    assert (len(march), len(april)) == (31, 30)


def test_a_leap_february_has_its_hours() -> None:
    """Twenty-one working days of seven and a half hours in February 2028, the 29th among them."""
    no_holidays = Calendar(holidays=None, weekdays=(0, 1, 2, 3, 4), seasons=(ALL_YEAR,))
    spans = working_spans(no_holidays, at("2028-02-01"), at("2028-03-01"), HANOI, NONE)
    assert sum(end - start for start, end in spans) == 21 * DAY_MS
    assert (local(spans[-1][0])[:16], local(spans[-1][1])[:16]) == ("2028-02-29T13:30", "2028-02-29T17:00")


def test_spans_are_cut_at_the_period() -> None:
    """A period that begins and ends within hours gets what lies inside; one of a weekend gets nothing."""
    spans = working_spans(OFFICE, at("2026-03-06 11:00"), at("2026-03-06 14:00"), HANOI, VIETNAM)
    assert [(local(start)[11:16], local(end)[11:16]) for start, end in spans] == [
        ("11:00", "11:30"),
        ("13:30", "14:00"),
    ]
    assert working_spans(OFFICE, at("2026-03-07"), at("2026-03-09 07:30"), HANOI, VIETNAM) == ()


def test_hours_over_a_change_of_clocks_are_as_long_as_they_were() -> None:
    """A night shift 01:00 to 05:00 has three hours when clocks go forward, five when they go back."""
    night = Season(start=(1, 1), end=(12, 31), hours=((time(1), time(5)),))
    calendar = Calendar(holidays=None, weekdays=(6,), seasons=(night,))
    for day, hours in (("2026-03-29", 3), ("2026-04-05", 4), ("2026-10-25", 5)):
        (span,) = working_spans(calendar, at(day, BERLIN), at(f"{day} 12:00", BERLIN), BERLIN, NONE)
        assert (span[1] - span[0]) // 3_600_000 == hours


def test_an_unknown_country_is_said_and_not_taken_for_one_without_holidays() -> None:
    """The inventory refuses it; a ledger that names it all the same is not read as if it had no holidays."""
    assert is_known("VN")
    assert not is_known("ZZ")
    with pytest.raises(UnknownCountryError, match="the public holidays of ZZ are not known"):
        PublicHolidays(country="ZZ").name(date(2026, 1, 1))
