"""One place's state while faults come and go: power, clocks, counters, interface table. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lab import faults
from lab.condition import PacketFaults, Port
from lab.faults import Fault, FaultError
from lab.place import Interface, Part, Place
from lab.wiring import ETHERNET, draw

DAY_MS = 86_400_000
_ROLL_OVER_MS = 2**32 * 10

TrueOctets = Callable[[Interface, int], tuple[int, int]]
"""What an interface has truly carried until an instant, as its place sees it."""


class Node:
    """A place that faults are done to. It knows nothing of the places around it."""

    def __init__(self, place: Place, *, seed: int, began_ms: int, octets: TrueOctets) -> None:
        self.place = place
        self._octets = octets
        key = f"{seed}/{place.id}"
        self.boot_ms = self.agent_boot_ms = began_ms - _age_ms(key)
        self.engine_boots = 1 + int(draw("boots", key) * 30)
        self.powered = True
        self.booting = False
        self.faults: dict[tuple[str, str | None], Fault] = {}
        self.table_changed_ms = self.boot_ms
        self.ports = {
            interface.name: _as_old(interface, place, key, self.boot_ms, began_ms)
            for interface in place.interfaces
        }

    @property
    def up(self) -> bool:
        """True while it forwards."""
        return self.powered and not self.booting

    def has(self, fault: type[Fault]) -> bool:
        """Return True while such a fault lasts."""
        return any(kind == fault.kind for kind, _ in self.faults)

    def cut_lines(self) -> frozenset[str]:
        """Return the parents whose lines are cut."""
        cuts = [fault for fault in self.faults.values() if isinstance(fault, faults.Cut)]
        return frozenset(
            parent for parent in self.place.parents if any(cut.to in (None, parent) for cut in cuts)
        )

    @property
    def counter_bits(self) -> int:
        """The width of its octet counters."""
        return 32 if self.has(faults.Counter32Only) else 64

    @property
    def engine_offset_s(self) -> int:
        """How far its SNMP engine's clock is off."""
        return sum(f.offset_s for f in self.faults.values() if isinstance(f, faults.WrongEngineTime))

    @property
    def clock_offset_ms(self) -> int:
        """How far its wall clock is off."""
        return sum(f.offset_ms for f in self.faults.values() if isinstance(f, faults.ClockStep))

    def packet_faults(self) -> PacketFaults:
        """Return what becomes of its answers on their way."""
        found = PacketFaults()
        for fault in self.faults.values():
            match fault:
                case faults.Slow():
                    found = replace(found, delay_ms=fault.delay_ms, jitter_ms=fault.jitter_ms)
                case faults.Lossy():
                    found = replace(found, loss=fault.ratio)
                case faults.Duplicated():
                    found = replace(found, duplicate=fault.ratio)
                case faults.Late():
                    found = replace(found, late=fault.ratio, late_ms=fault.delay_ms)
                case faults.Garbage():
                    found = replace(found, garbage=fault.ratio)
                case faults.Truncated():
                    found = replace(found, truncate=fault.ratio)
                case _:
                    pass
        return found

    def boot(self, at_ms: int) -> None:
        """Start anew: it answers when `booting` is taken back."""
        self.powered, self.booting = True, True
        self.boot_ms = at_ms
        self.agent_restart(at_ms)
        self.table_changed_ms = at_ms
        for name, port in self.ports.items():
            self.ports[name] = replace(self._zeroed(port, at_ms), discontinuity_ms=None, changed_ms=at_ms)

    def agent_restart(self, at_ms: int) -> None:
        """Let the SNMP agent begin anew."""
        self.agent_boot_ms = at_ms
        self.engine_boots += 1

    def roll_over(self, at_ms: int, within_ms: int) -> None:
        """Make it look as old as TimeTicks can tell, less `within_ms`."""
        self.boot_ms = self.agent_boot_ms = at_ms - _ROLL_OVER_MS + within_ms

    def reset(self, interface: str | None, at_ms: int, *, announced: bool) -> None:
        """Let counters begin at 0."""
        for port in self._chosen(interface):
            told = at_ms if announced else port.discontinuity_ms
            self.ports[port.interface.name] = replace(self._zeroed(port, at_ms), discontinuity_ms=told)

    def wrap(self, interface: str | None, at_ms: int, within_ms: int, began_ms: int) -> None:
        """Set counters so that they wrap in about `within_ms`, at the rate of the last minute."""
        since_ms = max(began_ms, at_ms - 60_000)
        span_ms = max(1, at_ms - since_ms)
        for port in self._chosen(interface):
            before, now = self._octets(port.interface, since_ms), self._octets(port.interface, at_ms)
            left = [max(1, (b - a) * within_ms // span_ms) for a, b in zip(before, now, strict=True)]
            self.ports[port.interface.name] = replace(
                port,
                in_offset=-now[0] - left[0],
                out_offset=-now[1] - left[1],
                discontinuity_ms=at_ms,
            )

    def renumber(self, shift: int, at_ms: int) -> None:
        """Give every interface another ifIndex."""
        self.ports = {
            name: replace(port, if_index=port.if_index + shift) for name, port in self.ports.items()
        }
        self.table_changed_ms = at_ms

    def add(self, name: str, at_ms: int) -> None:
        """Let a new interface appear; raise FaultError if there is one of that name."""
        if name in self.ports:
            raise FaultError(f'{self.place.id} has an interface "{name}" already')
        index = 1 + max((port.if_index for port in self.ports.values()), default=0)
        interface = Interface(
            name=name,
            alias="",
            descr=name,
            if_index=index,
            if_type=ETHERNET,
            speed_bps=100_000_000,
            part=Part.IDLE,
        )
        self.ports[name] = Port(
            interface=interface,
            if_index=index,
            oper_up=True,
            changed_ms=at_ms,
            in_offset=0,
            out_offset=0,
        )
        self.table_changed_ms = at_ms

    def remove(self, name: str, at_ms: int) -> None:
        """Let an interface vanish; raise FaultError if there is none of that name."""
        port = next(iter(self._chosen(name)))
        del self.ports[port.interface.name]
        self.table_changed_ms = at_ms

    def bring_back(self, name: str, at_ms: int) -> None:
        """Let an interface that vanished come back, with counters that begin at 0."""
        interface = self.place.interface(name)
        if interface is None or name in self.ports:
            return
        port = Port(
            interface=interface,
            if_index=interface.if_index,
            oper_up=True,
            changed_ms=at_ms,
            in_offset=0,
            out_offset=0,
            discontinuity_ms=at_ms,
        )
        if any(other.if_index == port.if_index for other in self.ports.values()):
            port = replace(port, if_index=1 + max(other.if_index for other in self.ports.values()))
        self.ports[name] = self._zeroed(port, at_ms)
        self.table_changed_ms = at_ms

    def _chosen(self, interface: str | None) -> list[Port]:
        if interface is None:
            return list(self.ports.values())
        port = self.ports.get(interface)
        if port is None:
            raise FaultError(
                f'{self.place.id} has no interface "{interface}"; it has {", ".join(self.ports) or "none"}'
            )
        return [port]

    def _zeroed(self, port: Port, at_ms: int) -> Port:
        came, went = self._octets(port.interface, at_ms)
        return replace(port, in_offset=-came, out_offset=-went)


def _age_ms(key: str) -> int:
    """Return how long a device has been up: most for months, a few for nearly the 497 days of TimeTicks."""
    if draw("old", key) < 0.03:
        return _ROLL_OVER_MS - round(draw("age", key) * 27 * DAY_MS)
    return round((0.5 + 300 * draw("age", key)) * DAY_MS)


def _as_old(interface: Interface, place: Place, key: str, boot_ms: int, began_ms: int) -> Port:
    """Return a port whose counters stand where its age and size may have brought them."""
    carries = interface.part is not Part.IDLE
    seconds = (began_ms - boot_ms) // 1000
    share = 0.1 + 0.3 * draw(interface.name, key)
    return Port(
        interface=interface,
        if_index=interface.if_index,
        oper_up=carries or interface.speed_bps == 0,
        changed_ms=boot_ms,
        in_offset=round(place.demand_in_bps / 8 * seconds * share) if carries else 0,
        out_offset=round(place.demand_out_bps / 8 * seconds * share) if carries else 0,
    )
