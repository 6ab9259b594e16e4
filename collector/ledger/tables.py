"""Rows to SQL values and back, with a checksum in each row: a garbled one is never taken for evidence.

The checksum is the CRC-32 of the table's name and the row's values in the order of its columns, as UTF-8 text
joined by U+001F, with nothing for NULL.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import fields
from enum import StrEnum
from types import NoneType
from typing import Any, Generic, TypeVar, get_args, get_type_hints

from collector.ledger.errors import LedgerDamagedError
from collector.ledger.rows import (
    Boot,
    Discontinuity,
    Document,
    Heartbeat,
    LeftOut,
    Loss,
    Meta,
    Migration,
    Revision,
    Row,
    Run,
    Session,
    SpoolRange,
    Traffic,
)

Sql = int | str | None
RowT = TypeVar("RowT", bound=Row)
RowKey = tuple[str, *tuple[Sql, ...]]

_SEPARATOR = "\x1f"


def checksum(table: str, values: Sequence[object]) -> int:
    """Return the CRC-32 that the `crc` column of a row with these values holds."""
    parts = ["" if value is None else str(value) for value in values]
    return zlib.crc32(_SEPARATOR.join((table, *parts)).encode())


class Table(Generic[RowT]):
    """How one kind of row is stored: columns are the row's fields, then `crc`.

    `key` is what makes a row unique, `grows` the columns that an open row's extension changes, the first of
    them a number that only grows. `when` names the columns by which a period selects rows: first and last.
    In a `numbered` table the first column is SQLite's own row number; rows of a `bulky` one take kilobytes.
    """

    def __init__(
        self,
        name: str,
        row: type[RowT],
        *,
        key: tuple[str, ...],
        grows: tuple[str, ...] = (),
        when: tuple[str, str] | None = None,
        numbered: bool = False,
        bulky: bool = False,
    ) -> None:
        self.name = name
        self.row = row
        self._make: Callable[..., RowT] = row
        self.columns = tuple(field.name for field in fields(row))
        self.key = key
        self.grows = grows
        self.when = when
        self.numbered = numbered
        self.bulky = bulky
        hints = get_type_hints(row)
        self._readers = tuple(_reader(hints[column]) for column in self.columns)

    def key_of(self, row: RowT) -> RowKey:
        """Return what makes this row unique among all rows of all tables."""
        return (self.name, *(_to_sql(getattr(row, column)) for column in self.key))

    def order(self, row: RowT) -> tuple[int, RowKey]:
        """Return the sort key that puts rows in the order in which they began."""
        began = 0 if self.when is None else int(getattr(row, self.when[0]))
        return began, self.key_of(row)

    def values(self, row: RowT) -> tuple[Sql, ...]:
        """Return the row as SQL values, the checksum last."""
        values = [_to_sql(getattr(row, column)) for column in self.columns]
        return (*values, checksum(self.name, values))

    def parse(self, values: Sequence[object]) -> RowT:
        """Return the row for `columns` and `crc`; raise LedgerDamagedError if they do not belong together."""
        self.check(values)
        try:
            read = [reader(value) for reader, value in zip(self._readers, values, strict=False)]
        except ValueError as error:
            raise LedgerDamagedError(f"table {self.name}: a row holds {error}") from error
        return self._make(**dict(zip(self.columns, read, strict=True)))

    def check(self, values: Sequence[object]) -> None:
        """Raise LedgerDamagedError unless the last value is the checksum of those before it."""
        if len(values) != len(self.columns) + 1:
            raise LedgerDamagedError(f"table {self.name}: a row of {len(values)} values")
        if values[-1] != checksum(self.name, values[:-1]):
            raise LedgerDamagedError(f"table {self.name}: a row does not match its checksum")

    def progress(self, row: RowT) -> tuple[int, bool]:
        """Return how far an extended row has come: of two versions of one row the greater is the later."""
        if not self.grows:
            return (0, False)
        return (getattr(row, self.grows[0]), getattr(row, "ended", None) is not None)


def _to_sql(value: object) -> Sql:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, int | str):
        return value
    raise TypeError(f"no SQL value for {value!r}")


def _reader(hint: object) -> Callable[[object], object]:
    kinds = get_args(hint) or (hint,)
    optional = NoneType in kinds
    kind = next(kind for kind in kinds if kind is not NoneType)
    if not isinstance(kind, type):
        raise TypeError(f"no column for {hint!r}")
    stored_as = int if issubclass(kind, int) else str

    def read(value: object) -> object:
        if type(value) is stored_as:
            return value if kind is stored_as else kind(value)
        if value is None and optional:
            return None
        raise ValueError(f"{value!r} where {kind.__name__} belongs")

    return read


META = Table("meta", Meta, key=("ledger_id",))
MIGRATION = Table("migration", Migration, key=("version",), numbered=True)
SESSION = Table("session", Session, key=("id",))
DOCUMENT = Table("document", Document, key=("sha256",))
REVISION = Table("revision", Revision, key=("id",), when=("took_effect_ms", "took_effect_ms"), numbered=True)
DISCONTINUITY = Table(
    "discontinuity",
    Discontinuity,
    key=("session", "number"),
    grows=("to_ms", "size_ms"),
    when=("from_ms", "to_ms"),
)
HEARTBEAT = Table(
    "heartbeat",
    Heartbeat,
    key=("session", "first_ms"),
    grows=("beats", "last_ms", "longest_gap_ms", "ended"),
    when=("first_ms", "last_ms"),
)
RUN = Table(
    "run",
    Run,
    key=("device", "first_sent_ms"),
    grows=("polls", "last_sent_ms", "last_end_ms", "longest_gap_ms", "ended"),
    when=("first_sent_ms", "last_end_ms"),
)
BOOT = Table(
    "boot",
    Boot,
    key=("device", "source", "first_at_ms"),
    grows=("readings", "last_ticks", "last_sent_ms", "last_at_ms", "ended"),
    when=("first_sent_ms", "last_at_ms"),
)
SPOOL_RANGE = Table(
    "spool_range",
    SpoolRange,
    key=("device", "spool", "first_seq", "first_received_ms"),
    grows=("last_seq", "last_ms", "last_received_ms", "ended"),
    when=("first_ms", "last_ms"),
)
TRAFFIC = Table(
    "traffic",
    Traffic,
    key=("device", "start_ms", "interface", "session"),
    grows=("covered_ms", "end_ms", "in_bytes", "out_bytes", "missed_ms", "ended"),
    when=("start_ms", "end_ms"),
    bulky=True,
)
LEFT_OUT = Table(
    "left_out",
    LeftOut,
    key=("device", "first_ms", "interface", "session"),
    grows=("readings", "last_ms", "in_bytes", "out_bytes", "ended"),
    when=("first_ms", "last_ms"),
)
LOSS = Table(
    "loss",
    Loss,
    key=("device", "session", "cause", "first_ms"),
    grows=("polls", "last_ms", "rows"),
    when=("first_ms", "last_ms"),
)

TABLES: tuple[Table[Any], ...] = (
    META,
    MIGRATION,
    SESSION,
    DOCUMENT,
    REVISION,
    DISCONTINUITY,
    HEARTBEAT,
    RUN,
    BOOT,
    SPOOL_RANGE,
    TRAFFIC,
    LEFT_OUT,
    LOSS,
)
"""All tables of evidence, those that others refer to first."""

_TABLE_OF: dict[type[Row], Table[Any]] = {table.row: table for table in TABLES}


def table_of(row: Row) -> Table[Any]:
    """Return the table this row is stored in."""
    return _TABLE_OF[type(row)]
