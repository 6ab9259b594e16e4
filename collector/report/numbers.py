"""Numbers, dates and durations as documents write them, in Vietnamese and English. Pure.

Shares are cut down and never rounded up to 100; only an upper bound is rounded up, and one that is below 100
never reads 100. All arithmetic is on whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

NONE = "–"
NO_BREAK = "\u00a0"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PPM = 1_000_000
_STEP = 100
"""A hundredth of a percent in millionths: what is printed."""

_SECOND, _MINUTE, _HOUR, _DAY = 1_000, 60_000, 3_600_000, 86_400_000
_RATES = ((10**9, "Gbit/s"), (10**6, "Mbit/s"), (10**3, "kbit/s"), (1, "bit/s"))
_SIZES = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"), (1, "B"))
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def printed_ppm(ppm: int) -> int:
    """Return a share as it is printed, in millionths: cut down to a hundredth of a percent."""
    return ppm // _STEP * _STEP


def local(ms: int, timezone: str) -> datetime:
    """Return an instant as local time."""
    return (_EPOCH + timedelta(milliseconds=ms)).astimezone(ZoneInfo(timezone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """One language's way of writing figures, in one time zone."""

    language: str
    timezone: str

    @property
    def vietnamese(self) -> bool:
        """True for Vietnamese, False for English."""
        return self.language == "vi"

    def count(self, number: int | None) -> str:
        """Return `1.234.567`, or `1,234,567` in English."""
        if number is None:
            return NONE
        return f"{number:,}".replace(",", ".") if self.vietnamese else f"{number:,}"

    def percent(self, ppm: int | None) -> str:
        """Return `99,72%`, cut down."""
        return NONE if ppm is None else self._hundredths(ppm // _STEP) + "%"

    def percent_up(self, ppm: int | None) -> str:
        """Return an upper bound, rounded up; below 100 it is never written as 100."""
        if ppm is None:
            return NONE
        up = -(-ppm // _STEP)
        if up * _STEP >= _PPM > ppm:
            return f"{ppm // 10_000}{self._point}{ppm % 10_000:04}%"
        return self._hundredths(up) + "%"

    def range(self, low_ppm: int | None, high_ppm: int | None) -> str:
        """Return what is certain to what is possible: `99,61–99,83%`."""
        if low_ppm is None or high_ppm is None:
            return NONE
        return f"{self.percent(low_ppm).removesuffix('%')}–{self.percent_up(high_ppm)}"

    def points(self, ppm: int | None) -> str:
        """Return a difference of two printed shares in percentage points, with its sign: `+0,05`."""
        if ppm is None:
            return NONE
        sign = "+" if ppm > 0 else "-" if ppm < 0 else ""
        return sign + self._hundredths(abs(ppm) // _STEP)

    def signed(self, number: int | None) -> str:
        """Return a difference of two counts with its sign."""
        if number is None:
            return NONE
        return ("+" if number > 0 else "") + self.count(number)

    def clock(self, ms: int | None) -> str:
        """Return a duration for a table as hours, minutes and seconds: `26:05:09`, cut down."""
        if ms is None:
            return NONE
        hours, rest = divmod(ms // _SECOND, 3_600)
        return f"{self.count(hours)}:{rest // 60:02}:{rest % 60:02}"

    def duration(self, ms: int | None) -> str:
        """Return a duration for a sentence, its two largest parts: `2 giờ 05 phút`, `3 ngày 4 giờ`."""
        if ms is None:
            return NONE
        if ms < _MINUTE:
            return self._part(ms // _SECOND, "giây", "second")
        if ms < _HOUR:
            return self._two(ms, _MINUTE, ("phút", "minute"), _SECOND, ("giây", "second"))
        if ms < _DAY:
            return self._two(ms, _HOUR, ("giờ", "hour"), _MINUTE, ("phút", "minute"))
        return self._two(ms, _DAY, ("ngày", "day"), _HOUR, ("giờ", "hour"))

    def hours(self, ms: int | None) -> str:
        """Return a duration in hours with one decimal, cut down: `26,1`."""
        if ms is None:
            return NONE
        return self._scaled(ms, _HOUR)

    def rate(self, bps: int | None) -> str:
        """Return `12,3 Mbit/s`, cut down; whole numbers without a decimal."""
        return NONE if bps is None else self._unit(bps, _RATES)

    def size(self, count: int | None) -> str:
        """Return `1,2 TB`, cut down."""
        return NONE if count is None else self._unit(count, _SIZES)

    def megabits(self, bps: int | None) -> str:
        """Return a rate for a column headed Mbit/s: `12,3`, cut down."""
        return NONE if bps is None else self._scaled(bps, 10**6)

    def gigabytes(self, count: int | None) -> str:
        """Return a number of bytes for a column headed GB: `1.234,5`, cut down."""
        return NONE if count is None else self._scaled(count, 10**9)

    def day(self, day: date) -> str:
        """Return a day for a table: `05/03/2026`; in English `2026-03-05`."""
        return f"{day:%d/%m/%Y}" if self.vietnamese else day.isoformat()

    def written_day(self, day: date) -> str:
        """Return a day for a sentence: `05/3/2026`, zeros as decree 30/2020 has them; `5 March 2026`."""
        if self.vietnamese:
            return f"{day.day:02}/{_month(day.month)}/{day.year}"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def letter_day(self, day: date | None, month: date) -> str:
        """Return a letter's date; without a day it is left for the pen, in the month that is given."""
        if self.vietnamese:
            number = "      " if day is None else f"{day.day:02}"
            shown = day or month
            return f"ngày {number} tháng {_month(shown.month)} năm {shown.year}"
        return f"       {_MONTHS[month.month - 1]} {month.year}" if day is None else self.written_day(day)

    def month(self, name: str) -> str:
        """Return the month `2026-03` in words: `tháng 3 năm 2026`; spans of days as they are called."""
        year, _, number = name.partition("-")
        if len(name) != len("2026-03"):
            return name
        words = f"tháng {int(number)} năm {year}" if self.vietnamese else f"{_MONTHS[int(number) - 1]} {year}"
        return words.replace(" ", NO_BREAK)

    def short_month(self, name: str) -> str:
        """Return the month for a table or an axis: `3/2026`."""
        year, _, number = name.partition("-")
        return f"{int(number)}/{year}" if self.vietnamese else name

    def instant(self, ms: int | None) -> str:
        """Return an instant for a table: `05/03/2026 07:08`."""
        if ms is None:
            return NONE
        moment = local(ms, self.timezone)
        return f"{self.day(moment.date())} {moment:%H:%M}"

    def instant_to_the_second(self, ms: int) -> str:
        """Return an instant by ISO 8601, with the offset of the time zone."""
        return local(ms, self.timezone).isoformat(timespec="seconds")

    def written_instant(self, ms: int) -> str:
        """Return an instant for a sentence: `07 giờ 08 phút ngày 05/3/2026`."""
        moment = local(ms, self.timezone)
        day = self.written_day(moment.date())
        if self.vietnamese:
            return f"{moment.hour:02} giờ {moment.minute:02} phút ngày {day}"
        return f"{moment:%H:%M} on {day}"

    @property
    def _point(self) -> str:
        return "," if self.vietnamese else "."

    def _hundredths(self, number: int) -> str:
        return f"{self.count(number // 100)}{self._point}{number % 100:02}"

    def _scaled(self, value: int, unit: int) -> str:
        tenths = value * 10 // unit
        return f"{self.count(tenths // 10)}{self._point}{tenths % 10}"

    def _unit(self, value: int, units: tuple[tuple[int, str], ...]) -> str:
        unit, name = next(((unit, name) for unit, name in units if value >= unit), units[-1])
        if value % unit == 0:
            return f"{self.count(value // unit)} {name}"
        return f"{self._scaled(value, unit)} {name}"

    def _two(
        self, ms: int, large: int, large_name: tuple[str, str], small: int, small_name: tuple[str, str]
    ) -> str:
        first, second = ms // large, ms % large // small
        whole = self._part(first, *large_name)
        if not second:
            return whole
        if self.vietnamese:
            # Minutes and seconds have two digits; "3 ngày 4 giờ" has not.
            return f"{whole} {second if small == _HOUR else f'{second:02}'} {small_name[0]}"
        return f"{whole} {self._part(second, *small_name)}"

    def _part(self, number: int, vietnamese: str, english: str) -> str:
        if self.vietnamese:
            return f"{self.count(number)} {vietnamese}"
        return f"{self.count(number)} {english}{'' if number == 1 else 's'}"


def _month(number: int) -> str:
    """Return a month's number; of the months only January and February have a leading zero."""
    return f"{number:02}" if number <= 2 else str(number)
