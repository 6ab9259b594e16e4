"""Opens and creates ledger files; refuses what is damaged, newer or foreign without changing a byte."""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
from pathlib import Path

from collector.ledger.connection import (
    check_structure,
    connect,
    damaged,
    errors_in_words,
    must_be_ledger,
    must_begin_like_sqlite,
)
from collector.ledger.errors import LedgerForeignError, LedgerUnavailableError
from collector.ledger.migrations import SCHEMA_VERSION, insert_sql, migrate, schema_version
from collector.ledger.place import size_of, wal_of
from collector.ledger.queries import read, read_all
from collector.ledger.rows import Meta
from collector.ledger.tables import META


def create(path: Path, *, now_ms: int, simulated: bool) -> None:
    """Make a new, empty ledger; it appears at `path` whole or not at all, and never over another file."""
    new = path.with_name(path.name + ".new")
    with errors_in_words(path):
        new.unlink(missing_ok=True)
        with contextlib.closing(connect(new, mode="rwc")) as connection:
            migrate(connection, path, now_ms=now_ms)
            meta = Meta(ledger_id=secrets.token_hex(16), created_ms=now_ms, simulated=simulated)
            connection.execute(insert_sql(META.name, (*META.columns, "crc")), META.values(meta))
        put_in_place(new, path)


def put_in_place(new: Path, path: Path) -> None:
    """Give a finished file its name, durably; raise FileExistsError rather than replace another."""
    _sync(new)
    os.link(new, path)
    new.unlink()
    _sync(path.parent)


def inspect(path: Path, *, thorough: bool) -> None:
    """Raise a LedgerError unless the file is a whole ledger that this program can read; change nothing.

    `thorough` reads every row and compares the indexes. So does a ledger whose collector was killed: a torn
    log beside pages that were already moved into the file is found in no other way.
    """
    if not path.exists() and size_of(wal_of(path)) > 0:
        raise damaged(path, "the file itself is missing, its write-ahead log is still there")
    must_begin_like_sqlite(path)
    # A connection that may write would empty the log into a damaged file when it closes.
    with errors_in_words(path), contextlib.closing(connect(path, mode="ro")) as connection:
        must_be_ledger(connection, path)
        version = schema_version(connection, path)
        current = version == SCHEMA_VERSION
        thorough = thorough or (current and _left_open(connection))
        check_structure(connection, path, thorough=thorough)
        if thorough and current:
            read_all(connection, path)


def open_existing(path: Path, *, now_ms: int) -> tuple[sqlite3.Connection, Meta]:
    """Open an inspected ledger for writing and bring its schema up to date."""
    with errors_in_words(path):
        connection = connect(path, mode="rw")
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            if mode != "wal":
                raise LedgerUnavailableError(
                    f"{path}: this file system cannot hold a write-ahead log (journal mode {mode}); "
                    "keep the ledger on a local disk"
                )
            migrate(connection, path, now_ms=now_ms)
            metas = list(read(connection, path, META))
            if len(metas) != 1:
                raise damaged(path, f"{len(metas)} rows in table meta, where one belongs")
        except BaseException:
            connection.close()
            raise
    return connection, metas[0]


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
