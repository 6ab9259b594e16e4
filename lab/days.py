"""Which days people work in the lab's province: weekends and public holidays of Vietnam. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

UTC_OFFSET_MS = 7 * 3_600_000
"""The lab's province lies where local time is UTC+7 all year round."""

DAY_MS = 86_400_000

_EPOCH = date(1970, 1, 1).toordinal()
_FIXED = ((1, 1), (4, 30), (5, 1), (9, 1), (9, 2))
_TET = (date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26))
_HUNG_KINGS = (date(2025, 4, 7), date(2026, 4, 26), date(2027, 4, 16), date(2028, 4, 4))


class DayKind(StrEnum):
    """How a day is spent."""

    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


def public_holidays() -> frozenset[date]:
    """Return the public holidays of 2025 to 2028 (Labour Code 45/2019 article 112).

    For Tết the eve and the four days after it, for the National Day the day before: the Prime Minister fixes
    both anew each year, so these are the lab's, not the calendar that figures are reckoned by.
    """
    fixed = {date(year, month, day) for year in range(2025, 2029) for month, day in _FIXED}
    tet = {new_year + timedelta(days=n) for new_year in _TET for n in range(-1, 4)}
    return frozenset(fixed | tet | set(_HUNG_KINGS))


class Days:
    """Kinds of days, by their number since 1970-01-01 in local time."""

    def __init__(self, holidays: Collection[date] | None = None) -> None:
        days = public_holidays() if holidays is None else holidays
        self._holidays = frozenset(day.toordinal() - _EPOCH for day in days)

    def kind(self, day: int) -> DayKind:
        """Return how that day is spent."""
        if day in self._holidays:
            return DayKind.HOLIDAY
        # 1970-01-01 was a Thursday.
        return DayKind.WEEKEND if (day + 3) % 7 >= 5 else DayKind.WORKING


def local_day(at_ms: int) -> int:
    """Return the number of the local day an instant lies in."""
    return (at_ms + UTC_OFFSET_MS) // DAY_MS
