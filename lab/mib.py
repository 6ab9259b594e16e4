"""The objects of a simulated device: IF-MIB computed row by row from its ports, and scalars beside it. Pure.

No row is kept: two thousand devices with two dozen interfaces would hold millions of values.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from lab.condition import Condition, PortReading
from snmp.ber import Oid
from snmp.smi import NO_SUCH_INSTANCE, NO_SUCH_OBJECT, Tag, Typed, VarBind
from snmp.tree import Source

IF: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1)
IFX: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
IF_NUMBER: Oid = (1, 3, 6, 1, 2, 1, 2, 1, 0)
IF_TABLE_LAST_CHANGE: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 5, 0)

_MTU, _UP, _DOWN, _TRUE, _FALSE = 1_500, 1, 2, 1, 2
_LOOPBACK = 24
_MAX32 = 2**32

Cell = Callable[[PortReading], Typed]


def _counter32(value: int) -> Typed:
    return Typed(Tag.COUNTER32, value % _MAX32)


def _constant(tag: Tag, value: int) -> Cell:
    found = Typed(tag, value)
    return lambda _: found


def _speed(reading: PortReading) -> Typed:
    # RFC 2863 ifSpeed: a line that is faster than 32 bits can say shows their maximum.
    return Typed(Tag.GAUGE32, min(reading.port.interface.speed_bps, _MAX32 - 1))


def _physical_address(reading: PortReading) -> Typed:
    if reading.port.interface.if_type == _LOOPBACK:
        return Typed(Tag.OCTET_STRING, b"")
    # A locally administered address (the second-lowest bit of the first octet).
    return Typed(Tag.OCTET_STRING, bytes((2, 0)) + reading.if_index.to_bytes(4))


def _text(of: Callable[[PortReading], str]) -> Cell:
    return lambda reading: Typed(Tag.OCTET_STRING, of(reading).encode())


_NONE32 = _constant(Tag.COUNTER32, 0)
_NONE64 = _constant(Tag.COUNTER64, 0)

_BASIC: Mapping[int, Cell] = {
    1: lambda r: Typed(Tag.INTEGER, r.if_index),
    2: _text(lambda r: r.port.interface.descr),
    3: lambda r: Typed(Tag.INTEGER, r.port.interface.if_type),
    4: _constant(Tag.INTEGER, _MTU),
    5: _speed,
    6: _physical_address,
    7: _constant(Tag.INTEGER, _UP),
    8: lambda r: Typed(Tag.INTEGER, _UP if r.oper_up else _DOWN),
    9: lambda r: Typed(Tag.TIME_TICKS, r.last_change_ticks),
    10: lambda r: _counter32(r.in_octets),
    11: lambda r: _counter32(r.in_packets),
    13: _NONE32,
    14: _NONE32,
    15: _NONE32,
    16: lambda r: _counter32(r.out_octets),
    17: lambda r: _counter32(r.out_packets),
    19: _NONE32,
    20: _NONE32,
}
_EXTENDED: Mapping[int, Cell] = {
    1: _text(lambda r: r.name),
    2: _NONE32,
    3: _NONE32,
    4: _NONE32,
    5: _NONE32,
    14: _constant(Tag.INTEGER, _TRUE),
    15: lambda r: Typed(Tag.GAUGE32, r.port.interface.speed_bps // 1_000_000),
    16: _constant(Tag.INTEGER, _FALSE),
    17: lambda r: Typed(Tag.INTEGER, _FALSE if r.port.interface.if_type == _LOOPBACK else _TRUE),
    18: _text(lambda r: r.port.interface.alias),
    19: lambda r: Typed(Tag.TIME_TICKS, r.discontinuity_ticks),
}
_WIDE: Mapping[int, Cell] = {
    6: lambda r: Typed(Tag.COUNTER64, r.in_octets),
    7: lambda r: Typed(Tag.COUNTER64, r.in_packets),
    8: _NONE64,
    9: _NONE64,
    10: lambda r: Typed(Tag.COUNTER64, r.out_octets),
    11: lambda r: Typed(Tag.COUNTER64, r.out_packets),
    12: _NONE64,
    13: _NONE64,
}


class DeviceTree:
    """A Tree (snmp.tree) over a condition's ports and `scalars`; `readings` gives the ports' counters now."""

    __slots__ = ("_columns", "_oids", "_position", "_readings", "_scalars")

    def __init__(
        self,
        condition: Condition,
        readings: Callable[[], Sequence[PortReading]],
        scalars: Mapping[Oid, Source],
    ) -> None:
        wide = condition.counter_bits == 64
        self._columns = {IF: _BASIC, IFX: {**_EXTENDED, **(_WIDE if wide else {})}}
        self._position = {port.if_index: at for at, port in enumerate(condition.ports)}
        self._readings = readings
        self._scalars: dict[Oid, Source] = {
            **scalars,
            IF_NUMBER: Typed(Tag.INTEGER, len(condition.ports)),
            IF_TABLE_LAST_CHANGE: Typed(Tag.TIME_TICKS, condition.ticks_at(condition.table_changed_ms)),
        }
        self._oids = _in_order(tuple(sorted(self._position)), tuple(self._scalars), wide=wide)

    def get(self, oid: Oid) -> Typed:
        """Return the instance's value, or which of the two exceptions applies (RFC 3416 section 4.2.1)."""
        columns = self._columns.get(oid[:-2])
        if columns is not None and (cell := columns.get(oid[-2])) is not None:
            position = self._position.get(oid[-1])
            return NO_SUCH_INSTANCE if position is None else cell(self._readings()[position])
        source = self._scalars.get(oid)
        found = source() if callable(source) else source
        if found is not None:
            return found
        return NO_SUCH_INSTANCE if (*oid[:-1], 0) in self._scalars else NO_SUCH_OBJECT

    def next(self, oid: Oid) -> VarBind | None:
        """Return the next instance that has a value now."""
        for position in range(bisect_right(self._oids, oid), len(self._oids)):
            following = self._oids[position]
            found = self.get(following)
            if found is not NO_SUCH_INSTANCE and found is not NO_SUCH_OBJECT:
                return VarBind(following, *found)
        return None


@lru_cache(maxsize=64)
def _in_order(indexes: tuple[int, ...], scalars: tuple[Oid, ...], *, wide: bool) -> tuple[Oid, ...]:
    """Return all instances by rising OID; devices of the same kind share them."""
    basic = [(*IF, column, index) for column in _BASIC for index in indexes]
    columns = [*_EXTENDED, *_WIDE] if wide else [*_EXTENDED]
    return tuple(
        sorted([*scalars, *basic, *((*IFX, column, index) for column in columns for index in indexes)])
    )
