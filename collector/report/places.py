"""Which devices lead to units, which are hubs, which are the data centre, and what each is called. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from collector.figures.values import DeviceFigures, PeriodFigures
from collector.inventory.values import Inventory

_SMALL = ("Huyện ", "Thành phố ", "Thị xã ", "Quận ")


class Place(StrEnum):
    """What a device is to the report."""

    UNIT = "unit"
    HUB = "hub"
    CENTRE = "centre"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Every device's place, its name (with its district where two share it), and the names of areas.

    `districts` are the areas that are no data centre, in the inventory's order.
    """

    place: Mapping[str, Place]
    label: Mapping[str, str]
    area_name: Mapping[str, str]
    districts: tuple[str, ...]
    hub: Mapping[str, str]

    def area_of(self, device: DeviceFigures) -> str:
        """Return what the device's area is called, empty without one."""
        return self.area_name.get(device.area or "", device.area or "")


def places_of(figures: PeriodFigures, inventory: Inventory) -> Places:
    """Sort the devices of a period by what they are.

    The data centre is what the inventory says it is, else every area without a hub, and what has no area.
    """
    named = set(inventory.report.data_centre)
    hub = {area.id: area.hub for area in inventory.areas if area.hub is not None}
    area_name = {area.id: area.name for area in inventory.areas}
    area_name |= {group.id: group.name for group in figures.groups.get("area", ())}
    districts = tuple(
        area for area in area_name if (area not in named if named else area in hub)
    )  # the order of the inventory
    hubs = set(hub.values())
    place = {device.device: _place(device, frozenset(districts), hubs) for device in figures.devices}
    times = Counter(device.name for device in figures.devices)
    label = {
        device.device: _label(device, area_name, ambiguous=times[device.name] > 1)
        for device in figures.devices
    }
    return Places(place=place, label=label, area_name=area_name, districts=districts, hub=hub)


def in_sentence(area: str) -> str:
    """Return an area's name within a sentence: `huyện Đông Hưng`; a numbered one keeps its capital."""
    for word in _SMALL:
        if area.startswith(word) and not area.removeprefix(word)[:1].isdigit():
            return word.lower() + area.removeprefix(word)
    return area


def _place(device: DeviceFigures, districts: frozenset[str], hubs: set[str]) -> Place:
    if device.is_service:
        return Place.SERVICE
    if device.area not in districts:
        return Place.CENTRE
    return Place.HUB if device.device in hubs else Place.UNIT


def _label(device: DeviceFigures, area_name: Mapping[str, str], *, ambiguous: bool) -> str:
    area = area_name.get(device.area or "")
    if not ambiguous:
        return device.name
    return f"{device.name} ({in_sentence(area)})" if area else f"{device.name} ({device.device})"
