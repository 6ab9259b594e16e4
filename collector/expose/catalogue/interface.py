"""Families of IF-MIB and the system group, named and labelled as snmp_exporter's if_mib module has them."""

from __future__ import annotations

from collector.expose.catalogue.family import Family, Kind, Owner

_IF_ENTRY = "1.3.6.1.2.1.2.2.1"
_IFX_ENTRY = "1.3.6.1.2.1.31.1.1.1"
INTERFACE_LABELS = ("ifAlias", "ifDescr", "ifIndex", "ifName")

# Name, type, unit, OID of the column, what it counts (the objects of RFC 2863 in our words).
_COLUMNS = (
    ("ifAdminStatus", Kind.GAUGE, "enum", f"{_IF_ENTRY}.7", "Wanted state: 1 up, 2 down, 3 testing"),
    (
        "ifOperStatus",
        Kind.GAUGE,
        "enum",
        f"{_IF_ENTRY}.8",
        "Actual state: 1 up, 2 down, 3 testing, 4 unknown, 5 dormant, 6 notPresent, 7 lowerLayerDown",
    ),
    ("ifLastChange", Kind.GAUGE, "ticks", f"{_IF_ENTRY}.9", "sysUpTime when the actual state last changed"),
    ("ifMtu", Kind.GAUGE, "bytes", f"{_IF_ENTRY}.4", "Largest packet the interface takes"),
    ("ifSpeed", Kind.GAUGE, "bit/s", f"{_IF_ENTRY}.5", "Nominal rate; 4294967295 means see ifHighSpeed"),
    ("ifHighSpeed", Kind.GAUGE, "Mbit/s", f"{_IFX_ENTRY}.15", "Nominal rate in units of 1,000,000 bit/s"),
    ("ifType", Kind.GAUGE, "enum", f"{_IF_ENTRY}.3", "IANAifType, 6 for Ethernet"),
    (
        "ifConnectorPresent",
        Kind.GAUGE,
        "enum",
        f"{_IFX_ENTRY}.17",
        "1 if there is a physical connector, else 2",
    ),
    ("ifPromiscuousMode", Kind.GAUGE, "enum", f"{_IFX_ENTRY}.16", "1 if all packets are taken, else 2"),
    (
        "ifCounterDiscontinuityTime",
        Kind.GAUGE,
        "ticks",
        f"{_IFX_ENTRY}.19",
        "sysUpTime when a counter of the interface last jumped",
    ),
    ("ifOutQLen", Kind.GAUGE, "packets", f"{_IF_ENTRY}.21", "Length of the output queue"),
    ("ifHCInOctets", Kind.COUNTER, "bytes", f"{_IFX_ENTRY}.6", "Octets received, 64-bit"),
    ("ifHCOutOctets", Kind.COUNTER, "bytes", f"{_IFX_ENTRY}.10", "Octets sent, 64-bit"),
    ("ifHCInUcastPkts", Kind.COUNTER, "packets", f"{_IFX_ENTRY}.7", "Unicast packets received, 64-bit"),
    ("ifHCOutUcastPkts", Kind.COUNTER, "packets", f"{_IFX_ENTRY}.11", "Unicast packets sent, 64-bit"),
    ("ifHCInMulticastPkts", Kind.COUNTER, "packets", f"{_IFX_ENTRY}.8", "Multicast packets received, 64-bit"),
    ("ifHCOutMulticastPkts", Kind.COUNTER, "packets", f"{_IFX_ENTRY}.12", "Multicast packets sent, 64-bit"),
    ("ifHCInBroadcastPkts", Kind.COUNTER, "packets", f"{_IFX_ENTRY}.9", "Broadcast packets received, 64-bit"),
    ("ifHCOutBroadcastPkts", Kind.COUNTER, "packets", f"{_IFX_ENTRY}.13", "Broadcast packets sent, 64-bit"),
    ("ifInOctets", Kind.COUNTER, "bytes", f"{_IF_ENTRY}.10", "Octets received, 32-bit"),
    ("ifOutOctets", Kind.COUNTER, "bytes", f"{_IF_ENTRY}.16", "Octets sent, 32-bit"),
    ("ifInUcastPkts", Kind.COUNTER, "packets", f"{_IF_ENTRY}.11", "Unicast packets received, 32-bit"),
    ("ifOutUcastPkts", Kind.COUNTER, "packets", f"{_IF_ENTRY}.17", "Unicast packets sent, 32-bit"),
    ("ifInMulticastPkts", Kind.COUNTER, "packets", f"{_IFX_ENTRY}.2", "Multicast packets received, 32-bit"),
    ("ifOutMulticastPkts", Kind.COUNTER, "packets", f"{_IFX_ENTRY}.4", "Multicast packets sent, 32-bit"),
    ("ifInBroadcastPkts", Kind.COUNTER, "packets", f"{_IFX_ENTRY}.3", "Broadcast packets received, 32-bit"),
    ("ifOutBroadcastPkts", Kind.COUNTER, "packets", f"{_IFX_ENTRY}.5", "Broadcast packets sent, 32-bit"),
    ("ifInDiscards", Kind.COUNTER, "packets", f"{_IF_ENTRY}.13", "Good packets received and thrown away"),
    ("ifOutDiscards", Kind.COUNTER, "packets", f"{_IF_ENTRY}.19", "Good packets not sent, for want of room"),
    ("ifInErrors", Kind.COUNTER, "packets", f"{_IF_ENTRY}.14", "Packets received with errors"),
    ("ifOutErrors", Kind.COUNTER, "packets", f"{_IF_ENTRY}.20", "Packets not sent because of errors"),
    ("ifInUnknownProtos", Kind.COUNTER, "packets", f"{_IF_ENTRY}.15", "Packets of an unknown protocol"),
)

FAMILIES = (
    *(
        Family(
            name=name,
            kind=kind,
            owner=Owner.INTERFACE,
            unit=unit,
            labels=INTERFACE_LABELS,
            help=text,
            source=oid,
        )
        for name, kind, unit, oid, text in _COLUMNS
    ),
    Family(
        name="ifPhysAddress",
        kind=Kind.GAUGE,
        owner=Owner.INTERFACE,
        unit="1",
        labels=(*INTERFACE_LABELS, "ifPhysAddress"),
        help="Always 1; the interface's hardware address",
        source=f"{_IF_ENTRY}.6",
    ),
    Family(
        name="ifNumber",
        kind=Kind.GAUGE,
        owner=Owner.INTERFACE,
        unit="interfaces",
        labels=(),
        help="Number of interfaces the device says it has",
        source="1.3.6.1.2.1.2.1.0",
    ),
    Family(
        name="sysUpTime",
        kind=Kind.GAUGE,
        owner=Owner.INTERFACE,
        unit="ticks",
        labels=(),
        help="Hundredths of a second since the SNMP agent was started, modulo 2^32",
        source="1.3.6.1.2.1.1.3.0",
    ),
)
