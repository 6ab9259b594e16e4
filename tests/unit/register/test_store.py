"""The register's file: added to by anybody, changed by nobody unseen."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from collector.ledger.errors import LedgerDamagedError
from collector.register.chain import genesis
from collector.register.clock import Known
from collector.register.entries import ClockStated, Kind, MaintenanceEnded
from collector.register.errors import (
    AuthorError,
    RegisterDamagedError,
    RegisterError,
    RegisterForeignError,
    RegisterMissingError,
    RegisterMovedError,
    RegisterNewerError,
    RegisterUnavailableError,
)
from collector.register.store import Register, register_of
from tests.unit.register.samples import LEDGER_ID, NOW_MS, PAYLOADS

Meddle = Callable[..., None]
ENDED = MaintenanceEnded(id="a", end_ms=1)


def test_it_lies_beside_its_ledger() -> None:
    """Under the ledger's own name."""
    assert register_of(Path("/v/ledger.db")) == Path("/v/ledger-register.db")
    assert register_of(Path("/v/month")) == Path("/v/month-register.db")


def test_what_is_added_is_read_back_in_order(filled: Path) -> None:
    """Also by kind, and the number of the last entry tells whether there is news."""
    with Register.open(filled, LEDGER_ID) as register:
        entries = list(register.entries())
        assert [entry.payload for entry in entries] == list(PAYLOADS)
        assert [entry.number for entry in entries] == list(range(1, len(PAYLOADS) + 1))
        assert {entry.author for entry in entries} == {"Nguyễn Văn An"}
        assert [entry.at_ms for entry in entries] == [NOW_MS + 1000 * one for one in range(len(PAYLOADS))]
        assert [entry.number for entry in register.entries(Kind.OUTAGE_ANNOTATED)] == [3]
        assert register.version() == register.verify() == len(PAYLOADS)


def test_a_stranger_recomputes_the_chain_with_sqlite3_and_sha256sum(filled: Path) -> None:
    """As docs/ledger.md says it: six columns, a line each."""
    with closing(sqlite3.connect(filled)) as connection:
        stored = connection.execute("SELECT number, previous, sha256 FROM entry ORDER BY number").fetchall()
        (created_ms,) = connection.execute("SELECT created_ms FROM meta").fetchone()
    before = hashlib.sha256(f"haidang register\n{LEDGER_ID}\n{created_ms}\n".encode()).hexdigest()
    for number, previous, sha256 in stored:
        query = f"SELECT previous, number, at_ms, author, kind, json FROM entry WHERE number = {number}"
        lines = subprocess.run(
            ["sqlite3", "-separator", "\n", str(filled), query], check=True, capture_output=True
        ).stdout
        found = subprocess.run(["sha256sum"], input=lines, check=True, capture_output=True).stdout
        assert previous == before
        assert found.split()[0].decode() == sha256
        before = sha256


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = 1", "DELETE FROM {}"])
@pytest.mark.parametrize(
    ("table", "column"), [("entry", "at_ms"), ("meta", "created_ms"), ("migration", "name")]
)
def test_no_program_changes_or_removes_a_row(filled: Path, statement: str, table: str, column: str) -> None:
    """The file itself refuses it."""
    with (
        closing(sqlite3.connect(filled, isolation_level=None)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="rows never change"),
    ):
        connection.execute(statement.format(table, column))


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        ("UPDATE entry SET at_ms = at_ms - 1 WHERE number = 3", "entry 3: its content does not match"),
        ("UPDATE entry SET author = 'X' WHERE number = 3", "entry 3: its content does not match"),
        ("UPDATE entry SET kind = 'month_closed' WHERE number = 3", "entry 3: its content does not match"),
        ("UPDATE entry SET json = replace(json, '1', '2') WHERE number = 3", "entry 3: its content does not"),
        (f"UPDATE entry SET sha256 = '{'0' * 64}' WHERE number = 3", "entry 3: its content does not match"),
        (f"UPDATE entry SET previous = '{'0' * 64}' WHERE number = 3", "entry 3: it does not name the hash"),
        ("DELETE FROM entry WHERE number = 3", "entry 3: entry 3 is missing"),
        ("DELETE FROM entry WHERE number = 1", "entry 1: entry 1 is missing"),
        ("UPDATE meta SET created_ms = created_ms + 1", "entry 1: it does not name the hash"),
        ("DELETE FROM meta", "0 rows in table meta"),
    ],
)
def test_a_change_is_found_and_its_entry_named(
    filled: Path, meddle: Meddle, statement: str, complaint: str
) -> None:
    """Whoever removes the triggers is found by the chain; the message says what to do."""
    meddle(filled, statement)
    with pytest.raises(RegisterDamagedError, match=complaint) as caught:  # noqa: SIM117 - one claim
        with Register.open(filled, LEDGER_ID) as register:
            list(register.entries(Kind.EVIDENCE_REMOVED))
    assert "Nothing in it was changed" in str(caught.value)
    assert "haidang ledger restore BACKUP LEDGER --only register" in str(caught.value)
    assert isinstance(caught.value, LedgerDamagedError)


def test_a_changed_last_entry_takes_no_further_one(filled: Path, meddle: Meddle) -> None:
    """A chain is never continued from a link that does not hold."""
    meddle(filled, "UPDATE entry SET author = 'X' WHERE number = (SELECT max(number) FROM entry)")
    with (
        Register.open(filled, LEDGER_ID, create=NOW_MS) as register,
        pytest.raises(RegisterDamagedError, match="entry 7: its content does not match its hash"),
    ):
        register.append("an", ENDED, NOW_MS + 10_000)


def test_a_consistent_entry_of_an_unknown_kind_or_shape_is_refused(filled: Path, meddle: Meddle) -> None:
    """A right hash does not make a value of it."""
    with Register.open(filled, LEDGER_ID) as register:
        last = list(register.entries())[-1]
    rows = [("bribe", "{}", "its kind 'bribe' is unknown"), ("maintenance_ended", "{}", "exactly id, end_ms")]
    for kind, json, complaint in rows:
        copy = filled.with_name(f"{kind}.db")
        shutil.copy(filled, copy)
        lines = f"{last.sha256}\n8\n{last.at_ms}\nan\n{kind}\n{json}\n"
        sha256 = hashlib.sha256(lines.encode()).hexdigest()
        meddle(
            copy,
            "INSERT INTO entry VALUES (8, ?, 'an', ?, ?, ?, ?)",
            *(last.at_ms, kind, json, last.sha256, sha256),
        )
        with Register.open(copy, LEDGER_ID) as register, pytest.raises(RegisterDamagedError, match=complaint):
            register.verify()


def test_an_entry_too_large_is_not_read(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even into memory."""
    monkeypatch.setattr("collector.register.store.MAX_JSON", 100)
    with (
        Register.open(filled, LEDGER_ID) as register,
        pytest.raises(
            RegisterDamagedError, match="entry 1: a column is missing, of another type, or too large"
        ),
    ):
        register.verify()


def test_the_register_of_another_ledger_is_refused(filled: Path) -> None:
    """Both ids are named."""
    with pytest.raises(RegisterForeignError, match=f"another ledger \\({LEDGER_ID}\\).*\\(other\\)"):
        Register.open(filled, "other")


def test_another_file_is_refused(path: Path) -> None:
    """A ledger or any other database in its place is left alone."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (a)")
    before = path.read_bytes()
    with pytest.raises(RegisterForeignError, match="not a register"):
        Register.open(path, LEDGER_ID, create=NOW_MS)
    assert path.read_bytes() == before


def test_a_newer_file_is_refused(filled: Path) -> None:
    """With both schema numbers."""
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute("PRAGMA user_version = 9")
    with pytest.raises(RegisterNewerError, match=r"schema 9, this program knows up to 1"):
        Register.open(filled, LEDGER_ID)


@pytest.mark.parametrize(("content", "words"), [(b"", "it is empty"), (b"x" * 5000, "not a database")])
def test_a_torn_file_is_refused_unchanged(path: Path, content: bytes, words: str) -> None:
    """An empty file is no new register."""
    path.write_bytes(content)
    with pytest.raises(RegisterDamagedError, match=words):
        Register.open(path, LEDGER_ID, create=NOW_MS)
    assert path.read_bytes() == content


def test_a_missing_register_is_said(path: Path) -> None:
    """Reading makes none."""
    with pytest.raises(RegisterMissingError, match="there is no register beside the ledger"):
        Register.open(path, LEDGER_ID)
    assert not path.exists()


def test_reading_does_not_write(filled: Path) -> None:
    """A register opened for reading refuses an entry in words."""
    with (
        Register.open(filled, LEDGER_ID) as register,
        pytest.raises(RegisterUnavailableError, match="read-only for this user"),
    ):
        register.append("an", ENDED, NOW_MS)


def test_others_may_not_read_it(filled: Path) -> None:
    """The group may, as with the ledger."""
    assert filled.stat().st_mode & 0o777 == 0o640


def test_a_reader_that_stays_open_sees_news(filled: Path) -> None:
    """So the running collector need only look at a number."""
    with Register.open(filled, LEDGER_ID) as reader:
        before = reader.version()
        with Register.open(filled, LEDGER_ID, create=NOW_MS) as writer:
            writer.append("an", ENDED, NOW_MS + 10_000)
        assert reader.version() == before + 1
        assert list(reader.entries())[-1].payload == ENDED


def test_time_does_not_go_back(filled: Path) -> None:
    """A clock a little behind takes the last entry's instant; one far behind is refused and said."""
    with Register.open(filled, LEDGER_ID, create=NOW_MS) as register:
        last = list(register.entries())[-1]
        assert register.append("an", ENDED, last.at_ms - 600_000).at_ms == last.at_ms
        with pytest.raises(
            RegisterUnavailableError, match=r"clock \(.*\) is 11 minutes behind entry 8 of an"
        ):
            register.append("an", ENDED, last.at_ms - 660_001)
        assert register.version() == 8


YEARS_MS = 10 * 365 * 86_400_000


def test_a_clock_far_beyond_the_ledger_is_refused(filled: Path) -> None:
    """A day beyond a collector that did not stop, a year beyond one that did; both ways out are named."""
    for stopped, days in ((False, 1), (True, 366)):
        known = Known(latest_ms=NOW_MS, stopped=stopped)
        late_ms = NOW_MS + (days + 2) * 86_400_000
        with Register.open(filled, LEDGER_ID, create=NOW_MS, known=known) as register:
            with pytest.raises(
                RegisterUnavailableError,
                match=rf"is {days + 2} days ahead of .*Either this clock is ahead: .*--clock-is-right",
            ):
                register.append("an", ENDED, late_ms)
            assert register.version() == 7


def test_an_entry_from_the_future_does_not_lock_the_register(filled: Path) -> None:
    """It is said which clocks may be wrong; who states that this one is right goes on from it, on record."""
    with Register.open(filled, LEDGER_ID, create=NOW_MS) as register:
        register.append("root", ENDED, NOW_MS + YEARS_MS)
        with pytest.raises(RegisterUnavailableError, match=r"entry 8 of root\. Either .*--clock-is-right"):
            register.append("an", ENDED, NOW_MS + 60_000)
        stated = register.append("an", ClockStated(reason="đồng hồ cũ sai"), NOW_MS + 60_000)
        after = register.append("an", ENDED, NOW_MS + 61_000)
        assert (stated.at_ms, after.at_ms) == (NOW_MS + 60_000, NOW_MS + 61_000)
        assert register.verify() == 10


def test_a_clock_behind_the_evidence_is_never_right(filled: Path) -> None:
    """Nobody dates a decision before what the collector has seen since."""
    known = Known(latest_ms=NOW_MS + 3_600_000, stopped=True)
    with (
        Register.open(filled, LEDGER_ID, create=NOW_MS, known=known) as register,
        pytest.raises(RegisterUnavailableError, match="is behind the ledger, which has evidence up"),
    ):
        register.append("an", ClockStated(reason="x"), NOW_MS)


def test_an_entry_prepared_for_another_state_is_refused(filled: Path) -> None:
    """A closing covers the entries before it: it must not land behind one it has not seen."""
    with Register.open(filled, LEDGER_ID, create=NOW_MS) as register:
        with pytest.raises(RegisterMovedError, match="entry 7 was made meanwhile"):
            register.append("an", ENDED, NOW_MS + 10_000, after=5)
        assert register.append("an", ENDED, NOW_MS + 10_000, after=7).number == 8


@pytest.mark.parametrize("author", ["", " an", "a\nb", "x" * 101, "\x1b[2J"])
def test_an_author_is_a_name_in_one_line(path: Path, author: str) -> None:
    """It is printed in lists and hashed as a line."""
    with Register.open(path, LEDGER_ID, create=NOW_MS) as register:
        with pytest.raises(AuthorError, match="no name of an author"):
            register.append(author, ENDED, NOW_MS)
        assert register.version() == 0


def test_what_cannot_be_recorded_is_said(path: Path) -> None:
    """And leaves the register as it was."""
    with Register.open(path, LEDGER_ID, create=NOW_MS) as register:
        with pytest.raises(RegisterError, match="cannot be recorded: a text holds characters that are none"):
            register.append("an", MaintenanceEnded(id="\ud800", end_ms=0), NOW_MS)
        assert register.version() == 0


def test_an_empty_register_begins_with_its_ledger(path: Path) -> None:
    """The first entry names the hash of ledger and time of making."""
    with Register.open(path, LEDGER_ID, create=NOW_MS) as register:
        assert (register.version(), list(register.entries()), register.verify()) == (0, [], 0)
        assert register.append("an", ENDED, NOW_MS).previous == genesis(LEDGER_ID, NOW_MS)


MANY = """
import sys
from pathlib import Path
from collector.register.entries import MaintenanceEnded
from collector.register.store import Register
print("ready", flush=True)
sys.stdin.readline()
for number in range(20):
    with Register.open(Path(sys.argv[1]), sys.argv[2], create=1_795_366_800_000) as register:
        register.append(sys.argv[3], MaintenanceEnded(id=str(number), end_ms=number), 1_795_366_800_000)
"""


def test_several_people_at_once_never_fork_the_chain(path: Path) -> None:
    """Four programs make the register and add to it at the same moment: nothing is lost, all is one chain."""
    root = Path(__file__).parents[3]
    children = [
        subprocess.Popen(
            [sys.executable, "-c", MANY, str(path), LEDGER_ID, f"author {number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=root,
            text=True,
        )
        for number in range(4)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.communicate("go\n")
        assert child.returncode == 0
    with Register.open(path, LEDGER_ID) as register:
        entries = list(register.entries())
        assert register.verify() == 80
    for number in range(4):
        mine = [entry.payload for entry in entries if entry.author == f"author {number}"]
        assert mine == [MaintenanceEnded(id=str(one), end_ms=one) for one in range(20)]
    assert [file.name for file in path.parent.iterdir() if ".new" in file.name] == []
