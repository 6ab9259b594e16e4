"""When people work: seasons, weekdays, public holidays, swapped days, exceptions of the inventory. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta, tzinfo
from enum import StrEnum
from typing import Protocol

from collector.inventory.planning_values import Calendar, Season
from collector.planning.wall import day_of, wall_ms


class HolidayBook(Protocol):
    """What a country's calendar says of a day."""

    def name(self, day: date) -> str | None:
        """Return the holiday's name, None on other days."""

    def worked(self, day: date) -> bool:
        """Return True on a day of a weekend that is worked in exchange for another day."""


class DayKind(StrEnum):
    """Why a day is worked, or free. The first that fits, in this order."""

    ADDED = "added"  # the inventory says that it is worked
    TAKEN_OFF = "taken_off"  # the inventory says that it is free
    SWAPPED = "swapped"  # a weekend day worked in exchange for another
    HOLIDAY = "holiday"
    WEEKEND = "weekend"
    WORKING = "working"

    @property
    def worked(self) -> bool:
        """True if people work."""
        return self in (DayKind.ADDED, DayKind.SWAPPED, DayKind.WORKING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What one local day is; `holiday` is the public holiday's name, empty on other days."""

    kind: DayKind
    holiday: str = ""


def day_kind(calendar: Calendar, day: date, holidays: HolidayBook) -> Day:
    """Return why a day is worked or free; a holiday is named even if something else decides."""
    name = holidays.name(day)
    if day in calendar.working_days:
        kind = DayKind.ADDED
    elif day in calendar.days_off:
        kind = DayKind.TAKEN_OFF
    elif holidays.worked(day):
        kind = DayKind.SWAPPED
    elif name is not None:
        kind = DayKind.HOLIDAY
    else:
        kind = DayKind.WORKING if day.weekday() in calendar.weekdays else DayKind.WEEKEND
    return Day(kind=kind, holiday=name or "")


def hours_of(calendar: Calendar, day: date, holidays: HolidayBook) -> tuple[tuple[time, time], ...]:
    """Return the office hours of a day, in their order; none on a free day, or one in no season."""
    if not day_kind(calendar, day, holidays).kind.worked:
        return ()
    season = next((season for season in calendar.seasons if _holds(season, day)), None)
    return () if season is None else tuple(sorted(season.hours))


def working_spans(
    calendar: Calendar, start_ms: int, end_ms: int, zone: tzinfo, holidays: HolidayBook
) -> tuple[tuple[int, int], ...]:
    """Return the office hours within [start, end), in order; hours that touch are one span."""
    spans: list[tuple[int, int]] = []
    for opens, closes in _all(calendar, start_ms, end_ms, zone, holidays):
        span = max(opens, start_ms), min(closes, end_ms)
        if span[0] >= span[1]:
            continue
        if spans and span[0] <= spans[-1][1]:
            before = spans.pop()
            span = before[0], max(before[1], span[1])
        spans.append(span)
    return tuple(spans)


def _all(
    calendar: Calendar, start_ms: int, end_ms: int, zone: tzinfo, holidays: HolidayBook
) -> Iterator[tuple[int, int]]:
    day, last = day_of(start_ms, zone), day_of(end_ms, zone)
    while day <= last:
        for begin, end in hours_of(calendar, day, holidays):
            yield wall_ms(day, begin, zone), wall_ms(day, end, zone)
        day += timedelta(days=1)


def _holds(season: Season, day: date) -> bool:
    at = (day.month, day.day)
    if season.start <= season.end:
        return season.start <= at <= season.end
    return at >= season.start or at <= season.end
