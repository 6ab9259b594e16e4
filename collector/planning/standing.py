"""Windows of planned work while they stood in the calendar unchanged, whoever announced them where. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from collector.inventory.planning_values import MaintenanceWindow
from collector.inventory.values import Inventory
from collector.planning.announced import Announced


class WorkSource(StrEnum):
    """Where planned work was announced."""

    INVENTORY = "inventory"
    REGISTER = "register"


InventoryRevision: TypeAlias = tuple[int, Inventory]
"""From when on an inventory was in use, and the inventory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A window, and from when to when it stood, the same in whom it covers and when.

    `known_until_ms` is None while it stands. `replaced`: another of the same name came in its place.
    """

    source: WorkSource
    window: MaintenanceWindow
    timezone: str
    known_from_ms: int
    known_until_ms: int | None = None
    replaced: bool = False


def inventory_standings(revisions: Sequence[InventoryRevision]) -> tuple[Standing, ...]:
    """Return the windows of all revisions, each since the first revision that has it."""
    found: list[Standing] = []
    standing: dict[str, int] = {}
    for took_effect_ms, inventory in revisions:
        timezone = inventory.organisation.timezone
        now = {window.id: window for window in inventory.maintenance}
        for gone in standing.keys() - now.keys():
            place = standing.pop(gone)
            found[place] = replace(found[place], known_until_ms=took_effect_ms)
        for name, window in now.items():
            place = standing.get(name, -1)
            if place >= 0 and _same(found[place], window, timezone):
                # Its reason and author may have been put in other words.
                found[place] = replace(found[place], window=window)
                continue
            if place >= 0:
                found[place] = replace(found[place], known_until_ms=took_effect_ms, replaced=True)
            standing[name] = len(found)
            found.append(
                Standing(
                    source=WorkSource.INVENTORY,
                    window=window,
                    timezone=timezone,
                    known_from_ms=took_effect_ms,
                )
            )
    return tuple(found)


def register_standings(entered: Iterable[Announced], timezone: str) -> tuple[Standing, ...]:
    """Return what people entered in the register; it repeats in the local time of this zone."""
    return tuple(
        Standing(
            source=WorkSource.REGISTER,
            window=one.window,
            timezone=timezone,
            known_from_ms=one.entered_ms,
            known_until_ms=one.ended_ms,
        )
        for one in entered
    )


def _same(one: Standing, window: MaintenanceWindow, timezone: str) -> bool:
    return _content(one.window, one.timezone) == _content(window, timezone)


def _content(window: MaintenanceWindow, timezone: str) -> tuple[object, ...]:
    zone = timezone if window.repeat is not None else ""
    covers = frozenset(window.devices), frozenset(window.areas)
    return (covers, window.start.timestamp(), window.end.timestamp(), window.repeat, zone)
