"""Which devices are in maintenance or out of service at an instant: the live side of the one calendar."""

from __future__ import annotations

from collections.abc import Mapping

from collector.inventory.values import Inventory, MaintenanceWindow
from collector.model import State


def planned_states(inventory: Inventory, now_ms: int) -> Mapping[str, State]:
    """Return out_of_service or maintenance for the devices that are planned to be so at this instant.

    A window covers its devices, the devices of its areas, and whatever every way to the root of which leads
    through a covered device (design section 3).
    """
    states = {
        device.id: State.OUT_OF_SERVICE
        for device in inventory.devices
        if (device.commissioned is not None and now_ms < _ms(device.commissioned.timestamp()))
        or (device.withdrawn is not None and now_ms >= _ms(device.withdrawn.timestamp()))
    }
    open_windows = [window for window in inventory.maintenance if _is_open(window, now_ms)]
    if open_windows:
        for device in _covered(inventory, open_windows):
            states.setdefault(device, State.MAINTENANCE)
    return states


def _is_open(window: MaintenanceWindow, now_ms: int) -> bool:
    return _ms(window.start.timestamp()) <= now_ms < _ms(window.end.timestamp())


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _covered(inventory: Inventory, windows: list[MaintenanceWindow]) -> set[str]:
    named = {device for window in windows for device in window.devices}
    areas = {area for window in windows for area in window.areas}
    covered = {device.id for device in inventory.devices if device.id in named or device.area in areas}
    parents = {device.id: device.parents for device in inventory.devices}
    # Parents form no circle, so each round either reaches somebody new or is the last.
    grew = True
    while grew:
        behind = {
            device
            for device, above in parents.items()
            if device not in covered and above and all(parent in covered for parent in above)
        }
        covered |= behind
        grew = bool(behind)
    return covered
