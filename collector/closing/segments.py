"""Hashes over the rows of a ledger, day by day: docs/closing.md says how anybody recomputes them."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from collector.closing.errors import ClosingError
from collector.figures.period import Period
from collector.ledger.checking import described
from collector.ledger.days import midnight_ms
from collector.ledger.errors import LedgerDamagedError
from collector.ledger.reader import LedgerReader
from collector.ledger.tables import (
    BOOT,
    DISCONTINUITY,
    DOCUMENT,
    HEARTBEAT,
    LEFT_OUT,
    LOSS,
    META,
    REVISION,
    RUN,
    SESSION,
    SPOOL_RANGE,
    TRAFFIC,
    Table,
)
from collector.register.entries import TableDigest

BEGAN: tuple[tuple[Table[Any], str], ...] = (
    (SESSION, "started_ms"),
    (REVISION, "took_effect_ms"),
    (DISCONTINUITY, "from_ms"),
    (HEARTBEAT, "first_ms"),
    (RUN, "first_sent_ms"),
    (BOOT, "first_sent_ms"),
    (SPOOL_RANGE, "first_received_ms"),
    (TRAFFIC, "start_ms"),
    (LEFT_OUT, "last_ms"),
    (LOSS, "first_ms"),
)
"""The tables of evidence, and the column that says to which day a row belongs.

It is one that is never behind a day that is over when the row is stored: a snapshot may be received long
after it was taken, and why time is in no bucket is known only when the next reading comes.
"""

_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The rows of one table and day: their digest, what is wrong with single ones, how many may grow."""

    digest: TableDigest
    garbled: tuple[str, ...] = ()
    still_open: int = 0


def line(values: Sequence[object]) -> str:
    """Return a row as text: its columns joined by U+001F, with nothing for NULL.

    ClosingError for a text that could then be read in two ways.
    """
    parts = ["" if value is None else str(value) for value in values]
    text = _SEPARATOR.join(parts)
    if "\n" in text or text.count(_SEPARATOR) != len(parts) - 1:
        raise ClosingError(f"a row holds a control character and cannot be sealed: {text[:100]!r}")
    return text


def segments(reader: LedgerReader, period: Period) -> dict[str, dict[str, Segment]]:
    """Return the segments of a period: by day, in its order, then by table."""
    found: dict[str, dict[str, Segment]] = {str(day): {} for day in period.days}
    for table, column in BEGAN:
        by_day = dict(_of_table(reader, table, column, period))
        for day, tables in found.items():
            tables[table.name] = by_day.get(day) or _hashed(table, ())
    return found


def _of_table(
    reader: LedgerReader, table: Table[Any], column: str, period: Period
) -> Iterator[tuple[str, Segment]]:
    zone = ZoneInfo(period.timezone)
    starts = [midnight_ms(day, zone) for day in period.days]
    place = table.columns.index(column)
    rows = reader.stored(
        table,
        where=f"WHERE {column} >= ? AND {column} < ?",
        values=(period.start_ms, period.end_ms),
        order=", ".join(dict.fromkeys((column, *table.key))),
    )
    days = [str(day) for day in period.days]

    def day_of(row: tuple[object, ...]) -> str:
        began = _instant(row[place])
        return days[bisect_right(starts, began) - 1]

    for day, group in groupby(rows, key=day_of):
        yield day, _hashed(table, group)


def standing(reader: LedgerReader, period: Period) -> dict[str, Segment]:
    """Return the rows of no day that a period rests on: its ledger, and the inventories in force in it."""
    took, name = (REVISION.columns.index(one) for one in ("took_effect_ms", "sha256"))
    revisions = list(reader.stored(REVISION, order="id"))
    after = [*(row[took] for row in revisions[1:]), period.end_ms]
    in_force = [
        row
        for row, until_ms in zip(revisions, after, strict=False)
        if _instant(row[took]) < period.end_ms and _instant(until_ms) > period.start_ms
    ]
    hashes = {row[name] for row in in_force}
    place = DOCUMENT.columns.index("sha256")
    documents = (row for row in reader.stored(DOCUMENT, order="sha256") if row[place] in hashes)
    return {
        META.name: _hashed(META, reader.stored(META, order="ledger_id")),
        REVISION.name: _hashed(REVISION, in_force),
        DOCUMENT.name: _hashed(DOCUMENT, documents),
    }


def _instant(value: object) -> int:
    if not isinstance(value, int):
        raise ClosingError(f"a row begins at {value!r}, which is no instant")
    return value


def _hashed(table: Table[Any], rows: Iterable[tuple[object, ...]]) -> Segment:
    digest, count, garbled, still_open = hashlib.sha256(), 0, [], 0
    ended = table.columns.index("ended") if "ended" in table.columns else None
    for row in rows:
        count += 1
        digest.update(f"{line(row)}\n".encode())
        still_open += ended is not None and row[ended] is None
        try:
            table.parse(row)
        except LedgerDamagedError as error:
            garbled.append(f"{str(error).partition(': ')[2]} ({described(table, row)})")
    return Segment(
        digest=TableDigest(table=table.name, rows=count, sha256=digest.hexdigest()),
        garbled=tuple(garbled),
        still_open=still_open,
    )
