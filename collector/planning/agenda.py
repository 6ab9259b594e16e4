"""The calendar of planned work as people see it: each window once, with the time that matters now. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from collector.inventory.fields.repeats import show_repeat
from collector.inventory.values import Device, Inventory
from collector.planning.covered import covered
from collector.planning.occurrences import occurrences
from collector.planning.standing import Standing, WorkSource

_DAY_MS = 86_400_000
_HORIZONS_DAYS = (8, 40, 400, 4_000)


class Phase(StrEnum):
    """Where a window is in its life."""

    RUNNING = "running"
    COMING = "coming"
    PAST = "past"
    WITHDRAWN = "withdrawn"  # taken out, ended or changed before it ever began
    NOT_IN_USE = "not in use"  # it stands in the file, and the collector has not taken that up


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One window: the time that it is at now, else its next, else its last, and whom it covers.

    `late_ms` of that time lies before its entry. `until_ms`: when it was ended or taken out, None if never.
    """

    standing: Standing
    phase: Phase
    start_ms: int
    end_ms: int
    late_ms: int
    covers: tuple[str, ...]

    @property
    def until_ms(self) -> int | None:
        """When it was ended, changed or taken out; None while it stands."""
        return self.standing.known_until_ms


def agenda(
    standings: Iterable[Standing],
    not_in_use: Iterable[Standing],
    inventory: Inventory,
    now_ms: int,
    *,
    began_ms: int = 0,
) -> tuple[Item, ...]:
    """Return all windows: those that run, those that come, those of the file that wait, those that were.

    Before `began_ms` there was no collector, and so nothing that could be entered too late.
    """
    items = [item_of(standing, inventory.devices, now_ms, began_ms=began_ms) for standing in standings]
    items += [item_of(standing, inventory.devices, now_ms, in_use=False) for standing in not_in_use]
    order = {Phase.RUNNING: 0, Phase.COMING: 1, Phase.NOT_IN_USE: 2, Phase.PAST: 3, Phase.WITHDRAWN: 4}
    return tuple(
        sorted(
            items,
            key=lambda item: (
                order[item.phase],
                -item.start_ms if item.phase is Phase.PAST else item.start_ms,
                item.standing.window.id,
            ),
        )
    )


def item_of(
    standing: Standing,
    devices: Iterable[Device],
    now_ms: int,
    *,
    in_use: bool = True,
    began_ms: int = 0,
) -> Item:
    """Return one window as it is now."""
    start_ms, end_ms = _time_that_matters(standing, now_ms)
    until_ms = standing.known_until_ms
    last_ms = end_ms if until_ms is None else min(end_ms, until_ms)
    if not in_use:
        phase = Phase.NOT_IN_USE
    elif last_ms <= start_ms:
        phase = Phase.WITHDRAWN
    elif last_ms <= now_ms:
        phase = Phase.PAST
    else:
        phase = Phase.RUNNING if start_ms <= now_ms else Phase.COMING
    window = standing.window
    return Item(
        standing=standing,
        phase=phase,
        start_ms=start_ms,
        end_ms=end_ms,
        late_ms=max(0, min(end_ms, standing.known_from_ms) - start_ms) if end_ms > began_ms else 0,
        covers=tuple(sorted(covered(devices, named=window.devices, areas=window.areas))),
    )


def _time_that_matters(standing: Standing, now_ms: int) -> tuple[int, int]:
    """Return the occurrence that runs, else the next, else the last one; only while the window stood."""
    window, zone = standing.window, ZoneInfo(standing.timezone)
    until_ms = standing.known_until_ms
    if window.repeat is not None:
        end_of_time = now_ms + _HORIZONS_DAYS[-1] * _DAY_MS if until_ms is None else until_ms
        for days in _HORIZONS_DAYS:
            ahead = occurrences(window, now_ms, min(now_ms + days * _DAY_MS, end_of_time), zone)
            if ahead and now_ms < end_of_time:
                return ahead[0]
        for days in _HORIZONS_DAYS:
            latest_ms = min(now_ms, end_of_time)
            behind = occurrences(window, latest_ms - days * _DAY_MS, latest_ms, zone)
            if behind:
                return behind[-1]
    return round(window.start.timestamp() * 1000), round(window.end.timestamp() * 1000)


def as_json(item: Item) -> dict[str, Any]:
    """Return a window as values for programs."""
    standing, window = item.standing, item.standing.window
    return {
        "id": window.id,
        "source": str(standing.source),
        "phase": str(item.phase),
        "start_ms": item.start_ms,
        "end_ms": item.end_ms,
        "repeat": None if window.repeat is None else show_repeat(window.repeat),
        "devices": list(window.devices),
        "areas": list(window.areas),
        "covers": list(item.covers),
        "reason": window.reason,
        "author": window.author,
        "entered_ms": None if item.phase is Phase.NOT_IN_USE else standing.known_from_ms,
        "until_ms": item.until_ms,
        "late_ms": 0 if item.phase is Phase.NOT_IN_USE else item.late_ms,
    }


def not_in_use(inventory: Inventory, standings: Iterable[Standing], now_ms: int) -> tuple[Standing, ...]:
    """Return the windows of a file that do not stand in the calendar as the file has them."""
    standing = {
        one.window.id: one.window
        for one in standings
        if one.source is WorkSource.INVENTORY and one.known_until_ms is None
    }
    return tuple(
        Standing(
            source=WorkSource.INVENTORY,
            window=window,
            timezone=inventory.organisation.timezone,
            known_from_ms=now_ms,
        )
        for window in inventory.maintenance
        if standing.get(window.id) != window
    )
