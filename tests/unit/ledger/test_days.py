"""Local midnights, by which a day's rows are cut."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from collector.ledger.days import next_midnight_ms


def ms(text: str) -> int:
    """Return an ISO instant in UTC as milliseconds."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("zone", "instant", "midnight"),
    [
        ("Asia/Ho_Chi_Minh", "2026-11-23T10:00:00", "2026-11-23T17:00:00"),
        ("Asia/Ho_Chi_Minh", "2026-11-23T16:59:59.999", "2026-11-23T17:00:00"),
        ("Asia/Ho_Chi_Minh", "2026-11-23T17:00:00", "2026-11-24T17:00:00"),
        ("UTC", "2028-02-28T12:00:00", "2028-02-29T00:00:00"),
        # Days of 25 and 23 hours.
        ("Europe/Berlin", "2026-10-24T22:00:00", "2026-10-25T23:00:00"),
        ("Europe/Berlin", "2026-03-28T23:00:00", "2026-03-29T22:00:00"),
        # Clocks that go forward at midnight: the day begins at 01:00, which is that instant.
        ("Africa/Cairo", "2026-04-23T12:00:00", "2026-04-23T22:00:00"),
        # Clocks that go back at midnight to 23:00: the second midnight begins the day.
        ("America/Asuncion", "2024-03-23T12:00:00", "2024-03-24T04:00:00"),
        # A day that never was: Samoa went over the date line.
        ("Pacific/Apia", "2011-12-29T12:00:00", "2011-12-30T10:00:00"),
    ],
)
def test_the_next_midnight_is_where_the_local_day_ends(zone: str, instant: str, midnight: str) -> None:
    """The cut is at local midnight, also on days with a change of clocks."""
    assert next_midnight_ms(ms(instant), ZoneInfo(zone)) == ms(midnight)
