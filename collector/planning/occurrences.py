"""When a maintenance window is, once or again and again, in local time. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo

from collector.inventory.planning_values import LAST, MaintenanceWindow, Repeat, RepeatUnit
from collector.planning.wall import day_of, wall_ms

_DAY = timedelta(days=1)


def occurrences(
    window: MaintenanceWindow, from_ms: int, to_ms: int, zone: tzinfo
) -> tuple[tuple[int, int], ...]:
    """Return the occurrences that touch [from, to), each whole, in their order.

    A window that repeats begins and ends at the same local times each time. One that the clocks go over, from
    its begin to its end, does not take place.
    """
    found = _once(window) if window.repeat is None else _again(window, window.repeat, from_ms, to_ms, zone)
    return tuple((start, end) for start, end in found if start < end and start < to_ms and end > from_ms)


def falls_on(repeat: Repeat, first: date, day: date) -> bool:
    """Return True if a window that began on `first` begins on this day too."""
    if day < first or (repeat.last is not None and day > repeat.last):
        return False
    match repeat.unit:
        case RepeatUnit.DAY:
            return (day - first).days % repeat.every == 0
        case RepeatUnit.WEEK:
            weeks = (_monday(day) - _monday(first)).days // 7
            return weeks % repeat.every == 0 and day.weekday() in repeat.weekdays
        case RepeatUnit.MONTH:
            months = (day.year - first.year) * 12 + day.month - first.month
            return months % repeat.every == 0 and _on_day_of_month(repeat, day)


def is_last_of_month(day: date) -> bool:
    """Return True on the last day of a month."""
    return (day + _DAY).day == 1


def _on_day_of_month(repeat: Repeat, day: date) -> bool:
    if repeat.nth is None:
        return is_last_of_month(day) if repeat.month_day == LAST else day.day == repeat.month_day
    if day.weekday() not in repeat.weekdays:
        return False
    if repeat.nth == LAST:
        return day.day + 7 > calendar.monthrange(day.year, day.month)[1]
    return (day.day - 1) // 7 + 1 == repeat.nth


def _once(window: MaintenanceWindow) -> Iterator[tuple[int, int]]:
    yield _ms(window.start), _ms(window.end)


def _again(
    window: MaintenanceWindow, repeat: Repeat, from_ms: int, to_ms: int, zone: tzinfo
) -> Iterator[tuple[int, int]]:
    start, end = _naive(window.start, zone), _naive(window.end, zone)
    nights = (end.date() - start.date()).days
    day = max(start.date(), day_of(from_ms, zone) - (nights + 1) * _DAY)
    last = day_of(to_ms, zone)
    while day <= last:
        if falls_on(repeat, start.date(), day):
            yield wall_ms(day, start.time(), zone), wall_ms(day + nights * _DAY, end.time(), zone)
        day += _DAY


def _naive(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
