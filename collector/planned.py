"""Which devices are in maintenance or out of service at an instant: the live side of the one calendar."""

from __future__ import annotations

from collections.abc import Mapping

from collector.inventory.values import Inventory, MaintenanceWindow
from collector.model import State
from collector.planning.covered import covered


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
        named = {device for window in open_windows for device in window.devices}
        areas = {area for window in open_windows for area in window.areas}
        for device in covered(inventory.devices, named=named, areas=areas):
            states.setdefault(device, State.MAINTENANCE)
    return states


def _is_open(window: MaintenanceWindow, now_ms: int) -> bool:
    return _ms(window.start.timestamp()) <= now_ms < _ms(window.end.timestamp())


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
