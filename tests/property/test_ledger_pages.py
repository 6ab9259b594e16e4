"""Any bytes as a page: rows or None, never an error; and no row that was not stored passes its checksum."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.ledger.errors import LedgerDamagedError
from collector.ledger.migrations import insert_sql, migrate
from collector.ledger.pages import Record, records
from collector.ledger.rows import Heartbeat, Row
from collector.ledger.tables import HEARTBEAT, TABLES

PAGE = 4096


@cache
def page_of_heartbeats() -> tuple[bytes, frozenset[Row]]:
    """Return a page full of heartbeats, and the rows that are in it."""
    rows = [
        Heartbeat(
            session="s1",
            first_ms=n * 60_000,
            last_ms=n * 60_000 + n,
            beats=n + 1,
            longest_gap_ms=n,
            ended=None,
        )
        for n in range(200)
    ]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            migrate(connection, path, now_ms=5)
            statement = insert_sql("heartbeat", (*HEARTBEAT.columns, "crc"))
            connection.executemany(statement, map(HEARTBEAT.values, rows))
        data = path.read_bytes()
    pages = [data[at : at + PAGE] for at in range(PAGE, len(data), PAGE)]
    full = max(pages, key=lambda page: len(list(known(page))))
    return full, frozenset(known(full))


def known(page: bytes) -> list[Row]:
    """Return the rows of a page that pass their checksum."""
    return [row for record in records(page, 2, lambda _: None) if record for row in recognised(record)]


def recognised(record: Record) -> list[Row]:
    """Return the row that a record is, if any."""
    found = []
    for table in TABLES:
        try:
            found.append(table.parse(record.values))
        except LedgerDamagedError:
            continue
    return found


@given(st.binary(max_size=PAGE), st.integers(1, 3), st.binary(max_size=PAGE))
@settings(deadline=None)
def test_any_bytes_give_rows_or_nothing(page: bytes, number: int, other: bytes) -> None:
    """Whatever lies on a disk, reading it as a page ends without an error."""
    for record in records(b"\x0d" + page, number, lambda _: other):
        assert record is None or isinstance(record.values, tuple)


@given(st.lists(st.tuples(st.integers(0, PAGE - 1), st.binary(min_size=1, max_size=200)), max_size=4))
@settings(deadline=None)
def test_a_garbled_page_yields_only_rows_that_were_stored(tears: list[tuple[int, bytes]]) -> None:
    """Overwrite any parts of a page of evidence: what still passes its checksum was there before."""
    whole, rows = page_of_heartbeats()
    page = bytearray(whole)
    for at, garbage in tears:
        page[at : at + len(garbage)] = garbage
    assert set(known(bytes(page[:PAGE]))) <= rows


@given(st.integers(0, PAGE), st.binary(min_size=1, max_size=1))
@settings(deadline=None)
def test_a_tail_of_zeros_or_noise_yields_only_rows_that_were_stored(at: int, filler: bytes) -> None:
    """A page of which only the first part reached the disk."""
    whole, rows = page_of_heartbeats()
    assert set(known(whole[:at] + filler * (PAGE - at))) <= rows
