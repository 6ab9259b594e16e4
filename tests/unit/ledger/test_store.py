"""Opening and writing the file: what is refused and in which words, and what survives."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.ledger.book import Book
from collector.ledger.errors import (
    LedgerDamagedError,
    LedgerForeignError,
    LedgerInUseError,
    LedgerNewerError,
    LedgerUnavailableError,
)
from collector.ledger.evidence import Evidence, SpoolEvidence
from collector.ledger.reader import LedgerReader
from collector.ledger.restored import Restored
from collector.ledger.rows import Ended, Heartbeat, Run, Session
from collector.ledger.store import open_store
from collector.ledger.tables import BOOT, HEARTBEAT, RUN, SESSION
from collector.model import Uptime, UptimeSource, Verdict

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW_MS = 1_795_366_800_000
Poll = Callable[..., Evidence]
Read = Callable[..., Uptime]
Fill = Callable[..., Restored]


@pytest.fixture
def fill(path: Path, poll: Poll, read_uptime: Read, session: Session) -> Fill:
    """Return a function that writes an hour of evidence, a cut of ten minutes in it, and closes the file."""

    def run(*, session_id: str = "s1", from_s: int = 0, stop: bool = True) -> Restored:
        store, restored = open_store(path, now_ms=NOW_MS)
        book = Book(replace(session, id=session_id), restored, HANOI)
        book.revision('{"name": "demo"}', NOW_MS, HANOI)
        for minute in range(60):
            at_s = from_s + 60 * minute
            book.poll(poll(at_s, silent=20 <= minute < 30))
            if not 20 <= minute < 30:
                book.uptime("r1", read_uptime(at_s, 100_000 + 100 * at_s))
            book.heartbeat(NOW_MS + at_s * 1000)
            book.agent_range(
                SpoolEvidence(
                    device="srv1",
                    spool="a1",
                    first_seq=at_s // 60,
                    last_seq=at_s // 60,
                    first_ms=NOW_MS + at_s * 1000,
                    last_ms=NOW_MS + at_s * 1000,
                    received_ms=NOW_MS + at_s * 1000,
                )
            )
        if stop:
            book.stop()
        store.write(book.take().rows.values())
        store.close()
        return restored

    return run


def digest(path: Path) -> dict[str, bytes]:
    """Return the bytes of the ledger's file and its log (an empty one is none: a reader leaves that)."""
    files = [file for file in (path, Path(f"{path}-wal")) if file.exists()]
    return {file.name: data for file in files if (data := file.read_bytes()) or file == path}


def test_a_new_ledger_knows_nothing(path: Path) -> None:
    """It is created whole, with an identity of its own, and nothing is restored."""
    store, restored = open_store(path, now_ms=NOW_MS)
    store.close()
    assert (restored.latest_ms, restored.last, restored.revision, restored.heartbeat) == (0, {}, None, None)
    assert (restored.meta.created_ms, restored.meta.simulated) == (NOW_MS, False)
    assert len(restored.meta.ledger_id) == 32
    assert sorted(file.name for file in path.parent.iterdir()) == ["ledger.db", "ledger.db.lock"]


def test_everything_is_rebuilt_from_the_file(path: Path, fill: Fill) -> None:
    """Last evidence, cursors, boot evidence, revision, heartbeat and identity come back at the next start."""
    first = fill()
    store, restored = open_store(path, now_ms=NOW_MS + 9)
    store.close()
    assert restored.meta == first.meta
    last = restored.last["r1"]
    assert (last.run.verdict, last.run.polls, last.run.ended) == (Verdict.ANSWERED, 30, Ended.STOP)
    assert last.since_ms == NOW_MS + 30 * 60_000
    assert restored.boots["r1", UptimeSource.SYS_UPTIME].readings == 50
    assert restored.spools["srv1"].last_seq == 59
    assert restored.heartbeat is not None
    assert restored.heartbeat.last_ms == NOW_MS + 59 * 60_000
    assert restored.revision is not None
    assert restored.revision.id == 1
    assert restored.latest_ms == NOW_MS + 59 * 60_000 + 30
    assert not restored.wal_missing


def test_since_when_a_device_is_silent_is_known_over_restarts_and_midnight(
    path: Path, poll: Poll, session: Session
) -> None:
    """An outage that began last evening began then, however many rows it was cut into since."""
    for number, start in enumerate((-7_200, -3_600, 0)):
        store, restored = open_store(path, now_ms=NOW_MS)
        book = Book(replace(session, id=f"s{number}"), restored, HANOI)
        book.revision("{}", NOW_MS, HANOI)
        for minute in range(60):
            book.poll(poll(start + 60 * minute, silent=start + 60 * minute >= -5_400))
        store.write(book.take().rows.values())
        store.close()
    store, restored = open_store(path, now_ms=NOW_MS)
    store.close()
    last = restored.last["r1"]
    assert last.run.first_sent_ms == NOW_MS
    assert last.since_ms == NOW_MS - 5_400_000


def test_rows_a_killed_collector_left_open_end_at_the_next_start(path: Path, fill: Fill) -> None:
    """They end where their evidence ended; the absence of the collector lies between two heartbeat rows."""
    fill(stop=False)
    fill(session_id="s2", from_s=2 * 3_600)
    with LedgerReader(path) as reader:
        runs = list(reader.all(RUN))
        beats = [beat for beat in reader.all(HEARTBEAT) if beat.ended is not Ended.GAP]
    assert [run.ended for run in runs if run.session == "s1"][-1] is Ended.KILLED
    assert [beat.ended for beat in beats] == [Ended.KILLED, Ended.STOP]
    assert beats[0].last_ms == NOW_MS + 59 * 60_000


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
        store.write(rows)
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


def test_two_collectors_never_write_one_ledger(path: Path) -> None:
    """The second is told who has it; when the first ends, however it ends, the ledger is free."""
    code = (
        "import sys, pathlib; from collector.ledger.store import open_store; "
        f"kept = open_store(pathlib.Path({str(path)!r}), now_ms={NOW_MS}); print('open', flush=True); "
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(LedgerInUseError) as caught:
            open_store(path, now_ms=NOW_MS)
        assert str(caught.value) == (
            f"{path} is in use by process {other.pid} on {os.uname().nodename}: two collectors never write "
            "one ledger. Stop that one first, or name another file as collector.ledger."
        )
        other.kill()
    store, _ = open_store(path, now_ms=NOW_MS)
    store.close()


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    """A path that cannot be is a clear message, not a traceback of SQLite."""
    path = tmp_path / "no" / "ledger.db"
    with pytest.raises(LedgerUnavailableError) as caught:
        open_store(path, now_ms=NOW_MS)
    assert str(caught.value) == (
        f"{path}.lock: No such file or directory; the folder must exist, and this user may write in it"
    )


def test_another_program_s_file_is_refused_unchanged(path: Path) -> None:
    """A database that is no ledger is left alone."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (text)")
        connection.commit()
    before = digest(path)
    with pytest.raises(LedgerForeignError) as caught:
        open_store(path, now_ms=NOW_MS)
    assert str(caught.value) == (
        f"{path} is not a ledger of Hải Đăng. Nothing was changed. Name another file as collector.ledger."
    )
    assert digest(path) == before


def test_a_newer_ledger_is_refused_unchanged(path: Path, fill: Fill) -> None:
    """After a step back to an older program the ledger is not written by it."""
    fill()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = digest(path)
    with pytest.raises(LedgerNewerError, match="schema 99, this program knows up to"):
        open_store(path, now_ms=NOW_MS)
    assert digest(path) == before


@pytest.mark.parametrize(
    ("simulated", "words"),
    [
        (True, "holds a simulated network's evidence, and this collector watches a real one"),
        (False, "holds a real network's evidence, and this collector watches a simulated one"),
    ],
)
def test_a_laboratory_s_evidence_never_mixes_with_a_real_one_s(
    path: Path, words: str, *, simulated: bool
) -> None:
    """A ledger says what it was created for, and is refused for the other."""
    store, _ = open_store(path, now_ms=NOW_MS, simulated=simulated)
    store.close()
    with pytest.raises(LedgerForeignError) as caught:
        open_store(path, now_ms=NOW_MS, simulated=not simulated)
    assert str(caught.value) == (
        f"{path} {words}. Nothing was changed. Name another file as collector.ledger."
    )


@pytest.mark.parametrize(
    ("tear", "what"),
    [
        (lambda data: data[:0], "it is empty"),
        (lambda data: b"\0" * len(data), "it does not begin like a ledger"),
        (lambda data: data[:8192], "database disk image is malformed"),
    ],
    ids=["emptied", "zeroed", "cut"],
)
def test_a_damaged_file_is_refused_unchanged_with_the_way_out(
    path: Path, fill: Fill, tear: Callable[[bytes], bytes], what: str
) -> None:
    """It says what is wrong, where the file is and which commands save it; not a byte is changed."""
    fill()
    path.write_bytes(tear(path.read_bytes()))
    before = digest(path)
    with pytest.raises(LedgerDamagedError) as caught:
        open_store(path, now_ms=NOW_MS)
    assert str(caught.value) == (
        f"{path} is damaged: {what}. Nothing in it was changed. Save every readable row into a new ledger:\n"
        f"  haidang ledger salvage {path} {path}.salvaged\n"
        f"then keep the damaged file with its log, and put the new one in its place:\n"
        f"  mkdir {path}.damaged && mv {path} {path}-* {path}.damaged/; mv {path}.salvaged {path}"
    )
    assert digest(path) == before


def test_a_damaged_file_with_a_log_is_refused_with_its_log_untouched(path: Path, fill: Fill) -> None:
    """Closing must not empty the log into the damaged file: salvage needs both as they were found."""
    fill(stop=False)
    with closing(sqlite3.connect(path, isolation_level=None)) as keeper:
        keeper.execute("BEGIN")
        keeper.execute("SELECT count(*) FROM run").fetchone()
        fill(session_id="s2", from_s=2 * 3_600)
        copies = digest(path)
    torn = bytearray(copies["ledger.db"])
    torn[4096 * 9 : 4096 * 12] = b"\xa5" * 4096 * 3
    path.write_bytes(torn)
    Path(f"{path}-wal").write_bytes(copies["ledger.db-wal"])
    before = digest(path)
    with pytest.raises(LedgerDamagedError):
        open_store(path, now_ms=NOW_MS)
    assert digest(path) == before


def test_a_garbled_row_is_found_after_an_unclean_end(path: Path, fill: Fill) -> None:
    """SQLite's own check passes a changed number; the row's checksum does not."""
    fill()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER run_ended_is_final")
        connection.execute("UPDATE run SET polls = polls + 1 WHERE rowid = 1")
    Path(f"{path}-wal").write_bytes(b"torn")
    with pytest.raises(LedgerDamagedError, match="is damaged: table run: a row does not match its checksum"):
        open_store(path, now_ms=NOW_MS)


def test_a_log_without_its_file_is_no_new_ledger(path: Path, fill: Fill) -> None:
    """If only the log is left, nothing is created over it."""
    fill()
    path.rename(f"{path}-wal")
    with pytest.raises(
        LedgerDamagedError, match="the file itself is missing, its write-ahead log is still there"
    ):
        open_store(path, now_ms=NOW_MS)
    assert not path.exists()


def test_a_file_without_its_log_is_opened_and_the_loss_is_listed(path: Path, fill: Fill) -> None:
    """After a kill the log is always there: if it is not, somebody took it, and that is said."""
    fill(stop=False)
    store, restored = open_store(path, now_ms=NOW_MS + 7_200_000)
    store.close()
    assert restored.wal_missing
    (note,) = restored.notes
    assert note == (
        f"{path}: the last collector was killed, and the write-ahead log it left (ledger.db-wal) is missing. "
        "What it held is lost; the ledger says so and goes on."
    )


def test_what_is_left_of_an_interrupted_creation_is_no_hindrance(path: Path) -> None:
    """A collector killed while it made its ledger leaves a file that the next one makes anew."""
    Path(f"{path}.new").write_bytes(b"half a ledger")
    store, _ = open_store(path, now_ms=NOW_MS)
    store.close()
    assert not Path(f"{path}.new").exists()


def test_a_ledger_deleted_while_open_is_written_back(path: Path, fill: Fill, session: Session) -> None:
    """All that had been committed and what is written next is in the file again."""
    fill()
    store, _ = open_store(path, now_ms=NOW_MS)
    store.write([replace(session, id="s8")])
    for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        file.unlink()
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


def test_the_reader_reads_beside_the_writer(path: Path, fill: Fill, poll: Poll, session: Session) -> None:
    """Rows of a period, by device and time, without disturbing the collector or seeing half a commit."""
    fill()
    store, _ = open_store(path, now_ms=NOW_MS)
    with LedgerReader(path) as reader:
        store.write([replace(session, id="s9")])
        minutes = (NOW_MS + 19 * 60_000 + 30_000, NOW_MS + 29 * 60_000 + 30_000)
        assert [run.verdict for run in reader.rows(RUN, *minutes)] == ["silent"]
        assert [run.verdict for run in reader.rows(RUN, 0, NOW_MS + 60_000, device="r1")] == ["answered"]
        assert list(reader.rows(RUN, 0, 2 * NOW_MS, device="r9")) == []
        assert [type(row) for row in reader.rows(HEARTBEAT, NOW_MS, NOW_MS + 1)] == [Heartbeat]
        assert reader.devices() == ["r1"]
        assert reader.meta().simulated is False
        assert reader.document("0" * 64) is None
        with pytest.raises(ValueError, match="rows of session belong to no period"):
            list(reader.rows(SESSION, 0, 1))
    store.close()


def test_the_reader_refuses_what_it_cannot_read(path: Path, fill: Fill) -> None:
    """A report on a missing, foreign, newer or garbled ledger says so."""
    with pytest.raises(LedgerUnavailableError, match=f"{path}: No such file or directory"):
        LedgerReader(path)
    fill()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER run_ended_is_final")
        connection.execute("UPDATE run SET device = 'r2' WHERE rowid = 1")
    with (
        LedgerReader(path) as reader,
        pytest.raises(LedgerDamagedError, match="a row does not match its checksum"),
    ):
        list(reader.all(RUN))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(LedgerNewerError):
        LedgerReader(path)
