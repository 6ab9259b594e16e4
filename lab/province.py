"""The province of reference (317 devices, 788 agencies) and fleets of any size, as data."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from math import ceil

from lab import wiring
from lab.load_curve import Profile
from lab.place import Area, Place, Province
from lab.units import District, Unit, districts, units

CORE_ROUTER, CORE_SWITCH, DATA_CENTRE = "core-router", "core-switch", "dc"

_M = 1_000_000

_SERVERS = (
    ("srv-portal", "Cổng thông tin điện tử", 30, 140),
    ("srv-portal-db", "CSDL cổng thông tin", 12, 40),
    ("srv-eoffice-1", "Quản lý văn bản và điều hành 1", 40, 90),
    ("srv-eoffice-2", "Quản lý văn bản và điều hành 2", 40, 90),
    ("srv-eoffice-db", "CSDL văn bản điều hành", 30, 110),
    ("srv-onegate", "Một cửa điện tử", 20, 50),
    ("srv-onegate-db", "CSDL một cửa điện tử", 10, 35),
    ("srv-lgsp", "Trục tích hợp dữ liệu", 25, 25),
    ("srv-sso", "Đăng nhập một lần", 4, 6),
    ("srv-directory", "Danh bạ và tài khoản", 3, 5),
    ("srv-mail-1", "Thư công vụ 1", 35, 45),
    ("srv-mail-2", "Thư công vụ 2", 35, 45),
    ("srv-conference", "Họp trực tuyến", 180, 220),
    ("srv-files", "Kho tệp dùng chung", 60, 60),
    ("srv-proxy", "Proxy ngược", 90, 160),
    ("srv-dns-1", "DNS 1", 2, 2),
    ("srv-dns-2", "DNS 2", 2, 2),
    ("srv-hypervisor-1", "Máy chủ ảo hoá 1", 120, 120),
    ("srv-hypervisor-2", "Máy chủ ảo hoá 2", 120, 120),
    ("srv-log", "Nhật ký tập trung", 50, 10),
    ("srv-backup", "Sao lưu", 400, 20),
)
"""The 21 servers: id, name, and what they receive and send in a busy hour, in Mbit/s."""

_TYPES = {"xa": "Xã", "phuong": "Phường", "thi_tran": "Thị trấn"}

# 788 agencies hang on the province's network; which on which place is nowhere published. This distribution is
# the lab's own: 2 in each xã, 3 in each phường and thị trấn, 22 in each district's seat, 21 beside the core.
_SERVED = {"xa": 2, "phuong": 3, "thi_tran": 3}
_SERVED_BY_HUB, _SERVED_BY_CORE = 22, 21

_SECOND_LINE = ("thai-thuy", "tien-hai")
"""Areas whose hubs have a second line, which ends on the core switch: the core router may go without them."""


def reference() -> Province:
    """Return the province of reference: core switch and router, 21 servers, 8 hubs, 286 communes."""
    everywhere = units()
    names = _names(everywhere)
    areas = [Area(id=DATA_CENTRE, name="Trung tâm Tích hợp dữ liệu", hub=None)]
    hubs: list[Place] = []
    communes: list[Place] = []
    for number, district in enumerate(districts(), start=1):
        area = slug(_bare(district))
        here = [unit for unit in everywhere if unit.district == district.code]
        ids = [f"{slug(unit.name)}-{unit.code}" for unit in here]
        hub = _hub(number, district, area, [(i, names[unit.code]) for i, unit in zip(ids, here, strict=True)])
        hubs.append(hub)
        areas.append(
            Area(
                id=area,
                name=district.name,
                hub=hub.id,
                latitude=district.latitude,
                longitude=district.longitude,
            )
        )
        for position, (place, unit) in enumerate(zip(ids, here, strict=True)):
            size = wiring.draw("size", unit.code)
            communes.append(
                wiring.commune(
                    place_id=place,
                    name=names[unit.code],
                    area=area,
                    address=f"127.34.{number}.{10 + position}",
                    hub=hub.id,
                    size=size if unit.kind == "xa" else 0.75 + size / 4,
                    serves=_SERVED[unit.kind],
                )
            )
    return Province(areas=tuple(areas), places=(*_data_centre(hubs), *hubs, *communes))


def fleet(count: int, *, interfaces: int = 24) -> Province:
    """Return `count` devices for load tests: one core, hubs, and sites of `interfaces` interfaces each.

    Ids are `core-switch`, `core-router`, `hub-001` …, `site-00001` …; addresses from 127.40.0.1 on.
    """
    if count < 4:
        raise ValueError(f"a fleet has a core, a hub and a commune: at least 4 devices, not {count}")
    addresses = _fleet_addresses()
    switch_at, router_at = islice(addresses, 2)
    per_hub = 50
    number_of_hubs = max(1, ceil((count - 2) / (per_hub + 1)))
    hub_ids = [f"hub-{n:03}" for n in range(1, number_of_hubs + 1)]
    members: dict[str, list[str]] = {hub: [] for hub in hub_ids}
    for n in range(count - 2 - number_of_hubs):
        members[hub_ids[n % number_of_hubs]].append(f"site-{n + 1:05}")
    hubs = [
        wiring.hub(
            place_id=hub,
            name=f"Hub {hub[4:]}",
            area=f"area-{hub[4:]}",
            address=next(addresses),
            parents=(CORE_ROUTER,),
            members=[(site, site) for site in members[hub]],
            capacity_bps=1_000 * _M,
            serves=0,
        )
        for hub in hub_ids
    ]
    sites = [
        wiring.commune(
            place_id=site,
            name=f"Site {site[5:]}",
            area=hub.area,
            address=next(addresses),
            hub=hub.id,
            size=wiring.draw("size", site),
            serves=1,
            spare=max(0, interfaces - 3),
        )
        for hub in hubs
        for site in members[hub.id]
    ]
    areas = [Area(id=hub.area, name=f"Area {hub.id[4:]}", hub=hub.id) for hub in hubs]
    core = _core(hubs, switch_at, router_at, [])
    return Province(
        areas=(Area(id=DATA_CENTRE, name="Data centre", hub=None), *areas), places=(*core, *hubs, *sites)
    )


def slug(name: str) -> str:
    """Return a Vietnamese name in small ASCII letters: `Đông Quí` is `dong-qui`."""
    plain = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    return "-".join("".join(c for c in plain if not unicodedata.combining(c)).lower().split())


def _names(everywhere: tuple[Unit, ...]) -> dict[str, str]:
    """Return each unit's name with its type, and with its district where the bare name occurs in several."""
    times = Counter(unit.name for unit in everywhere)
    district = {one.code: one.name for one in districts()}
    return {
        unit.code: f"{_TYPES[unit.kind]} {unit.name}"
        + (f" ({_inside(district[unit.district])})" if times[unit.name] > 1 else "")
        for unit in everywhere
    }


def _inside(name: str) -> str:
    """Return a district's name as it stands within a sentence: `huyện Hưng Hà`."""
    return name[0].lower() + name[1:]


def _bare(district: District) -> str:
    return district.name.removeprefix("Huyện ").replace("Thành phố", "TP")


def _hub(number: int, district: District, area: str, members: list[tuple[str, str]]) -> Place:
    second = (CORE_SWITCH,) if area in _SECOND_LINE else ()
    return wiring.hub(
        place_id=f"hub-{area}",
        name=f"Điểm tập trung {_inside(district.name)}",
        area=area,
        address=f"127.34.{number}.1",
        parents=(CORE_ROUTER, *second),
        members=members,
        capacity_bps=1_000 * _M,
        serves=_SERVED_BY_HUB,
    )


def _data_centre(hubs: list[Place]) -> tuple[Place, ...]:
    servers = [
        wiring.server(
            place_id=server,
            name=name,
            area=DATA_CENTRE,
            address=f"127.34.0.{11 + position}",
            switch=CORE_SWITCH,
            demand_in_bps=receives * _M,
            demand_out_bps=sends * _M,
            profile=Profile.NIGHTLY if server == "srv-backup" else Profile.OFFICE,
        )
        for position, (server, name, receives, sends) in enumerate(_SERVERS)
    ]
    core = _core(hubs, "127.34.0.2", "127.34.0.1", [(server.id, server.name) for server in servers])
    return (*core, *servers)


def _core(
    hubs: list[Place], switch_at: str, router_at: str, members: list[tuple[str, str]]
) -> tuple[Place, Place]:
    router = wiring.core_router(
        place_id=CORE_ROUTER,
        name="Bộ định tuyến lõi",
        area=DATA_CENTRE,
        address=router_at,
        switch=CORE_SWITCH,
        hubs=[(hub.id, hub.name) for hub in hubs],
    )
    seconds = [(hub.id, hub.name) for hub in hubs if CORE_SWITCH in hub.parents]
    switch = wiring.core_switch(
        place_id=CORE_SWITCH,
        name="Bộ chuyển mạch lõi",
        area=DATA_CENTRE,
        address=switch_at,
        members=[(router.id, router.name), *members, *seconds],
        serves=_SERVED_BY_CORE,
    )
    return switch, router


def _fleet_addresses() -> Iterator[str]:
    for number in range(4 << 16):
        if number & 0xFF not in (0, 255):
            yield f"127.{40 + (number >> 16)}.{number >> 8 & 0xFF}.{number & 0xFF}"
