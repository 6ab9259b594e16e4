"""Who is down now, since when, who is cut off behind it; after recovery for a while how long and why. Pure.

For messages, not for figures: the ledger's evidence stays the judge. An outage goes on through states that
prove no recovery (`unknown`, `upstream`), and through an answer that is followed by silence again while it is
still shown: so an alert that hangs on it begins once and ends once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from collector.figures.outage_values import Cause
from collector.inventory.values import Device
from collector.ledger.evidence import Evidence
from collector.model import State, Uptime, UptimeSource, Verdict
from collector.outage_cause import Ends, cause_word
from collector.topology import Topology

FLAPS, FLAP_WITHIN_MS = 3, 15 * 60_000
"""So many outages begun within that time are flapping."""

STEADY_MS = 5 * 60_000
"""A flapping device is steady again, up or down, after so long without a change."""

ENDED_BY_PLAN = "maintenance"
"""Stands for the cause where planned work began during an outage."""

_PLANNED = frozenset({State.MAINTENANCE, State.OUT_OF_SERVICE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One outage that is shown. `kind`: hub (others hang on it alone), service or device."""

    device: str
    kind: str
    start_ms: int
    fault: str
    ended_ms: int | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """Who is cut off by an outage: places by role, without the device itself, and agencies with its own."""

    units: Mapping[str, int]
    agencies: int


class Outages:
    """The outages of now, from transitions and polls. `hold_ms`: how long one that ended is still shown."""

    def __init__(self) -> None:
        self.hold_ms = 0
        self._devices: dict[str, Device] = {}
        self._topology = Topology.build(())
        self._open: dict[str, Outage] = {}
        self._ends: dict[str, Ends] = {}
        self._uptimes: dict[str, dict[UptimeSource, Uptime]] = {}
        self._begun: dict[str, list[int]] = {}
        self._changed: dict[str, int] = {}
        self._flapping: dict[str, int] = {}
        self._of_units: Counter[str] = Counter()
        self.of_agencies = 0

    def replace(self, devices: Iterable[Device], topology: Topology, *, hold_ms: int) -> frozenset[str]:
        """Follow a new inventory; return the devices whose outage is not shown any more."""
        self._devices = {device.id: device for device in devices}
        self._topology, self.hold_ms = topology, hold_ms
        gone = frozenset(device for device in (*self._open, *self._flapping) if device not in self._devices)
        _retain(self._open, self._devices)
        _retain(self._ends, self._devices)
        _retain(self._uptimes, self._devices)
        _retain(self._begun, self._devices)
        _retain(self._changed, self._devices)
        _retain(self._flapping, self._devices)
        return gone

    def polled(self, evidence: Evidence, uptimes: Iterable[Uptime]) -> None:
        """Note what a poll says of an outage's ends, and of the device's uptime."""
        device, ends = evidence.device, self._ends.get(evidence.device, Ends())
        if evidence.verdict is Verdict.ANSWERED:
            answered_ms = evidence.sent_ms if evidence.answered_ms is None else evidence.answered_ms
            ends = ends.answered(evidence.sent_ms, answered_ms)
        elif evidence.verdict is Verdict.SILENT:
            ends = ends.silent(evidence.sent_ms, evidence.done_ms, self._uptimes.get(device, {}))
        self._ends[device] = ends
        for uptime in uptimes:
            self._uptimes.setdefault(device, {})[uptime.source] = uptime
        outage = self._open.get(device)
        if outage is not None and outage.ended_ms is not None and outage.cause != ENDED_BY_PLAN:
            self._open[device] = self._with_cause(outage)

    def moved(self, device: str, after: State, *, at_ms: int, now_ms: int, fault: str) -> None:
        """Take in a change of a device's live state, which began at `at_ms`."""
        outage = self._open.get(device)
        if after is State.DOWN:
            if outage is not None and outage.ended_ms is None:
                return
            self._begun.setdefault(device, []).append(at_ms)
            self._changed[device] = now_ms
            if outage is not None:
                self._open[device] = replace(outage, ended_ms=None, cause="")
            elif device in self._devices:
                self._open[device] = Outage(
                    device=device,
                    kind=self._kind(device),
                    start_ms=at_ms,
                    fault=fault,
                )
        elif outage is not None and outage.ended_ms is None and (after is State.UP or after in _PLANNED):
            self._changed[device] = now_ms
            # As long as it is shown: the last of its evidence may come half an interval before its news.
            ended = replace(outage, ended_ms=max(at_ms, outage.start_ms))
            planned = after in _PLANNED
            self._open[device] = replace(ended, cause=ENDED_BY_PLAN) if planned else self._with_cause(ended)

    def tick(self, now_ms: int) -> frozenset[str]:
        """Let time pass; return the devices whose outage is not shown any more."""
        for device, begun in list(self._begun.items()):
            self._begun[device] = young = [at for at in begun if now_ms - at <= FLAP_WITHIN_MS]
            if not young:
                del self._begun[device]
        for device in list(self._flapping):
            if now_ms - self._changed.get(device, 0) > STEADY_MS:
                del self._flapping[device]
                self._begun.pop(device, None)
                # Its outage is shown longer than its flapping: so who was told of one is told its end.
                self._changed[device] = now_ms
        for device, begun in self._begun.items():
            if len(begun) >= FLAPS:
                self._flapping[device] = max(len(begun), self._flapping.get(device, 0))
        over = [
            device
            for device, outage in self._open.items()
            if outage.ended_ms is not None
            and device not in self._flapping
            and now_ms - max(outage.ended_ms, self._changed.get(device, 0)) > self._held_ms(outage)
        ]
        for device in over:
            del self._open[device]
        return frozenset(over)

    def shown(self) -> tuple[Outage, ...]:
        """Return all outages that are shown, those that ended lately too."""
        return tuple(self._open.values())

    def flapping(self) -> Mapping[str, int]:
        """Return the devices that flap, with how many of their outages began within a quarter of an hour."""
        return self._flapping

    def cut_off(self, planned: Mapping[str, State]) -> Mapping[str, CutOff]:
        """Return, for each outage that lasts, who has no way past the devices that are down now."""
        self._count_units(planned)
        down = {device for device, outage in self._open.items() if outage.ended_ms is None}
        away = {device for device in self._topology.parents if self._away(device, down)}
        found = {}
        for device in down:
            below = self._topology.below(device) if device in self._topology.children else ()
            behind = [one for one in below if one in away and one not in planned and self._is_place(one)]
            units = Counter(self._devices[one].role for one in behind if self._is_unit(one))
            agencies = sum(self._devices[one].serves for one in (device, *behind))
            found[device] = CutOff(units=units, agencies=agencies)
        return found

    @property
    def of_units(self) -> Mapping[str, int]:
        """How many places there are by role, as of the last look at who is cut off."""
        return self._of_units

    def _count_units(self, planned: Mapping[str, State]) -> None:
        places = [
            device
            for device in self._devices.values()
            if self._is_place(device.id) and planned.get(device.id) is not State.OUT_OF_SERVICE
        ]
        self._of_units = Counter(device.role for device in places if self._is_unit(device.id))
        self.of_agencies = sum(device.serves for device in places)

    def _is_place(self, device: str) -> bool:
        return device in self._devices and not self._devices[device].is_service

    def _is_unit(self, device: str) -> bool:
        return self._devices[device].serves > 0 or self._devices[device].role == "commune"

    def _away(self, device: str, down: set[str]) -> bool:
        """Return True if every way up from the device meets one that is down."""
        if device in self._topology.at_root:
            return False
        parents = self._topology.parents[device]
        return all(parent in down or self._away(parent, down) for parent in parents)

    def _kind(self, device: str) -> str:
        if self._devices[device].is_service:
            return "service"
        gates = self._topology.gates
        below = self._topology.below(device) if device in self._topology.children else ()
        behind = any(
            device in gates[child] and self._is_place(child) and self._is_unit(child) for child in below
        )
        return "hub" if behind else "device"

    def _held_ms(self, outage: Outage) -> int:
        """Return how long an outage that ended is shown: longer where an uptime may still tell its cause."""
        device = self._devices[outage.device]
        waits = outage.cause == Cause.UNDECIDED and (device.snmp is not None or device.ssh is not None)
        return self.hold_ms * 3 if waits else self.hold_ms

    def _with_cause(self, outage: Outage) -> Outage:
        device = self._devices.get(outage.device)
        if device is None:
            return outage
        ends, uptimes = self._ends.get(device.id, Ends()), self._uptimes.get(device.id, {})
        return replace(outage, cause=cause_word(device, ends, uptimes))


def _retain(known: dict[str, Any], devices: Mapping[str, Device]) -> None:
    for device in known.keys() - devices.keys():
        del known[device]
