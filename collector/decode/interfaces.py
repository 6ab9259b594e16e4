"""IF-MIB (RFC 2863): which instances of each interface to ask for, and the series they become. Pure."""

from __future__ import annotations

from collector.decode.section import Labels, Rows, Section, SectionBuilder, columns, number, octets
from collector.decode.text import hardware_address, printable
from collector.model import Oid, SnmpValue

IF_NUMBER: Oid = (1, 3, 6, 1, 2, 1, 2, 1, 0)
IF_TABLE_LAST_CHANGE: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 5, 0)
IF_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1)
IFX_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)

SUBTREES: tuple[Oid, ...] = ((1, 3, 6, 1, 2, 1, 2), IFX_ENTRY, IF_TABLE_LAST_CHANGE[:-1])

MAX_INTERFACES = 4_096
"""Beyond this a device's table is cut: no router of a province has it, a hostile one may."""

MAX_TEXT = 4 * 1024 * 1024
"""Characters of labels beyond which it is cut as well: each interface's stand in more than 20 samples, and
long ones would make one device's share of /metrics larger than that of a whole province."""

_IF_POLLED = {
    7: "ifAdminStatus",
    8: "ifOperStatus",
    9: "ifLastChange",
    10: "ifInOctets",
    11: "ifInUcastPkts",
    13: "ifInDiscards",
    14: "ifInErrors",
    15: "ifInUnknownProtos",
    16: "ifOutOctets",
    17: "ifOutUcastPkts",
    19: "ifOutDiscards",
    20: "ifOutErrors",
    21: "ifOutQLen",
}
_IFX_POLLED = {
    2: "ifInMulticastPkts",
    3: "ifInBroadcastPkts",
    4: "ifOutMulticastPkts",
    5: "ifOutBroadcastPkts",
    6: "ifHCInOctets",
    7: "ifHCInUcastPkts",
    8: "ifHCInMulticastPkts",
    9: "ifHCInBroadcastPkts",
    10: "ifHCOutOctets",
    11: "ifHCOutUcastPkts",
    12: "ifHCOutMulticastPkts",
    13: "ifHCOutBroadcastPkts",
    15: "ifHighSpeed",
    19: "ifCounterDiscontinuityTime",
}
_IF_FIXED = {3: "ifType", 4: "ifMtu", 5: "ifSpeed"}
_IFX_FIXED = {16: "ifPromiscuousMode", 17: "ifConnectorPresent"}
_IF_DESCR, _IF_PHYS_ADDRESS, _IFX_NAME, _IFX_ALIAS = 2, 6, 1, 18
_IF_LABELS, _IFX_LABELS = (_IF_DESCR, _IF_PHYS_ADDRESS), (_IFX_NAME, _IFX_ALIAS)

_HC_OF_IF = {10: 6, 11: 7, 16: 10, 17: 11}
_HC_OF_IFX = {2: 8, 3: 9, 4: 12, 5: 13}
"""RFC 2863 section 3.1.6: a 32-bit counter is the low half of its ifHC one; where both are, one is asked."""

Table = dict[int, dict[Oid, SnmpValue]]


def plan(rows: Rows, base: Labels) -> Section | None:
    """Return the device's interface section, None if it showed no interfaces.

    `base` are the labels that every series of the device bears. The names are ordered by interface, so that a
    lost packet costs few interfaces whole rather than all of them a little.
    """
    basic, extended = columns(rows, IF_ENTRY), columns(rows, IFX_ENTRY)
    found = {index for cells in (*basic.values(), *extended.values()) for index in cells if len(index) == 1}
    if not found:
        return None
    builder = SectionBuilder(base)
    for name, family in ((IF_NUMBER, "ifNumber"), (IF_TABLE_LAST_CHANGE, None)):
        if name in rows:
            builder.watch(name, family)
    for index in sorted(found)[:MAX_INTERFACES]:
        if builder.text > MAX_TEXT:
            break
        _interface(builder, basic, extended, index)
    return builder.build()


def _interface(builder: SectionBuilder, basic: Table, extended: Table, index: Oid) -> None:
    labels = (
        ("ifAlias", _text(extended, _IFX_ALIAS, index)),
        ("ifDescr", _text(basic, _IF_DESCR, index)),
        ("ifIndex", str(index[0])),
        ("ifName", _text(extended, _IFX_NAME, index)),
    )
    for entry, table, columns_of in ((IF_ENTRY, basic, _IF_LABELS), (IFX_ENTRY, extended, _IFX_LABELS)):
        builder.look_at(
            *((*entry, column, *index) for column in columns_of if index in table.get(column, {}))
        )
    wide = {column for column, cells in extended.items() if index in cells}
    for entry, table, polled, twin_of in (
        (IF_ENTRY, basic, _IF_POLLED, _HC_OF_IF),
        (IFX_ENTRY, extended, _IFX_POLLED, _HC_OF_IFX),
    ):
        for column, family in polled.items():
            if index in table.get(column, {}) and twin_of.get(column) not in wide:
                builder.poll((*entry, column, *index), family, labels)
    for entry, table, fixed in ((IF_ENTRY, basic, _IF_FIXED), (IFX_ENTRY, extended, _IFX_FIXED)):
        for column, family in fixed.items():
            value = number(table.get(column, {}).get(index))
            if value is not None:
                builder.fix(family, value, labels)
                builder.look_at((*entry, column, *index))
    address = hardware_address(octets(basic.get(_IF_PHYS_ADDRESS, {}).get(index)))
    if address:
        builder.fix("ifPhysAddress", 1, (*labels, ("ifPhysAddress", address)))


def _text(table: Table, column: int, index: Oid) -> str:
    return printable(octets(table.get(column, {}).get(index)))
