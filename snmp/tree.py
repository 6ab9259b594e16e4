"""What a responder answers from: the `Tree` it needs, and a sorted immutable one made of items."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from snmp.ber import Oid, encode_oid
from snmp.errors import UsageError
from snmp.smi import NO_SUCH_INSTANCE, NO_SUCH_OBJECT, Typed, VarBind, format_oid

Source = Typed | Callable[[], Typed | None]
"""A value, or what computes it when it is asked for; None means: there is none at the moment."""


class Tree(Protocol):
    """Instances in the order of their OIDs."""

    def get(self, oid: Oid) -> Typed:
        """Return the instance's value, or NO_SUCH_OBJECT or NO_SUCH_INSTANCE."""

    def next(self, oid: Oid) -> VarBind | None:
        """Return the first instance whose OID follows `oid`, which need not exist; None at the end."""


class SortedTree:
    """A Tree made once. Replace it whole when the values change; answers under way keep the old one.

    `objects` are OIDs of columns and scalars (without the instance part), from which an absent instance is
    told from an absent object; by default each item's OID less its last number, which suits scalars and
    tables with one index.
    """

    __slots__ = ("_objects", "_oids", "_sources")

    def __init__(self, items: Mapping[Oid, Source], objects: Iterable[Oid] | None = None) -> None:
        for oid in items:
            encode_oid(oid)
        self._sources = dict(items)
        self._oids = sorted(items)
        self._objects = frozenset(oid[:-1] for oid in self._oids) if objects is None else frozenset(objects)

    def __len__(self) -> int:
        return len(self._oids)

    def get(self, oid: Oid) -> Typed:
        """Return the instance's value, or which of the two exceptions applies (RFC 3416 section 4.2.1)."""
        found = self._read(oid) if oid in self._sources else None
        if found is not None:
            return found
        known = any(oid[:size] in self._objects for size in range(2, len(oid)))
        return NO_SUCH_INSTANCE if known else NO_SUCH_OBJECT

    def next(self, oid: Oid) -> VarBind | None:
        """Return the next instance that has a value now."""
        oids = self._oids
        for position in range(bisect_right(oids, oid), len(oids)):
            found = self._read(oids[position])
            if found is not None:
                return VarBind(oids[position], *found)
        return None

    def _read(self, oid: Oid) -> Typed | None:
        source = self._sources[oid]
        return source() if callable(source) else source


def merge(*parts: Mapping[Oid, Source]) -> dict[Oid, Source]:
    """Return the items of all parts; raise UsageError if two define the same instance."""
    merged: dict[Oid, Source] = {}
    for part in parts:
        if twice := merged.keys() & part.keys():
            raise UsageError(f"defined twice: {', '.join(sorted(map(format_oid, twice)))}")
        merged |= part
    return merged
