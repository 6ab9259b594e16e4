"""The register's tables as a list of steps; each step and its record are committed together."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from collector.ledger.connection import transaction
from collector.ledger.migrations import Step
from collector.register.errors import RegisterForeignError, RegisterNewerError

APPLICATION_ID = 0x4844_5247
"""`HDRG` in the file's header: tells a register from any other SQLite file."""


def _final(table: str, event: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table}: rows never change'); END"
    )


_TABLES = ("meta", "migration", "entry")

_ENTRIES = Step(
    name="entries",
    statements=(
        """CREATE TABLE meta (
            ledger_id TEXT NOT NULL UNIQUE,
            created_ms INTEGER NOT NULL
        ) STRICT""",
        """CREATE TABLE migration (
            version INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            applied_ms INTEGER NOT NULL
        ) STRICT""",
        """CREATE TABLE entry (
            number INTEGER PRIMARY KEY CHECK (number > 0),
            at_ms INTEGER NOT NULL,
            author TEXT NOT NULL,
            kind TEXT NOT NULL,
            json TEXT NOT NULL,
            previous TEXT NOT NULL UNIQUE,
            sha256 TEXT NOT NULL UNIQUE
        ) STRICT""",
        *(_final(table, event) for table in _TABLES for event in ("UPDATE", "DELETE")),
    ),
)

STEPS = (_ENTRIES,)
"""Append only: a register in the field has the first of these and needs the rest."""


def must_be_register(connection: sqlite3.Connection, path: Path) -> None:
    """Raise RegisterForeignError for an SQLite file that is no register."""
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    if application_id != APPLICATION_ID:
        raise RegisterForeignError(
            f"{path} is not a register of Hải Đăng. Nothing was changed. Move it away: the register must lie "
            "there, beside its ledger."
        )


def missing_steps(connection: sqlite3.Connection, path: Path) -> int:
    """Return how many steps a register lacks; raise RegisterNewerError if it has more than are known."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(STEPS):
        raise RegisterNewerError(
            f"{path}: written by a newer Hải Đăng (schema {version}, this program knows up to {len(STEPS)}). "
            "Nothing was changed. Update this program."
        )
    return len(STEPS) - version


def migrate(connection: sqlite3.Connection, path: Path, *, now_ms: int) -> None:
    """Bring the schema up to date; refuse one that is newer."""
    done = len(STEPS) - missing_steps(connection, path)
    for number, step in enumerate(STEPS[done:], start=done + 1):
        with transaction(connection):
            for statement in step.statements:
                connection.execute(statement)
            connection.execute("INSERT INTO migration VALUES (?, ?, ?)", (number, step.name, now_ms))
            connection.execute(f"PRAGMA user_version = {number}")
            if number == 1:
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
