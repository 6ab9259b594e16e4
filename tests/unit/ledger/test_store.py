"""Writing the file: whole transactions, and files that vanish or are exchanged under the writer."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.ledger.book import Book
from collector.ledger.errors import (
    LedgerForeignError,
    LedgerUnavailableError,
)
from collector.ledger.evidence import Evidence
from collector.ledger.reader import LedgerReader
from collector.ledger.restored import Restored
from collector.ledger.rows import Ended, Run, Session
from collector.ledger.store import open_store
from collector.ledger.tables import BOOT, RUN

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW_MS = 1_795_366_800_000
Poll = Callable[..., Evidence]
Fill = Callable[..., Restored]


def test_writing_the_same_rows_again_changes_nothing(path: Path, poll: Poll, session: Session) -> None:
    """A commit whose outcome was not known can simply be repeated; a shorter version never wins."""
    store, restored = open_store(path, now_ms=NOW_MS)
    book = Book(session, restored, HANOI)
    book.revision("{}", NOW_MS, HANOI)
    book.poll(poll(0))
    early = list(book.take().rows.values())
    book.done()
    book.poll(poll(60))
    book.stop()
    late = list(book.take().rows.values())
    for rows in (early, late, late, early):
        assert store.write(rows).rejected == ()
    store.close()
    with LedgerReader(path) as reader:
        (run,) = reader.all(RUN)
    assert (run.polls, run.ended) == (2, Ended.STOP)


def test_a_row_that_cannot_be_stored_does_not_hold_up_the_rest(
    path: Path, poll: Poll, session: Session
) -> None:
    """It is left out and named; all others are committed."""
    store, restored = open_store(path, now_ms=NOW_MS)
    book = Book(session, restored, HANOI)
    book.revision("{}", NOW_MS, HANOI)
    book.poll(poll(0))
    rows = list(book.take().rows.values())
    (good,) = [row for row in rows if isinstance(row, Run)]
    bad = [
        replace(good, device="r2", session="nobody"),
        replace(good, device="r3", polls=0),
        replace(good, device="r4", first_sent_ms=2**70),
        replace(good, device="\ud800"),
    ]
    written = store.write([*rows, *bad])
    store.close()
    assert written.rows == len(rows)
    assert sorted(text.partition(":")[0] for text in written.rejected) == ["run"] * 4
    assert "run: FOREIGN KEY constraint failed" in written.rejected
    with LedgerReader(path) as reader:
        assert [run.device for run in reader.all(RUN)] == ["r1"]


def test_a_failed_transaction_leaves_the_file_as_it_was(
    path: Path, fill: Fill, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If another program holds the lock nothing is half written, and the error says what to do."""
    monkeypatch.setattr("collector.ledger.connection.BUSY_TIMEOUT_S", 0.05)
    fill()
    store, _ = open_store(path, now_ms=NOW_MS)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerUnavailableError) as caught:
            store.write([replace(session, id="s9")])
        other.execute("ROLLBACK")
    assert str(caught.value) == (
        f"{path}: another program has locked it; end that program, and it goes on by itself "
        "(database is locked)"
    )
    assert store.write([replace(session, id="s9")]).rows == 1
    store.close()


def test_a_ledger_deleted_while_open_is_written_back(path: Path, fill: Fill, session: Session) -> None:
    """All that had been committed and what is written next is in the file again."""
    fill()
    store, _ = open_store(path, now_ms=NOW_MS)
    store.write([replace(session, id="s8")])
    for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        file.unlink()
    Path(f"{path}.rescue").write_bytes(b"left by an earlier attempt")
    assert store.write([replace(session, id="s9")]).rows == 1
    store.close()
    with LedgerReader(path) as reader:
        assert len(list(reader.all(RUN))) == 3
        assert len(list(reader.all(BOOT))) == 1
    with closing(sqlite3.connect(path)) as connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM session ORDER BY id")]
    assert ids == ["s1", "s8", "s9"]


def test_a_log_deleted_while_open_costs_nothing(path: Path, fill: Fill, session: Session) -> None:
    """What the deleted log held is moved into the file before it is let go."""
    fill()
    store, _ = open_store(path, now_ms=NOW_MS)
    store.write([replace(session, id="s8")])
    Path(f"{path}-wal").unlink()
    store.write([replace(session, id="s9")])
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM session ORDER BY id")]
    assert ids == ["s1", "s8", "s9"]


def test_a_file_put_in_the_ledger_s_place_is_not_written(path: Path, fill: Fill, session: Session) -> None:
    """The collector says so, leaves the new file alone, and writes the old one back once it is moved away."""
    fill()
    store, _ = open_store(path, now_ms=NOW_MS)
    foreign = path.with_name("backup.db")
    shutil.copy(path, foreign)
    before = foreign.read_bytes()
    foreign.rename(path)
    with pytest.raises(LedgerUnavailableError) as caught:
        store.write([replace(session, id="s9")])
    assert str(caught.value) == (
        f"{path}: another file was put in its place while it was in use. To go on with the new file, restart "
        "the collector; to go on with the old one, move the new file away and the old one is written back"
    )
    assert path.read_bytes() == before
    path.rename(foreign)
    assert store.write([replace(session, id="s9")]).rows == 1
    store.close()


def test_a_lost_ledger_is_not_replaced_in_silence(path: Path, fill: Fill, session: Session) -> None:
    """Gone for good, or another in its place: the collector says what to do and writes nothing."""
    fill()
    store, _ = open_store(path, now_ms=NOW_MS)
    store._drop_connection()
    kept = path.rename(path.with_name("kept.db"))
    with pytest.raises(LedgerUnavailableError) as gone:
        store.write([replace(session, id="s9")])
    assert str(gone.value) == (f"{path} is gone; put it back, or restart the collector to begin a new one")
    other, _ = open_store(path.with_name("other.db"), now_ms=NOW_MS)
    other.close()
    path.with_name("other.db").rename(path)
    with pytest.raises(LedgerForeignError) as foreign:
        store.write([replace(session, id="s9")])
    assert str(foreign.value) == (
        f"{path} is another ledger than the one this collector began with; restart the collector to use it, "
        "or put the old one back"
    )
    kept.rename(path)
    assert store.write([replace(session, id="s9")]).rows == 1
    store.close()
