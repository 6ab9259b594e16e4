"""Boot evidence: what goes on, what broke off, and that a roll-over is neither."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from collector.ledger.rows import Boot, Ended
from collector.ledger.uptimes import (
    Reading,
    UptimeBook,
    continues,
    first_reading,
    last_reading,
    possible,
    tolerance_ms,
)
from collector.model import Uptime, UptimeSource

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DAY_TICKS = 8_640_000
WRAP = 2**32
Read = Callable[..., Uptime]


def boots_of(book: UptimeBook, readings: Iterable[Uptime], device: str = "r1") -> list[Boot]:
    """Feed readings; return the last version of each row, in order."""
    rows: dict[tuple[str, int], Boot] = {}
    for uptime in readings:
        rows |= {(boot.source, boot.first_at_ms): boot for boot in book.feed(device, uptime)}
    return list(rows.values())


def test_an_uptime_that_goes_on_is_one_row(read_uptime: Read, midnight_ms: int) -> None:
    """First and last reading with the instants between which each was taken, and their number."""
    (boot,) = boots_of(UptimeBook("s1", HANOI), [read_uptime(60 * n, 5_000 + 6_000 * n) for n in range(5)])
    assert boot == Boot(
        device="r1",
        source=UptimeSource.SYS_UPTIME,
        session="s1",
        wraps=True,
        boots=None,
        boot_id="",
        first_ticks=5_000,
        first_sent_ms=midnight_ms,
        first_at_ms=midnight_ms + 30,
        last_ticks=29_000,
        last_sent_ms=midnight_ms + 240_000,
        last_at_ms=midnight_ms + 240_030,
        readings=5,
        ended=None,
    )


def test_a_line_cut_leaves_one_row(read_uptime: Read) -> None:
    """Six hours without a reading and the uptime grew by six hours: the device ran through the outage."""
    readings = [read_uptime(0, DAY_TICKS), read_uptime(21_600, DAY_TICKS + 2_160_000)]
    assert len(boots_of(UptimeBook("s1", HANOI), readings)) == 1


def test_a_restart_starts_a_row(read_uptime: Read, midnight_ms: int) -> None:
    """Ten minutes without a reading and an uptime of four minutes: the boot lies inside the outage."""
    before, after = boots_of(
        UptimeBook("s1", HANOI),
        [read_uptime(0, DAY_TICKS), read_uptime(600, 24_000), read_uptime(660, 30_000)],
    )
    assert (before.ended, after.ended, after.readings) == (Ended.JUMP, None, 2)
    boot_ms = after.first_at_ms - 10 * after.first_ticks
    assert midnight_ms < boot_ms < midnight_ms + 600_000


def test_the_497_day_roll_over_is_no_restart(read_uptime: Read) -> None:
    """TimeTicks that pass 2³² go on from 0 in the same row, also over an outage."""
    readings = [read_uptime(0, WRAP - 3_000), read_uptime(60, 3_000), read_uptime(7_200, 717_000)]
    (boot,) = boots_of(UptimeBook("s1", HANOI), readings)
    assert (boot.first_ticks, boot.last_ticks, boot.readings) == (WRAP - 3_000, 717_000, 3)


def test_a_counter_that_does_not_wrap_and_falls_has_restarted(read_uptime: Read) -> None:
    """The same numbers from a source without a roll-over are a restart."""
    readings = [read_uptime(0, WRAP - 3_000, wraps=False), read_uptime(60, 3_000, wraps=False)]
    assert len(boots_of(UptimeBook("s1", HANOI), readings)) == 2


def test_an_agent_restart_is_not_the_device_s(read_uptime: Read) -> None:
    """sysUpTime begins anew while hrSystemUptime goes on: each source has rows of its own."""
    host = UptimeSource.HR_SYSTEM_UPTIME
    readings = [
        read_uptime(0, DAY_TICKS),
        read_uptime(0, 9 * DAY_TICKS, source=host),
        read_uptime(60, 1_000),
        read_uptime(60, 9 * DAY_TICKS + 6_000, source=host),
    ]
    rows = boots_of(UptimeBook("s1", HANOI), readings)
    assert [(row.source, row.readings, row.ended) for row in rows] == [
        (UptimeSource.SYS_UPTIME, 1, Ended.JUMP),
        (host, 2, None),
        (UptimeSource.SYS_UPTIME, 1, None),
    ]


@pytest.mark.parametrize("change", [{"boots": 8}, {"boot_id": "b"}, {"wraps": False}, {"boots": None}])
def test_another_boot_count_or_boot_id_starts_a_row(read_uptime: Read, change: dict[str, object]) -> None:
    """Even if the ticks happen to fit: the source itself says that it is another life."""
    first = read_uptime(0, 1_000, boots=7, boot_id="a")
    second = replace(read_uptime(60, 7_000, boots=7, boot_id="a"), **change)  # type: ignore[arg-type]
    before, _ = boots_of(UptimeBook("s1", HANOI), [first, second])
    assert before.ended is Ended.IDENTITY


def test_a_row_ends_at_local_midnight(read_uptime: Read) -> None:
    """A finished day's boot evidence never changes again either."""
    before, after = boots_of(
        UptimeBook("s1", HANOI), [read_uptime(-60, DAY_TICKS), read_uptime(60, DAY_TICKS + 12_000)]
    )
    assert before.ended is Ended.MIDNIGHT
    assert continues(last_reading(before), first_reading(after), wraps=True)


@pytest.mark.parametrize(
    ("late_ms", "gap_s", "same"),
    [
        (0, 60, True),
        # 30 ms of uncertainty on either side, 2 s of grain, 60 ms of drift, and a tick of 10 ms.
        (2_080, 60, True),
        (-2_080, 60, True),
        (2_110, 60, False),
        (-2_110, 60, False),
        # A day apart two clocks may differ by 86 s.
        (88_000, 86_400, True),
        (-88_000, 86_400, True),
        (89_000, 86_400, False),
        (-89_000, 86_400, False),
    ],
)
def test_the_tolerance_is_what_is_stated(late_ms: int, gap_s: int, *, same: bool) -> None:
    """Uncertainty of the instants, 1 s of grain a reading, and 1,000 ppm of the time between them."""
    before = Reading(ticks=50 * DAY_TICKS, sent_ms=0, at_ms=30)
    after_ticks = before.ticks + gap_s * 100 + late_ms // 10
    after = Reading(ticks=after_ticks, sent_ms=gap_s * 1000, at_ms=gap_s * 1000 + 30)
    assert tolerance_ms(before, after) == 2_000 + (gap_s * 1000 + 30) // 1000
    assert continues(before, after, wraps=True) is same
    assert continues(before, after, wraps=False) is same


def test_slow_drift_never_adds_up(read_uptime: Read) -> None:
    """A device whose clock is 200 ppm fast all day is one row: each reading is held against the last one."""
    readings = [read_uptime(60 * n, round(6_000 * n * 1.0002)) for n in range(1_440)]
    (boot,) = boots_of(UptimeBook("s1", HANOI), readings)
    assert boot.readings == 1_440


def test_an_uncertainty_of_a_whole_round_decides_nothing() -> None:
    """Where any value would fit a wrapping counter, it is not called a continuation."""
    before = Reading(ticks=0, sent_ms=0, at_ms=0)
    centuries = 2**32 * 10 * 600
    assert not continues(before, Reading(ticks=0, sent_ms=centuries, at_ms=centuries), wraps=True)


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({}, True),
        ({"ticks": -1}, False),
        ({"ticks": WRAP}, False),
        ({"ticks": WRAP, "wraps": False}, True),
        ({"ticks": 2**63, "wraps": False}, False),
        ({"boots": -1}, False),
        ({"boots": 2**63}, False),
        ({"boot_id": "0f3c5a52-0f3c-4f11-8d0a-2f0e9d8c7b6a"}, True),
        ({"boot_id": "x" * 65}, False),
        ({"boot_id": "\ud800"}, False),
        ({"boot_id": "a\nb"}, False),
        ({"at_ms": 0}, False),
    ],
)
def test_values_no_ledger_can_hold_are_left_out(
    read_uptime: Read, change: dict[str, object], *, fits: bool
) -> None:
    """A device can send any number or text: the impossible is not booked, and nothing breaks."""
    uptime = replace(read_uptime(0, 1_000), **change)  # type: ignore[arg-type]
    assert possible(uptime) is fits
    assert len(UptimeBook("s1", HANOI).feed("r1", uptime)) == (1 if fits else 0)


def test_a_reading_counts_once_and_not_in_a_clock_jump(read_uptime: Read, midnight_ms: int) -> None:
    """Repeated readings change nothing; time that passed over a jump is not known, so a row starts."""
    book = UptimeBook("s1", HANOI)
    readings = [read_uptime(0, 1_000), read_uptime(60, 7_000)]
    assert len(boots_of(book, readings)) == 1
    assert boots_of(book, readings) == []
    assert [boot.ended for boot in book.open.jump(midnight_ms + 90_000)] == [Ended.CLOCK]
    assert book.feed("r1", read_uptime(80, 9_000)) == ()
    assert [boot.readings for boot in book.feed("r1", read_uptime(120, 13_000))] == [1]


def test_many_readings_at_once_are_the_row_that_each_would_have_made(
    read_uptime: Read,
) -> None:
    """Fed one by one or as the first, the last and their number: the same row; one that jumps is refused."""
    readings = [read_uptime(60 * n, 5_000 + 6_000 * n) for n in range(60)]
    one_by_one = boots_of(UptimeBook("s1", HANOI), readings)
    book = UptimeBook("s1", HANOI)
    book.feed("r1", readings[0])
    assert list(book.repeat("r1", readings[-1], 59)) == one_by_one
    with pytest.raises(ValueError, match="r1: no row of that day goes on with"):
        book.repeat("r1", read_uptime(3_660, 17), 1)
