"""IF-MIB (RFC 2863) from a snapshot. Pure."""

from __future__ import annotations

from agent.snmp_tables.history import History, InterfaceHistory
from agent.snmp_tables.values import (
    Items,
    counter32,
    counter64,
    gauge32,
    integer32,
    maybe,
    octets,
    put,
    text,
    time_ticks,
)
from agent.wire_sections import Interface, Interfaces, OperState
from snmp.ber import Oid
from snmp.smi import Typed

_IF_NUMBER: Oid = (1, 3, 6, 1, 2, 1, 2, 1, 0)
_IF_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1)
_IFX_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
_IF_TABLE_LAST_CHANGE: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 5, 0)

_OPER_STATUS = {
    OperState.UP: 1,
    OperState.DOWN: 2,
    OperState.TESTING: 3,
    OperState.UNKNOWN: 4,
    OperState.DORMANT: 5,
    OperState.NOT_PRESENT: 6,
    OperState.LOWER_LAYER_DOWN: 7,
}
_UP, _DOWN = 1, 2


def interface_items(section: Interfaces, history: History) -> Items:
    """Return ifNumber, ifTable, ifXTable and ifTableLastChange.

    Columns that Linux has no number for are left out: broadcast and outgoing multicast packets, unknown
    protocols. So ifOutUcastPkts counts all packets sent, as other agents on Linux do. A speed that the driver
    does not know is left out too.
    """
    items: Items = {
        _IF_NUMBER: integer32(len(section.interfaces)),
        _IF_TABLE_LAST_CHANGE: time_ticks(history.table_changed),
    }
    for interface in section.interfaces:
        past = history.interfaces.get(interface.index, InterfaceHistory(last=interface))
        put(items, _IF_ENTRY, interface.index, _basic(interface, past))
        put(items, _IFX_ENTRY, interface.index, _extended(interface, past))
    return items


def unicast_packets(interface: Interface) -> int:
    """Return packets received less those that came by multicast, which the kernel counts among them."""
    return max(0, interface.in_packets - (interface.in_multicast or 0))


def _basic(one: Interface, past: InterfaceHistory) -> dict[int, Typed | None]:
    return {
        1: integer32(one.index),
        2: text(one.name),
        3: integer32(one.type),
        4: maybe(integer32, one.mtu),
        5: maybe(gauge32, one.speed_bps),
        6: octets(_physical_address(one.mac)),
        7: integer32(_UP if one.admin_up else _DOWN),
        8: integer32(_OPER_STATUS[one.oper_state]),
        9: time_ticks(past.changed),
        10: counter32(one.in_bytes),
        11: counter32(unicast_packets(one)),
        13: maybe(counter32, one.in_drops),
        14: maybe(counter32, one.in_errors),
        16: counter32(one.out_bytes),
        17: counter32(one.out_packets),
        19: maybe(counter32, one.out_drops),
        20: maybe(counter32, one.out_errors),
    }


def _extended(one: Interface, past: InterfaceHistory) -> dict[int, Typed | None]:
    megabits = None if one.speed_bps is None else (one.speed_bps + 500_000) // 1_000_000
    return {
        1: text(one.name),
        2: maybe(counter32, one.in_multicast),
        6: counter64(one.in_bytes),
        7: counter64(unicast_packets(one)),
        8: maybe(counter64, one.in_multicast),
        10: counter64(one.out_bytes),
        11: counter64(one.out_packets),
        15: maybe(gauge32, megabits),
        18: text(one.alias),
        19: time_ticks(past.discontinuity),
    }


def _physical_address(mac: str | None) -> bytes:
    """RFC 2863 ifPhysAddress: empty for an interface that has none."""
    try:
        return bytes.fromhex((mac or "").replace(":", ""))
    except ValueError:
        return b""
