"""The shipped inventory describes the province of reference, device by device."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.inventory.load import load
from collector.inventory.loaded import Accepted
from collector.inventory.values import Inventory
from lab import web
from lab.place import Kind
from lab.province import reference
from lab.sheets import FOLDER, rate, sheets

ROOT = Path(__file__).resolve().parents[3]
OWN = {"this-machine", "net-snmp"}
SITES = {site.id for site in web.SITES}


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    loaded = load(ROOT / "inventory.yaml")
    assert isinstance(loaded, Accepted), loaded
    return loaded.inventory


def test_the_tables_are_those_of_the_province() -> None:
    """`python -m lab.sheets` has been run since the province changed."""
    for name, text in sheets(reference()).items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text


def test_the_inventory_has_every_place_and_this_machines_two(inventory: Inventory) -> None:
    """317 devices beside the two that are real; names, addresses, areas and agencies as in the lab."""
    province = reference()
    shown = {
        device.id: (device.name, device.address, device.area, device.serves)
        for device in inventory.devices
        if device.id not in OWN | SITES
    }
    assert shown == {one.id: (one.name, one.address, one.area, one.serves) for one in province.places}
    assert sum(serves for *_, serves in shown.values()) == 788
    assert len(shown) == 317


def test_the_inventory_has_the_lines_of_the_province(inventory: Inventory) -> None:
    """Parents, the uplink's interface and what was subscribed for."""
    for place in reference().places:
        device = inventory.device(place.id)
        assert device is not None
        assert device.parents == place.parents
        assert (None if device.uplink is None else device.uplink.interface) == place.uplink
        rates = [(one.in_bps, one.out_bps) for one in device.capacities]
        assert rates == ([(place.capacity_in_bps, place.capacity_out_bps)] if place.uplink else [])


def test_the_areas_are_those_of_the_province(inventory: Inventory) -> None:
    """With their hubs, and where they lie."""
    areas = [(one.id, one.name, one.hub, one.latitude, one.longitude) for one in inventory.areas]
    expected = [(one.id, one.name, one.hub, one.latitude, one.longitude) for one in reference().areas]
    assert areas[1:] == expected


def test_servers_are_asked_by_ssh_and_old_routers_in_clear(inventory: Inventory) -> None:
    """A newcomer finds all three ways of asking in it."""
    communes = {place.id for place in reference().places if place.kind is Kind.COMMUNE}
    servers = {place.id for place in reference().places if place.kind is Kind.SERVER}
    assert {device.id for device in inventory.devices if device.ssh is not None} - OWN == servers
    old = {one.id for one in inventory.devices if one.snmp and one.snmp.credential == "old-routers"}
    assert old < communes
    assert 20 <= len(old) <= 40


@pytest.mark.parametrize(
    ("bps", "text"), [(20_000_000, "20M"), (10**10, "10G"), (512_000, "512k"), (1_234, "1234 bit/s")]
)
def test_rates_are_written_as_an_inventory_reads_them(bps: int, text: str) -> None:
    """The largest unit that needs no fraction."""
    assert rate(bps) == text
