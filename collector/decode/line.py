"""A device's line: which interface carries it, and its counters in each poll, wherever its row is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collector.decode.interfaces import IF_ENTRY, IFX_ENTRY
from collector.decode.section import Rows, Section, Values, columns, number, octets
from collector.decode.text import printable
from collector.model import EngineTime, Layout, Oid, SnmpValue
from collector.traffic.rates import Counter, LineReading

_IF_NAME: Oid = (*IFX_ENTRY, 1)
_IF_DESCR: Oid = (*IF_ENTRY, 2)
_IF_ALIAS: Oid = (*IFX_ENTRY, 18)
_IF_SPEED: Oid = (*IF_ENTRY, 5)
_IF_HIGH_SPEED: Oid = (*IFX_ENTRY, 15)
_DISCONTINUITY: Oid = (*IFX_ENTRY, 19)
_UNKNOWN_SPEED = 2**32 - 1
"""RFC 2863: what ifSpeed shows where the rate is too high for it."""

_OCTETS_IN = (((*IFX_ENTRY, 6), 64), ((*IF_ENTRY, 10), 32))
_OCTETS_OUT = (((*IFX_ENTRY, 10), 64), ((*IF_ENTRY, 16), 32))
_PACKETS_IN = (((*IFX_ENTRY, 7), 64), ((*IF_ENTRY, 11), 32))
_PACKETS_OUT = (((*IFX_ENTRY, 11), 64), ((*IF_ENTRY, 17), 32))

_Choices = tuple[tuple[Oid, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """A counter: its instance and its width."""

    name: Oid
    bits: int

    def read(self, values: Values, places: Mapping[Oid, int]) -> Counter | None:
        value = number(values[places[self.name]])
        return (
            Counter(value=value, bits=self.bits)
            if value is not None and 0 <= value < 1 << self.bits
            else None
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinePlan:
    """How a line's counters are found among a poll's values.

    `identity` is the instance that names the interface, asked with the counters at every poll, and `named`
    what it said at discovery: where it says something else the row has moved, and nothing is read.
    """

    interface: str
    identity: Oid
    named: SnmpValue
    received: _Column
    sent: _Column
    packets_received: _Column | None
    packets_sent: _Column | None
    discontinuity: Oid | None
    high_speed: Oid | None
    speed_bps: int | None

    @property
    def names(self) -> tuple[Oid, ...]:
        """What must be asked at every poll."""
        counters = (self.received, self.sent, self.packets_received, self.packets_sent)
        return (
            self.identity,
            *(column.name for column in counters if column is not None),
            *(name for name in (self.discontinuity,) if name is not None),
        )

    def section(self, asked: tuple[Oid, ...]) -> Section:
        """Return what must be asked beside what is asked already; its first value is watched."""
        others = [name for name in self.names[1:] if name not in asked]
        return Section(names=(self.identity, *others), layout=Layout(()), takes=(), identity=(0,))

    def read(
        self,
        values: Values,
        places: Mapping[Oid, int],
        *,
        sys_uptime: int | None,
        engine: EngineTime | None,
        sent_at: float,
        done_at: float,
        at_ms: int,
    ) -> LineReading | None:
        """Return the line's counters; None if a counter is missing or the row is another interface's now."""
        if values[places[self.identity]] != self.named:
            return None
        received, sent = self.received.read(values, places), self.sent.read(values, places)
        if received is None or sent is None:
            return None
        packets = [
            None if column is None else column.read(values, places)
            for column in (self.packets_received, self.packets_sent)
        ]
        return LineReading(
            interface=self.interface,
            sent_at=sent_at,
            done_at=done_at,
            at_ms=at_ms,
            received=received,
            sent=sent,
            packets_received=packets[0],
            packets_sent=packets[1],
            sys_uptime=sys_uptime,
            engine=engine,
            discontinuity=None if self.discontinuity is None else number(values[places[self.discontinuity]]),
            speed_bps=self._speed(values, places),
        )

    def _speed(self, values: Values, places: Mapping[Oid, int]) -> int | None:
        """Return the rate as this poll has it where it is asked anyway, else as discovery had it."""
        place = None if self.high_speed is None else places.get(self.high_speed)
        now = None if place is None else number(values[place])
        return now * 1_000_000 if now is not None and now > 0 else self.speed_bps


def plan(rows: Rows, interface: str) -> LinePlan | None:
    """Return how the interface of this name (ifName, else ifDescr, else ifAlias) is read.

    None if the device shows no such interface, several of them, or no octet counters for it.
    """
    found = _find(rows, interface)
    if found is None:
        return None
    identity, index = found
    received, sent = _first(rows, _OCTETS_IN, index), _first(rows, _OCTETS_OUT, index)
    if received is None or sent is None:
        return None
    discontinuity, high_speed = (*_DISCONTINUITY, *index), (*_IF_HIGH_SPEED, *index)
    return LinePlan(
        interface=interface,
        identity=identity,
        named=rows[identity],
        received=received,
        sent=sent,
        packets_received=_first(rows, _PACKETS_IN, index),
        packets_sent=_first(rows, _PACKETS_OUT, index),
        discontinuity=discontinuity if discontinuity in rows else None,
        high_speed=high_speed if high_speed in rows else None,
        speed_bps=_nominal(rows, index),
    )


def _find(rows: Rows, interface: str) -> tuple[Oid, Oid] | None:
    """Return the instance that names the interface, and its index."""
    for column in (_IF_NAME, _IF_DESCR, _IF_ALIAS):
        cells = columns(rows, column[:-1]).get(column[-1], {})
        indexes = [index for index, value in cells.items() if printable(octets(value)) == interface]
        if indexes:
            # Two of one name cannot be told apart after a renumbering: neither is taken.
            return ((*column, *indexes[0]), indexes[0]) if len(indexes) == 1 else None
    return None


def _first(rows: Rows, choices: _Choices, index: Oid) -> _Column | None:
    return next(
        (_Column(name=name, bits=bits) for entry, bits in choices if (name := (*entry, *index)) in rows), None
    )


def _nominal(rows: Rows, index: Oid) -> int | None:
    high = number(rows.get((*_IF_HIGH_SPEED, *index)))
    if high is not None and high > 0:
        return high * 1_000_000
    speed = number(rows.get((*_IF_SPEED, *index)))
    return speed if speed is not None and 0 < speed < _UNKNOWN_SPEED else None
