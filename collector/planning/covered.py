"""Which devices planned work covers: those named, those of its areas, and what hangs on them alone. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from collector.inventory.values import Device


def covered(devices: Iterable[Device], *, named: Collection[str], areas: Collection[str]) -> frozenset[str]:
    """Return all devices that are covered if these devices and areas are.

    Besides those named it is whatever every way to the root of which leads through a covered device (design
    section 3).
    """
    known = tuple(devices)
    found = {device.id for device in known if device.id in named or device.area in areas}
    # Parents form no circle, so each round either reaches somebody new or is the last.
    grew = bool(found)
    while grew:
        behind = {
            device.id
            for device in known
            if device.id not in found and device.parents and all(parent in found for parent in device.parents)
        }
        found |= behind
        grew = bool(behind)
    return frozenset(found)
