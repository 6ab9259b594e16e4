"""Ranges of agents' spools: holes are seen, repeats are not counted, cursors survive."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from collector.ledger.evidence import SpoolEvidence
from collector.ledger.rows import Ended, SpoolRange
from collector.ledger.spools import SpoolBook, possible
from collector.model import SpoolCursor

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def received(
    midnight_ms: int, first: int, last: int, *, at_s: float = 3_600, spool: str = "a1"
) -> SpoolEvidence:
    """Return snapshots taken every 15 s up to `at_s`, received then."""
    at_ms = midnight_ms + round(at_s * 1000)
    return SpoolEvidence(
        device="srv1",
        spool=spool,
        first_seq=first,
        last_seq=last,
        first_ms=at_ms - 15_000 * (last - first),
        last_ms=at_ms,
        received_ms=at_ms + 50,
    )


def test_contiguous_numbers_are_one_range(midnight_ms: int) -> None:
    """What follows on the last number lengthens the range; the cursor says what to ask after."""
    book = SpoolBook("s1", HANOI)
    assert book.cursor("srv1") is None
    book.feed(received(midnight_ms, 1, 4))
    (row,) = book.feed(received(midnight_ms, 5, 8, at_s=3_660))
    assert row == SpoolRange(
        device="srv1",
        spool="a1",
        session="s1",
        first_seq=1,
        last_seq=8,
        first_ms=midnight_ms + 3_555_000,
        last_ms=midnight_ms + 3_660_000,
        first_received_ms=midnight_ms + 3_600_050,
        last_received_ms=midnight_ms + 3_660_050,
        ended=None,
    )
    assert book.cursor("srv1") == SpoolCursor(spool="a1", seq=8)


def test_a_hole_in_the_numbers_is_a_gap_between_ranges(midnight_ms: int) -> None:
    """Snapshots the agent had to drop show as numbers that no range covers."""
    book = SpoolBook("s1", HANOI)
    book.feed(received(midnight_ms, 1, 4))
    before, after = book.feed(received(midnight_ms, 6, 9, at_s=3_660))
    assert (before.last_seq, before.ended) == (4, Ended.GAP)
    assert (after.first_seq, after.ended) == (6, None)


def test_snapshots_received_twice_count_once(midnight_ms: int) -> None:
    """A repeated or overlapping report adds only what is new."""
    book = SpoolBook("s1", HANOI)
    book.feed(received(midnight_ms, 1, 4))
    assert book.feed(received(midnight_ms, 1, 4, at_s=3_601)) == ()
    assert book.feed(received(midnight_ms, 2, 3, at_s=3_602)) == ()
    (row,) = book.feed(received(midnight_ms, 3, 6, at_s=3_630))
    assert (row.first_seq, row.last_seq) == (1, 6)


def test_a_spool_that_began_anew_is_another_range(midnight_ms: int) -> None:
    """A lost spool numbers from the start under a new id; its numbers are not held against the old ones."""
    book = SpoolBook("s1", HANOI)
    book.feed(received(midnight_ms, 1, 400))
    before, after = book.feed(received(midnight_ms, 1, 2, at_s=3_660, spool="b2"))
    assert (before.ended, after.spool, after.last_seq) == (Ended.IDENTITY, "b2", 2)
    assert book.cursor("srv1") == SpoolCursor(spool="b2", seq=2)


def test_a_range_ends_at_the_midnight_of_its_receipt(midnight_ms: int) -> None:
    """Snapshots of yesterday that arrive today belong to today's rows, and say when they were taken."""
    book = SpoolBook("s1", HANOI)
    book.feed(received(midnight_ms, 1, 4, at_s=-60))
    before, after = book.feed(received(midnight_ms, 5, 100, at_s=10))
    assert (before.ended, after.first_seq) == (Ended.MIDNIGHT, 5)
    assert after.first_ms < midnight_ms < after.first_received_ms


def test_cursors_survive_a_restart(midnight_ms: int) -> None:
    """After a kill the collector asks after the last number that was committed, in a new row."""
    (left_open,) = SpoolBook("s1", HANOI).feed(received(midnight_ms, 1, 4))
    book = SpoolBook("s2", HANOI)
    assert book.resume([left_open]) == [replace(left_open, ended=Ended.KILLED)]
    assert book.cursor("srv1") == SpoolCursor(spool="a1", seq=4)
    assert book.feed(received(midnight_ms, 1, 4, at_s=3_700)) == ()
    (row,) = book.feed(received(midnight_ms, 5, 6, at_s=3_700))
    assert (row.session, row.first_seq) == ("s2", 5)


@pytest.mark.parametrize(
    "change",
    [
        {"first_seq": -1},
        {"first_seq": 5},
        {"last_seq": 2**63},
        {"first_ms": -1},
        {"last_ms": 0},
        {"spool": ""},
        {"spool": "x" * 65},
        {"spool": "\ud800"},
        {"spool": "a\tb"},
    ],
)
def test_values_no_ledger_can_hold_are_left_out(midnight_ms: int, change: dict[str, object]) -> None:
    """An agent can claim any number and any text: the impossible is not booked, the cursor stays."""
    evidence = replace(received(midnight_ms, 1, 4), **change)  # type: ignore[arg-type]
    book = SpoolBook("s1", HANOI)
    assert not possible(evidence)
    assert book.feed(evidence) == ()
    assert book.cursor("srv1") is None
