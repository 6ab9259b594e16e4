"""All standard objects of one snapshot: SNMPv2-MIB system, IF-MIB, HOST-RESOURCES-MIB, UCD-SNMP-MIB. Pure.

The engine's own objects (sysUpTime, snmpEngine, snmp, usmStats) are the responder's: they change with every
request. A section that could not be read has no objects, so that a manager sees noSuchInstance and no zero.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.snmp_tables.history import History
from agent.snmp_tables.host_resources import host_items
from agent.snmp_tables.interfaces import interface_items
from agent.snmp_tables.ucd import ucd_items
from agent.snmp_tables.values import ZERO_DOT_ZERO, Items, integer32, object_id, put, text
from agent.version import VERSION
from agent.wire_sections import Host, Interfaces, Snapshot
from snmp.ber import Oid

_SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
SYS_UP_TIME: Oid = (*_SYSTEM, 3, 0)

# RFC 3418 sysServices: 2^(L-1) for the transport (4) and application (7) layers, which a host offers.
_HOST_SERVICES = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemTexts:
    """What only the operator knows: who to ask, and where the machine stands."""

    contact: str = ""
    location: str = ""


def snapshot_items(snapshot: Snapshot, history: History, texts: SystemTexts) -> Items:
    """Return the objects of a snapshot; `history` already includes it."""
    items: Items = {}
    host = snapshot.host
    described = f"{host.kernel} {host.machine}; {host.os}; " if isinstance(host, Host) else ""
    put(
        items,
        _SYSTEM,
        0,
        {
            1: text(f"{described}haidang-agent {VERSION}"),
            # The vendor's number for the kind of device; there is no vendor here (RFC 3418: zeroDotZero).
            2: object_id(ZERO_DOT_ZERO),
            4: text(texts.contact),
            5: text(host.hostname) if isinstance(host, Host) else None,
            6: text(texts.location),
            7: integer32(_HOST_SERVICES),
        },
    )
    if isinstance(snapshot.interfaces, Interfaces):
        items |= interface_items(snapshot.interfaces, history)
    return items | host_items(snapshot, history) | ucd_items(snapshot)
