"""What a simulated server shows over SNMP beside its interfaces: HOST-RESOURCES and UCD-SNMP. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from agent.snmp_tables.history import EMPTY, advance
from agent.snmp_tables.host_resources import host_items
from agent.snmp_tables.ucd import ucd_items
from lab.device import Extra
from lab.place import Place
from lab.snapshots import ServerSnapshots
from lab.world import World
from snmp.ber import Oid
from snmp.smi import Typed
from snmp.tree import Source

_FRESH_MS = 250
_HR_SYSTEM_UPTIME: Oid = (1, 3, 6, 1, 2, 1, 25, 1, 1, 0)


def server_objects(world: World, place: Place) -> Extra:
    """Return the objects of a server by the instant, as its agent makes them of a snapshot."""
    snapshots = ServerSnapshots(world, place)
    history = EMPTY
    shown: dict[Oid, Typed] = {}
    taken_ms = -1

    def at(now_ms: int) -> Mapping[Oid, Source]:
        nonlocal history, shown, taken_ms
        if taken_ms < 0 or now_ms - taken_ms > _FRESH_MS:
            snapshot = snapshots.at(now_ms)
            history = advance(history, snapshot, snapshot.uptime_ms // 10)
            shown = {**host_items(snapshot, history), **ucd_items(snapshot)}
            # The device tells it by the instant of the question.
            shown.pop(_HR_SYSTEM_UPTIME, None)
            taken_ms = now_ms
        return shown

    return at
