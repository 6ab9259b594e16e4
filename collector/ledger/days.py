"""Cuts time into local days, for any time zone and any change of its clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

_MS = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def next_midnight_ms(ms: int, timezone: tzinfo) -> int:
    """Return the first local midnight after `ms`, both in UTC milliseconds.

    Where clocks go forward over midnight, it is the instant at which the new day begins.
    """
    local = (_EPOCH + ms * _MS).astimezone(timezone)
    tomorrow = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return (tomorrow.astimezone(UTC) - _EPOCH) // _MS


def midnight_ms(day: date, timezone: tzinfo) -> int:
    """Return when a local day begins."""
    noon_before = datetime.combine(day - timedelta(days=1), datetime.min.time(), timezone).replace(hour=12)
    return next_midnight_ms(int(noon_before.timestamp() * 1000), timezone)
