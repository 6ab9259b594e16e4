"""Torn files: a ledger and its log cut, zeroed and garbled at random offsets.

Either the ledger opens and holds everything that was committed before the tear, or it says what is wrong and
what to do, and salvage saves every row that can be read. No row appears that was never written.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.ledger.book import Book
from collector.ledger.errors import LedgerDamagedError
from collector.ledger.evidence import Evidence, LeftOutEvidence, SpoolEvidence, TrafficEvidence
from collector.ledger.mending import LOST_DOCUMENT, LOST_VERSION
from collector.ledger.reader import LedgerReader
from collector.ledger.rows import (
    Boot,
    Document,
    Ended,
    Heartbeat,
    LeftOut,
    Loss,
    Migration,
    Revision,
    Row,
    Run,
    Session,
    SpoolRange,
    Traffic,
)
from collector.ledger.salvage import salvage
from collector.ledger.store import open_store
from collector.ledger.tables import TABLES, RowKey, table_of
from collector.model import Doubt, Reason, Uptime, UptimeSource, Verdict
from collector.traffic.buckets import BUCKET_MS, Bucket

START_MS = 1_795_366_800_000
MINUTE_MS = 60_000
DEVICES = 30
LINES = 4
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PAGE = 4096
FRAME = PAGE + 24
ADVICE = "Nothing in it was changed. Save every readable row into a new ledger:\n  haidang ledger salvage "


@dataclass
class Commit:
    """What the ledger held after a commit, and where in the log it ended (0 once it is in the file)."""

    rows: dict[RowKey, Row]
    wal_end: int


@dataclass
class Killed:
    """The files of a ledger as a kill left them, and the history of its commits."""

    path: Path
    commits: list[Commit] = field(default_factory=list)
    versions: set[Row] = field(default_factory=set)


def log_end(path: Path) -> int:
    """Return where the current round of the write-ahead log ends."""
    wal = Path(f"{path}-wal").read_bytes()
    for frame in count():
        at = 32 + frame * FRAME
        if len(wal) < at + FRAME or wal[at + 8 : at + 16] != wal[16:24]:
            return at
    raise AssertionError


def minute_of_evidence(book: Book, minute: int) -> None:
    """Feed one minute: some devices flap, one is read for its uptime, one has an agent."""
    for number in range(DEVICES):
        sent_ms = START_MS + minute * MINUTE_MS + number
        silent = (minute + number) % (3 + number) == 0
        evidence = Evidence(
            device=f"xã-{number:02d}",
            revision=1,
            verdict=Verdict.SILENT if silent else Verdict.ANSWERED,
            reason=Reason.TIMEOUT if silent else None,
            sent_ms=sent_ms,
            done_ms=sent_ms + 9_000,
            answered_ms=None if silent else sent_ms + 20,
            interval_ms=MINUTE_MS,
            deadline_ms=20_000,
        )
        book.poll(evidence)
        if not silent:
            uptime = Uptime(
                source=UptimeSource.SYS_UPTIME,
                ticks=minute % 40 * 6_000,
                sent_ms=sent_ms,
                at_ms=sent_ms + 20,
                wraps=True,
            )
            book.uptime(evidence.device, uptime)
    at_ms = START_MS + minute * MINUTE_MS
    spool = SpoolEvidence(
        device="srv",
        spool="a1",
        first_seq=minute * 4 + minute // 30,
        last_seq=minute * 4 + 3 + minute // 30,
        first_ms=at_ms,
        last_ms=at_ms,
        received_ms=at_ms,
    )
    book.agent_range(spool)
    for number in range(LINES):
        # Long enough that a row of them goes over more than one page.
        bucket = Bucket(
            start_ms=START_MS + minute * BUCKET_MS,
            in_bytes=900_000_000_000 + minute,
            out_bytes=100_000_000_000 + number,
            covered_ms=BUCKET_MS - number,
        )
        book.traffic(TrafficEvidence(device=f"xã-{number:02d}", interface="wan0", bucket=bucket))
    left = LeftOutEvidence(
        device="xã-01",
        interface="wan0",
        doubt=Doubt.WRAP if minute % 7 else Doubt.RESET,
        from_ms=at_ms,
        to_ms=at_ms + MINUTE_MS,
        in_bytes=1,
        out_bytes=2,
    )
    book.left_out(left)
    book.heartbeat(at_ms + 30_000)


def make(folder: Path, *, checkpoint_pages: int, minutes: int) -> Killed:
    """Write a ledger commit by commit, note each, and keep its files as if the writer was killed."""
    live = folder / "live.db"
    store, restored = open_store(live, now_ms=START_MS)
    connection = store._connection
    assert connection is not None
    connection.execute(f"PRAGMA wal_autocheckpoint = {checkpoint_pages}")
    session = Session(id="s1", started_ms=START_MS, version="test")
    book = Book(session, restored, ZONE, heartbeat_limit_ms=2 * MINUTE_MS)
    killed = Killed(folder / "killed.db")
    document = '{"devices": "' + "xã " * 3_000 + '"}'
    book.revision(document, START_MS, ZONE)
    rows: dict[RowKey, Row] = {}
    ended = 0
    for minute in range(minutes):
        minute_of_evidence(book, minute)
        batch = book.take().rows
        store.write(batch.values())
        book.done()
        rows = {**rows, **batch}
        killed.versions |= set(batch.values())
        before, ended = ended, log_end(live)
        if ended <= before:
            # A new round of the log: everything before it had been moved into the file.
            for commit in killed.commits:
                commit.wal_end = 0
        killed.commits.append(Commit(rows, ended))
    for suffix in ("", "-wal"):
        shutil.copy(f"{live}{suffix}", f"{killed.path}{suffix}")
    store.close()
    return killed


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> list[Killed]:
    """Return three killed ledgers: all in the log, half in the log, and nearly all in the file."""
    return [
        make(tmp_path_factory.mktemp("torn"), checkpoint_pages=pages, minutes=minutes)
        for pages, minutes in ((0, 60), (150, 150), (20, 150))
    ]


@dataclass(frozen=True)
class Tear:
    """What is done to which file: from `start` to `end` it is cut off, zeroed or filled with noise."""

    suffix: str
    kind: str
    start: int
    end: int

    def apply(self, path: Path, rng: random.Random) -> None:
        """Tear the file."""
        file = Path(f"{path}{self.suffix}")
        data = bytearray(file.read_bytes())
        if self.kind == "cut":
            del data[self.start :]
        elif self.kind == "zeros":
            data[self.start : self.end] = bytes(self.end - self.start)
        elif self.kind == "noise":
            data[self.start : self.end] = rng.randbytes(self.end - self.start)
        file.write_bytes(data)


def random_tear(path: Path, rng: random.Random) -> Tear:
    """Draw a tear of the file or of its log: of a tail, or of a stretch up to three pages."""
    suffix = rng.choice(["", "-wal"])
    size = Path(f"{path}{suffix}").stat().st_size
    kind = rng.choice(["cut", "zeros", "noise"])
    start = rng.randrange(size)
    tail = kind == "cut" or rng.random() < 0.5
    return Tear(suffix, kind, start, size if tail else min(size, start + rng.randrange(1, 3 * PAGE)))


def rows_of(path: Path) -> dict[RowKey, Row]:
    """Return all rows of a ledger by their keys."""
    with LedgerReader(path) as reader:
        rows = [row for table in TABLES for row in reader.all(table)]
    return {table_of(row).key_of(row): row for row in rows}


def at_least(found: dict[RowKey, Row], wanted: dict[RowKey, Row]) -> Iterator[Row]:
    """Yield the rows that are missing, or there only in a version older than wanted."""
    for key, row in wanted.items():
        table = table_of(row)
        if key not in found or table.progress(found[key]) < table.progress(row):
            yield row


def invented(found: dict[RowKey, Row], killed: Killed) -> Iterator[Row]:
    """Yield the rows that were never written, those that open and salvage add for what they know left out."""
    for row in found.values():
        if ({row} | _as_it_was(row)) & killed.versions:
            continue
        added = isinstance(row, Loss | Migration) or table_of(row).name == "meta"
        marked = isinstance(row, Session) and row.version in {"salvage", LOST_VERSION}
        lost = isinstance(row, Document) and row.json == LOST_DOCUMENT
        if not (added or marked or lost or (isinstance(row, Revision) and row.session.startswith("salvage"))):
            yield row


def _as_it_was(row: Row) -> set[Row]:
    """Return the row before its end was added at opening or by salvage."""
    if isinstance(row, Run | Boot | Heartbeat | SpoolRange | Traffic | LeftOut) and row.ended in {
        Ended.KILLED,
        Ended.LOSS,
    }:
        return {replace(row, ended=None)}
    return set()


def check_opened(path: Path, killed: Killed, tear: Tear) -> None:
    """Check a torn ledger that opened: all that was committed before the tear, nothing that never was."""
    found = rows_of(path)
    assert list(invented(found, killed)) == []
    before_the_tear = [
        commit.rows for commit in killed.commits if tear.suffix == "" or commit.wal_end <= tear.start
    ]
    if before_the_tear:
        assert list(at_least(found, before_the_tear[-1])) == []


def check_salvaged(path: Path, killed: Killed, message: str) -> None:
    """Check a refused ledger: the message, the untouched files, and what salvage makes of them."""
    assert message.startswith(f"{path} is damaged: ")
    assert ADVICE + f"{path} {path}.salvaged\n" in message
    new = Path(f"{path}.salvaged")
    before = [Path(f"{path}{suffix}").read_bytes() for suffix in ("", "-wal")]
    try:
        salvage(path, new, now_ms=START_MS)
    except LedgerDamagedError:
        assert list(readable_by_sqlite(path, killed)) == []
        return
    assert before == [Path(f"{path}{suffix}").read_bytes() for suffix in ("", "-wal")]
    saved = rows_of(new)
    assert list(invented(saved, killed)) == []
    assert list(at_least(saved, dict(readable_by_sqlite(path, killed)))) == []
    store, _ = open_store(new, now_ms=START_MS)
    store.close()


def readable_by_sqlite(path: Path, killed: Killed) -> Iterator[tuple[RowKey, Row]]:
    """Yield the rows of a copy that SQLite itself still finds by number and that pass their checksum."""
    copy = path.with_name("readable.db")
    for suffix in ("", "-wal"):
        shutil.copy(f"{path}{suffix}", f"{copy}{suffix}")
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.text_factory = lambda text: text.decode(errors="replace")
        for table in TABLES:
            query = f"SELECT {', '.join((*table.columns, 'crc'))} FROM {table.name} WHERE rowid = ?"
            for rowid in range(1, len(killed.commits[-1].rows if killed.commits else ()) + 1):
                try:
                    row = table.parse(connection.execute(query, (rowid,)).fetchone() or ())
                except (sqlite3.Error, LedgerDamagedError):
                    continue
                yield table.key_of(row), row
    for suffix in ("", "-wal", "-shm"):
        Path(f"{copy}{suffix}").unlink(missing_ok=True)


def tear_and_check(killed: Killed, folder: Path, rng: random.Random) -> str:
    """Tear a copy of a killed ledger, open it, check; return what became of it."""
    path = folder / "ledger.db"
    for suffix in ("", "-wal"):
        shutil.copy(f"{killed.path}{suffix}", f"{path}{suffix}")
    tear = random_tear(path, rng)
    tear.apply(path, rng)
    try:
        store, _ = open_store(path, now_ms=START_MS)
    except LedgerDamagedError as error:
        check_salvaged(path, killed, str(error))
        return "salvaged"
    store.write([Session(id="s2", started_ms=START_MS, version="test")])
    killed.versions.add(Session(id="s2", started_ms=START_MS, version="test"))
    store.close()
    check_opened(path, killed, tear)
    return "opened"


def tears(ledgers: list[Killed], tmp_path: Path, number: int, seed: int) -> set[str]:
    """Tear copies of the ledgers at random; return what became of them."""
    rng = random.Random(seed)
    fates = set()
    for one in range(number):
        folder = tmp_path / str(one)
        folder.mkdir()
        fates.add(tear_and_check(ledgers[one % len(ledgers)], folder, rng))
        shutil.rmtree(folder)
    return fates


def test_torn_files_open_whole_or_say_what_to_do(ledgers: list[Killed], tmp_path: Path) -> None:
    """Thirty tears at random offsets of file and log."""
    assert tears(ledgers, tmp_path, 30, seed=23) == {"opened", "salvaged"}


@pytest.mark.all
def test_two_hundred_torn_files_open_whole_or_say_what_to_do(ledgers: list[Killed], tmp_path: Path) -> None:
    """Two hundred tears at random offsets of file and log."""
    assert tears(ledgers, tmp_path, 200, seed=200) == {"opened", "salvaged"}


def test_every_commit_survives_a_log_cut_right_after_it(ledgers: list[Killed], tmp_path: Path) -> None:
    """A log cut at a commit's end opens with exactly what that commit made of the ledger."""
    killed = ledgers[0]
    path = tmp_path / "ledger.db"
    for commit in killed.commits[::7]:
        shutil.copy(killed.path, path)
        Path(f"{path}-wal").write_bytes(Path(f"{killed.path}-wal").read_bytes()[: commit.wal_end])
        store, _ = open_store(path, now_ms=START_MS)
        store.close()
        found = rows_of(path)
        assert list(at_least(found, commit.rows)) == []
        assert {key[0] for key in found.keys() - commit.rows.keys()} <= {"meta", "migration"}


def test_a_removed_log_is_said_and_what_is_in_the_file_stands(ledgers: list[Killed], tmp_path: Path) -> None:
    """Without the log the ledger opens with what had been moved into the file, and notes the loss."""
    for killed in ledgers[1:]:
        path = tmp_path / "ledger.db"
        shutil.copy(killed.path, path)
        try:
            store, restored = open_store(path, now_ms=START_MS)
        except LedgerDamagedError as error:
            Path(f"{path}-wal").touch()
            check_salvaged(path, killed, str(error))
        else:
            store.close()
            assert restored.wal_missing
            assert list(invented(rows_of(path), killed)) == []
        path.unlink()


def test_a_removed_index_of_the_log_costs_nothing(ledgers: list[Killed], tmp_path: Path) -> None:
    """The -shm file is made anew: all that was committed is there."""
    for killed in ledgers:
        path = tmp_path / "ledger.db"
        for suffix in ("", "-wal"):
            shutil.copy(f"{killed.path}{suffix}", f"{path}{suffix}")
        Path(f"{path}-shm").write_bytes(b"\xa5" * 32_768)
        store, _ = open_store(path, now_ms=START_MS)
        store.close()
        assert list(at_least(rows_of(path), killed.commits[-1].rows)) == []
        path.unlink()


def test_two_ledgers_files_mixed_up_are_not_one(ledgers: list[Killed], tmp_path: Path) -> None:
    """A log of another time beside a file either opens with rows that were written, or is refused."""
    path = tmp_path / "ledger.db"
    shutil.copy(ledgers[1].path, path)
    shutil.copy(f"{ledgers[2].path}-wal", f"{path}-wal")
    known = Killed(path, versions=ledgers[1].versions | ledgers[2].versions)
    try:
        store, _ = open_store(path, now_ms=START_MS)
    except LedgerDamagedError as error:
        check_salvaged(path, known, str(error))
    else:
        store.close()
        assert list(invented(rows_of(path), known)) == []
