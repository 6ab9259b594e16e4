"""The province of reference is the one of the sources, and can be told apart by names, ids and addresses."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

import pytest

from lab.place import Kind, Part, Province
from lab.province import _fleet_addresses, fleet, reference, slug

PROVINCE = reference()


def test_it_has_the_devices_and_agencies_of_the_design() -> None:
    """317 devices: router, switch, 21 servers, 8 hubs, 286 communes; 788 agencies hang on them."""
    assert Counter(place.kind for place in PROVINCE.places) == {
        Kind.CORE_ROUTER: 1,
        Kind.CORE_SWITCH: 1,
        Kind.SERVER: 21,
        Kind.HUB: 8,
        Kind.COMMUNE: 286,
    }
    assert sum(place.serves for place in PROVINCE.places) == 788


def test_communes_are_counted_by_type_as_in_the_source() -> None:
    """267 xã, 10 phường and 9 thị trấn, each named with its type."""
    communes = [place.name for place in PROVINCE.places if place.kind is Kind.COMMUNE]
    assert Counter(re.sub(r"^(Xã|Phường|Thị trấn) .*", r"\1", name) for name in communes) == {
        "Xã": 267,
        "Phường": 10,
        "Thị trấn": 9,
    }


def test_nothing_is_named_or_addressed_twice() -> None:
    """Ids, names and addresses are unique, though eleven bare names occur in several districts."""
    for names in (
        [place.id for place in PROVINCE.places],
        [place.name for place in PROVINCE.places],
        [place.address for place in PROVINCE.places],
    ):
        assert len(set(names)) == len(names)
    assert "Xã Minh Tân (huyện Hưng Hà)" in {place.name for place in PROVINCE.places}
    assert "Thị trấn Đông Hưng" in {place.name for place in PROVINCE.places}


def test_ids_are_ascii_and_end_in_the_units_code() -> None:
    """The code stays when a commune is renamed; the name in front is for people."""
    communes = [place.id for place in PROVINCE.places if place.kind is Kind.COMMUNE]
    assert [one for one in communes if not re.fullmatch(r"[a-z]+(-[a-z]+)*-\d{5}", one)] == []
    assert slug("Đông Quí") == "dong-qui"


def test_addresses_are_loopback_and_by_district() -> None:
    """Communes of a district lie behind its hub's address, none at .0 or .255."""
    by_area = {area.id: area for area in PROVINCE.areas}
    for place in PROVINCE.places:
        octets = [int(part) for part in place.address.split(".")]
        assert octets[:2] == [127, 34]
        assert octets[3] not in (0, 255)
        hub = by_area[place.area].hub
        if hub is not None:
            assert octets[2] == int(PROVINCE.by_id[hub].address.split(".")[2])


@pytest.mark.parametrize("province", [PROVINCE, fleet(2_000)], ids=["reference", "fleet"])
def test_every_line_ends_on_a_port_of_its_parent(province: Province) -> None:
    """A line has two ends, parents come first, and capacities are known where there is a line."""
    seen: set[str] = set()
    for place in province.places:
        lines = [i for i in place.interfaces if i.part is Part.LINE]
        assert tuple(line.peer for line in lines) == place.parents
        assert set(place.parents) <= seen
        seen.add(place.id)
        for parent in place.parents:
            ports = [i for i in province.by_id[parent].interfaces if i.peer == place.id]
            assert [port.part for port in ports] == [Part.PORT]
        assert (place.uplink is None) is (place.parents == ())
        if place.parents:
            uplink = place.interface(place.uplink or "")
            assert uplink is not None
            assert uplink.part is Part.LINE
            assert min(place.capacity_in_bps, place.capacity_out_bps) > 0
        assert len({i.name for i in place.interfaces}) == len(place.interfaces)
        assert len({i.if_index for i in place.interfaces}) == len(place.interfaces)


def test_a_fleet_has_as_many_devices_as_asked_for() -> None:
    """Load tests ask for numbers; addresses go on over the border of a /16."""
    for count in (4, 5, 300, 2_000):
        assert len(fleet(count).places) == count
    assert next(islice(_fleet_addresses(), 65_100, None)).startswith("127.41.")
    with pytest.raises(ValueError, match="at least 4 devices, not 3"):
        fleet(3)


def test_a_part_of_the_province_keeps_the_ways_up() -> None:
    """One district alone still has its core, whose ports towards the others are gone."""
    part = PROVINCE.only(frozenset({"vu-thu"}))
    assert {place.area for place in part.places} == {"dc", "vu-thu"}
    assert [place.id for place in part.places[:3]] == ["core-switch", "core-router", "hub-vu-thu"]
    peers = {i.peer for place in part.places for i in place.interfaces if i.peer is not None}
    assert peers <= set(part.by_id)
