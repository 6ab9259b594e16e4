"""The inventory of a simulated month: the lab's places as devices that are polled by ICMP and SNMP. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from types import MappingProxyType

from collector.core import Plan
from collector.inventory.planning_values import Calendar, MaintenanceWindow, Season
from collector.inventory.values import (
    Area,
    Capacity,
    CollectorSettings,
    Device,
    HttpSettings,
    IcmpCheck,
    Inventory,
    Organisation,
    Probe,
    SecretRef,
    SnmpCheck,
    Uplink,
    UsmCredential,
)
from collector.live import Pace
from collector.pipeline import Subject
from collector.traffic.measure import Line
from lab.place import Kind, Place, Province

TIMEZONE = "Asia/Ho_Chi_Minh"
CREDENTIAL = "simulated"

_ROLES = {
    Kind.CORE_ROUTER: "core",
    Kind.CORE_SWITCH: "core",
    Kind.SERVER: "server",
    Kind.HUB: "hub",
    Kind.COMMUNE: "commune",
}
_HOURS = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 0)))


def inventory_of(
    province: Province,
    *,
    interval_ms: int,
    deadline_ms: int,
    maintenance: Sequence[MaintenanceWindow] = (),
    lines: bool = True,
) -> Inventory:
    """Return the inventory that such a province would have; without `lines` it names no uplinks."""
    return Inventory(
        source="/simulated/inventory.yaml",
        organisation=Organisation(
            name="Trung tâm Tích hợp dữ liệu tỉnh Thái Bình (mô phỏng)",
            superior="UBND tỉnh Thái Bình",
            place="Thái Bình",
            language="vi",
            timezone=TIMEZONE,
        ),
        collector=CollectorSettings(
            http=HttpSettings(host="127.0.0.1", port=9108), ledger="/simulated/ledger.sqlite"
        ),
        calendar=Calendar(
            holidays="VN",
            weekdays=(0, 1, 2, 3, 4),
            seasons=(Season(start=(1, 1), end=(12, 31), hours=_HOURS),),
        ),
        areas=tuple(
            Area(id=a.id, name=a.name, hub=a.hub, latitude=a.latitude, longitude=a.longitude)
            for a in province.areas
        ),
        devices=tuple(_device(place, interval_ms, deadline_ms, lines=lines) for place in province.places),
        maintenance=tuple(maintenance),
        credentials=MappingProxyType(
            {
                CREDENTIAL: UsmCredential(
                    name=CREDENTIAL,
                    user="simulated",
                    auth="SHA-256",
                    auth_password=SecretRef(scheme="env", name="NONE"),
                    priv="AES-128",
                    priv_password=SecretRef(scheme="env", name="NONE"),
                )
            }
        ),
    )


def plans_of(inventory: Inventory) -> dict[str, Plan]:
    """Return what the core must know of the inventory's devices."""
    return {
        device.id: Plan(
            subject=Subject(
                device=device.id,
                probes=device.probes,
                reachability=device.reachability,
                uplink=None if device.uplink is None else device.uplink.interface,
            ),
            endpoint=(device.address,),
            pace=Pace(interval=device.interval_ms / 1000, deadline=device.deadline_ms / 1000),
            unencrypted=False,
            line=Line.of(device),
        )
        for device in inventory.devices
    }


def _device(place: Place, interval_ms: int, deadline_ms: int, *, lines: bool) -> Device:
    return Device(
        id=place.id,
        name=place.name,
        role=_ROLES[place.kind],
        address=place.address,
        area=place.area,
        parents=place.parents,
        icmp=IcmpCheck(),
        snmp=SnmpCheck(credential=CREDENTIAL),
        ssh=None,
        reachability=(Probe.ICMP, Probe.SNMP),
        interval_ms=interval_ms,
        deadline_ms=deadline_ms,
        capacities=(
            (Capacity(in_bps=place.capacity_in_bps, out_bps=place.capacity_out_bps),)
            if place.capacity_in_bps
            else ()
        ),
        uplink=Uplink(interface=place.uplink) if lines and place.uplink is not None else None,
        serves=place.serves,
    )
