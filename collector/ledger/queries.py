"""Questions to an open ledger: what it still knew at its end, and the rows of a period, one at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from collector.ledger.connection import damaged, errors_in_words
from collector.ledger.errors import LedgerDamagedError
from collector.ledger.restored import LastEvidence, Restored
from collector.ledger.rows import Meta, Row, Run, SpoolRange
from collector.ledger.tables import (
    BOOT,
    HEARTBEAT,
    LEFT_OUT,
    META,
    REVISION,
    RUN,
    SPOOL_RANGE,
    TABLES,
    TRAFFIC,
    Table,
)

LOOK_BACK_RUNS = 64
"""How many runs of a device are followed back to find since when its verdict has been the same."""

LONGEST_ROW_MS = 2 * 86_400_000
"""No row of a device is longer: it ends at local midnight, and a local day has at most 25 hours."""

_LATEST = """SELECT max(ms) FROM (
    SELECT max(last_end_ms) AS ms FROM run UNION ALL SELECT max(last_at_ms) FROM boot
    UNION ALL SELECT max(last_ms) FROM heartbeat UNION ALL SELECT max(to_ms) FROM discontinuity
    UNION ALL SELECT max(took_effect_ms) FROM revision UNION ALL SELECT max(last_received_ms) FROM spool_range
    UNION ALL SELECT max(started_ms) FROM session)"""

RowT = TypeVar("RowT", bound=Row)


def read(
    connection: sqlite3.Connection, path: Path, table: Table[RowT], where: str = "", *values: int | str
) -> Iterator[RowT]:
    """Yield the rows that the clauses after FROM select; each is compared with its checksum."""
    columns = ", ".join((*table.columns, "crc"))
    with errors_in_words(path):
        for stored in connection.execute(f"SELECT {columns} FROM {table.name} {where}", values):  # noqa: S608
            try:
                row = table.parse(stored)
            except LedgerDamagedError as error:
                raise damaged(path, str(error)) from error
            yield row


def stored(
    connection: sqlite3.Connection,
    path: Path,
    table: Table[Any],
    *,
    where: str,
    values: tuple[int, ...],
    order: str,
) -> Iterator[tuple[object, ...]]:
    """Yield rows as they are stored, `crc` last, unchecked."""
    columns = ", ".join((*table.columns, "crc"))
    query = f"SELECT {columns} FROM {table.name} {where} ORDER BY {order}"  # noqa: S608 - names of our tables
    with errors_in_words(path):
        yield from connection.execute(query, values)


def check_rows(connection: sqlite3.Connection, path: Path, *, newest: int | None = None) -> int:
    """Compare rows with their checksums and return how many; the first garbled one raises LedgerDamagedError.

    `newest` limits it to the rows stored last, so many of each table, a tenth of that where rows are bulky.
    """
    count = 0
    for table in TABLES:
        query = f"SELECT {', '.join(table.columns)}, crc FROM {table.name}"  # noqa: S608 - names of our tables
        if newest is not None:
            count_of = newest // 10 if table.bulky else newest
            query += f" WHERE rowid > (SELECT max(rowid) FROM {table.name}) - {count_of}"  # noqa: S608
        with errors_in_words(path):
            for stored in connection.execute(query):
                count += 1
                try:
                    table.check(stored)
                except LedgerDamagedError as error:
                    raise damaged(path, str(error)) from error
    return count


def read_meta(connection: sqlite3.Connection, path: Path) -> Meta:
    """Return what this ledger is."""
    metas = list(read(connection, path, META))
    if len(metas) != 1:
        raise damaged(path, f"{len(metas)} rows in table meta, where one belongs")
    return metas[0]


def devices(connection: sqlite3.Connection, path: Path, table: Table[Any]) -> Iterator[str]:
    """Yield the devices that have rows in this table, in order, without reading the rows."""
    device = ""
    query = f"SELECT min(device) FROM {table.name} WHERE device > ?"  # noqa: S608 - names of our tables
    with errors_in_words(path):
        while (found := connection.execute(query, (device,)).fetchone()[0]) is not None:
            device = found
            yield device


def latest_ms(connection: sqlite3.Connection) -> int:
    """Return the last instant of any row, 0 in a new ledger."""
    return int(connection.execute(_LATEST).fetchone()[0] or 0)


def restore(connection: sqlite3.Connection, path: Path, *, wal_was_there: bool) -> Restored:
    """Return what the ledger knew at its end."""
    last = read(
        connection,
        path,
        RUN,
        "WHERE (device, first_sent_ms) IN (SELECT device, max(first_sent_ms) FROM run GROUP BY device)",
    )
    boots = read(
        connection,
        path,
        BOOT,
        "WHERE (device, source, first_at_ms) IN"
        " (SELECT device, source, max(first_at_ms) FROM boot GROUP BY device, source)",
    )
    heartbeat = next(read(connection, path, HEARTBEAT, "ORDER BY last_ms DESC LIMIT 1"), None)
    # A collector that stopped closes the ledger, and SQLite then removes the log itself.
    wal_missing = heartbeat is not None and heartbeat.ended is None and not wal_was_there
    with errors_in_words(path):
        last_ms = latest_ms(connection)
    notes = []
    if wal_missing:
        notes.append(
            f"{path}: the last collector was killed, and the write-ahead log it left ({path.name}-wal) is "
            "missing. What it held is lost; the ledger says so and goes on."
        )
    return Restored(
        meta=read_meta(connection, path),
        latest_ms=last_ms,
        last={
            run.device: LastEvidence(run=run, since_ms=_since_ms(connection, path, run)) for run in list(last)
        },
        boots={(boot.device, boot.source): boot for boot in boots},
        spools=_last_ranges(connection, path),
        heartbeat=heartbeat,
        revision=next(read(connection, path, REVISION, "ORDER BY id DESC LIMIT 1"), None),
        traffic=tuple(read(connection, path, TRAFFIC, "WHERE ended IS NULL")),
        left_out=tuple(read(connection, path, LEFT_OUT, "WHERE ended IS NULL")),
        wal_missing=wal_missing,
        notes=tuple(notes),
    )


def _since_ms(connection: sqlite3.Connection, path: Path, run: Run) -> int:
    since_ms = run.first_sent_ms
    before = read(
        connection,
        path,
        RUN,
        "WHERE device = ? AND first_sent_ms < ? ORDER BY first_sent_ms DESC LIMIT ?",
        run.device,
        run.first_sent_ms,
        LOOK_BACK_RUNS,
    )
    for earlier in before:
        patience_ms = 2 * earlier.interval_ms + earlier.deadline_ms
        if earlier.verdict is not run.verdict or since_ms - earlier.last_sent_ms > patience_ms:
            break
        since_ms = earlier.first_sent_ms
    return since_ms


def _last_ranges(connection: sqlite3.Connection, path: Path) -> dict[str, SpoolRange]:
    rows = read(connection, path, SPOOL_RANGE, "ORDER BY last_received_ms, last_seq")
    return {row.device: row for row in rows}
