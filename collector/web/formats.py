"""Numbers, rates, durations and times as readers of each language write them. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from collector.web.language import Language

NONE = "–"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RATES = ((10**12, "Tbit/s"), (10**9, "Gbit/s"), (10**6, "Mbit/s"), (10**3, "kbit/s"))


class Formats:
    """How values are written in one language and time zone."""

    def __init__(self, language: Language, timezone: tzinfo) -> None:
        self._vi = language is Language.VI
        self._timezone = timezone

    def decimal(self, value: float, places: int) -> str:
        """Return a number with so many decimals: 1.234,5 in Vietnamese, 1,234.5 in English."""
        written = f"{value:,.{places}f}"
        return written.translate(str.maketrans(",.", ".,")) if self._vi else written

    def percent(self, ppm: int | None, places: int = 2) -> str:
        """Return millionths as a percentage, cut down: 99.996 % is never shown as 100."""
        if ppm is None:
            return NONE
        step = 10 ** (4 - places)
        return f"{self.decimal(ppm // step / 10**places, places)}%"

    def percent_up(self, ppm: int | None, places: int = 2) -> str:
        """Return millionths as a percentage, rounded up: an upper bound."""
        if ppm is None:
            return NONE
        step = 10 ** (4 - places)
        return f"{self.decimal(-(-ppm // step) / 10**places, places)}%"

    def share(self, ratio: float | None) -> str:
        """Return a ratio as a whole percentage, cut down."""
        return NONE if ratio is None else f"{int(ratio * 100)}%"

    def rate(self, bps: float | None) -> str:
        """Return a rate with three figures that count."""
        if bps is None:
            return NONE
        for size, unit in _RATES:
            if bps >= size:
                value = bps / size
                return f"{self.decimal(value, 0 if value >= 100 else 1)} {unit}"
        return f"{self.decimal(bps, 0)} bit/s"

    def milliseconds(self, seconds: float | None) -> str:
        """Return a short time in ms."""
        if seconds is None:
            return NONE
        ms = seconds * 1000
        return f"{self.decimal(ms, 0 if ms >= 100 else 1 if ms >= 1 else 2)} ms"

    def duration(self, ms: int | None) -> str:
        """Return a duration by its two greatest units, cut down: `2 giờ 05 phút`, `2 h 05 min`."""
        if ms is None:
            return NONE
        seconds = max(0, ms) // 1000
        day, hour, minute, second = ("ngày", "giờ", "phút", "giây") if self._vi else ("d", "h", "min", "s")
        if seconds < 60:
            return f"{seconds} {second}"
        if seconds < 3_600:
            return f"{seconds // 60} {minute} {seconds % 60:02d} {second}"
        if seconds < 86_400:
            return f"{seconds // 3_600} {hour} {seconds % 3_600 // 60:02d} {minute}"
        return f"{seconds // 86_400} {day} {seconds % 86_400 // 3_600} {hour}"

    def moment(self, ms: int | None, *, seconds: bool = False) -> str:
        """Return a local instant: `07:08 28/11/2026`, `2026-11-28 07:08`."""
        if ms is None:
            return NONE
        at = self.local(ms)
        clock = at.strftime("%H:%M:%S" if seconds else "%H:%M")
        return f"{clock} {at:%d/%m/%Y}" if self._vi else f"{at:%Y-%m-%d} {clock}"

    def clock(self, ms: int) -> str:
        """Return a local time of day."""
        return self.local(ms).strftime("%H:%M")

    def day(self, ms: int) -> str:
        """Return a local day without its year."""
        return self.local(ms).strftime("%d/%m" if self._vi else "%m-%d")

    def local(self, ms: int) -> datetime:
        """Return an instant as local time."""
        return (_EPOCH + timedelta(milliseconds=ms)).astimezone(self._timezone)

    def iso(self, ms: int) -> str:
        """Return an instant for the `datetime` of a <time>."""
        return self.local(ms).isoformat(timespec="seconds")
