"""Numbers, dates and durations as Vietnamese and English documents write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.report.numbers import Numbers, printed_ppm

VI = Numbers(language="vi", timezone="Asia/Ho_Chi_Minh")
EN = Numbers(language="en", timezone="Asia/Ho_Chi_Minh")
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("ppm", "vietnamese", "english"),
    [
        (997_250, "99,72%", "99.72%"),
        (999_999, "99,99%", "99.99%"),
        (1_000_000, "100,00%", "100.00%"),
        (0, "0,00%", "0.00%"),
        (99, "0,00%", "0.00%"),
        (None, "–", "–"),
    ],
)
def test_shares_are_cut_down(ppm: int | None, vietnamese: str, english: str) -> None:
    """Comma or point, two decimals, no space, and never up."""
    assert (VI.percent(ppm), EN.percent(ppm)) == (vietnamese, english)


@given(st.integers(0, 999_999))
def test_no_share_below_100_reads_100(ppm: int) -> None:
    """Neither the figure nor its upper bound."""
    assert not VI.percent(ppm).startswith("100")
    assert not VI.percent_up(ppm).startswith("100")
    assert printed_ppm(ppm) <= ppm < printed_ppm(ppm) + 100


@pytest.mark.parametrize(
    ("ppm", "written"),
    [(997_201, "99,73%"), (997_200, "99,72%"), (999_960, "99,9960%"), (1_000_000, "100,00%"), (None, "–")],
)
def test_upper_bounds_are_rounded_up(ppm: int | None, written: str) -> None:
    """Where two decimals would read 100, four are written."""
    assert VI.percent_up(ppm) == written


def test_bounds_stand_together() -> None:
    """The lower cut down, the upper rounded up."""
    assert VI.range(996_199, 998_201) == "99,61–99,83%"
    assert VI.range(None, None) == "–"


@pytest.mark.parametrize(
    ("ms", "vietnamese", "english"),
    [
        (0, "0 giây", "0 seconds"),
        (59_999, "59 giây", "59 seconds"),
        (5 * MINUTE, "5 phút", "5 minutes"),
        (12 * MINUTE + 5 * SECOND, "12 phút 05 giây", "12 minutes 5 seconds"),
        (2 * HOUR + 5 * MINUTE + 59 * SECOND, "2 giờ 05 phút", "2 hours 5 minutes"),
        (HOUR, "1 giờ", "1 hour"),
        (3 * DAY + 4 * HOUR + 30 * MINUTE, "3 ngày 4 giờ", "3 days 4 hours"),
        (None, "–", "–"),
    ],
)
def test_durations_of_sentences(ms: int | None, vietnamese: str, english: str) -> None:
    """Their two largest parts, cut down."""
    assert (VI.duration(ms), EN.duration(ms)) == (vietnamese, english)


def test_durations_of_tables() -> None:
    """Hours, minutes and seconds; days are hours too."""
    assert VI.clock(26 * HOUR + 5 * MINUTE + 9_999) == "26:05:09"
    assert VI.clock(1_234 * HOUR) == "1.234:00:00"
    assert VI.clock(None) == "–"
    assert VI.hours(90 * MINUTE) == "1,5"


def test_counts_and_differences() -> None:
    """Dots between thousands; a difference has its sign, nothing has none."""
    assert VI.count(1_234_567) == "1.234.567"
    assert EN.count(1_234_567) == "1,234,567"
    assert [VI.points(ppm) for ppm in (500, -1_200, 0)] == ["+0,05", "-0,12", "0,00"]
    assert [VI.signed(number) for number in (3, -1_500, 0)] == ["+3", "-1.500", "0"]


@pytest.mark.parametrize(
    ("day", "letter", "written", "table"),
    [
        (date(2026, 3, 5), "ngày 05 tháng 3 năm 2026", "05/3/2026", "05/03/2026"),
        (date(2026, 1, 31), "ngày 31 tháng 01 năm 2026", "31/01/2026", "31/01/2026"),
        (date(2026, 2, 9), "ngày 09 tháng 02 năm 2026", "09/02/2026", "09/02/2026"),
        (date(2026, 10, 10), "ngày 10 tháng 10 năm 2026", "10/10/2026", "10/10/2026"),
    ],
)
def test_days(day: date, letter: str, written: str, table: str) -> None:
    """A leading zero for days below 10 and for the months 1 and 2 alone, as decree 30/2020 has it."""
    assert (VI.letter_day(day, day), VI.written_day(day), VI.day(day)) == (letter, written, table)


def test_a_letter_without_a_day_leaves_room_for_it() -> None:
    """The month is that in which it will be signed."""
    assert VI.letter_day(None, date(2026, 11, 1)) == "ngày        tháng 11 năm 2026"


def test_instants_are_local() -> None:
    """17:00 UTC is the next day in Vietnam."""
    ms = 1_772_668_080_000  # 2026-03-04T23:48Z
    assert VI.instant(ms) == "05/03/2026 06:48"
    assert VI.written_instant(ms) == "06 giờ 48 phút ngày 05/3/2026"
    assert VI.instant_to_the_second(ms) == "2026-03-05T06:48:00+07:00"
    assert EN.written_instant(ms) == "06:48 on 5 March 2026"


def test_months() -> None:
    """In words their parts stay on one line."""
    assert VI.month("2026-10") == "tháng\u00a010\u00a0năm\u00a02026"
    assert EN.month("2026-10") == "October\u00a02026"
    assert (VI.short_month("2026-03"), EN.short_month("2026-03")) == ("3/2026", "2026-03")


def test_rates_and_sizes() -> None:
    """The largest unit that fits, one decimal, cut down; none where it is whole."""
    assert [VI.rate(bps) for bps in (50_000_000, 12_399_999, 999, 2_500_000_000)] == [
        "50 Mbit/s",
        "12,3 Mbit/s",
        "999 bit/s",
        "2,5 Gbit/s",
    ]
    assert VI.size(1_299_999_999_999) == "1,2 TB"
    assert VI.rate(None) == VI.size(None) == "–"
