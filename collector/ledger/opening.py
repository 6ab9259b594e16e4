"""Opens and creates ledger files; refuses what is damaged, newer or foreign without changing a byte."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from collector.ledger.connection import (
    check_structure,
    connect,
    damaged,
    errors_in_words,
    must_be_ledger,
    must_not_be_empty,
)
from collector.ledger.errors import LedgerForeignError, LedgerUnavailableError
from collector.ledger.migrations import insert_sql, migrate, missing_steps
from collector.ledger.place import size_of, wal_of
from collector.ledger.queries import check_rows
from collector.ledger.rows import Meta
from collector.ledger.tables import META

_NEWEST_ROWS = 50_000
"""Of each table, checked before a collector starts: many days of a province, in about a second."""


def create(path: Path, *, now_ms: int, simulated: bool, ledger_id: str | None = None) -> None:
    """Make a new, empty ledger; it appears at `path` whole or not at all, and never over another file.

    Its id is drawn unless it is given.
    """
    new = path.with_name(path.name + ".new")
    with errors_in_words(path):
        new.unlink(missing_ok=True)
        with closing(connect(new, mode="rwc")) as connection:
            migrate(connection, path, now_ms=now_ms)
            meta = Meta(ledger_id=ledger_id or secrets.token_hex(16), created_ms=now_ms, simulated=simulated)
            connection.execute(insert_sql(META.name, (*META.columns, "crc")), META.values(meta))
        put_in_place(new, path)


def put_in_place(new: Path, path: Path) -> None:
    """Give a finished file its name, durably; raise FileExistsError rather than replace another."""
    _sync(new)
    os.link(new, path)
    new.unlink()
    _sync(path.parent)


@contextmanager
def inspected(path: Path, *, thorough: bool) -> Iterator[sqlite3.Connection]:
    """Open a ledger for reading; raise a LedgerError unless it is whole and this program can read it.

    `thorough` also compares the indexes, and the rows stored last with their checksums; so it is done where
    the collector was killed: a torn log beside pages that were already moved into the file is found in no
    other way. What a year of older rows holds is checked whenever it is read.
    """
    if not path.exists() and size_of(wal_of(path)) > 0:
        raise damaged(path, "the file itself is missing, its write-ahead log is still there")
    must_not_be_empty(path)
    # A connection that may write would empty the log into a damaged file when it closes.
    with errors_in_words(path), closing(connect(path, mode="ro")) as connection:
        must_be_ledger(connection, path)
        current = missing_steps(connection, path) == 0
        thorough = thorough or (current and _left_open(connection))
        check_structure(connection, path, thorough=thorough)
        if thorough and current:
            check_rows(connection, path, newest=_NEWEST_ROWS)
        yield connection


def open_inspected(path: Path) -> sqlite3.Connection:
    """Open a ledger for writing that was inspected before."""
    with errors_in_words(path):
        connection = connect(path, mode="rw")
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            if mode != "wal":
                raise LedgerUnavailableError(
                    f"{path}: this file system cannot hold a write-ahead log (journal mode {mode}); "
                    "keep the ledger on a local disk"
                )
        except BaseException:
            connection.close()
            raise
    return connection


def must_match(meta: Meta, path: Path, *, simulated: bool) -> None:
    """Raise LedgerForeignError if a laboratory's evidence and a real network's would mix."""
    if meta.simulated is not simulated:
        holds, wanted = ("a simulated", "a real") if meta.simulated else ("a real", "a simulated")
        raise LedgerForeignError(
            f"{path} holds {holds} network's evidence, and this collector watches {wanted} one. "
            "Nothing was changed. Name another file as collector.ledger."
        )


def _left_open(connection: sqlite3.Connection) -> bool:
    query = "SELECT ended IS NULL FROM heartbeat ORDER BY last_ms DESC LIMIT 1"
    return bool(connection.execute(query).fetchone() == (1,))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
