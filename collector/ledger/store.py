"""The ledger's file, open for writing: one process, whole transactions, a file that stays where it was."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from collector.ledger.connection import connect, errors_in_words, transaction
from collector.ledger.errors import LedgerError, LedgerForeignError, LedgerUnavailableError
from collector.ledger.lock import LedgerLock
from collector.ledger.migrations import insert_sql, migrate, missing_steps
from collector.ledger.opening import create, inspected, must_match, open_inspected, put_in_place
from collector.ledger.place import Fate, Place, size_of, wal_of
from collector.ledger.queries import read_meta, restore
from collector.ledger.removal import Removable
from collector.ledger.restored import Restored
from collector.ledger.rows import Ended, Row
from collector.ledger.tables import TABLES, Table, table_of

_KEEP_OPEN = ("SQLITE_FULL", "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_NOMEM")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How many rows were committed, and which no ledger can hold (a fault of this program): left out."""

    rows: int
    rejected: tuple[str, ...] = ()


class Store:
    """A ledger opened for writing, with its lock: see `open_store`. Not for two threads at once."""

    def __init__(self, path: Path, ledger_id: str, lock: LedgerLock, connection: sqlite3.Connection) -> None:
        self.path = path
        self._ledger_id = ledger_id
        self._lock = lock
        self._connection: sqlite3.Connection | None = connection
        self._place = Place(path)

    def write(self, rows: Iterable[Row]) -> Written:
        """Commit these rows in one transaction, or raise a LedgerError and leave the file as it was."""
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            groups[table_of(row).name].append(row)
        connection = self._usable_connection()
        try:
            with errors_in_words(self.path):
                try:
                    return _write(connection, groups)
                except (sqlite3.IntegrityError, ValueError, OverflowError):
                    return _write_one_by_one(connection, groups)
        except LedgerError as error:
            if not getattr(error.__cause__, "sqlite_errorname", "").startswith(_KEEP_OPEN):
                self._drop_connection()
            raise

    def remove(self, of: Removable, *, after: int, before_ms: int) -> int | None:
        """Remove what is old enough among the next rows of a table, in one transaction of its own.

        Returns the number of the row to go on after, None at the end of the table.
        """
        connection = self._usable_connection()
        open_too = ", ended IS NULL" if "ended" in of.table.columns else ", 0"
        columns = f"rowid, {of.began}, {of.ended}{open_too}"
        query = f"SELECT {columns} FROM {of.table.name} WHERE rowid > ? ORDER BY rowid LIMIT ?"  # noqa: S608
        delete = f"DELETE FROM {of.table.name} WHERE rowid = ?"  # noqa: S608 - names of our tables
        with errors_in_words(self.path):
            rows = connection.execute(query, (after, of.batch)).fetchall()
            old = [
                (number,)
                for number, began_ms, ended_ms, still_open in rows
                if began_ms < before_ms and ended_ms < before_ms and not still_open
            ]
            if old:
                with transaction(connection):
                    connection.executemany(delete, old)
        if len(rows) < of.batch or of.beyond(rows[-1][1], before_ms):
            return None
        return int(rows[-1][0])

    def sizes(self) -> tuple[int, int]:
        """Return the bytes of the file and of its write-ahead log."""
        return size_of(self.path), size_of(wal_of(self.path))

    def close(self) -> None:
        """Close the file, which empties its log into it, and give back the lock."""
        self._drop_connection()
        self._lock.release()

    def _usable_connection(self) -> sqlite3.Connection:
        connection = self._connection
        if connection is None:
            return self._reopen()
        with errors_in_words(self.path):
            fate = self._place.fate()
        match fate:
            case Fate.SAME:
                return connection
            case Fate.GONE:
                self._write_back(connection)
            case Fate.LOG_GONE:
                # The log that was open still holds what it held: move it into the file before letting go.
                with errors_in_words(self.path):
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                self._drop_connection()
            case Fate.REPLACED:
                raise LedgerUnavailableError(
                    f"{self.path}: another file was put in its place while it was in use. To go on with the "
                    "new file, restart the collector; to go on with the old one, move the new file away and "
                    "the old one is written back"
                )
        return self._reopen()

    def _reopen(self) -> sqlite3.Connection:
        if not self.path.exists():
            raise LedgerUnavailableError(
                f"{self.path} is gone; put it back, or restart the collector to begin a new one"
            )
        with inspected(self.path, thorough=False) as found:
            meta = read_meta(found, self.path)
        if meta.ledger_id != self._ledger_id:
            raise LedgerForeignError(
                f"{self.path} is another ledger than the one this collector began with; restart the "
                "collector to use it, or put the old one back"
            )
        connection = open_inspected(self.path)
        self._connection = connection
        self._place = Place(self.path)
        return connection

    def _write_back(self, connection: sqlite3.Connection) -> None:
        """Copy a ledger that was deleted, but is still open, to where it was."""
        copy = self.path.with_name(self.path.name + ".rescue")
        with errors_in_words(self.path):
            copy.unlink(missing_ok=True)
            with contextlib.closing(connect(copy, mode="rwc")) as target:
                connection.backup(target)
            put_in_place(copy, self.path)
        self._drop_connection()

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def open_store(
    path: Path, *, now_ms: int, simulated: bool = False, ledger_id: str | None = None
) -> tuple[Store, Restored]:
    """Open or create the ledger at `path` and return what it still knew; raise a LedgerError.

    A file that is damaged, newer or foreign is refused unchanged. `simulated` must be what the ledger was
    created with: a laboratory's evidence never mixes with a real network's. A new ledger's id is drawn unless
    `ledger_id` gives it.
    """
    lock = LedgerLock(path)
    lock.acquire()
    try:
        wal_was_there = size_of(wal_of(path)) > 0
        if not path.exists() and not wal_was_there:
            create(path, now_ms=now_ms, simulated=simulated, ledger_id=ledger_id)
        with inspected(path, thorough=wal_was_there) as found:
            must_match(read_meta(found, path), path, simulated=simulated)
            older = missing_steps(found, path) > 0
            restored = None if older else restore(found, path, wal_was_there=wal_was_there)
        connection = open_inspected(path)
        try:
            if restored is None:
                with errors_in_words(path):
                    migrate(connection, path, now_ms=now_ms)
                restored = restore(connection, path, wal_was_there=wal_was_there)
            store = Store(path, restored.meta.ledger_id, lock, connection)
        except BaseException:
            connection.close()
            raise
        return store, _end_heartbeat(store, restored)
    except BaseException:
        lock.release()
        raise


def _end_heartbeat(store: Store, restored: Restored) -> Restored:
    """End what a killed collector left open, so that a missing log is never held against a later one."""
    beat = restored.heartbeat
    if beat is None or beat.ended is not None:
        return restored
    killed = replace(beat, ended=Ended.KILLED)
    try:
        store.write((killed,))
    except LedgerError:
        # A full disk must not keep a collector from starting: the writer ends the row when it can.
        return restored
    return replace(restored, heartbeat=killed)


def upsert_sql(table: Table[Any], *, rowid: bool = False) -> str:
    """Return the statement that inserts a row or extends the open one with its key, but never shortens it."""
    columns = (*table.columns, "crc")
    insert = insert_sql(table.name, ("rowid", *columns) if rowid else columns)
    if not table.grows:
        return f"{insert} ON CONFLICT DO NOTHING"
    sets = ", ".join(f"{column} = excluded.{column}" for column in (*table.grows, "crc"))
    grown = f"excluded.{table.grows[0]} >= {table.name}.{table.grows[0]}"
    still_open = f"{table.name}.ended IS NULL AND " if "ended" in table.columns else ""
    return f"{insert} ON CONFLICT ({', '.join(table.key)}) DO UPDATE SET {sets} WHERE {still_open}{grown}"


_UPSERTS = {table.name: upsert_sql(table) for table in TABLES}


def _write(connection: sqlite3.Connection, groups: dict[str, list[Row]]) -> Written:
    count = 0
    with transaction(connection):
        for table in TABLES:
            rows = sorted(groups.get(table.name, ()), key=table.order)
            connection.executemany(_UPSERTS[table.name], map(table.values, rows))
            count += len(rows)
    return Written(rows=count)


def _write_one_by_one(connection: sqlite3.Connection, groups: dict[str, list[Row]]) -> Written:
    """Commit all rows but those that cannot be stored, so that one of them does not hold up the rest."""
    count, rejected = 0, []
    with transaction(connection):
        for table in TABLES:
            for row in sorted(groups.get(table.name, ()), key=table.order):
                try:
                    connection.execute(_UPSERTS[table.name], table.values(row))
                    count += 1
                except (sqlite3.IntegrityError, ValueError, OverflowError) as error:
                    rejected.append(f"{table.name}: {error}")
    return Written(rows=count, rejected=tuple(rejected))
