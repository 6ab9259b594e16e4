"""What a province of the lab consists of: places with interfaces, lines between them, and their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from lab.load_curve import Profile


class Kind(StrEnum):
    """What a place is."""

    CORE_ROUTER = "core_router"
    CORE_SWITCH = "core_switch"
    SERVER = "server"
    HUB = "hub"
    COMMUNE = "commune"


class Part(StrEnum):
    """What an interface is for, which decides whose traffic it carries.

    `line`: the place's own line to `peer`, one of its parents (None: the Internet). `port`: the other end of
    the line of `peer`, one of its children. `lan`: behind the place, the line's traffic turned round.
    `idle`: carries nothing (loopback, spare ports).
    """

    LINE = "line"
    PORT = "port"
    LAN = "lan"
    IDLE = "idle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One row of a place's interface table. `name` (ifName) is unique within the place, and stays."""

    name: str
    alias: str
    descr: str
    if_index: int
    if_type: int
    speed_bps: int
    part: Part
    peer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One device of the lab and the site it stands for.

    `parents`: the devices its lines go to, the usual way first; none: the collector is beside it. `uplink`
    names the interface of its first line (None: it has no line of its own). Capacities are towards the site
    (in) and from it (out). `demand_in_bps` and `demand_out_bps` are what its users want in a busy hour: it
    may be more than the line carries. `boot_s` is how long it takes to answer after its power came back.
    """

    id: str
    name: str
    kind: Kind
    area: str
    address: str
    parents: tuple[str, ...]
    uplink: str | None
    capacity_in_bps: int
    capacity_out_bps: int
    demand_in_bps: int
    demand_out_bps: int
    serves: int
    boot_s: int
    interfaces: tuple[Interface, ...]
    profile: Profile = Profile.OFFICE

    def interface(self, name: str) -> Interface | None:
        """Return the interface of that ifName."""
        return next((one for one in self.interfaces if one.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A district, or the data centre. `hub` is the device its members hang on."""

    id: str
    name: str
    hub: str | None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, kw_only=True)
class Province:
    """All areas and places, parents before their children."""

    areas: tuple[Area, ...]
    places: tuple[Place, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Place]:
        """Places by their id."""
        return MappingProxyType({place.id: place for place in self.places})

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """Of each place, those that name it as a parent, in the order of `places`."""
        below: dict[str, list[str]] = {place.id: [] for place in self.places}
        for place in self.places:
            for parent in place.parents:
                below[parent].append(place.id)
        return MappingProxyType({place: tuple(found) for place, found in below.items()})

    def below(self, place: str) -> tuple[str, ...]:
        """Return all that hangs on a place by any way, parents before their children."""
        seen = {place}
        for one in self.places:
            if any(parent in seen for parent in one.parents):
                seen.add(one.id)
        return tuple(one.id for one in self.places if one.id in seen and one.id != place)

    def only(self, areas: frozenset[str]) -> Province:
        """Return the part of the province that is these areas, and what their ways up lead through."""
        return self.part(place.id for place in self.places if place.area in areas)

    def part(self, wanted: Iterable[str]) -> Province:
        """Return the part of the province that is these places, and what their ways up lead through.

        Ports towards places that are left out go with them.
        """
        kept = set(wanted)
        for place in reversed(self.places):
            if place.id in kept:
                kept.update(place.parents)
        places = tuple(_without_ports(place, kept) for place in self.places if place.id in kept)
        areas = tuple(area for area in self.areas if any(place.area == area.id for place in places))
        return Province(areas=areas, places=places)


def _without_ports(place: Place, kept: set[str]) -> Place:
    return replace(
        place,
        interfaces=tuple(i for i in place.interfaces if i.part is not Part.PORT or i.peer in kept),
    )
