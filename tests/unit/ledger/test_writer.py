"""The writer thread: what was handed over is committed, and no failing disk reaches the caller."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.clock import ClockJump, JumpKind, ManualClock
from collector.ledger.errors import LedgerUnavailableError
from collector.ledger.evidence import Evidence, SpoolEvidence
from collector.ledger.reader import LedgerReader
from collector.ledger.restored import LedgerHealth
from collector.ledger.rows import Ended, Row, Session
from collector.ledger.store import Store, Written, open_store
from collector.ledger.tables import BOOT, DISCONTINUITY, HEARTBEAT, REVISION, RUN, SPOOL_RANGE
from collector.ledger.writer import LedgerWriter, WriterSettings
from collector.model import SpoolCursor, Uptime

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
SELDOM = WriterSettings(flush_s=3_600, first_retry_s=3_600, longest_retry_s=3_600)
"""The thread commits only when it is asked to: tests decide when."""

Poll = Callable[..., Evidence]
Read = Callable[..., Uptime]
Begin = Callable[..., LedgerWriter]


@pytest.fixture
def begin(path: Path, session: Session, midnight_ms: int) -> Iterator[Begin]:
    """Return a function that opens the ledger and begins a session with revision 1."""
    writers = []

    def run(settings: WriterSettings = SELDOM) -> LedgerWriter:
        store, restored = open_store(path, now_ms=midnight_ms)
        clock = ManualClock(midnight_ms)
        writer = LedgerWriter(
            store, restored, session=session, timezone=HANOI, mono=clock.mono, settings=settings
        )
        writers.append(writer)
        writer.revision("{}", midnight_ms, HANOI)
        return writer

    yield run
    for writer in writers:
        writer.close()


class FailingDisk:
    """Makes a store's writes fail in a chosen way; stands in its place."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.error: Exception | None = None
        write = Store.write

        def failing(store: Store, rows: Iterable[Row]) -> Written:
            if self.error is not None:
                raise self.error
            return write(store, rows)

        monkeypatch.setattr(Store, "write", failing)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> FailingDisk:
    """Return a disk that can be made to fail."""
    return FailingDisk(monkeypatch)


def test_all_kinds_of_evidence_are_in_the_file_after_a_stop(
    begin: Begin, path: Path, poll: Poll, read_uptime: Read, midnight_ms: int
) -> None:
    """Polls, uptimes, snapshots, jumps, revisions and heartbeats, each ended by the stop."""
    writer = begin()
    writer.poll(poll(0))
    writer.poll(poll(60))
    writer.uptime("r1", read_uptime(0, 1_000))
    snapshots = SpoolEvidence(
        device="srv1",
        spool="a1",
        first_seq=1,
        last_seq=4,
        first_ms=midnight_ms,
        last_ms=midnight_ms,
        received_ms=midnight_ms,
    )
    writer.agent_range(snapshots)
    writer.heartbeat(midnight_ms + 61_000)
    at_ms = midnight_ms + 61_000
    writer.discontinuity(ClockJump(kind=JumpKind.STEP_BACK, from_ms=at_ms, to_ms=at_ms, size_ms=-500))
    assert writer.cursor("srv1") == SpoolCursor(spool="a1", seq=4)
    assert writer.close().ok
    with LedgerReader(path) as reader:
        assert [(run.polls, run.ended) for run in reader.all(RUN)] == [(2, Ended.CLOCK)]
        assert [(boot.readings, boot.ended) for boot in reader.all(BOOT)] == [(1, Ended.CLOCK)]
        assert [(row.last_seq, row.ended) for row in reader.all(SPOOL_RANGE)] == [(4, Ended.STOP)]
        assert [(row.beats, row.ended) for row in reader.all(HEARTBEAT)] == [(1, Ended.CLOCK)]
        assert [row.size_ms for row in reader.all(DISCONTINUITY)] == [-500]
        assert [row.id for row in reader.all(REVISION)] == [1]


def test_evidence_is_committed_by_itself_every_few_seconds(begin: Begin, poll: Poll) -> None:
    """Without being asked the thread commits what is there, again and again."""
    writer = begin(WriterSettings(flush_s=0.01, first_retry_s=0.01))
    for minute in range(3):
        commits = writer.health().commits
        writer.poll(poll(60 * minute))
        waited = threading.Event()
        while not (writer.health().commits > commits and writer.health().pending_rows == 0):
            waited.wait(0.005)
    assert writer.health().rows_written >= 3


def test_health_says_what_is_safe(begin: Begin, poll: Poll, path: Path, midnight_ms: int) -> None:
    """After a commit nothing waits, and the instant up to which the ledger is complete is the last beat."""
    writer = begin()
    writer.poll(poll(0))
    writer.heartbeat(midnight_ms + 5_000)
    assert writer.health().pending_rows > 0
    assert writer.health().committed_ms is None
    assert writer.flush()
    health = writer.health()
    assert health == LedgerHealth(
        ok=True,
        failing_since_ms=None,
        reason="",
        pending_rows=0,
        committed_ms=midnight_ms + 5_000,
        commits=1,
        failures=0,
        rows_written=5,
        rows_rejected=0,
        last_commit_s=0.0,
        slowest_commit_s=0.0,
        refused=0,
        unsure=0,
        invalid=0,
        lost=0,
        file_bytes=path.stat().st_size,
        wal_bytes=Path(f"{path}-wal").stat().st_size,
    )


def test_a_failing_disk_is_told_and_survived(
    begin: Begin, disk: FailingDisk, poll: Poll, path: Path, midnight_ms: int
) -> None:
    """Health says since when, why, and how much waits; when the disk is back everything is written."""
    writer = begin()
    writer.heartbeat(midnight_ms)
    assert writer.flush()
    disk.error = LedgerUnavailableError("ledger.db: no room left")
    for minute in range(50):
        writer.poll(poll(60 * minute))
        writer.heartbeat(midnight_ms + 60_000 * minute // 2)
        if minute == 5:
            assert not writer.flush()
    assert not writer.flush()
    health = writer.health()
    assert (health.ok, health.reason, health.failures) == (False, "ledger.db: no room left", 2)
    assert health.failing_since_ms == midnight_ms + 150_000
    assert health.committed_ms == midnight_ms
    assert health.pending_rows > 0
    disk.error = None
    assert writer.flush()
    health = writer.health()
    assert (health.ok, health.reason, health.pending_rows, health.lost) == (True, "", 0, 0)
    with LedgerReader(path) as reader:
        assert [run.polls for run in reader.all(RUN)] == [50]


def test_failure_and_recovery_are_logged_once(
    begin: Begin, disk: FailingDisk, caplog: pytest.LogCaptureFixture, poll: Poll
) -> None:
    """One line when it begins, one when the reason changes, one when it is over."""
    caplog.set_level(logging.WARNING)
    writer = begin()
    writer.flush()
    for text in ("no room left", "no room left", "read-only"):
        disk.error = LedgerUnavailableError(text)
        writer.flush()
    disk.error = None
    writer.poll(poll(0))
    writer.flush()
    writer.flush()
    assert [record.getMessage() for record in caplog.records] == [
        "ledger: cannot write, evidence waits in memory: no room left",
        "ledger: cannot write, evidence waits in memory: read-only",
        "ledger: writes again; 1 rows that waited are safe",
    ]


def test_a_failed_commit_is_tried_again_by_itself(begin: Begin, disk: FailingDisk, poll: Poll) -> None:
    """Nobody has to ask: the thread comes back until the disk is there."""
    disk.error = LedgerUnavailableError("no room left")
    writer = begin(WriterSettings(flush_s=0.01, first_retry_s=0.005, longest_retry_s=0.01))
    writer.poll(poll(0))
    waited = threading.Event()
    while writer.health().failures < 3:
        waited.wait(0.005)
    disk.error = None
    while not writer.health().ok:
        waited.wait(0.005)
    assert writer.flush()
    assert writer.health().pending_rows == 0


@pytest.mark.filterwarnings("default")
def test_an_unforeseen_error_does_not_end_the_thread(begin: Begin, disk: FailingDisk, poll: Poll) -> None:
    """A fault of the program shows in health like any other, and writing goes on after it."""
    writer = begin()
    writer.poll(poll(0))
    disk.error = RuntimeError("unforeseen")
    assert not writer.flush()
    assert writer.health().reason.endswith("ledger.db: RuntimeError: unforeseen")
    disk.error = None
    assert writer.flush()


def test_a_row_that_cannot_be_stored_is_counted(begin: Begin, poll: Poll) -> None:
    """It does not make the ledger fail."""
    writer = begin()
    writer.poll(poll(0, "\ud800"))
    writer.poll(poll(0))
    assert writer.flush()
    assert (writer.health().rows_rejected, writer.health().ok) == (1, True)


def test_closing_on_a_failing_disk_gives_up_in_time(begin: Begin, disk: FailingDisk, poll: Poll) -> None:
    """The collector's end does not hang on a disk; the health says what was not written."""
    writer = begin(WriterSettings(flush_s=3_600, first_retry_s=0.01))
    writer.poll(poll(0))
    disk.error = LedgerUnavailableError("no room left")
    health = writer.close(timeout_s=0.1)
    assert (health.ok, health.reason) == (False, "no room left")
    assert health.pending_rows > 0


def test_closing_waits_for_a_disk_that_comes_back(
    begin: Begin, disk: FailingDisk, poll: Poll, path: Path
) -> None:
    """What waits at the end is tried until the time is up, not once."""
    writer = begin(WriterSettings(flush_s=3_600, first_retry_s=0.005))
    writer.poll(poll(0))
    disk.error = LedgerUnavailableError("no room left")
    closing_thread = threading.Thread(target=writer.close)
    closing_thread.start()
    while writer.health().failures < 2:
        threading.Event().wait(0.002)
    disk.error = None
    closing_thread.join()
    with LedgerReader(path) as reader:
        assert [run.ended for run in reader.all(RUN)] == [Ended.STOP]


def test_closing_twice_is_closing_once(begin: Begin) -> None:
    """A second close changes nothing and does not wait."""
    writer = begin()
    first = writer.close()
    assert writer.close() == first


def test_handing_over_never_waits_for_the_disk(
    begin: Begin, monkeypatch: pytest.MonkeyPatch, poll: Poll, midnight_ms: int
) -> None:
    """While a write hangs in the kernel, polls, heartbeats and health all return at once."""
    writer = begin()
    assert writer.flush()
    hangs, let_go = threading.Event(), threading.Event()
    write = Store.write

    def hanging(store: Store, rows: Iterable[Row]) -> Written:
        hangs.set()
        let_go.wait()
        return write(store, rows)

    monkeypatch.setattr(Store, "write", hanging)
    asking = threading.Thread(target=writer.flush)
    asking.start()
    hangs.wait()
    for minute in range(100):
        writer.poll(poll(60 * minute, silent=minute % 2 == 1))
        writer.heartbeat(midnight_ms + minute)
    assert writer.health().pending_rows >= 100
    let_go.set()
    asking.join()
    assert writer.flush()
    assert writer.health().pending_rows == 0


def test_two_sessions_go_on_where_the_first_ended(
    begin: Begin, path: Path, poll: Poll, midnight_ms: int
) -> None:
    """After a stop and a start a poll handed over again is not counted again."""
    writer = begin()
    writer.poll(poll(0))
    writer.close()
    store, restored = open_store(path, now_ms=midnight_ms)
    again = LedgerWriter(
        store,
        restored,
        session=Session(id="s2", started_ms=midnight_ms, version="test"),
        timezone=HANOI,
        mono=lambda: 0.0,
        settings=SELDOM,
    )
    again.revision("{}", midnight_ms, HANOI)
    again.poll(poll(0))
    again.poll(poll(60))
    assert again.health().refused == 1
    again.close()
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT session, polls, ended FROM run ORDER BY rowid").fetchall()
    assert rows == [("s1", 1, "stop"), ("s2", 1, "stop")]
