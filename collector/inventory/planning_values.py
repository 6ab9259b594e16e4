"""Planned work and office hours as the rest of the collector sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

LAST = -1
"""In `Repeat`: the last such weekday, or the last day, of a month."""


class RepeatUnit(StrEnum):
    """What is counted from one occurrence to the next."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """When a window comes again, at the same local times, up to the local day `last`.

    By the week on `weekdays` (0 = Monday); by the month either on `month_day` (1 to 31, or LAST; a month
    without that day is left out) or on the `nth` (1 to 4, or LAST) of the one weekday in `weekdays`. What is
    not given in the file is filled in from the window's first day.
    """

    unit: RepeatUnit
    every: int = 1
    weekdays: tuple[int, ...] = ()
    nth: int | None = None
    month_day: int | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceWindow:
    """Planned work: covers its devices, its areas' devices, and what hangs on them by every path.

    `start` and `end` are those of its first occurrence.
    """

    id: str
    devices: tuple[str, ...]
    areas: tuple[str, ...]
    start: datetime
    end: datetime
    reason: str
    author: str
    repeat: Repeat | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """Office hours from one day of the year (month, day) to another, both included."""

    start: tuple[int, int]
    end: tuple[int, int]
    hours: tuple[tuple[time, time], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When people work: weekdays (0 = Monday), seasons, and days that differ from the public calendar."""

    holidays: str | None
    weekdays: tuple[int, ...]
    seasons: tuple[Season, ...]
    days_off: tuple[date, ...] = ()
    working_days: tuple[date, ...] = ()
