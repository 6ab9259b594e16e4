"""Looks for everything that is wrong with a ledger, and names each row; `queries.check_rows` stops at one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.ledger.connection import errors_in_words
from collector.ledger.errors import LedgerDamagedError
from collector.ledger.tables import TABLES, Table

_MAX_COMPLAINTS = 20
_MAX_KEY = 120
_TELL_EVERY = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong: in which table, which row (its number and key), and what it is."""

    table: str
    row: str
    what: str

    def __str__(self) -> str:
        where = f"table {self.table}, {self.row}: " if self.row else f"{self.table}: " if self.table else ""
        return f"{where}{self.what}"


def faults(
    connection: sqlite3.Connection,
    path: Path,
    tables: Collection[str],
    progress: Callable[[str, int, int], None],
) -> Iterator[Fault]:
    """Yield what is wrong with the tables that are there; nothing if all is as it was written.

    `progress` is told now and then what is looked at, and how much of how much is done.
    """
    progress("structure", 0, 1)
    yield from _structure_faults(connection, path)
    for table in TABLES:
        if table.name in tables:
            yield from _row_faults(connection, path, table, progress)


def _structure_faults(connection: sqlite3.Connection, path: Path) -> Iterator[Fault]:
    try:
        with errors_in_words(path):
            for (complaint,) in connection.execute(f"PRAGMA integrity_check({_MAX_COMPLAINTS})"):
                if complaint != "ok":
                    yield Fault(table="", row="", what=str(complaint).replace("\n", " "))
            for table, number, parent, _ in connection.execute("PRAGMA foreign_key_check"):
                yield Fault(table=table, row=f"row {number}", what=f"it names a {parent} that is not there")
    except LedgerDamagedError as error:
        yield Fault(table="", row="", what=str(error.__cause__ or error))


def _row_faults(
    connection: sqlite3.Connection, path: Path, table: Table[Any], progress: Callable[[str, int, int], None]
) -> Iterator[Fault]:
    columns = ", ".join((*table.columns, "crc"))
    query = f"SELECT rowid, {columns} FROM {table.name}"  # noqa: S608 - names of our tables
    try:
        with errors_in_words(path):
            (last,) = connection.execute(f"SELECT max(rowid) FROM {table.name}").fetchone()  # noqa: S608
            for number, *values in connection.execute(query):
                if number % _TELL_EVERY == 0:
                    progress(f"table {table.name}", number, last or number)
                try:
                    table.parse(values)
                except LedgerDamagedError as error:
                    what = str(error).partition(": ")[2]
                    yield Fault(table=table.name, row=f"row {number} ({described(table, values)})", what=what)
    except LedgerDamagedError as error:
        # A page of this table cannot be followed any further; the other tables still can.
        yield Fault(table=table.name, row="", what=str(error.__cause__ or error))


def described(table: Table[Any], values: Sequence[object]) -> str:
    """Return a row's key, as far as it can be read."""
    named = dict(zip(table.columns, values, strict=False))
    return ", ".join(f"{column} {named.get(column)}" for column in table.key)[:_MAX_KEY]
