"""All evidence of a session: revisions, jumps, what waits, and what is said when memory is full."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from collector.clock import ClockJump, JumpKind
from collector.ledger.book import Book
from collector.ledger.evidence import Evidence, SpoolEvidence
from collector.ledger.restored import Restored
from collector.ledger.rows import (
    Boot,
    Discontinuity,
    Document,
    Ended,
    Heartbeat,
    Loss,
    LossCause,
    Revision,
    Run,
    Session,
    SpoolRange,
)
from collector.model import SpoolCursor, Uptime

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
Poll = Callable[..., Evidence]
Read = Callable[..., Uptime]


@pytest.fixture
def book(session: Session, nothing_restored: Restored, midnight_ms: int) -> Book:
    """Return a book that has room for ten rows, with revision 1 and the session already committed."""
    book = Book(session, nothing_restored, HANOI, max_pending=10)
    book.revision("{}", midnight_ms, HANOI)
    book.take()
    book.done()
    return book


def taken(book: Book) -> list[object]:
    """Return the rows that wait, and count them as committed."""
    rows = list(book.take().rows.values())
    book.done()
    return list(rows)


def spool(midnight_ms: int, first: int, last: int) -> SpoolEvidence:
    """Return snapshots of the agent srv1."""
    return SpoolEvidence(
        device="srv1",
        spool="a1",
        first_seq=first,
        last_seq=last,
        first_ms=midnight_ms,
        last_ms=midnight_ms,
        received_ms=midnight_ms,
    )


def test_an_inventory_is_a_document_and_a_revision(
    session: Session, nothing_restored: Restored, midnight_ms: int
) -> None:
    """The same inventory again is the same revision; one that comes back is a new one of the old text."""
    book = Book(session, nothing_restored, HANOI)
    numbers = [book.revision(text, midnight_ms + n, HANOI) for n, text in enumerate(("A", "A", "B", "A"))]
    assert numbers == [1, 1, 2, 3]
    rows = taken(book)
    assert [row.json for row in rows if isinstance(row, Document)] == ["A", "B"]
    assert [row for row in rows if isinstance(row, Revision)] == [
        Revision(
            id=number,
            session="s1",
            took_effect_ms=midnight_ms + at,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
        )
        for number, at, text in ((1, 0, "A"), (2, 2, "B"), (3, 3, "A"))
    ]


def test_an_unchanged_inventory_keeps_its_revision_over_a_restart(
    session: Session, nothing_restored: Restored, midnight_ms: int
) -> None:
    """A restart is no change of the inventory."""
    book = Book(session, nothing_restored, HANOI)
    book.revision("A", midnight_ms, HANOI)
    (revision,) = [row for row in taken(book) if isinstance(row, Revision)]
    again = Book(replace(session, id="s2"), replace(nothing_restored, revision=revision), HANOI)
    assert again.revision("A", midnight_ms + 1, HANOI) == 1
    assert again.revision("B", midnight_ms + 2, HANOI) == 2


def test_a_poll_by_an_unknown_revision_is_a_program_error(book: Book, poll: Poll) -> None:
    """Evidence that nobody could interpret later is refused loudly."""
    with pytest.raises(ValueError, match="r1: revision 2 was never announced"):
        book.poll(poll(0, revision=2))


def test_a_clock_jump_ends_every_kind_of_row_but_the_spools(
    book: Book, poll: Poll, read_uptime: Read, midnight_ms: int
) -> None:
    """Runs, uptimes and heartbeats end; numbers of snapshots are as good as before."""
    book.poll(poll(0))
    book.uptime("r1", read_uptime(0, 1_000))
    book.agent_range(spool(midnight_ms, 1, 2))
    book.heartbeat(midnight_ms)
    jump = ClockJump(
        kind=JumpKind.SUSPEND, from_ms=midnight_ms + 1, to_ms=midnight_ms + 90_000, size_ms=90_000
    )
    book.discontinuity(jump)
    rows = taken(book)
    ends = {type(row): row.ended for row in rows if isinstance(row, Run | Boot | Heartbeat | SpoolRange)}
    assert ends == {Run: Ended.CLOCK, Boot: Ended.CLOCK, Heartbeat: Ended.CLOCK, SpoolRange: None}
    assert [row for row in rows if isinstance(row, Discontinuity)] == [
        Discontinuity(
            session="s1",
            number=1,
            kind=JumpKind.SUSPEND,
            from_ms=midnight_ms + 1,
            to_ms=midnight_ms + 90_000,
            size_ms=90_000,
        )
    ]


def test_what_was_not_booked_is_counted_by_why(
    book: Book, poll: Poll, read_uptime: Read, midnight_ms: int
) -> None:
    """Repeats, evidence from a clock jump, and impossible values each have a count of their own."""
    for evidence in (poll(0), poll(0), poll(-60)):
        book.poll(evidence)
    book.uptime("r1", read_uptime(0, 1_000))
    book.uptime("r1", read_uptime(0, 1_000))
    book.uptime("r1", read_uptime(60, -1))
    book.agent_range(spool(midnight_ms, 1, 2))
    book.agent_range(spool(midnight_ms, 1, 2))
    book.agent_range(spool(midnight_ms, 9, 2))
    book.discontinuity(
        ClockJump(kind=JumpKind.STEP_BACK, from_ms=midnight_ms + 1, to_ms=midnight_ms + 1, size_ms=-9_000)
    )
    held = replace(poll(0), sent_ms=midnight_ms + 1)
    book.poll(held)
    book.uptime("r1", replace(read_uptime(0.001, 1_000), sent_ms=midnight_ms + 1))
    assert (book.tally.refused, book.tally.unsure, book.tally.invalid) == (4, 2, 2)


def test_rows_that_could_not_be_written_wait_in_their_last_version(book: Book, poll: Poll) -> None:
    """A run that grew while its commit failed is written once, as long as it has become."""
    book.poll(poll(0))
    batch = book.take()
    book.poll(poll(60))
    assert book.pending == 2
    book.put_back(batch)
    assert book.pending == 1
    (run,) = taken(book)
    assert isinstance(run, Run)
    assert run.polls == 2


def test_waiting_costs_memory_only_where_something_changes(book: Book, poll: Poll, midnight_ms: int) -> None:
    """A day without a disk is one row a device while nothing changes: a book of ten rows loses nothing."""
    for minute in range(1_440):
        for device in ("r1", "r2", "r3"):
            book.poll(poll(60 * minute, device))
        book.heartbeat(midnight_ms + minute * 60_000 // 2)
    assert book.pending <= 10
    assert book.tally.lost == 0


def test_without_room_the_loss_itself_is_a_row(book: Book, poll: Poll) -> None:
    """A flapping device on a failing disk: what cannot be kept is listed, with instants and count."""
    for minute in range(30):
        book.poll(poll(60 * minute, silent=minute % 2 == 1))
    assert book.pending <= 10 + 2
    rows = taken(book)
    runs = [row for row in rows if isinstance(row, Run)]
    (loss,) = [row for row in rows if isinstance(row, Loss)]
    assert loss == Loss(
        device="r1",
        session="s1",
        cause=LossCause.NO_ROOM,
        first_ms=runs[-1].last_sent_ms + 60_000,
        last_ms=poll(60 * 29, silent=True).end_ms,
        rows=0,
        polls=book.tally.lost,
    )
    assert (len(runs), runs[-1].ended) == (10, Ended.LOSS)
    assert sum(run.polls for run in runs) + loss.polls == 30


def test_once_there_is_room_evidence_is_booked_again(book: Book, poll: Poll) -> None:
    """After the disk has recovered a new run begins, and the next loss is a row of its own."""
    for minute in range(30):
        book.poll(poll(60 * minute, silent=minute % 2 == 1))
    first = [row for row in taken(book) if isinstance(row, Loss)]
    for minute in range(30, 60):
        book.poll(poll(60 * minute, silent=minute % 2 == 1))
    rows = taken(book)
    second = [row for row in rows if isinstance(row, Loss)]
    assert isinstance(rows[0], Run)
    assert rows[0].first_sent_ms == poll(1800).sent_ms
    assert second[0].first_ms > first[0].last_ms


def test_a_poll_that_lengthens_a_run_is_kept_without_room(book: Book, poll: Poll) -> None:
    """Steady devices lose nothing while another one fills the memory."""
    book.poll(poll(0, "steady"))
    for minute in range(1, 30):
        book.poll(poll(60 * minute, "flapping", silent=minute % 2 == 1))
        book.poll(poll(60 * minute, "steady"))
    (run,) = [row for row in taken(book) if isinstance(row, Run) and row.device == "steady"]
    assert run.polls == 30


def test_without_room_readings_and_snapshots_wait_to_be_had_again(
    book: Book, poll: Poll, read_uptime: Read, midnight_ms: int
) -> None:
    """No new row begins: a reading is counted as lost, a spool's cursor stays where it was."""
    for number in range(10):
        book.poll(poll(0, f"r{number}"))
    book.uptime("r1", read_uptime(0, 1_000))
    book.agent_range(spool(midnight_ms, 1, 2))
    book.heartbeat(midnight_ms)
    assert (book.tally.lost, book.cursor("srv1")) == (1, None)
    assert {type(row) for row in taken(book)} == {Run}
    book.agent_range(spool(midnight_ms, 1, 2))
    assert book.cursor("srv1") == SpoolCursor(spool="a1", seq=2)


def test_clock_jumps_without_room_become_one(book: Book, poll: Poll, midnight_ms: int) -> None:
    """A clock that never settles cannot fill the memory either: the last jump is widened."""
    for number in range(10):
        book.poll(poll(0, f"r{number}"))
    for number in range(50):
        at_ms = midnight_ms + 1_000 * number
        book.discontinuity(
            ClockJump(kind=JumpKind.STEP_FORWARD, from_ms=at_ms, to_ms=at_ms + 500, size_ms=500)
        )
    (jump,) = [row for row in taken(book) if isinstance(row, Discontinuity)]
    assert (jump.from_ms, jump.to_ms, jump.size_ms) == (midnight_ms, midnight_ms + 49_500, 25_000)


def test_another_time_zone_counts_from_the_next_row_on(book: Book, poll: Poll, midnight_ms: int) -> None:
    """Moving the inventory to UTC cuts the following days at midnight UTC."""
    book.revision("{}", midnight_ms, ZoneInfo("UTC"))
    book.poll(poll(0))
    for hour in range(1, 10):
        book.poll(poll(3_600 * hour, interval_s=3_600))
    runs = [row for row in taken(book) if isinstance(row, Run)]
    assert [run.first_sent_ms for run in runs if run.polls > 1][1] == midnight_ms + 7 * 3_600_000


def test_a_missing_log_is_listed_as_a_loss(
    session: Session, nothing_restored: Restored, midnight_ms: int
) -> None:
    """If the write-ahead log of a killed collector has gone, the stretch it covered is marked."""
    restored = replace(nothing_restored, wal_missing=True, latest_ms=midnight_ms - 60_000)
    book = Book(session, restored, HANOI)
    (loss,) = [row for row in taken(book) if isinstance(row, Loss)]
    assert (loss.cause, loss.first_ms, loss.last_ms) == (
        LossCause.WAL_MISSING,
        midnight_ms - 60_000,
        midnight_ms,
    )
