"""Which devices are in maintenance or out of service at an instant: the live side of the one calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from collector.inventory.values import Device, Inventory
from collector.model import State
from collector.planning.announced import Announced, announced
from collector.planning.covered import covered
from collector.planning.occurrences import occurrences
from collector.register.entries import Entry


class Planned:
    """What is planned at the last instant asked for, by the inventory and the register together."""

    def __init__(self) -> None:
        self.states: Mapping[str, State] = {}
        self._inventory: Inventory | None = None
        self._entries: tuple[Entry, ...] = ()
        self._announced: tuple[Announced, ...] = ()
        self._now_ms = 0

    @property
    def entered(self) -> tuple[Announced, ...]:
        """What people put into the register, so far as it is not over."""
        return self._announced

    def take_up(self, inventory: Inventory, now_ms: int) -> None:
        """Follow this inventory from now on."""
        self._inventory, self._now_ms = inventory, now_ms
        self.announce(self._entries)
        self.tick(now_ms)

    def announce(self, entries: Iterable[Entry]) -> None:
        """Follow these entries of the register from the next tick on."""
        self._entries = tuple(entries)
        if self._inventory is None:
            return
        zone = ZoneInfo(self._inventory.organisation.timezone)
        # Not to look at years of entries every second: what is over stays so, the clock never goes back.
        self._announced = tuple(
            one for one in announced(self._entries, zone) if not one.is_over(self._now_ms)
        )

    def tick(self, now_ms: int) -> frozenset[str]:
        """Let time pass; return the devices for which something else is planned than before."""
        if self._inventory is None:
            return frozenset()
        self._now_ms = now_ms
        before, self.states = self.states, planned_states(self._inventory, now_ms, self._announced)
        return frozenset(device for device, _ in before.items() ^ self.states.items())


def planned_states(
    inventory: Inventory, now_ms: int, entered: Iterable[Announced] = ()
) -> Mapping[str, State]:
    """Return out_of_service or maintenance for the devices that are planned to be so at this instant.

    A window covers its devices, the devices of its areas, and whatever every way to the root of which leads
    through a covered device (design section 3). `entered` is what people put into the register.
    """
    states = {device.id: State.OUT_OF_SERVICE for device in inventory.devices if _is_out(device, now_ms)}
    zone = ZoneInfo(inventory.organisation.timezone)
    open_now = [window for window in inventory.maintenance if occurrences(window, now_ms, now_ms + 1, zone)]
    open_now += [one.window for one in entered if one.is_open(now_ms, zone)]
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
