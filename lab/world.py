"""The lab's world: what faults make of every place over time, and what its counters show. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import replace

from lab import faults
from lab.condition import Condition, Port, PortReading, TrueState
from lab.days import Days
from lab.faults import Fault, FaultError
from lab.flow import Flows, curves_of
from lab.history import History
from lab.node import Node
from lab.place import Part, Place, Province
from lab.truth import Became, Happened, Truth

_MEAN_PACKET = 640
"""Octets: what a packet of office traffic has, more or less."""


class World:
    """A province from `began_ms` on. Faults are applied in the order of their instants; the past stays asked.

    Everything follows from the province, the seed and the faults: the same ones give the same answers.
    `truth` is handed every fault and every change of a place's true state as it happens.
    """

    def __init__(
        self,
        province: Province,
        *,
        seed: int,
        began_ms: int,
        truth: Callable[[Truth], None] = lambda _truth: None,
        days: Days | None = None,
    ) -> None:
        self.province = province
        self.began_ms = began_ms
        self._truth = truth
        self._now_ms = began_ms
        self._booting: list[tuple[int, str]] = []
        curves = curves_of(province, seed=seed, began_ms=began_ms, days=Days() if days is None else days)
        self._flows = Flows(province, curves, began_ms)
        self._nodes = {
            place.id: Node(place, seed=seed, began_ms=began_ms, octets=self._octets_of(place.id))
            for place in province.places
        }
        self._open: dict[str, bool] = {}
        self._history = History()
        for place in province.places:
            self._look(place, began_ms)

    def apply(self, fault: Fault, at_ms: int) -> None:
        """Let a fault happen; raise FaultError for a target or interface that there is not.

        A lasting fault of a kind that lasts already takes its place. Raises ValueError if `at_ms` lies before
        what has happened or was asked already.
        """
        node = self._node(fault.target)
        self._advance(at_ms)
        self._begin(node, fault, at_ms)
        self._truth(Happened(at_ms=at_ms, fault=fault))
        self._changed(node.place, at_ms)

    def restore(self, target: str, at_ms: int, *, kind: str | None = None) -> tuple[Fault, ...]:
        """End the target's lasting faults (of this kind only); return those that were ended."""
        node = self._node(target)
        self._advance(at_ms)
        ended = [key for key in node.faults if kind in (None, key[0])]
        found = tuple(node.faults.pop(key) for key in ended)
        for fault in found:
            self._end(node, fault, at_ms)
            self._truth(Happened(at_ms=at_ms, fault=fault, ended=True))
        if found:
            self._changed(node.place, at_ms)
        return found

    def advance(self, at_ms: int) -> None:
        """Let time pass, so that what happens by itself until then is told; an earlier instant is no harm."""
        self._advance(max(at_ms, self._now_ms))

    def active(self, target: str | None = None) -> tuple[Fault, ...]:
        """Return the lasting faults that were applied and not restored, of one place or of all."""
        nodes = self._nodes.values() if target is None else (self._node(target),)
        return tuple(fault for node in nodes for fault in node.faults.values())

    def condition(self, place: str, at_ms: int) -> Condition:
        """Return what the place is like; the same object as long as nothing changes."""
        if at_ms > self._now_ms:
            self._advance(at_ms)
        return self._history.at(place, at_ms)

    def octets(self, place: str, interface: str, at_ms: int) -> tuple[int, int]:
        """Return the true octets (in, out) the interface has carried since the world began; never less."""
        found = self._nodes[place].place.interface(interface)
        if found is None:
            # One that a fault has added: it carries nothing.
            return 0, 0
        self.advance(at_ms)
        return self._flows.interface(place, found, at_ms)

    def line_octets(self, place: str, at_ms: int) -> tuple[int, int]:
        """Return the true octets (towards the site, from it) on all lines of the place since then."""
        self.advance(at_ms)
        return self._flows.through(place, at_ms)

    def readings(self, place: str, at_ms: int) -> tuple[PortReading, ...]:
        """Return the interface table as the device shows it: wraps, resets and renumbering applied."""
        condition = self.condition(place, at_ms)
        modulus = 2**condition.counter_bits
        flows = self._flows
        found = []
        for port in condition.ports:
            came, went = flows.interface(place, port.interface, at_ms)
            found.append(
                PortReading(
                    name=port.interface.name,
                    if_index=port.if_index,
                    oper_up=port.oper_up,
                    in_octets=(came + port.in_offset) % modulus,
                    out_octets=(went + port.out_offset) % modulus,
                    in_packets=(came + port.in_offset) // _MEAN_PACKET % modulus,
                    out_packets=(went + port.out_offset) // _MEAN_PACKET % modulus,
                    discontinuity_ticks=condition.ticks_at(port.discontinuity_ms),
                    last_change_ticks=condition.ticks_at(port.changed_ms),
                    port=port,
                )
            )
        return tuple(found)

    def _octets_of(self, place: str) -> Callable[..., tuple[int, int]]:
        return lambda interface, at_ms: self._flows.interface(place, interface, at_ms)

    def _node(self, target: str) -> Node:
        node = self._nodes.get(target)
        if node is None:
            raise FaultError(f'there is no place "{target}" in this province')
        return node

    def _advance(self, at_ms: int) -> None:
        """Let time pass; who has booted by then answers."""
        if at_ms < self._now_ms:
            raise ValueError(f"the world is at {self._now_ms} already, {self._now_ms - at_ms} ms later")
        while self._booting and self._booting[0][0] <= at_ms:
            ready_ms, place = heapq.heappop(self._booting)
            node = self._nodes[place]
            # One that lost its power again meanwhile, or restarted, has another entry or none.
            if node.powered and ready_ms == node.boot_ms + node.place.boot_s * 1000:
                node.booting = False
                self._changed(node.place, ready_ms)
        self._now_ms = at_ms

    def _begin(self, node: Node, fault: Fault, at_ms: int) -> None:
        key: tuple[str, str | None] = (fault.kind, None)
        match fault:
            case faults.Cut(to=to):
                key = (fault.kind, to)
                _must_have_line(node.place, to)
            case faults.PowerOff():
                node.powered = False
            case faults.Reboot() if node.powered:
                self._boot(node, at_ms)
            case faults.AgentRestart():
                node.agent_restart(at_ms)
            case faults.CounterWrap(interface=interface, within_s=within_s):
                node.wrap(interface, at_ms, within_s * 1000, self.began_ms)
            case faults.CounterReset(interface=interface, announced=announced):
                node.reset(interface, at_ms, announced=announced)
            case faults.Renumbered(shift=shift):
                node.renumber(shift, at_ms)
            case faults.InterfaceAdded(interface=interface):
                node.add(interface, at_ms)
                key = (fault.kind, interface)
            case faults.InterfaceRemoved(interface=interface):
                node.remove(interface, at_ms)
                key = (fault.kind, interface)
            case faults.UptimeRollOver(within_s=within_s):
                node.roll_over(at_ms, within_s * 1000)
            case _:
                pass
        if fault.lasts:
            node.faults[key] = fault

    def _end(self, node: Node, fault: Fault, at_ms: int) -> None:
        match fault:
            case faults.PowerOff():
                self._boot(node, at_ms)
            case faults.AgentGone():
                node.agent_restart(at_ms)
            case faults.InterfaceAdded(interface=interface):
                node.remove(interface, at_ms)
            case faults.InterfaceRemoved(interface=interface):
                node.bring_back(interface, at_ms)
            case _:
                pass

    def _boot(self, node: Node, at_ms: int) -> None:
        node.boot(at_ms)
        heapq.heappush(self._booting, (at_ms + node.place.boot_s * 1000, node.place.id))

    def _changed(self, place: Place, at_ms: int) -> None:
        """Look anew at whatever a change of this place may have changed."""
        for below in (place.id, *self.province.below(place.id)):
            self._look(self.province.by_id[below], at_ms)
        for parent in place.parents:
            self._look(self.province.by_id[parent], at_ms)

    def _look(self, place: Place, at_ms: int) -> None:
        node = self._nodes[place.id]
        cut = node.cut_lines()
        ways = [parent for parent in place.parents if self._open[parent]]
        taken = next((parent for parent in ways if parent not in cut), None)
        whole = taken is not None or not place.parents
        self._open[place.id] = whole and node.up
        cut_off = bool(place.parents) and not ways
        state = _state(node, whole=whole, cut_off=cut_off and len(cut) < len(place.parents))
        self._flows.turn(
            place.id,
            at_ms,
            flows=whole and node.up and not node.has(faults.OnBattery),
            taken=None if taken is None else place.parents.index(taken),
        )
        for name, port in node.ports.items():
            up = self._oper_up(node, port, cut)
            if up is not port.oper_up:
                node.ports[name] = replace(port, oper_up=up, changed_ms=at_ms)
        self._note(node, state, cut_off=cut_off, at_ms=at_ms)

    def _oper_up(self, node: Node, port: Port, cut: frozenset[str]) -> bool:
        interface = port.interface
        match interface.part:
            case Part.LINE:
                return node.powered and interface.peer not in cut
            case Part.PORT if interface.peer is not None:
                peer = self._nodes[interface.peer]
                return node.powered and peer.powered and node.place.id not in peer.cut_lines()
            case Part.LAN:
                return node.powered and not node.has(faults.OnBattery)
            case _:
                return port.oper_up

    def _note(self, node: Node, state: TrueState, *, cut_off: bool, at_ms: int) -> None:
        """Add the place's condition to its history, and a change of its state to the truth."""
        place = node.place.id
        condition = Condition(
            since_ms=at_ms,
            state=state,
            cut_off=cut_off,
            powered=node.powered,
            boot_ms=node.boot_ms,
            agent_boot_ms=node.agent_boot_ms,
            engine_boots=node.engine_boots,
            engine_offset_s=node.engine_offset_s,
            clock_offset_ms=node.clock_offset_ms,
            counter_bits=node.counter_bits,
            table_changed_ms=node.table_changed_ms,
            ports=tuple(sorted(node.ports.values(), key=_by_index)),
            packets=node.packet_faults(),
        )
        if self._history.add(place, condition):
            self._truth(
                Became(at_ms=at_ms, place=place, state=state, cut_off=cut_off, boot_ms=condition.boot_ms)
            )


def _must_have_line(place: Place, to: str | None) -> None:
    if not place.parents:
        raise FaultError(f"{place.id} has no line that could be cut")
    if to is not None and to not in place.parents:
        raise FaultError(f'{place.id} has no line to "{to}"; it has one to {", ".join(place.parents)}')


def _state(node: Node, *, whole: bool, cut_off: bool) -> TrueState:
    """Return what is the matter, the place's own first. `whole`: a way leads to it."""
    if not whole and not cut_off:
        return TrueState.LINE
    if not node.up:
        return TrueState.POWER_OR_RESTART
    if cut_off:
        return TrueState.UPSTREAM
    for fault, state in _STATES:
        if node.has(fault):
            return state
    return TrueState.UP


_STATES = (
    (faults.Mute, TrueState.MANAGEMENT),
    (faults.AgentGone, TrueState.AGENT_ONLY),
    (faults.OnBattery, TrueState.UPS),
)


def _by_index(port: Port) -> int:
    return port.if_index
