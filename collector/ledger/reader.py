"""Reads a ledger beside the collector that writes it: rows of a period, one at a time, nothing changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from collector.ledger.checking import Fault, faults
from collector.ledger.connection import connect, errors_in_words, must_be_ledger, must_not_be_empty
from collector.ledger.migrations import missing_steps
from collector.ledger.queries import LONGEST_ROW_MS, devices, latest_ms, read, read_meta, stored
from collector.ledger.rows import Document, Meta, Row
from collector.ledger.tables import BOOT, DOCUMENT, LEFT_OUT, RUN, TRAFFIC, Table

RowT = TypeVar("RowT", bound=Row)

_SHORT = frozenset(table.name for table in (RUN, BOOT, TRAFFIC, LEFT_OUT))
"""Tables of which no row is longer than LONGEST_ROW_MS: their index finds those of a period."""


class LedgerReader:
    """A ledger open for reading only; a context manager. What it yields is checked row by row.

    All of it is the ledger of one instant, the reader's opening: figures made of several questions agree with
    each other. Keep it for seconds, not for hours: until it is closed the write-ahead log cannot shrink.
    Iterate with the tables of `collector.ledger.tables`: `reader.rows(RUN, start_ms, end_ms)`.
    """

    def __init__(self, path: Path) -> None:
        """Open; raise a LedgerError if there is no ledger that this program can read."""
        self._path = path
        must_not_be_empty(path)
        with errors_in_words(path):
            self._connection: sqlite3.Connection = connect(path, mode="ro")
            try:
                must_be_ledger(self._connection, path)
                missing_steps(self._connection, path)
                self._connection.execute("BEGIN")
                self._connection.execute("SELECT count(*) FROM meta").fetchone()
                names = self._connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
                self._tables = {row[0] for row in names}
            except BaseException:
                self._connection.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def copy(self, target: Path, *, pages: int, copied: Callable[[int, int], None]) -> None:
        """Write all of it into a new file, `pages` at a time; `copied` is told how many of how many."""
        with errors_in_words(target), closing(connect(target, mode="rwc")) as copy:
            self._connection.backup(
                copy, pages=pages, progress=lambda _, left, of: copied(of - left, of), sleep=0.0
            )

    def faults(self, progress: Callable[[str, int, int], None]) -> Iterator[Fault]:
        """Yield what is wrong with the file: its structure, then every row that is not what was written."""
        return faults(self._connection, self._path, self._tables, progress)

    def stored(
        self, table: Table[Any], *, where: str = "", values: tuple[int, ...] = (), order: str
    ) -> Iterator[tuple[object, ...]]:
        """Yield rows as they are stored, `crc` last, without a look at it: for hashes over what is there."""
        if table.name in self._tables:
            yield from stored(self._connection, self._path, table, where=where, values=values, order=order)

    def meta(self) -> Meta:
        """Return what this ledger is."""
        return read_meta(self._connection, self._path)

    def latest_ms(self) -> int:
        """Return the last instant that the ledger tells of, 0 in a new one."""
        with errors_in_words(self._path):
            return latest_ms(self._connection)

    def all(self, table: Table[RowT]) -> Iterator[RowT]:
        """Yield every row of a table in the order in which they were stored."""
        return read(self._connection, self._path, table, "ORDER BY rowid")

    def document(self, sha256: str) -> Document | None:
        """Return the inventory with this hash."""
        return next(read(self._connection, self._path, DOCUMENT, "WHERE sha256 = ?", sha256), None)

    def devices(self, table: Table[Any] = RUN) -> list[str]:
        """Return the devices that have any rows in a table."""
        return list(devices(self._connection, self._path, table))

    def rows(
        self, table: Table[RowT], start_ms: int, end_ms: int, *, device: str | None = None
    ) -> Iterator[RowT]:
        """Yield the rows that touch the period [start, end), ordered by device, then by when they began.

        Rows that end just before the period, or begin just after it, are not among them: ask for a wider
        period to see what lies on either side of its ends. A table that the program which wrote the ledger
        did not have yet has no rows.
        """
        if table.name not in self._tables:
            return
        if "device" not in table.columns:
            yield from self._touching(table, start_ms, end_ms)
            return
        chosen = devices(self._connection, self._path, table) if device is None else (device,)
        for one in chosen:
            yield from self._touching(table, start_ms, end_ms, device=one)

    def _touching(
        self, table: Table[RowT], start_ms: int, end_ms: int, *, device: str | None = None
    ) -> Iterator[RowT]:
        if table.when is None:
            raise ValueError(f"rows of {table.name} belong to no period")
        first, last = table.when
        conditions = [f"{first} < ?", f"{last} >= ?"]
        parameters: list[int | str] = [end_ms, start_ms]
        if table.name in _SHORT:
            conditions.append(f"{first} >= ?")
            parameters.append(start_ms - LONGEST_ROW_MS)
        if device is not None:
            conditions.append("device = ?")
            parameters.append(device)
        where = f"WHERE {' AND '.join(conditions)} ORDER BY {first}"
        return read(self._connection, self._path, table, where, *parameters)
