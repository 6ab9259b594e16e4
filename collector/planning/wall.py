"""Clock time of a place as an instant, whatever its clocks do. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo

_HALF_DAY_S = 43_200


def local(ms: int, zone: tzinfo) -> datetime:
    """Return an instant as local time, to the millisecond."""
    return datetime.fromtimestamp(ms // 1000, UTC).astimezone(zone).replace(microsecond=ms % 1000 * 1000)


def minute(ms: int, zone: tzinfo) -> str:
    """Return an instant in words: local date and time, with seconds only if it has any."""
    found = local(ms, zone)
    return f"{found:%Y-%m-%d %H:%M:%S}" if found.second else f"{found:%Y-%m-%d %H:%M}"


def wall_ms(day: date, at: time, zone: tzinfo) -> int:
    """Return when a place's clock shows this time of this day, in UTC milliseconds.

    A time that comes twice is the first of the two; one that clocks go over is the instant at which they do.
    """
    written = datetime.combine(day, at, zone)
    ms = _ms(written)
    if local(ms, zone).replace(tzinfo=None) == written.replace(tzinfo=None, fold=0):
        return ms
    return _change_before(ms, zone)


def day_of(ms: int, zone: tzinfo) -> date:
    """Return the local day that an instant lies in."""
    return local(ms, zone).date()


def _change_before(ms: int, zone: tzinfo) -> int:
    """Return the change of the clocks in the half day before an instant, to the second."""
    late = ms // 1000
    early = late - _HALF_DAY_S
    before = local(early * 1000, zone).utcoffset()
    while late - early > 1:
        middle = (early + late) // 2
        if local(middle * 1000, zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late * 1000


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
