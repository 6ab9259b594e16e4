"""Reporting periods: calendar months, or the 15th to the 14th, cut at local midnight. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from collector.inventory.report_values import PeriodKind
from collector.ledger.days import midnight_ms

_NAME = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_FIRST_YEAR, _LAST_YEAR = 1980, 2199
_MID = 15
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole local days from `first` to `last`, both included; `start_ms` to before `end_ms` in UTC.

    `name` is the month it is reported as, `2026-10`, or `2026-10-03..2026-10-09` for other spans of days.
    """

    name: str
    kind: PeriodKind | None
    first: date
    last: date
    timezone: str

    @property
    def start_ms(self) -> int:
        """The local midnight at which it begins."""
        return midnight_ms(self.first, ZoneInfo(self.timezone))

    @property
    def end_ms(self) -> int:
        """The local midnight at which it ends."""
        return midnight_ms(self.last + timedelta(days=1), ZoneInfo(self.timezone))

    @property
    def days(self) -> tuple[date, ...]:
        """Its days, in order."""
        count = (self.last - self.first).days + 1
        return tuple(self.first + timedelta(days=number) for number in range(count))


def month_period(name: str, kind: PeriodKind, timezone: str) -> Period:
    """Return the period that is reported as this month; ValueError, in words, if it is no month."""
    found = _NAME.fullmatch(name)
    if found is None or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        raise ValueError(f"{name!r} is no month; write it as 2026-10")
    first = date(int(found[1]), int(found[2]), 1)
    if kind is PeriodKind.MONTH:
        return Period(
            name=name, kind=kind, first=first, last=_next(first) - timedelta(days=1), timezone=timezone
        )
    before = _previous(first)
    return Period(
        name=name,
        kind=kind,
        first=before.replace(day=_MID),
        last=first.replace(day=_MID - 1),
        timezone=timezone,
    )


def days_period(first: date, last: date, timezone: str) -> Period:
    """Return the period of these local days; ValueError if the last comes before the first."""
    if last < first:
        raise ValueError(f"{last} comes before {first}")
    name = f"{first}" if first == last else f"{first}..{last}"
    return Period(name=name, kind=None, first=first, last=last, timezone=timezone)


def month_at(instant_ms: int, kind: PeriodKind, timezone: str) -> Period:
    """Return the reporting period that this instant lies in."""
    day = (_EPOCH + instant_ms * _MS).astimezone(ZoneInfo(timezone)).date()
    month = day.replace(day=1)
    if kind is PeriodKind.MID_MONTH and day.day >= _MID:
        month = _next(month)
    return month_period(f"{month:%Y-%m}", kind, timezone)


def month_before(period: Period) -> Period:
    """Return the reporting period before this one; ValueError for a period that is no month."""
    if period.kind is None:
        raise ValueError(f"{period.name} is no month")
    month = date(int(period.name[:4]), int(period.name[5:7]), 1)
    return month_period(f"{_previous(month):%Y-%m}", period.kind, period.timezone)


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _previous(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)
