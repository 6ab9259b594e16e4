"""Reading rows out of pages: the same that SQLite reads, and nothing from anything else."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from collector.ledger.images import Images
from collector.ledger.pages import Value, records

PAGE = 4096
Rows = dict[int, tuple[Value, ...]]

INTEGERS = [0, 1, -1, 127, -128, 255, 32_767, -32_768, 2**23, -(2**31), 2**40, -(2**47), 2**62, -(2**63)]
TEXTS = ["", "a", "xã Ngọc Sơn", "x" * 4_050, "y" * 4_061, "z" * 4_062, "long " * 5_000]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Return a database of one table with numbers of every size and texts up to many pages."""
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size = {PAGE}")
        connection.execute("CREATE TABLE t (n INTEGER, s TEXT, z TEXT) STRICT")
        connection.execute("BEGIN")
        for number in INTEGERS:
            for text in TEXTS:
                connection.execute("INSERT INTO t VALUES (?, ?, NULL)", (number, text))
        connection.execute("INSERT INTO t (rowid, n) VALUES (?, 5)", (2**62,))
        connection.execute("INSERT INTO t (rowid, n) VALUES (-7, 6)")
        connection.execute("COMMIT")
    return path


def read_by_sqlite(path: Path) -> Rows:
    """Return the rows as SQLite reads them."""
    with closing(sqlite3.connect(path)) as connection:
        return {rowid: tuple(rest) for rowid, *rest in connection.execute("SELECT rowid, * FROM t")}


def read_by_pages(path: Path) -> Iterator[tuple[int, tuple[Value, ...]]]:
    """Return the rows as they lie in the pages, the schema's left out."""
    with Images(path) as images:
        fetch = images.fetchers()[0]
        for number, page in images:
            for record in records(page, number, fetch):
                if record is not None and len(record.values) == 3:
                    yield record.rowid, record.values


def test_pages_hold_what_sqlite_reads(database: Path) -> None:
    """Every row, number and text, also those that go on over many pages."""
    assert dict(read_by_pages(database)) == read_by_sqlite(database)


def test_rows_in_the_log_are_found(database: Path) -> None:
    """What was committed and not yet moved into the file is in the log's page images."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("INSERT INTO t VALUES (77, ?, NULL)", ("only in the log " * 1_000,))
        assert dict(read_by_pages(database)) == read_by_sqlite(database)


def test_a_torn_page_gives_the_rows_that_are_whole(database: Path) -> None:
    """Each row that comes out is one that was stored, whatever part of the file is garbage."""
    whole = read_by_sqlite(database)
    data = bytearray(database.read_bytes())
    data[PAGE + 3_000 : PAGE + 3_200] = b"\xa5" * 200
    database.write_bytes(data)
    found = dict(read_by_pages(database))
    assert len(found) > len(whole) // 2
    assert len([rowid for rowid, values in found.items() if whole.get(rowid) != values]) <= 2


@pytest.mark.parametrize(
    "make",
    [
        lambda: b"",
        lambda: bytes(PAGE),
        lambda: b"\x0d" * PAGE,
        lambda: b"\xff" * PAGE,
        lambda: b"\x0d\x00\x00\x00\x01\x00\x00\x00" + (4_090).to_bytes(2) + bytes(4_080) + b"\xff" * 6,
    ],
    ids=["none", "zeros", "leaf signs", "ones", "cell at the edge"],
)
def test_garbage_is_no_row(make: Callable[[], bytes]) -> None:
    """Bytes that are no table page, or point outside of it, give nothing or cells that cannot be read."""
    assert all(record is None or record.values == () for record in records(make(), 2, lambda _: None))


def test_an_endless_chain_of_pages_ends() -> None:
    """A long row whose pages point at each other is bounded by the length it claims."""
    cell = b"\x83\x80\x00" + b"\x01" + bytes(4_000)
    page = bytearray(PAGE)
    page[0:8] = b"\x0d\x00\x00\x00\x01\x00\x00\x00"
    page[8:10] = (20).to_bytes(2)
    page[20 : 20 + len(cell)] = cell
    calls = []

    def chain(number: int) -> bytes:
        calls.append(number)
        return (7).to_bytes(4) + bytes(PAGE - 4)

    page[20 + 4 + 489 :] = (7).to_bytes(4) * 900
    list(records(bytes(page[:PAGE]), 2, chain))
    assert len(calls) <= 49_152 // (PAGE - 4) + 1
