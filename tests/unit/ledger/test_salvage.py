"""Salvage: every row that can be read is saved, what is lost is listed, the damaged file is only read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.ledger.book import Book
from collector.ledger.errors import LedgerDamagedError, LedgerInUseError, LedgerUnavailableError
from collector.ledger.evidence import Evidence
from collector.ledger.mending import LOST_DOCUMENT, LOST_VERSION
from collector.ledger.migrations import STEPS
from collector.ledger.reader import LedgerReader
from collector.ledger.rows import Document, Ended, LossCause, Run, Session
from collector.ledger.salvage import salvage
from collector.ledger.store import Store, open_store
from collector.ledger.tables import DOCUMENT, LOSS, META, MIGRATION, REVISION, RUN, SESSION, TABLES

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW_MS = 1_795_366_800_000
PAGE = 4096
Poll = Callable[..., Evidence]


@pytest.fixture
def ledger(path: Path, poll: Poll, session: Session) -> dict[tuple[str, int], Run]:
    """Write a flapping network's evidence with a large inventory, and return its runs by key."""
    store, restored = open_store(path, now_ms=NOW_MS)
    book = Book(session, restored, HANOI)
    book.revision('{"devices": "' + "x" * 20_000 + '"}', NOW_MS, HANOI)
    for minute in range(120):
        for number in range(5):
            book.poll(poll(60 * minute + number, f"r{number}", silent=(minute + number) % 3 == 0))
        book.heartbeat(NOW_MS + minute * 60_000)
        store.write(book.take().rows.values())
        book.done()
    book.stop()
    store.write(book.take().rows.values())
    store.close()
    return runs_of(path)


def runs_of(path: Path) -> dict[tuple[str, int], Run]:
    """Return a ledger's runs by key."""
    with LedgerReader(path) as reader:
        return {(run.device, run.first_sent_ms): run for run in reader.all(RUN)}


def leaves_of(path: Path, table: str) -> list[int]:
    """Return the page numbers of a table's leaves."""
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY pageno"
        return [row[0] for row in connection.execute(query, (table,))]


def overwrite(path: Path, page: int) -> None:
    """Fill one page of the file with garbage."""
    data = bytearray(path.read_bytes())
    data[(page - 1) * PAGE : page * PAGE] = b"\xa5" * PAGE
    path.write_bytes(data)


def test_a_whole_ledger_is_copied_whole(
    path: Path, tmp_path: Path, ledger: dict[tuple[str, int], Run]
) -> None:
    """All rows of all tables, the same identity, and nothing added but the salvage's own session."""
    result = salvage(path, tmp_path / "new.db", now_ms=NOW_MS + 1)
    assert (result.unreadable, set(result.missing.values()), result.new_identity) == (0, {0}, False)
    assert result.rows["run"] == len(ledger)
    assert runs_of(tmp_path / "new.db") == ledger
    with LedgerReader(path) as old, LedgerReader(tmp_path / "new.db") as new:
        for table in TABLES:
            if table is not MIGRATION:
                kept, added = list(old.all(table)), list(new.all(table))
                assert [row for row in added if row in kept] == kept
                assert len(added) == len(kept) + (table is SESSION)
        assert [row.version for row in new.all(SESSION)] == ["test", "salvage"]


def test_rows_around_a_destroyed_page_are_saved_and_the_hole_is_listed(
    path: Path, tmp_path: Path, ledger: dict[tuple[str, int], Run]
) -> None:
    """Exactly the rows of the page are missing; a loss covers when they began, of whatever device."""
    pages = leaves_of(path, "run")
    overwrite(path, pages[len(pages) // 2])
    before = path.read_bytes()
    with pytest.raises(LedgerDamagedError):
        open_store(path, now_ms=NOW_MS)
    result = salvage(path, tmp_path / "new.db", now_ms=NOW_MS)
    assert path.read_bytes() == before
    saved = runs_of(tmp_path / "new.db")
    lost = {key: run for key, run in ledger.items() if key not in saved}
    assert 0 < len(lost) < len(ledger) // 5
    assert saved == {key: run for key, run in ledger.items() if key in saved}
    assert result.missing["run"] == len(lost)
    tables = f"meta 1, migration {len(STEPS)}, session 1, document 1, revision 1, heartbeat 120"
    assert result.describe() == [
        f"Saved into {tmp_path / 'new.db'}, rows by table: {tables}, run {len(saved)}.",
        f"Missing inside, rows by table: run {len(lost)}; table loss lists when lost runs began.",
        "The last entry is of 2026-11-22 18:59:13 UTC; what came after it, if anything, is lost.",
    ]
    with LedgerReader(tmp_path / "new.db") as reader:
        (loss,) = reader.all(LOSS)
    assert (loss.device, loss.cause, loss.rows) == ("", LossCause.SALVAGE, len(lost))
    began = [run.first_sent_ms for run in lost.values()]
    assert loss.first_ms <= min(began) <= max(began) <= loss.last_ms
    assert loss.last_ms - loss.first_ms < max(began) - min(began) + 240_000


def test_the_schema_is_not_needed(path: Path, tmp_path: Path, ledger: dict[tuple[str, int], Run]) -> None:
    """With the first page gone SQLite knows nothing of the file; its rows still tell what they are."""
    overwrite(path, 1)
    result = salvage(path, tmp_path / "new.db", now_ms=NOW_MS)
    assert runs_of(tmp_path / "new.db") == ledger
    assert not result.new_identity


def test_a_lost_identity_is_said_and_a_new_one_given(
    path: Path, tmp_path: Path, ledger: dict[tuple[str, int], Run]
) -> None:
    """If it cannot be read which ledger it was, the caller is told."""
    overwrite(path, leaves_of(path, "meta")[0])
    result = salvage(path, tmp_path / "new.db", now_ms=NOW_MS, simulated=True)
    assert result.new_identity
    assert result.describe()[1:] == [
        "No row is missing inside.",
        "The last entry is of 2026-11-22 18:59:13 UTC; what came after it, if anything, is lost.",
        "Which ledger it was could not be read: the new one has an identity of its own.",
    ]
    with LedgerReader(tmp_path / "new.db") as reader:
        (meta,) = reader.all(META)
    assert meta.simulated
    assert runs_of(tmp_path / "new.db") == ledger


def test_what_rows_refer_to_is_supplied_and_marked_as_lost(
    path: Path, tmp_path: Path, ledger: dict[tuple[str, int], Run]
) -> None:
    """Without the pages of sessions, revisions and inventories the evidence still stands on its own."""
    for table in ("session", "revision", "document"):
        overwrite(path, leaves_of(path, table)[0])
    salvage(path, tmp_path / "new.db", now_ms=NOW_MS)
    with LedgerReader(tmp_path / "new.db") as reader:
        assert {row.id: row.version for row in reader.all(SESSION)}["s1"] == LOST_VERSION
        (revision,) = reader.all(REVISION)
        assert reader.document(revision.sha256) == Document(sha256="lost", json=LOST_DOCUMENT)
        assert len(list(reader.all(DOCUMENT))) == 1
    with closing(sqlite3.connect(tmp_path / "new.db")) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    store, restored = open_store(tmp_path / "new.db", now_ms=NOW_MS)
    book = Book(Session(id="s2", started_ms=NOW_MS, version="v"), restored, HANOI)
    assert book.revision("{}", NOW_MS, HANOI) == 2
    store.close()
    assert runs_of(tmp_path / "new.db") == ledger


def test_an_inventory_longer_than_a_page_is_saved(
    path: Path, tmp_path: Path, ledger: dict[tuple[str, int], Run]
) -> None:
    """Its pages are put together again, or the whole is left out if one is destroyed."""
    salvage(path, tmp_path / "new.db", now_ms=NOW_MS)
    with LedgerReader(tmp_path / "new.db") as reader:
        (document,) = reader.all(DOCUMENT)
    assert len(document.json) > 20_000
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT pageno FROM dbstat WHERE name = 'document' AND pagetype = 'overflow'"
        page = connection.execute(query).fetchone()[0]
    overwrite(path, page)
    result = salvage(path, tmp_path / "newer.db", now_ms=NOW_MS)
    assert (result.unreadable, result.rows["document"]) == (1, 0)


def test_the_latest_version_of_a_row_is_saved(
    path: Path, tmp_path: Path, poll: Poll, session: Session
) -> None:
    """The log holds a run at every length it had; the longest is kept, from a ledger that was killed."""
    store, restored = open_store(path, now_ms=NOW_MS)
    book = Book(session, restored, HANOI)
    book.revision("{}", NOW_MS, HANOI)
    for minute in range(50):
        book.poll(poll(60 * minute))
        book.heartbeat(NOW_MS + minute * 60_000)
        store.write(book.take().rows.values())
        book.done()
    crash(store, path, tmp_path / "killed.db")
    (tmp_path / "killed.db").write_bytes(b"")
    result = salvage(tmp_path / "killed.db", tmp_path / "new.db", now_ms=NOW_MS)
    (run,) = runs_of(tmp_path / "new.db").values()
    assert (run.polls, run.ended) == (50, None)
    assert result.latest_ms == NOW_MS + 49 * 60_000 + 20


def test_a_row_left_open_by_its_lost_end_is_ended(
    path: Path, tmp_path: Path, poll: Poll, session: Session
) -> None:
    """An old version of a run that is followed by a later run is not taken for the open one."""
    store, restored = open_store(path, now_ms=NOW_MS)
    book = Book(session, restored, HANOI)
    book.revision("{}", NOW_MS, HANOI)
    book.poll(poll(0))
    store.write(book.take().rows.values())
    book.done()
    book.poll(poll(60, silent=True))
    rows = [row for row in book.take().rows.values() if not (isinstance(row, Run) and row.ended)]
    store.write(rows)
    store.close()
    salvage(path, tmp_path / "new.db", now_ms=NOW_MS)
    first, second = sorted(runs_of(tmp_path / "new.db").values(), key=lambda run: run.first_sent_ms)
    assert (first.ended, second.ended) == (Ended.LOSS, None)


def crash(store: Store, path: Path, copy: Path) -> None:
    """Copy the files of an open ledger as a kill would leave them, then close it."""
    for suffix in ("", "-wal"):
        Path(f"{copy}{suffix}").write_bytes(Path(f"{path}{suffix}").read_bytes())
    store.close()


def test_what_cannot_be_salvaged_is_said(
    path: Path, tmp_path: Path, ledger: dict[tuple[str, int], Run]
) -> None:
    """No such file, a target that exists, a ledger in use, a file without evidence: each in words."""
    missing = tmp_path / "none.db"
    with pytest.raises(LedgerUnavailableError) as nothing:
        salvage(missing, tmp_path / "new.db", now_ms=NOW_MS)
    assert str(nothing.value) == f"{missing}: there is no such file, and no write-ahead log beside it"
    with pytest.raises(LedgerUnavailableError) as exists:
        salvage(path, path, now_ms=NOW_MS)
    assert str(exists.value) == f"{path} exists already; name a new file to salvage into"
    store, _ = open_store(path, now_ms=NOW_MS)
    with pytest.raises(LedgerInUseError):
        salvage(path, tmp_path / "new.db", now_ms=NOW_MS)
    store.close()
    noise = tmp_path / "noise.db"
    noise.write_bytes(bytes(range(256)) * 400)
    with pytest.raises(LedgerDamagedError) as useless:
        salvage(noise, tmp_path / "new.db", now_ms=NOW_MS)
    assert str(useless.value) == f"{noise}: not one run or heartbeat in it can be read; restore a backup"
    assert not (tmp_path / "new.db").exists()
    assert not (tmp_path / "new.db.new").exists()


def test_a_salvaged_ledger_is_written_on(
    path: Path, tmp_path: Path, poll: Poll, session: Session, ledger: dict[tuple[str, int], Run]
) -> None:
    """A collector opens it like any other and goes on after its last evidence."""
    overwrite(path, leaves_of(path, "run")[1])
    salvage(path, tmp_path / "new.db", now_ms=NOW_MS)
    store, restored = open_store(tmp_path / "new.db", now_ms=NOW_MS)
    book = Book(replace(session, id="s2"), restored, HANOI)
    book.revision("{}", NOW_MS, HANOI)
    book.poll(poll(60 * 119, "r0"))
    assert book.tally.refused == 1
    book.poll(poll(60 * 121, "r0", revision=2))
    written = store.write(book.take().rows.values())
    store.close()
    assert written.rejected == ()
