"""Heartbeats: the collector's absence is a hole between rows."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from collector.ledger.beats import HeartbeatBook
from collector.ledger.rows import Ended, Heartbeat

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def book(session: str = "s1") -> HeartbeatBook:
    """Return a book that takes 30 s without a beat for an absence."""
    return HeartbeatBook(session, HANOI, limit_ms=30_000)


def test_beats_are_one_row_with_the_longest_gap(midnight_ms: int) -> None:
    """Beats every five seconds, one of them late, are one row that says how late."""
    beats = book()
    rows = [row for at in (0, 5_000, 10_000, 22_000, 27_000) for row in beats.beat(midnight_ms + at)]
    assert rows[-1] == Heartbeat(
        session="s1",
        first_ms=midnight_ms,
        last_ms=midnight_ms + 27_000,
        beats=5,
        longest_gap_ms=12_000,
        ended=None,
    )
    assert {row.first_ms for row in rows} == {midnight_ms}


def test_an_absence_is_a_hole_between_two_rows(midnight_ms: int) -> None:
    """More than the limit without a beat ends the row; exactly the limit does not."""
    beats = book()
    beats.beat(midnight_ms)
    assert len(beats.beat(midnight_ms + 30_000)) == 1
    before, after = beats.beat(midnight_ms + 60_001)
    assert (before.last_ms, before.ended) == (midnight_ms + 30_000, Ended.GAP)
    assert (after.first_ms, after.beats) == (midnight_ms + 60_001, 1)


def test_a_row_ends_at_local_midnight(midnight_ms: int) -> None:
    """A finished day's heartbeats never change again."""
    beats = book()
    beats.beat(midnight_ms - 5_000)
    assert [row.ended for row in beats.beat(midnight_ms)] == [Ended.MIDNIGHT, None]


def test_a_clock_that_holds_still_adds_nothing(midnight_ms: int) -> None:
    """While the ledger clock waits for the wall clock nobody is proved to be alive."""
    beats = book()
    beats.beat(midnight_ms)
    assert [row.ended for row in beats.open.jump(midnight_ms + 1_000)] == [Ended.CLOCK]
    assert beats.beat(midnight_ms + 1_000) == ()
    assert [row.first_ms for row in beats.beat(midnight_ms + 1_001)] == [midnight_ms + 1_001]


def test_a_row_left_open_by_a_killed_collector_is_ended(midnight_ms: int) -> None:
    """It ends at its last beat; a row that had ended is left as it is."""
    (left_open,) = book().beat(midnight_ms)
    assert book("s2").resume(left_open) == [replace(left_open, ended=Ended.KILLED)]
    assert book("s2").resume(replace(left_open, ended=Ended.STOP)) == []
    assert book("s2").resume(None) == []
