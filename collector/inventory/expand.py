"""Lays each device's own words over its group's and the defaults': what every device comes to in the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import TypeVar

from collector.inventory.document import Place
from collector.inventory.fields.error import FieldError
from collector.inventory.fields.times import localise
from collector.inventory.mistakes import Findings
from collector.inventory.schema.devices import (
    AreaBlock,
    CapacityBlock,
    DeviceBlock,
    IcmpBlock,
    SettingsBlock,
    SnmpBlock,
    SshBlock,
    UplinkBlock,
)
from collector.inventory.schema.entry import Entry, Read
from collector.inventory.schema.sections import Sections
from collector.inventory.values import Probe

DEFAULT_INTERVAL_MS = 30_000
LONGEST_DEFAULT_DEADLINE_MS = 20_000
DEFAULT_ROLE = "device"

Layer = Read[SettingsBlock]
BlockT = TypeVar("BlockT", bound=Entry)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A device with every layer applied, before it is known to be right.

    `layers` are the defaults, the group if there is one, and the device, the strongest last.
    """

    block: Read[DeviceBlock]
    layers: tuple[Layer, ...]
    id: str | None
    name: str
    role: str
    area: str | None
    parents: tuple[str, ...]
    icmp: IcmpBlock | None
    snmp: SnmpBlock | None
    ssh: SshBlock | None
    uplink: UplinkBlock | None
    reachability: tuple[Probe, ...] | None
    interval_ms: int
    deadline_ms: int
    capacity: tuple[CapacityBlock, ...]
    serves: int
    commissioned: datetime | None
    withdrawn: datetime | None

    @property
    def probes(self) -> tuple[Probe, ...]:
        """The ways it is asked, in the order of `Probe`."""
        checks = ((Probe.ICMP, self.icmp), (Probe.SNMP, self.snmp), (Probe.SSH, self.ssh))
        return tuple(probe for probe, check in checks if check is not None)

    def given(self, *path: str) -> tuple[int, Place] | None:
        """Return the strongest layer that gives an attribute, by its number, and where it does."""
        for number, layer in reversed(list(enumerate(self.layers))):
            node: object = layer.entry
            for attribute in path:
                if not isinstance(node, Entry) or attribute not in node.model_fields_set:
                    break
                node = getattr(node, attribute)
            else:
                return number, layer.place.at(*path)
        return None

    def where(self, *path: str) -> Place:
        """Return where an attribute is given; the device's own place if it is given nowhere."""
        given = self.given(*path)
        return self.block.place if given is None else given[1]

    def wrong(self, *attributes: str) -> bool:
        """Return True if any layer has a mistake in one of the attributes, so that its value is not known."""
        return any(layer.wrong.intersection(attributes) for layer in self.layers)


def expand(
    sections: Sections, devices: tuple[Read[DeviceBlock], ...], *, zone: tzinfo, findings: Findings
) -> tuple[Draft, ...]:
    """Return a draft of every device, those of the file first. A local time that cannot be is a mistake."""
    areas = {area.entry.id: area for area in sections.areas if area.entry.id is not None}
    return tuple(_draft(device, sections, areas, zone, findings) for device in devices)


def hub_of(area: str | None, areas: Mapping[str, Read[AreaBlock]], *, but: str | None) -> tuple[str, ...]:
    """Return what a member of an area hangs on when it names no parents; `but` is the member itself."""
    found = areas.get(area or "")
    hub = found.entry.hub if found is not None else None
    return (hub,) if hub is not None and hub != but else ()


def default_deadline_ms(interval_ms: int) -> int:
    """Return the deadline of a poll that is given none: enough time, and some left before the next poll."""
    return min(LONGEST_DEFAULT_DEADLINE_MS, interval_ms * 4 // 5)


def moment(
    block: Read[Entry], attribute: str, key: str, *, zone: tzinfo, findings: Findings
) -> datetime | None:
    """Return an instant of a block as aware local time; None if it is not given or does not exist."""
    written = getattr(block.entry, attribute)
    if written is None:
        return None
    try:
        return localise(written, zone)
    except FieldError as error:
        findings.mistake(block.place.at(key), error.message, error.advice)
        return None


def _draft(
    device: Read[DeviceBlock],
    sections: Sections,
    areas: Mapping[str, Read[AreaBlock]],
    zone: tzinfo,
    findings: Findings,
) -> Draft:
    entry = device.entry
    group = sections.groups.get(entry.group or "")
    if entry.group is not None and group is None:
        device = replace(device, wrong=device.wrong | {"group"})
    layers: tuple[Layer, ...] = (sections.defaults, *((group,) if group is not None else ()), device)
    area = _last(layers, "area", str)
    interval_ms = _last(layers, "interval", int) or DEFAULT_INTERVAL_MS
    parents = _last(layers, "parents", tuple)
    return Draft(
        block=device,
        layers=layers,
        id=entry.id,
        name=entry.name or entry.id or "",
        role=_last(layers, "role", str) or entry.group or DEFAULT_ROLE,
        area=area,
        parents=hub_of(area, areas, but=entry.id) if parents is None else parents,
        icmp=_merged(layers, "icmp", IcmpBlock),
        snmp=_merged(layers, "snmp", SnmpBlock, needs="credential"),
        ssh=_merged(layers, "ssh", SshBlock, needs="credential"),
        uplink=_merged(layers, "uplink", UplinkBlock, needs="interface"),
        reachability=_last(layers, "reachability", tuple),
        interval_ms=interval_ms,
        deadline_ms=_last(layers, "deadline", int) or default_deadline_ms(interval_ms),
        capacity=_last(layers, "capacity", tuple) or (),
        serves=_last(layers, "serves", int) or 0,
        commissioned=moment(device, "commissioned", "commissioned", zone=zone, findings=findings),
        withdrawn=moment(device, "withdrawn", "withdrawn", zone=zone, findings=findings),
    )


ValueT = TypeVar("ValueT")


def _last(layers: tuple[Layer, ...], attribute: str, kind: type[ValueT]) -> ValueT | None:
    """Return what the strongest layer that gives the attribute says."""
    for layer in reversed(layers):
        value = getattr(layer.entry, attribute)
        if isinstance(value, kind):
            return value
    return None


def _merged(
    layers: tuple[Layer, ...], attribute: str, kind: type[BlockT], *, needs: str | None = None
) -> BlockT | None:
    """Merge a block key by key; None if the strongest layer that mentions it switches it off.

    The defaults alone, without the key that the block `needs`, only say how others do it.
    """
    values: dict[str, object] = {}
    last: Layer | None = None
    on = False
    for layer in layers:
        if attribute not in layer.entry.model_fields_set:
            continue
        block = getattr(layer.entry, attribute)
        last, on = layer, isinstance(block, kind)
        if isinstance(block, kind):
            values |= {name: getattr(block, name) for name in block.model_fields_set}
    if not on or (last is layers[0] and needs is not None and needs not in values):
        return None
    return kind.model_construct(_fields_set=set(values), **values)
