"""Which devices of an inventory the lab stands in for, and what they answer to."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

from collector.credentials import Unusable, Usable
from collector.inventory.values import Device, Inventory, SnmpCheck
from lab.place import Place, Province
from snmp.community_exchange import Community
from snmp.engine import Access, access_table
from snmp.usm_keys import UsmUser


class SiteError(Exception):
    """The lab cannot stand in for a device; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place of the lab and the device of the inventory that it is."""

    place: Place
    device: Device


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Whom a simulated device answers."""

    users: Mapping[bytes, Access]
    communities: tuple[bytes, ...]


def sites(province: Province, inventory: Inventory) -> tuple[Site, ...]:
    """Return the sites of all devices that bear the id of a place; raise SiteError if one cannot be."""
    found = tuple(
        Site(place=place, device=device)
        for device in inventory.devices
        if (place := province.by_id.get(device.id)) is not None
    )
    for site in found:
        if not ipaddress.ip_address(site.device.address).is_loopback:
            raise SiteError(
                f"{site.device.id}: {site.device.address} is no loopback address; the lab answers at none "
                "other. Give its devices addresses from 127.0.0.0/8, or take them out of the inventory"
            )
    if not found:
        raise SiteError(
            f"{inventory.source}: none of its devices is one of the lab's; those of the shipped one are"
        )
    return found


def admission(check: SnmpCheck, credentials: Mapping[str, Usable | Unusable]) -> Admission:
    """Return whom a device answers that is asked like this; raise SiteError if that cannot be known."""
    credential = credentials[check.credential]
    if isinstance(credential, UsmUser):
        return Admission(users=access_table([Access(user=credential)]), communities=())
    if isinstance(credential, Community):
        return Admission(users={}, communities=(credential.name,))
    why = credential.why if isinstance(credential, Unusable) else "is none for SNMP"
    raise SiteError(f"credential {check.credential}: {why}")
