"""Spans of time in Alertmanager's words: years, months, days and times of day in one time zone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta, tzinfo

from collector.alerting.yaml_text import Plain
from collector.inventory.planning_values import Calendar
from collector.planning.working_hours import HolidayBook, hours_of

Times = tuple[tuple[str, str], ...]
"""Spans of one day, as texts; the end of a day is 24:00."""

_WHOLE_DAY: Times = (("00:00", "24:00"),)


def of_spans(spans: Iterable[tuple[datetime, datetime]], zone: tzinfo, name: str) -> list[Plain]:
    """Return the time intervals that together are these spans; `name` is the zone's."""
    days: dict[date, list[tuple[str, str]]] = {}
    for start, end in spans:
        for day, times in _days(start.astimezone(zone), end.astimezone(zone)):
            days.setdefault(day, []).extend(times)
    return _folded({day: tuple(times) for day, times in days.items()}, name)


def outside_working_hours(
    calendar: Calendar, holidays: HolidayBook, first: date, days: int, name: str
) -> list[Plain]:
    """Return the time intervals in which nobody works, for so many days from the first on."""
    free: dict[date, Times] = {}
    for number in range(days):
        day = first + timedelta(days=number)
        free[day] = _rest(hours_of(calendar, day, holidays))
    return _folded({day: times for day, times in free.items() if times}, name)


def _days(start: datetime, end: datetime) -> Iterator[tuple[date, Times]]:
    day = start.date()
    while day <= end.date():
        begin = f"{start:%H:%M}" if day == start.date() else "00:00"
        until = f"{end:%H:%M}" if day == end.date() else "24:00"
        if begin < until:
            yield day, ((begin, until),)
        day += timedelta(days=1)


def _rest(worked: tuple[tuple[time, time], ...]) -> Times:
    if not worked:
        return _WHOLE_DAY
    edges = ["00:00"]
    for begin, end in worked:
        edges += [f"{begin:%H:%M}", f"{end:%H:%M}"]
    edges.append("24:00")
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple((begin, until) for begin, until in pairs if begin < until)


def _folded(days: dict[date, Times], zone: str) -> list[Plain]:
    """Put the days of a month with the same times into one entry."""
    months: dict[tuple[int, int, Times], list[int]] = {}
    for day, times in sorted(days.items()):
        months.setdefault((day.year, day.month, times), []).append(day.day)
    return [
        {
            "times": [{"start_time": begin, "end_time": until} for begin, until in times],
            "days_of_month": _ranges(numbers),
            "months": [str(month)],
            "years": [str(year)],
            "location": zone,
        }
        for (year, month, times), numbers in months.items()
    ]


def _ranges(numbers: list[int]) -> list[Plain]:
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return [str(first) if first == last else f"{first}:{last}" for first, last in found]
