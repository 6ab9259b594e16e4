"""Reads dates, instants, times of day, weekdays and time zones."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, available_timezones

from collector.inventory.fields.error import FieldError, show, suggest
from collector.inventory.fields.words import scalar, text

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2})(?::([0-9]{2}))? ?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_MONTH_DAY = re.compile(r"([0-9]{2})-([0-9]{2})")
_HOURS = re.compile(r"([0-9]{1,2}):([0-9]{2}) ?[-–] ?([0-9]{1,2}):([0-9]{2})")
_LEAP_YEAR = 2024
FIRST_YEAR, LAST_YEAR = 1980, 2199
_DATE_ADVICE = "write year-month-day: 2026-01-31"
_INSTANT_ADVICE = "write a date or a date and time: 2026-01-31 or 2026-01-31 22:00"


def day(value: object) -> date:
    """Return a date: `2026-01-31`."""
    raw = scalar(value)
    match = _DATE.fullmatch(raw)
    if match is None:
        raise FieldError(f"{show(raw)} is not a date", _DATE_ADVICE)
    year, month, number = map(int, match.groups())
    _check_year(raw, year)
    try:
        return date(year, month, number)
    except ValueError:
        raise FieldError(f"{show(raw)} is not in the calendar", _DATE_ADVICE) from None


def instant(value: object) -> datetime:
    """Return an instant: aware if the text has an offset, else naive, in the inventory's time zone.

    A date alone is its first moment.
    """
    raw = scalar(value)
    match = _INSTANT.fullmatch(raw)
    if match is None:
        raise FieldError(f"{show(raw)} is not a date or time", _INSTANT_ADVICE)
    written, minutes, seconds, offset = match.groups()
    _check_year(raw, int(written[:4]))
    try:
        return datetime.fromisoformat(f"{written}T{minutes or '00:00'}:{seconds or '00'}{offset or ''}")
    except ValueError:
        raise FieldError(f"{show(raw)} is not in the calendar", _INSTANT_ADVICE) from None


def localise(moment: datetime, zone: tzinfo) -> datetime:
    """Return an instant as aware local time; refuse a local time that a clock change leaves out.

    A local time that comes twice is taken as the first of the two.
    """
    if moment.tzinfo is not None:
        return moment.astimezone(zone)
    local = moment.replace(tzinfo=zone)
    utc = moment - (local.utcoffset() or timedelta(0))
    if zone.fromutc(utc.replace(tzinfo=zone)).replace(tzinfo=None) != moment:
        raise FieldError(
            f"{moment:%Y-%m-%d %H:%M} does not exist: the clock goes forward over it",
            "write a time before or after the change",
        )
    return local


def _check_year(raw: str, year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise FieldError(f"{show(raw)} is out of range", f"write a year from {FIRST_YEAR} to {LAST_YEAR}")


def month_day(value: object) -> tuple[int, int]:
    """Return a day of every year as (month, day): `04-01`."""
    raw = scalar(value)
    match = _MONTH_DAY.fullmatch(raw)
    if match is not None:
        month, number = map(int, match.groups())
        try:
            date(_LEAP_YEAR, month, number)
        except ValueError:
            pass
        else:
            return month, number
    raise FieldError(f"{show(raw)} is not a day of the year", "write month-day: 04-01 for 1 April")


def hours(value: object) -> tuple[time, time]:
    """Return a span of the day: `07:30-11:30`."""
    raw = scalar(value)
    match = _HOURS.fullmatch(raw.strip())
    advice = "write two times of one day: 07:30-11:30"
    if match is None:
        raise FieldError(f"{show(raw)} is not a span of hours", advice)
    from_hour, from_minute, to_hour, to_minute = map(int, match.groups())
    try:
        begin, end = time(from_hour, from_minute), time(to_hour, to_minute)
    except ValueError:
        raise FieldError(f"{show(raw)} is not a span of hours", advice) from None
    if end <= begin:
        raise FieldError(f"{show(raw)} ends before it begins", advice)
    return begin, end


def weekdays(value: object) -> tuple[int, ...]:
    """Return days of the week, 0 for Monday, from a list of names or a span: `mon-fri`."""
    advice = f"write a span such as mon-fri, or a list of {', '.join(WEEKDAYS)}"
    if isinstance(value, str):
        first, _, last = value.partition("-")
        if first in WEEKDAYS and last in WEEKDAYS and WEEKDAYS.index(first) <= WEEKDAYS.index(last):
            return tuple(range(WEEKDAYS.index(first), WEEKDAYS.index(last) + 1))
        raise FieldError(f"{show(value)} is not a span of weekdays", advice)
    if not isinstance(value, list):
        raise FieldError("is not a list of weekdays", advice)
    days: set[int] = set()
    for name in value:
        if name not in WEEKDAYS:
            raise FieldError(f"{show(name)} is not a weekday", advice)
        if WEEKDAYS.index(name) in days:
            raise FieldError(f"{show(name)} is listed twice", "remove one")
        days.add(WEEKDAYS.index(name))
    return tuple(sorted(days))


def timezone(value: object) -> str:
    """Return the name of a time zone that this machine knows: `Asia/Ho_Chi_Minh`."""
    name = text(value)
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        advice = "write a name of the IANA list, such as Asia/Ho_Chi_Minh"
        nearest = suggest(name, available_timezones(), otherwise=advice, cutoff=0.8)
        raise FieldError(f"{show(name)} is not a time zone", nearest) from None
    return name
