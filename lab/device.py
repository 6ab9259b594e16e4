"""One simulated SNMP device: an engine of its own, and answers from what the world says it is like now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from lab.condition import Condition, PortReading
from lab.mib import DeviceTree
from lab.place import Kind, Place
from lab.world import World
from snmp.ber import Oid
from snmp.engine import Access, Engine
from snmp.responder import Responder
from snmp.smi import Typed, integer, object_identifier, octets, time_ticks
from snmp.tree import Source

READINGS_LAST_MS = 5
"""One reading of all counters serves the packets of one poll, which come at once."""

_SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
_HR_SYSTEM_UPTIME: Oid = (1, 3, 6, 1, 2, 1, 25, 1, 1, 0)
_ENGINE_PREFIX = b"\x80\x00\x00\x00\x05"  # RFC 3411 SnmpEngineID: octets of the maker's choice follow
_DESCRIPTIONS = {
    Kind.CORE_ROUTER: "core router",
    Kind.CORE_SWITCH: "core switch",
    Kind.SERVER: "server",
    Kind.HUB: "district router",
    Kind.COMMUNE: "access router",
}
# RFC 3418 sysServices: 2^(L-1) for each layer that is offered; routers forward at layer 3.
_SERVICES = {Kind.CORE_SWITCH: 2 | 4, Kind.SERVER: 8 | 64}
_ROUTES = 4

Extra = Callable[[int], Mapping[Oid, Source]]
"""Further objects of a device at an instant (UTC ms); the same mapping as long as nothing changes."""


class SnmpDevice:
    """Answers SNMP for one place of the world. Instants are UTC ms and must not go back."""

    def __init__(
        self,
        world: World,
        place: Place,
        *,
        area: str,
        users: Mapping[bytes, Access],
        communities: Iterable[bytes],
        extra: Extra | None = None,
    ) -> None:
        self._world, self._place, self._area, self._extra = world, place, area, extra
        self._users, self._communities = users, tuple(communities)
        self._now_ms = 0
        self._condition: Condition | None = None
        self._extras: Mapping[Oid, Source] = {}
        self._clock: tuple[int, int, int] | None = None
        self._responder: Responder | None = None
        self._read_ms = -1
        self._ports: Sequence[PortReading] = ()

    def respond(self, datagram: bytes, now_ms: int, salt: int) -> bytes | None:
        """Return the answer, or None where the protocol or the device's condition wants silence."""
        condition = self._world.condition(self._place.id, now_ms)
        if not condition.answers:
            return None
        self._now_ms = now_ms
        extras = {} if self._extra is None else self._extra(now_ms)
        responder = self._responder
        if condition is not self._condition or extras is not self._extras or responder is None:
            responder = self._take(condition, extras)
        return responder.respond(datagram, now_ms / 1000, salt)

    def _take(self, condition: Condition, extras: Mapping[Oid, Source]) -> Responder:
        """Follow a new condition; the engine and its counters stay unless its clock is another one."""
        clock = (condition.engine_boots, condition.agent_boot_ms, condition.engine_offset_s)
        if self._responder is None or clock != self._clock:
            engine = Engine(
                _ENGINE_PREFIX + self._place.address.encode(),
                boots=condition.engine_boots,
                started_at=condition.agent_boot_ms / 1000 - condition.engine_offset_s,
                users=self._users,
            )
        else:
            engine = self._responder.engine
        self._condition, self._extras, self._clock, self._read_ms = condition, extras, clock, -1
        scalars = {**extras, **self._system(condition), **engine.items(lambda: self._now_ms / 1000)}
        tree = DeviceTree(condition, self._readings, scalars)
        self._responder = responder = Responder(engine, tree, communities=self._communities)
        return responder

    def _readings(self) -> Sequence[PortReading]:
        if not 0 <= self._now_ms - self._read_ms <= READINGS_LAST_MS:
            self._ports = self._world.readings(self._place.id, self._now_ms)
            self._read_ms = self._now_ms
        return self._ports

    def _system(self, condition: Condition) -> dict[Oid, Source]:
        """Return the system group (RFC 3418) and hrSystemUptime."""
        place = self._place

        def sys_uptime() -> Typed:
            return time_ticks(condition.sys_uptime(self._now_ms))

        def hr_uptime() -> Typed:
            return time_ticks(condition.hr_uptime(self._now_ms))

        return {
            (*_SYSTEM, 1, 0): octets(f"Hải Đăng lab, {_DESCRIPTIONS[place.kind]}"),
            (*_SYSTEM, 2, 0): object_identifier((0, 0)),
            (*_SYSTEM, 3, 0): sys_uptime,
            (*_SYSTEM, 4, 0): octets("lab"),
            (*_SYSTEM, 5, 0): octets(place.id),
            (*_SYSTEM, 6, 0): octets(f"{place.name}, {self._area}"),
            (*_SYSTEM, 7, 0): integer(_SERVICES.get(place.kind, _ROUTES)),
            _HR_SYSTEM_UPTIME: hr_uptime,
        }
