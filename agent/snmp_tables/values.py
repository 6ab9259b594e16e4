"""Fits 64-bit readings into SMI types (RFC 2578 section 7.1): counters wrap, gauges stop at the top. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping

from snmp.ber import Oid
from snmp.smi import MAX_INT32, MAX_UINT32, MAX_UINT64, Tag, Typed

Items = dict[Oid, Typed]

ZERO_DOT_ZERO: Oid = (0, 0)


def integer32(value: int) -> Typed:
    """INTEGER; a size that does not fit shows as the largest that does."""
    return Typed(Tag.INTEGER, min(value, MAX_INT32))


def counter32(value: int) -> Typed:
    """Counter32: the low half of the counter."""
    return Typed(Tag.COUNTER32, value & MAX_UINT32)


def counter64(value: int) -> Typed:
    """Counter64."""
    return Typed(Tag.COUNTER64, value & MAX_UINT64)


def gauge32(value: int) -> Typed:
    """Gauge32, which stops at its maximum (section 7.1.7)."""
    return Typed(Tag.GAUGE32, min(value, MAX_UINT32))


def time_ticks(hundredths: int) -> Typed:
    """TimeTicks, modulo 2³² (section 7.1.8)."""
    return Typed(Tag.TIME_TICKS, hundredths & MAX_UINT32)


def text(value: str) -> Typed:
    """OCTET STRING of at most 255 octets, as DisplayString wants; UTF-8 is cut between characters."""
    octets = value.encode(errors="replace")
    if len(octets) > 255:
        octets = octets[:255].decode(errors="ignore").encode()
    return Typed(Tag.OCTET_STRING, octets)


def octets(value: bytes) -> Typed:
    """OCTET STRING."""
    return Typed(Tag.OCTET_STRING, value)


def object_id(value: Oid) -> Typed:
    """OBJECT IDENTIFIER."""
    return Typed(Tag.OBJECT_IDENTIFIER, value)


def maybe(kind: Callable[[int], Typed], value: int | None) -> Typed | None:
    """Return the value in its type, None for a missing one: its instance is then not there."""
    return None if value is None else kind(value)


def put(items: Items, entry: Oid, index: int, cells: Mapping[int, Typed | None]) -> None:
    """Add one row of a table (or, with index 0, scalars of a group) by column number, without the Nones."""
    for column, cell in cells.items():
        if cell is not None:
            items[(*entry, column, index)] = cell


def stable_indexes(names: Iterable[str], *, first: int, count: int) -> dict[str, int]:
    """Give each name a number of `first` to `first + count - 1` that depends on it, not on its neighbours.

    So a row keeps its index when others come and go, and over restarts, with nothing to remember. Only where
    two names fall on the same number does the later one in the alphabet move up.
    """
    taken: dict[int, str] = {}
    for name in sorted(names)[:count]:
        offset = zlib.crc32(name.encode(errors="replace")) % count
        while offset in taken:
            offset = (offset + 1) % count
        taken[offset] = name
    return {name: first + offset for offset, name in taken.items()}
