"""Opening a ledger: what is refused, in which words and unchanged, and what comes back at a start."""

from __future__ import annotations

import os
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
from collector.ledger.evidence import Evidence
from collector.ledger.migrations import STEPS, Step
from collector.ledger.opening import open_inspected
from collector.ledger.reader import LedgerReader
from collector.ledger.restored import Restored
from collector.ledger.rows import Ended, Session
from collector.ledger.store import open_store
from collector.ledger.tables import HEARTBEAT, RUN
from collector.model import UptimeSource, Verdict

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW_MS = 1_795_366_800_000
Poll = Callable[..., Evidence]
Fill = Callable[..., Restored]


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
        (lambda data: b"\0" * len(data), "file is not a database"),
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


def test_an_older_ledger_is_brought_up_to_date(
    path: Path, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer program adds what the schema lacks and restores what the older one had written."""
    fill()
    later = (*STEPS, Step(name="audit", statements=("CREATE TABLE audit (a INTEGER) STRICT",)))
    monkeypatch.setattr("collector.ledger.migrations.STEPS", later)
    store, restored = open_store(path, now_ms=NOW_MS)
    store.close()
    assert restored.last["r1"].run.polls == 30
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM migration").fetchall() == [
            *((step.name,) for step in STEPS),
            ("audit",),
        ]


def test_a_file_system_without_a_log_is_refused(
    path: Path, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where SQLite cannot keep a write-ahead log, as on some network file systems, that is said."""
    fill()
    memory = sqlite3.connect(":memory:")
    monkeypatch.setattr("collector.ledger.opening.connect", lambda *_, **__: memory)
    with pytest.raises(LedgerUnavailableError) as caught:
        open_inspected(path)
    assert str(caught.value) == (
        f"{path}: this file system cannot hold a write-ahead log (journal mode memory); keep the ledger on a "
        "local disk"
    )
