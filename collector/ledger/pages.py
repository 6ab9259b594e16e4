"""Reads table rows out of single SQLite pages, whole file or not: bytes in, rows out, no I/O. For salvage.

The format is that of https://www.sqlite.org/fileformat2.html (section numbers below). Any bytes give rows or
None for a cell that cannot be read, never an error: a row is believed only for its own checksum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Value = int | str | bytes | None

_TABLE_LEAF = 0x0D
_FILE_HEADER = 100
_LEAF_HEADER = 8
_MAX_CELLS = 1_000
_MAX_PAYLOAD = 64 * 1024 * 1024
_INTEGER_BYTES = (0, 1, 2, 3, 4, 6, 8)


class _UnreadableError(Exception):
    """The bytes are not what the format says they must be."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row as stored: its row number and its values, in the order of the table's columns."""

    rowid: int
    values: tuple[Value, ...]


def records(page: bytes, number: int, overflow: Callable[[int], bytes | None]) -> Iterator[Record | None]:
    """Yield the rows of a table leaf page, None for each that cannot be read; nothing for any other page.

    `number` is the page's (from 1), `overflow` returns a page by its number, for rows longer than a page.
    """
    start = _FILE_HEADER if number == 1 else 0
    if len(page) < start + _LEAF_HEADER or page[start] != _TABLE_LEAF:
        return
    cells = int.from_bytes(page[start + 3 : start + 5])
    if cells > _MAX_CELLS:
        return
    for index in range(cells):
        at = start + _LEAF_HEADER + 2 * index
        pointer = int.from_bytes(page[at : at + 2])
        try:
            yield _cell(page, pointer, overflow)
        except _UnreadableError:
            yield None


def _cell(page: bytes, at: int, overflow: Callable[[int], bytes | None]) -> Record:
    # 1.6: "A varint which is the total number of bytes of payload", the row number, then the payload.
    if at == 0:
        raise _UnreadableError
    size, at = _varint(page, at)
    rowid, at = _varint(page, at)
    if size > _MAX_PAYLOAD:
        raise _UnreadableError
    local = _local_size(size, len(page))
    payload = page[at : at + local]
    if len(payload) < local:
        raise _UnreadableError
    if local < size:
        payload += _overflowing(int.from_bytes(page[at + local : at + local + 4]), size - local, overflow)
    return Record(rowid - 2**64 if rowid >= 2**63 else rowid, tuple(_values(payload)))


def _local_size(size: int, usable: int) -> int:
    # 1.6: X is U-35, M is ((U-12)*32/255)-23, K is M+((P-M)%(U-4)); the rest is on overflow pages.
    most = usable - 35
    if size <= most:
        return size
    least = (usable - 12) * 32 // 255 - 23
    fitting = least + (size - least) % (usable - 4)
    return fitting if fitting <= most else least


def _overflowing(number: int, missing: int, overflow: Callable[[int], bytes | None]) -> bytes:
    # 1.7: "The first four bytes of each overflow page are a big-endian integer which is the page number of
    # the next page in the chain, or zero for the final page".
    parts = []
    while missing > 0:
        page = overflow(number) if number else None
        if page is None or len(page) <= 4:
            raise _UnreadableError
        part = page[4 : 4 + missing]
        parts.append(part)
        missing -= len(part)
        number = int.from_bytes(page[:4])
    return b"".join(parts)


def _values(payload: bytes) -> Iterator[Value]:
    # 2.1: a varint with the size of the header, itself included, one varint a column, then the values.
    header, at = _varint(payload, 0)
    if header > len(payload):
        raise _UnreadableError
    body = header
    while at < header:
        kind, at = _varint(payload, at)
        value, body = _value(payload, body, kind)
        yield value


def _value(payload: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind in (0, 8, 9):
        return (None if kind == 0 else kind - 8), at
    if kind in (10, 11):
        raise _UnreadableError
    size = 8 if kind == 7 else _INTEGER_BYTES[kind] if kind < 7 else (kind - 12) // 2
    part = payload[at : at + size]
    if len(part) < size:
        raise _UnreadableError
    if kind < 7:
        return int.from_bytes(part, signed=True), at + size
    # The ledger stores neither blobs nor fractions: such bytes fail the row's checksum.
    if kind == 7 or kind % 2 == 0:
        return part, at + size
    try:
        return part.decode(), at + size
    except UnicodeDecodeError as error:
        raise _UnreadableError from error


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for index in range(9):
        if at + index >= len(data):
            raise _UnreadableError
        byte = data[at + index]
        if index == 8:
            return (value << 8) | byte, at + 9
        value = (value << 7) | (byte & 0x7F)
        if byte < 0x80:
            return value, at + index + 1
    raise _UnreadableError
