"""Which devices are in maintenance or out of service at an instant: the live side of the one calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from collector.inventory.values import Device, Inventory
from collector.model import State
from collector.planning.covered import covered
from collector.planning.occurrences import occurrences


def planned_states(inventory: Inventory, now_ms: int) -> Mapping[str, State]:
    """Return out_of_service or maintenance for the devices that are planned to be so at this instant.

    A window covers its devices, the devices of its areas, and whatever every way to the root of which leads
    through a covered device (design section 3).
    """
    states = {device.id: State.OUT_OF_SERVICE for device in inventory.devices if _is_out(device, now_ms)}
    zone = ZoneInfo(inventory.organisation.timezone)
    open_now = [window for window in inventory.maintenance if occurrences(window, now_ms, now_ms + 1, zone)]
    if open_now:
        named = {device for window in open_now for device in window.devices}
        areas = {area for window in open_now for area in window.areas}
        for device_id in covered(inventory.devices, named=named, areas=areas):
            states.setdefault(device_id, State.MAINTENANCE)
    return states


def _is_out(device: Device, now_ms: int) -> bool:
    begins, ends = device.commissioned, device.withdrawn
    return (begins is not None and now_ms < _ms(begins)) or (ends is not None and now_ms >= _ms(ends))


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
