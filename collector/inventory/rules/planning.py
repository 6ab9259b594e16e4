"""Finds office hours that contradict each other, impossible maintenance, and unreachable contacts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise

from collector.inventory.expand import moment
from collector.inventory.mistakes import Findings
from collector.inventory.rules.repeating import RepeatError, leaves_out, repeat_of
from collector.inventory.schema.entry import Read
from collector.inventory.schema.sections import Sections
from collector.inventory.schema.settings import CalendarBlock, MaintenanceBlock, SeasonBlock
from collector.planning.holidays import is_known

_LEAP_YEAR = 2024


def check_planning(sections: Sections, *, zone: tzinfo, findings: Findings) -> None:
    """Record the mistakes of calendar, maintenance and contacts."""
    _calendar(sections.calendar, findings)
    for window in sections.maintenance:
        _window(window, zone, findings)
    for contact in sections.contacts:
        names = ("email", "phone", "webhook", "telegram")
        if not any(getattr(contact.entry, name) for name in names) and not contact.wrong & set(names):
            message = f"{contact.entry.id or 'this contact'} cannot be reached"
            findings.mistake(contact.place, message, "write one of email, phone, webhook and telegram")


def _window(window: Read[MaintenanceBlock], zone: tzinfo, findings: Findings) -> None:
    entry = window.entry
    start = moment(window, "start", "from", zone=zone, findings=findings)
    end = moment(window, "end", "until", zone=zone, findings=findings)
    if start is not None and end is not None and end <= start:
        message = f"{end:%Y-%m-%d %H:%M} is not after from, {start:%Y-%m-%d %H:%M}"
        findings.mistake(window.place.at("until"), message, "correct one of the two")
    elif start is not None and end is not None:
        _repeat(window, start, end, findings)
    if not entry.devices and not entry.areas and not window.wrong & {"devices", "areas"}:
        message = f"{entry.id or 'this window'} covers nothing"
        findings.mistake(window.place, message, "name devices or areas")


def _repeat(window: Read[MaintenanceBlock], start: datetime, end: datetime, findings: Findings) -> None:
    block, place = window.entry.repeat, window.place.at("repeat")
    if block is None or block.every is None:
        return
    try:
        repeat = repeat_of(block.every, block.days, block.to, start, end)
    except RepeatError as error:
        findings.mistake(place.at(error.key) if error.key else place, error.message, error.advice)
        return
    if leaves_out(repeat):
        message = f"is on day {repeat.month_day}, which some months do not have"
        findings.warning(place, message, "those months have none; write last day for each month's last")


def _calendar(block: Read[CalendarBlock], findings: Findings) -> None:
    calendar = block.entry
    if calendar.hours and calendar.seasons:
        advice = "write hours if they are the same all year, else seasons"
        findings.mistake(block.place.at("hours"), "stands beside seasons", advice)
    if calendar.holidays is not None and "holidays" not in block.wrong and not is_known(calendar.holidays):
        message = f"nobody here knows the holidays of {calendar.holidays}"
        findings.mistake(block.place.at("holidays"), message, "write null, and list them under days_off")
    _overlapping_hours(block, findings)
    _overlapping_seasons(block, findings)
    twice = set(calendar.days_off or ()).intersection(calendar.working_days or ())
    for index, day in enumerate(calendar.working_days or ()):
        if day in twice:
            place = block.place.at("working_days", index)
            findings.mistake(place, f"{day} is among days_off too", "remove it from one of the two")


def _overlapping_hours(block: Read[CalendarBlock], findings: Findings) -> None:
    lists: list[tuple[tuple[str | int, ...], tuple[tuple[time, time], ...]]]
    lists = [(("hours",), block.entry.hours)]
    lists += [(("seasons", index, "hours"), season.hours) for index, season in enumerate(block.entry.seasons)]
    for path, hours in lists:
        in_order = sorted(hours)
        for (_, earlier_end), later in pairwise(in_order):
            if later[0] < earlier_end:
                place = block.place.at(*path, hours.index(later))
                message = (
                    f"{later[0]:%H:%M}-{later[1]:%H:%M} overlaps the hours that end at {earlier_end:%H:%M}"
                )
                findings.mistake(place, message, "let one end before the other begins")


def _overlapping_seasons(block: Read[CalendarBlock], findings: Findings) -> None:
    seasons = block.entry.seasons
    taken: dict[tuple[int, int], int] = {}
    for index, season in enumerate(seasons):
        days = list(_days(season))
        double = next((day for day in days if day in taken), None)
        if double is not None:
            message = f"holds on {double[0]:02}-{double[1]:02} like seasons[{taken[double]}]"
            findings.mistake(block.place.at("seasons", index), message, "let one end before the other begins")
        taken |= {day: index for day in days if day not in taken}
    free = [day for day in _year() if day not in taken]
    if seasons and free:
        message = f"no season holds on {free[0][0]:02}-{free[0][1]:02} and {len(free) - 1} other days"
        findings.warning(
            block.place.at("seasons"), message, "those days have no office hours; is that meant?"
        )


def _year() -> Iterator[tuple[int, int]]:
    day = date(_LEAP_YEAR, 1, 1)
    while day.year == _LEAP_YEAR:
        yield day.month, day.day
        day += timedelta(days=1)


def _days(season: SeasonBlock) -> Iterator[tuple[int, int]]:
    """Yield the days of a season, which may run over New Year."""
    for day in _year():
        if season.start <= season.end:
            inside = season.start <= day <= season.end
        else:
            inside = day >= season.start or day <= season.end
        if inside:
            yield day
