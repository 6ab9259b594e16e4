"""The one calendar of planned work: windows of inventory revisions and entries of the register. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import TypeAlias
from zoneinfo import ZoneInfo

from collector.inventory.planning_values import MaintenanceWindow
from collector.inventory.values import Inventory
from collector.planning.announced import Announced
from collector.planning.occurrences import occurrences


class WorkSource(StrEnum):
    """Where planned work was announced."""

    INVENTORY = "inventory"
    REGISTER = "register"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One occurrence of planned work, [start, end), and while it stood in the calendar.

    Known from its time of entry to when it was taken out or changed (None: it still stands). Instants are UTC
    milliseconds.
    """

    id: str
    source: WorkSource
    devices: tuple[str, ...]
    areas: tuple[str, ...]
    start_ms: int
    end_ms: int
    known_from_ms: int
    known_until_ms: int | None
    reason: str
    author: str

    @property
    def counts(self) -> tuple[int, int] | None:
        """When it counts: from its entry on, as long as it stood; None if never."""
        until_ms = self.end_ms if self.known_until_ms is None else min(self.end_ms, self.known_until_ms)
        span = max(self.start_ms, self.known_from_ms), until_ms
        return span if span[0] < span[1] else None

    @property
    def late(self) -> tuple[int, int] | None:
        """What it names before its entry: recorded late, counted by a restatement only; None if nothing."""
        span = self.start_ms, min(self.end_ms, self.known_from_ms)
        return span if span[0] < span[1] else None


InventoryRevision: TypeAlias = tuple[int, Inventory]
"""An inventory, and from when on it was in use."""


def inventory_works(revisions: Sequence[InventoryRevision], from_ms: int, to_ms: int) -> tuple[Work, ...]:
    """Return the occurrences within [from, to) of all windows that stood in any of the revisions, in order.

    A window whose times or coverage change is another from then on: what it counted for before stays, what
    it names before that instant and did not count for yet is recorded late. Give all revisions up to the end
    of the period, the earlier ones too: they say since when a window was known.
    """
    works: list[Work] = []
    for standing in _standings(revisions):
        zone = ZoneInfo(standing.timezone)
        for start_ms, end_ms in occurrences(standing.window, from_ms, to_ms, zone):
            works += _of_inventory(standing, start_ms, end_ms, works)
    return in_order(works)


def register_works(entered: Iterable[Announced], from_ms: int, to_ms: int, zone: tzinfo) -> tuple[Work, ...]:
    """Return the occurrences within [from, to) of what people entered in the register, in order."""
    return in_order(
        work
        for one in entered
        for start_ms, end_ms in occurrences(one.window, from_ms, to_ms, zone)
        if (work := _of_register(one, start_ms, end_ms)).counts is not None or work.late is not None
    )


def calendar_works(
    revisions: Sequence[InventoryRevision], entered: Iterable[Announced], from_ms: int, to_ms: int
) -> tuple[Work, ...]:
    """Return all planned work within [from, to), whoever announced it where, in order.

    Entries of the register repeat in the local time of the last revision.
    """
    zone = ZoneInfo(revisions[-1][1].organisation.timezone) if revisions else UTC
    return in_order(
        (*inventory_works(revisions, from_ms, to_ms), *register_works(entered, from_ms, to_ms, zone))
    )


def in_order(works: Iterable[Work]) -> tuple[Work, ...]:
    """Return works by begin, then by name."""
    return tuple(sorted(works, key=lambda work: (work.start_ms, work.id, work.known_from_ms, work.end_ms)))


_Content: TypeAlias = tuple[object, ...]


@dataclass(slots=True, kw_only=True)
class _Standing:
    """A window as it stood, unchanged in what it covers and when, through one or more revisions."""

    window: MaintenanceWindow
    timezone: str
    known_from_ms: int
    known_until_ms: int | None = None
    replaced: bool = False


def _standings(revisions: Sequence[InventoryRevision]) -> list[_Standing]:
    found: list[_Standing] = []
    standing: dict[str, tuple[_Content, _Standing]] = {}
    for took_effect_ms, inventory in revisions:
        timezone = inventory.organisation.timezone
        now = {window.id: window for window in inventory.maintenance}
        for gone in standing.keys() - now.keys():
            standing.pop(gone)[1].known_until_ms = took_effect_ms
        for name, window in now.items():
            content = _content(window, timezone)
            before = standing.get(name)
            if before is not None and before[0] == content:
                before[1].window = window  # its reason and author may have been put in other words
                continue
            if before is not None:
                before[1].known_until_ms, before[1].replaced = took_effect_ms, True
            fresh = _Standing(window=window, timezone=timezone, known_from_ms=took_effect_ms)
            standing[name] = content, fresh
            found.append(fresh)
    return found


def _content(window: MaintenanceWindow, timezone: str) -> _Content:
    zone = timezone if window.repeat is not None else ""
    covers = frozenset(window.devices), frozenset(window.areas)
    return (covers, window.start.timestamp(), window.end.timestamp(), window.repeat, zone)


def _of_inventory(standing: _Standing, start_ms: int, end_ms: int, earlier: Iterable[Work]) -> Iterator[Work]:
    work = Work(
        id=standing.window.id,
        source=WorkSource.INVENTORY,
        devices=standing.window.devices,
        areas=standing.window.areas,
        start_ms=start_ms,
        end_ms=end_ms,
        known_from_ms=standing.known_from_ms,
        known_until_ms=standing.known_until_ms,
        reason=standing.window.reason,
        author=standing.window.author,
    )
    if work.late is not None and (standing.replaced or _counted_already(work, earlier)):
        work = replace(work, start_ms=work.known_from_ms)
    if work.start_ms < work.end_ms and (work.counts is not None or work.late is not None):
        yield work


def _of_register(one: Announced, start_ms: int, end_ms: int) -> Work:
    return Work(
        id=one.window.id,
        source=WorkSource.REGISTER,
        devices=one.window.devices,
        areas=one.window.areas,
        start_ms=start_ms,
        end_ms=end_ms,
        known_from_ms=one.entered_ms,
        known_until_ms=one.ended_ms,
        reason=one.window.reason,
        author=one.window.author,
    )


def _counted_already(work: Work, earlier: Iterable[Work]) -> bool:
    """Return True if an earlier form of the same window counted up to the entry of this one."""
    return any(
        other.id == work.id
        and (set(other.devices), set(other.areas)) == (set(work.devices), set(work.areas))
        and other.counts is not None
        and other.counts[0] <= work.start_ms
        and other.counts[1] >= min(work.known_from_ms, work.end_ms)
        for other in earlier
    )
