"""Saves what can be read of a damaged ledger into a new one, page by page, trusting none of its structure."""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from collector.ledger.connection import check_structure, connect, errors_in_words, transaction
from collector.ledger.errors import LedgerDamagedError, LedgerUnavailableError
from collector.ledger.images import Images
from collector.ledger.lock import LedgerLock
from collector.ledger.mending import mend
from collector.ledger.migrations import migrate
from collector.ledger.opening import put_in_place
from collector.ledger.pages import Record, records
from collector.ledger.place import wal_of
from collector.ledger.queries import check_rows, latest_ms
from collector.ledger.rows import Row, Session
from collector.ledger.store import upsert_sql
from collector.ledger.tables import HEARTBEAT, META, MIGRATION, RUN, TABLES, Table, table_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OF_SCHEMA = ("table", "index", "trigger", "view")

_PLAIN = {table.name: upsert_sql(table) for table in TABLES}
_NUMBERED = {table.name: upsert_sql(table, rowid=not table.numbered) for table in TABLES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """What was saved and what was not. `missing` counts rows by the holes in their numbers.

    `unreadable` counts stored rows, old versions among them, that fail their checksum. Rows lost at the very
    end leave no hole: evidence then ends at `latest_ms`. `new_identity` is true if it was not even known
    which ledger this was.
    """

    source: Path
    target: Path
    rows: Mapping[str, int]
    missing: Mapping[str, int]
    unreadable: int
    latest_ms: int
    new_identity: bool

    def describe(self) -> list[str]:
        """Return sentences for whoever ran it: what is saved, what is missing, what to look at."""
        saved = ", ".join(f"{table} {count:,}" for table, count in self.rows.items() if count)
        missing = ", ".join(f"{table} {count:,}" for table, count in self.missing.items() if count)
        last = _EPOCH + timedelta(milliseconds=self.latest_ms)
        sentences = [
            f"Saved into {self.target}, rows by table: {saved}.",
            f"Missing inside, rows by table: {missing}; table loss lists when lost runs began."
            if missing
            else "No row is missing inside.",
            f"The last entry is of {last:%Y-%m-%d %H:%M:%S} UTC; what came after it, if anything, is lost.",
        ]
        if self.new_identity:
            sentences.append("Which ledger it was could not be read: the new one has an identity of its own.")
        return sentences


def salvage(path: Path, new_path: Path, *, now_ms: int, simulated: bool = False) -> Salvaged:
    """Copy every readable row of the ledger at `path` into a new one at `new_path`; raise a LedgerError.

    The damaged files are only read. What may have been lost is noted in the new ledger's table loss, so that
    no figure is carried over a hole. `simulated` counts only if the ledger's identity cannot be read.
    """
    if not path.exists() and not wal_of(path).exists():
        raise LedgerUnavailableError(f"{path}: there is no such file, and no write-ahead log beside it")
    if new_path.exists():
        raise LedgerUnavailableError(f"{new_path} exists already; name a new file to salvage into")
    lock = LedgerLock(path)
    # A folder in which no lock can be made has no collector that writes in it.
    with contextlib.suppress(LedgerUnavailableError):
        lock.acquire()
    new = new_path.with_name(new_path.name + ".new")
    try:
        with errors_in_words(new_path):
            new.unlink(missing_ok=True)
            with contextlib.closing(connect(new, mode="rwc")) as connection:
                salvaged = _salvage(path, new_path, connection, now_ms=now_ms, simulated=simulated)
            put_in_place(new, new_path)
    finally:
        lock.release()
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
    return salvaged


def _salvage(
    path: Path, new_path: Path, connection: sqlite3.Connection, *, now_ms: int, simulated: bool
) -> Salvaged:
    # Rows arrive in no order: what they refer to may come later, or be lost and have to be supplied.
    connection.execute("PRAGMA foreign_keys = OFF")
    migrate(connection, new_path, now_ms=now_ms)
    session = Session(id=f"salvage-{secrets.token_hex(8)}", started_ms=now_ms, version="salvage")
    with Images(path) as images, transaction(connection):
        unreadable = sum(0 if _keep(connection, row) else 1 for row in _rows(images))
        counts = _count(connection)
        if counts[RUN.name] + counts[HEARTBEAT.name] == 0:
            raise LedgerDamagedError(f"{path}: not one run or heartbeat in it can be read; restore a backup")
        missing = _holes(connection)
        mend(connection, new_path, session, simulated=simulated)
    check_structure(connection, new_path, thorough=True)
    check_rows(connection, new_path)
    return Salvaged(
        source=path,
        target=new_path,
        rows=counts,
        missing=missing,
        unreadable=unreadable,
        latest_ms=latest_ms(connection),
        new_identity=counts[META.name] == 0,
    )


def _rows(images: Images) -> Iterator[tuple[int, Row] | None]:
    """Yield the rows of all page images with their numbers, None for each that cannot be read."""
    from_log, from_file = images.fetchers()
    for number, page in images:
        for index, record in enumerate(records(page, number, from_log)):
            if record is not None and record.values[:1] and record.values[0] in _OF_SCHEMA:
                continue
            # The rest of a long row may be whole in one of the two files only.
            yield _recognise(record) or _recognise(
                next(islice(records(page, number, from_file), index, None))
            )


def _recognise(record: Record | None) -> tuple[int, Row] | None:
    if record is None:
        return None
    for table in TABLES:
        if len(record.values) == len(table.columns) + 1:
            # SQLite stores the row number once: the column that names it is NULL in the row.
            values = (record.rowid, *record.values[1:]) if table.numbered else record.values
            with contextlib.suppress(LedgerDamagedError):
                return record.rowid, table.parse(values)
    return None


def _keep(connection: sqlite3.Connection, found: tuple[int, Row] | None) -> bool:
    """Store a row under its old number, or the later version of it; False if it cannot be had."""
    if found is None:
        return False
    rowid, row = found
    table = table_of(row)
    values = table.values(row)
    try:
        connection.execute(_NUMBERED[table.name], values if table.numbered else (rowid, *values))
    except sqlite3.IntegrityError:
        try:
            connection.execute(_PLAIN[table.name], values)
        except sqlite3.IntegrityError:
            return False
    return True


def _count(connection: sqlite3.Connection) -> Counter[str]:
    return Counter({table.name: _ask(connection, table, "count(*)") for table in TABLES})


def _holes(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many row numbers below the highest are not there, by table."""
    counts = ((table, _ask(connection, table, "coalesce(max(rowid), 0) - count(*)")) for table in TABLES)
    return {table.name: count for table, count in counts if table is not MIGRATION}


def _ask(connection: sqlite3.Connection, table: Table[Any], expression: str) -> int:
    query = f"SELECT {expression} FROM {table.name}"  # noqa: S608 - names of our tables
    return int(connection.execute(query).fetchone()[0])
