"""The ledger's schema as a list of steps; each step and its record are committed together."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from collector.ledger.errors import LedgerNewerError
from collector.ledger.rows import Migration
from collector.ledger.tables import MIGRATION

APPLICATION_ID = 0x4844_4C47
"""`HDLG` in the file's header: tells a ledger from any other SQLite file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change of the schema: its statements, each complete."""

    name: str
    statements: tuple[str, ...]


def _never_changes(table: str) -> str:
    return (
        f"CREATE TRIGGER {table}_is_final BEFORE UPDATE ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table}: rows never change'); END"
    )


def _ended_never_changes(table: str) -> str:
    return (
        f"CREATE TRIGGER {table}_ended_is_final BEFORE UPDATE ON {table} WHEN OLD.ended IS NOT NULL"
        f" BEGIN SELECT RAISE(ABORT, '{table}: a row that has ended never changes'); END"
    )


# Rows of one day lie together because they are stored in the order they began: a commit then touches few
# pages. That is why the tables keep their row numbers and are not clustered by device.
_EVIDENCE = Step(
    name="evidence",
    statements=(
        """CREATE TABLE meta (
            ledger_id TEXT NOT NULL UNIQUE,
            created_ms INTEGER NOT NULL,
            simulated INTEGER NOT NULL CHECK (simulated IN (0, 1)),
            crc INTEGER NOT NULL
        ) STRICT""",
        """CREATE TABLE migration (
            version INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            applied_ms INTEGER NOT NULL,
            crc INTEGER NOT NULL
        ) STRICT""",
        """CREATE TABLE session (
            id TEXT NOT NULL UNIQUE,
            started_ms INTEGER NOT NULL,
            version TEXT NOT NULL,
            crc INTEGER NOT NULL
        ) STRICT""",
        """CREATE TABLE document (
            sha256 TEXT NOT NULL UNIQUE,
            json TEXT NOT NULL,
            crc INTEGER NOT NULL
        ) STRICT""",
        """CREATE TABLE revision (
            id INTEGER PRIMARY KEY,
            session TEXT NOT NULL REFERENCES session (id),
            took_effect_ms INTEGER NOT NULL,
            sha256 TEXT NOT NULL REFERENCES document (sha256),
            crc INTEGER NOT NULL
        ) STRICT""",
        """CREATE TABLE discontinuity (
            session TEXT NOT NULL REFERENCES session (id),
            number INTEGER NOT NULL,
            kind TEXT NOT NULL,
            from_ms INTEGER NOT NULL,
            to_ms INTEGER NOT NULL CHECK (from_ms <= to_ms),
            size_ms INTEGER NOT NULL,
            crc INTEGER NOT NULL,
            UNIQUE (session, number)
        ) STRICT""",
        """CREATE TABLE heartbeat (
            session TEXT NOT NULL REFERENCES session (id),
            first_ms INTEGER NOT NULL,
            last_ms INTEGER NOT NULL CHECK (first_ms <= last_ms),
            beats INTEGER NOT NULL CHECK (beats > 0),
            longest_gap_ms INTEGER NOT NULL,
            ended TEXT,
            crc INTEGER NOT NULL,
            UNIQUE (session, first_ms)
        ) STRICT""",
        """CREATE TABLE run (
            device TEXT NOT NULL,
            session TEXT NOT NULL REFERENCES session (id),
            revision INTEGER NOT NULL REFERENCES revision (id),
            verdict TEXT NOT NULL CHECK (verdict IN ('answered', 'silent', 'local')),
            reason TEXT,
            interval_ms INTEGER NOT NULL CHECK (interval_ms > 0),
            deadline_ms INTEGER NOT NULL CHECK (deadline_ms > 0),
            first_sent_ms INTEGER NOT NULL,
            first_end_ms INTEGER NOT NULL CHECK (first_sent_ms <= first_end_ms),
            last_sent_ms INTEGER NOT NULL CHECK (first_sent_ms <= last_sent_ms),
            last_end_ms INTEGER NOT NULL CHECK (last_sent_ms <= last_end_ms),
            polls INTEGER NOT NULL CHECK (polls > 0),
            longest_gap_ms INTEGER NOT NULL,
            ended TEXT,
            crc INTEGER NOT NULL,
            UNIQUE (device, first_sent_ms)
        ) STRICT""",
        """CREATE TABLE boot (
            device TEXT NOT NULL,
            source TEXT NOT NULL,
            session TEXT NOT NULL REFERENCES session (id),
            wraps INTEGER NOT NULL CHECK (wraps IN (0, 1)),
            boots INTEGER,
            boot_id TEXT NOT NULL,
            first_ticks INTEGER NOT NULL CHECK (first_ticks >= 0),
            first_sent_ms INTEGER NOT NULL,
            first_at_ms INTEGER NOT NULL CHECK (first_sent_ms <= first_at_ms),
            last_ticks INTEGER NOT NULL CHECK (last_ticks >= 0),
            last_sent_ms INTEGER NOT NULL,
            last_at_ms INTEGER NOT NULL CHECK (last_sent_ms <= last_at_ms),
            readings INTEGER NOT NULL CHECK (readings > 0),
            ended TEXT,
            crc INTEGER NOT NULL,
            UNIQUE (device, source, first_at_ms)
        ) STRICT""",
        """CREATE TABLE spool_range (
            device TEXT NOT NULL,
            spool TEXT NOT NULL,
            session TEXT NOT NULL REFERENCES session (id),
            first_seq INTEGER NOT NULL,
            last_seq INTEGER NOT NULL CHECK (first_seq <= last_seq),
            first_ms INTEGER NOT NULL,
            last_ms INTEGER NOT NULL CHECK (first_ms <= last_ms),
            first_received_ms INTEGER NOT NULL,
            last_received_ms INTEGER NOT NULL CHECK (first_received_ms <= last_received_ms),
            ended TEXT,
            crc INTEGER NOT NULL,
            UNIQUE (device, spool, first_seq, first_received_ms)
        ) STRICT""",
        """CREATE TABLE loss (
            device TEXT NOT NULL,
            session TEXT NOT NULL REFERENCES session (id),
            cause TEXT NOT NULL,
            first_ms INTEGER NOT NULL,
            last_ms INTEGER NOT NULL CHECK (first_ms <= last_ms),
            rows INTEGER NOT NULL,
            polls INTEGER NOT NULL,
            crc INTEGER NOT NULL,
            UNIQUE (device, session, cause, first_ms)
        ) STRICT""",
        *(_never_changes(table) for table in ("meta", "migration", "session", "document", "revision")),
        *(_ended_never_changes(table) for table in ("heartbeat", "run", "boot", "spool_range")),
    ),
)

# An array is rewritten when a bucket is finished, so open rows are few and far between the ended ones: they
# have an index of their own. `end_ms` stands before the arrays, so that it is read without them.
_TRAFFIC = Step(
    name="traffic",
    statements=(
        """CREATE TABLE traffic (
            device TEXT NOT NULL,
            interface TEXT NOT NULL,
            session TEXT NOT NULL REFERENCES session (id),
            start_ms INTEGER NOT NULL CHECK (start_ms % 300000 = 0),
            end_ms INTEGER NOT NULL CHECK (end_ms > start_ms AND end_ms % 300000 = 0),
            covered_ms INTEGER NOT NULL CHECK (covered_ms > 0 AND covered_ms <= end_ms - start_ms),
            in_bytes TEXT NOT NULL,
            out_bytes TEXT NOT NULL,
            missed_ms TEXT NOT NULL,
            ended TEXT,
            crc INTEGER NOT NULL,
            UNIQUE (device, start_ms, interface, session)
        ) STRICT""",
        """CREATE TABLE left_out (
            device TEXT NOT NULL,
            interface TEXT NOT NULL,
            session TEXT NOT NULL REFERENCES session (id),
            doubt TEXT NOT NULL,
            first_ms INTEGER NOT NULL,
            last_ms INTEGER NOT NULL CHECK (first_ms <= last_ms),
            readings INTEGER NOT NULL CHECK (readings > 0),
            in_bytes INTEGER NOT NULL CHECK (in_bytes >= 0),
            out_bytes INTEGER NOT NULL CHECK (out_bytes >= 0),
            ended TEXT,
            crc INTEGER NOT NULL,
            UNIQUE (device, first_ms, interface, session)
        ) STRICT""",
        "CREATE INDEX traffic_open ON traffic (device) WHERE ended IS NULL",
        "CREATE INDEX left_out_open ON left_out (device) WHERE ended IS NULL",
        *(_ended_never_changes(table) for table in ("traffic", "left_out")),
    ),
)

STEPS = (_EVIDENCE, _TRAFFIC)
"""Append only: a ledger in the field has the first of these and needs the rest."""


def insert_sql(table: str, columns: tuple[str, ...]) -> str:
    """Return the INSERT for all columns of a table."""
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - names of our tables


def missing_steps(connection: sqlite3.Connection, path: object) -> int:
    """Return how many steps a ledger's schema lacks; raise LedgerNewerError if it has more than are known."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(STEPS):
        raise LedgerNewerError(
            f"{path}: written by a newer Hải Đăng (schema {version}, this program knows up to {len(STEPS)}). "
            "Nothing was changed. Update this program, or name another file as collector.ledger."
        )
    return len(STEPS) - version


def migrate(connection: sqlite3.Connection, path: object, *, now_ms: int) -> int:
    """Bring the schema up to date; return how many steps were taken. Refuse a schema that is newer."""
    missing = missing_steps(connection, path)
    done = len(STEPS) - missing
    for number, step in enumerate(STEPS[done:], start=done + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in step.statements:
                connection.execute(statement)
            record = MIGRATION.values(Migration(version=number, name=step.name, applied_ms=now_ms))
            connection.execute(insert_sql(MIGRATION.name, (*MIGRATION.columns, "crc")), record)
            connection.execute(f"PRAGMA user_version = {number}")
            if number == 1:
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    return missing
