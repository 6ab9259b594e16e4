"""The schema's steps: each with its record or not at all, and nothing newer is touched."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from collector.ledger.errors import LedgerNewerError
from collector.ledger.migrations import STEPS, Step, migrate
from collector.ledger.tables import TABLES


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """Return an empty database in memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    yield connection
    connection.close()


def tables(connection: sqlite3.Connection) -> set[str]:
    """Return the names of all tables."""
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def test_all_steps_are_taken_once_and_recorded(connection: sqlite3.Connection) -> None:
    """A new file gets the whole schema with a record of each step; a second time nothing happens."""
    assert migrate(connection, "x.db", now_ms=5) == len(STEPS)
    assert migrate(connection, "x.db", now_ms=6) == 0
    recorded = connection.execute("SELECT version, name, applied_ms FROM migration").fetchall()
    assert recorded == [(number, step.name, 5) for number, step in enumerate(STEPS, start=1)]
    assert tables(connection) == {table.name for table in TABLES}


def test_columns_are_those_of_the_rows(connection: sqlite3.Connection) -> None:
    """Each table has its row's fields in their order, then the checksum, and is STRICT."""
    migrate(connection, "x.db", now_ms=5)
    for table in TABLES:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table.name})")]
        assert columns == [*table.columns, "crc"]
    strict = connection.execute("SELECT name FROM pragma_table_list WHERE strict = 1").fetchall()
    assert {row[0] for row in strict} == {table.name for table in TABLES}


def test_a_step_that_fails_leaves_nothing_behind(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its statements and its record are one transaction; the steps before it stand."""
    broken = Step(name="half", statements=("CREATE TABLE half (a)", "CREATE TABLE broken ("))
    monkeypatch.setattr("collector.ledger.migrations.STEPS", (*STEPS, broken))
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, "x.db", now_ms=5)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(STEPS),)
    assert "half" not in tables(connection)


def test_a_later_program_adds_its_steps(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ledger in the field gets only what it lacks."""
    migrate(connection, "x.db", now_ms=5)
    later = (*STEPS, Step(name="audit", statements=("CREATE TABLE audit (a INTEGER) STRICT",)))
    monkeypatch.setattr("collector.ledger.migrations.STEPS", later)
    assert migrate(connection, "x.db", now_ms=9) == 1
    names = [row[0] for row in connection.execute("SELECT name FROM migration ORDER BY version")]
    assert names == [step.name for step in later]


def test_a_newer_schema_is_refused(connection: sqlite3.Connection) -> None:
    """A program never guesses what a newer one meant: it says so and changes nothing."""
    connection.execute("PRAGMA user_version = 7")
    with pytest.raises(LedgerNewerError) as caught:
        migrate(connection, "var/ledger.db", now_ms=5)
    assert str(caught.value) == (
        f"var/ledger.db: written by a newer Hải Đăng (schema 7, this program knows up to {len(STEPS)}). "
        "Nothing was changed. Update this program, or name another file as collector.ledger."
    )
    assert tables(connection) == set()


@pytest.mark.parametrize(
    ("table", "change", "message"),
    [
        ("run", "polls = polls + 1", "run: a row that has ended never changes"),
        ("boot", "readings = readings + 1", "boot: a row that has ended never changes"),
        ("heartbeat", "beats = beats + 1", "heartbeat: a row that has ended never changes"),
        ("spool_range", "last_seq = 9", "spool_range: a row that has ended never changes"),
        ("traffic", "in_bytes = '[9]'", "traffic: a row that has ended never changes"),
        ("left_out", "in_bytes = 9", "left_out: a row that has ended never changes"),
        ("revision", "took_effect_ms = 9", "revision: rows never change"),
        ("document", "json = 'x'", "document: rows never change"),
        ("session", "version = 'x'", "session: rows never change"),
        ("meta", "simulated = 1", "meta: rows never change"),
        ("migration", "name = 'x'", "migration: rows never change"),
    ],
)
def test_the_file_itself_keeps_rows_that_have_ended(
    connection: sqlite3.Connection, table: str, change: str, message: str
) -> None:
    """Whatever program opens the ledger, an UPDATE of what is final fails."""
    migrate(connection, "x.db", now_ms=5)
    rows = {
        "run": "'r1','s1',1,'answered',NULL,1,1,1,1,1,1,1,0,'stop',0",
        "boot": "'r1','sysUpTime','s1',1,NULL,'',1,1,1,1,1,1,1,'stop',0",
        "heartbeat": "'s1',1,1,1,0,'stop',0",
        "spool_range": "'r1','a','s1',1,1,1,1,1,1,'stop',0",
        "traffic": "'r1','wan0','s1',300000,600000,300000,'[1]','[1]','[0]','stop',0",
        "left_out": "'r1','wan0','s1','wrap',1,2,1,5,5,'stop',0",
        "revision": "1,'s1',1,'x',0",
        "document": "'x','{}',0",
        "session": "'s1',1,'v',0",
        "meta": "'x',1,0,0",
    }
    if table in rows:
        connection.execute(f"INSERT INTO {table} VALUES ({rows[table]})")
    with pytest.raises(sqlite3.IntegrityError) as caught:
        connection.execute(f"UPDATE {table} SET {change}")
    assert str(caught.value) == message
