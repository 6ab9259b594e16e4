"""Makes a repeat of what is written and the window's first time, or says what in it cannot be. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

from collector.inventory.fields.error import FieldError
from collector.inventory.fields.repeats import Every, RepeatDays
from collector.inventory.fields.times import WEEKDAYS
from collector.inventory.fields.units import show_duration
from collector.inventory.planning_values import Repeat, RepeatUnit
from collector.planning.occurrences import falls_on

_SHORTEST_MONTH = 28
_MS = timedelta(milliseconds=1)


class RepeatError(FieldError):
    """A repeat that cannot be; `key` is where in its block, empty for the whole."""

    def __init__(self, key: str, message: str, advice: str) -> None:
        super().__init__(message, advice)
        self.key = key


def repeat_of(
    every: Every, days: RepeatDays | None, last: date | None, start: datetime, end: datetime
) -> Repeat:
    """Return the repeat of a window whose first time is from `start` to `end`, local; RepeatError if none."""
    count, unit = every
    first = start.date()
    days = _default(unit, first) if days is None else days
    _fit(unit, days)
    repeat = Repeat(
        unit=unit,
        every=count,
        weekdays=days.weekdays,
        nth=days.nth,
        month_day=days.month_day,
        last=last,
    )
    if last is not None and last < first:
        raise RepeatError("to", f"{last} is before from, {first}", "correct one of the two")
    if not falls_on(repeat, first, first):
        message = f"from is on {WEEKDAYS[first.weekday()]} {first}, which is none of these days"
        raise RepeatError("days", message, "let from and until be its first time")
    lasts = end.replace(tzinfo=None) - start.replace(tzinfo=None)
    after = _closest(repeat)
    if lasts > after:
        message = f"lasts {show_duration(lasts // _MS)} and begins again after {show_duration(after // _MS)}"
        raise RepeatError("", message, "let it end earlier, or repeat more rarely")
    return repeat


def leaves_out(repeat: Repeat) -> bool:
    """Return True if some months lack the day."""
    return repeat.month_day is not None and repeat.month_day > _SHORTEST_MONTH


def _default(unit: RepeatUnit, first: date) -> RepeatDays:
    match unit:
        case RepeatUnit.DAY:
            return RepeatDays()
        case RepeatUnit.WEEK:
            return RepeatDays(weekdays=(first.weekday(),))
        case RepeatUnit.MONTH:
            return RepeatDays(month_day=first.day)


def _fit(unit: RepeatUnit, days: RepeatDays) -> None:
    if unit is RepeatUnit.DAY and days != RepeatDays():
        raise RepeatError("days", "stands beside a repeat by the day", "remove it, or repeat every week")
    if unit is RepeatUnit.WEEK and (days.nth is not None or days.month_day is not None):
        raise RepeatError(
            "days", "is a day of a month, and every week has none", "write weekdays, or repeat every month"
        )
    if unit is RepeatUnit.MONTH and days.nth is None and days.month_day is None:
        message = "does not say which of the month's"
        raise RepeatError("days", message, "write first sun, last sun or the like; or repeat every week")


def _closest(repeat: Repeat) -> timedelta:
    """Return the shortest time from one begin to the next, at least."""
    match repeat.unit:
        case RepeatUnit.DAY:
            return timedelta(days=repeat.every)
        case RepeatUnit.WEEK:
            inside = [later - earlier for earlier, later in pairwise(repeat.weekdays)]
            around = repeat.weekdays[0] + 7 * repeat.every - repeat.weekdays[-1]
            return timedelta(days=min([*inside, around]))
        case RepeatUnit.MONTH:
            return timedelta(days=_SHORTEST_MONTH * repeat.every)
