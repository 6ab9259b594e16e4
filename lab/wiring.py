"""Builds places and the interfaces that their lines end on. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from lab.load_curve import Profile
from lab.place import Interface, Kind, Part, Place

ETHERNET, LOOPBACK = 6, 24
"""ifType values (IANAifType-MIB)."""

_M, _G = 1_000_000, 1_000_000_000


def draw(what: str, key: str) -> float:
    """Return a number in 0 ≤ x < 1 that is always the same for the same place."""
    digest = hashlib.blake2b(f"{what}/{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def commune(
    *, place_id: str, name: str, area: str, address: str, hub: str, size: float, serves: int, spare: int = 2
) -> Place:
    """Return a commune's router: one line to its hub, one LAN. `size` (0 to 1) decides what it carries."""
    capacity = next(bps for upto, bps in _COMMUNE_LINES if size < upto)
    # Most lines are a third to two thirds full in their busy hour; one in thirty is too small for its place.
    wish = 1.25 if draw("too small", place_id) < 1 / 30 else 0.25 + 0.45 * draw("demand", place_id)
    ports = [
        ("GigabitEthernet0/0", f"Đường truyền về {hub}", _G, Part.LINE, hub),
        ("GigabitEthernet0/1", "Mạng nội bộ", _G, Part.LAN, None),
        *((f"GigabitEthernet0/{2 + n}", "", _G, Part.IDLE, None) for n in range(spare)),
    ]
    return Place(
        id=place_id,
        name=name,
        kind=Kind.COMMUNE,
        area=area,
        address=address,
        parents=(hub,),
        uplink="GigabitEthernet0/0",
        capacity_in_bps=capacity,
        capacity_out_bps=capacity,
        demand_in_bps=round(capacity * wish),
        demand_out_bps=round(capacity * wish * (0.25 + 0.2 * draw("out", place_id))),
        serves=serves,
        boot_s=60 + round(90 * draw("boot", place_id)),
        interfaces=interfaces(ports),
    )


_COMMUNE_LINES = ((0.35, 10 * _M), (0.75, 20 * _M), (0.93, 30 * _M), (1.01, 50 * _M))


def hub(
    *,
    place_id: str,
    name: str,
    area: str,
    address: str,
    parents: tuple[str, ...],
    members: Sequence[tuple[str, str]],
    capacity_bps: int,
    serves: int,
) -> Place:
    """Return a district's hub: a line to each parent, a LAN of its own, a port for each (id, name) member."""
    lines = [
        (f"TenGigabitEthernet0/{n}", f"Đường truyền về {parent}", 10 * _G, Part.LINE, parent)
        for n, parent in enumerate(parents)
    ]
    ports = [
        *lines,
        ("GigabitEthernet0/0", "Mạng nội bộ huyện", _G, Part.LAN, None),
        *((f"GigabitEthernet1/{n}", name, _G, Part.PORT, member) for n, (member, name) in enumerate(members)),
    ]
    return Place(
        id=place_id,
        name=name,
        kind=Kind.HUB,
        area=area,
        address=address,
        parents=parents,
        uplink=lines[0][0],
        capacity_in_bps=capacity_bps,
        capacity_out_bps=capacity_bps,
        demand_in_bps=60 * _M,
        demand_out_bps=25 * _M,
        serves=serves,
        boot_s=180 + round(120 * draw("boot", place_id)),
        interfaces=interfaces(ports),
    )


def server(
    *,
    place_id: str,
    name: str,
    area: str,
    address: str,
    switch: str,
    demand_in_bps: int,
    demand_out_bps: int,
    profile: Profile = Profile.OFFICE,
) -> Place:
    """Return a Linux server with one interface that is used."""
    speed = 10 * _G if demand_in_bps + demand_out_bps > 300 * _M else _G
    return Place(
        id=place_id,
        name=name,
        kind=Kind.SERVER,
        area=area,
        address=address,
        parents=(switch,),
        uplink="ens18",
        capacity_in_bps=speed,
        capacity_out_bps=speed,
        demand_in_bps=demand_in_bps,
        demand_out_bps=demand_out_bps,
        serves=0,
        boot_s=90 + round(150 * draw("boot", place_id)),
        interfaces=interfaces([("ens18", "", speed, Part.LINE, switch)], first=2, loopback="lo", last=1),
        profile=profile,
    )


def core_router(
    *, place_id: str, name: str, area: str, address: str, switch: str, hubs: Sequence[tuple[str, str]]
) -> Place:
    """Return the core router: the line to the switch, the Internet's, and a port for each hub."""
    ports = [
        ("TenGigE0/0", f"Đường nối {switch}", 10 * _G, Part.LINE, switch),
        ("TenGigE0/1", "Đường truyền Internet", 10 * _G, Part.LAN, None),
        *((f"TenGigE1/{n}", label, 10 * _G, Part.PORT, hub_id) for n, (hub_id, label) in enumerate(hubs)),
    ]
    return Place(
        id=place_id,
        name=name,
        kind=Kind.CORE_ROUTER,
        area=area,
        address=address,
        parents=(switch,),
        uplink="TenGigE0/0",
        capacity_in_bps=10 * _G,
        capacity_out_bps=10 * _G,
        # What goes between the data centre and the Internet.
        demand_in_bps=240 * _M,
        demand_out_bps=160 * _M,
        serves=0,
        boot_s=300,
        interfaces=interfaces(ports),
    )


def core_switch(
    *, place_id: str, name: str, area: str, address: str, members: Sequence[tuple[str, str]], serves: int
) -> Place:
    """Return the switch that the collector hangs on: ports only, no line of its own."""
    ports = [
        (f"TenGigabitEthernet1/0/{n}", label, 10 * _G, Part.PORT, member)
        for n, (member, label) in enumerate(members, start=1)
    ]
    return Place(
        id=place_id,
        name=name,
        kind=Kind.CORE_SWITCH,
        area=area,
        address=address,
        parents=(),
        uplink=None,
        capacity_in_bps=0,
        capacity_out_bps=0,
        demand_in_bps=0,
        demand_out_bps=0,
        serves=serves,
        boot_s=240,
        interfaces=interfaces(ports),
    )


def interfaces(
    ports: Sequence[tuple[str, str, int, Part, str | None]],
    *,
    first: int = 1,
    loopback: str = "Loopback0",
    last: int | None = None,
) -> tuple[Interface, ...]:
    """Return interfaces for ports (name, alias, speed, part, peer), numbered from `first`, and a loopback."""
    found = [
        Interface(
            name=name,
            alias=alias,
            descr=name,
            if_index=index,
            if_type=ETHERNET,
            speed_bps=speed,
            part=part,
            peer=peer,
        )
        for index, (name, alias, speed, part, peer) in enumerate(ports, start=first)
    ]
    found.append(
        Interface(
            name=loopback,
            alias="",
            descr=loopback,
            if_index=first + len(ports) if last is None else last,
            if_type=LOOPBACK,
            speed_bps=0,
            part=Part.IDLE,
        )
    )
    return tuple(found)
