"""Planned work as it is shown: what is under way, what comes next, what has passed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from collector.inventory.planning_values import MaintenanceWindow
from collector.planning.occurrences import occurrences

AHEAD_MS, BACK_MS = 60 * 86_400_000, 30 * 86_400_000
"""How far is looked: windows may repeat for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One occurrence of a maintenance window."""

    window: MaintenanceWindow
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """All of it: what ends first, begins first, ended last comes first."""

    running: tuple[Work, ...]
    next: tuple[Work, ...]
    past: tuple[Work, ...]


def planned(windows: Sequence[MaintenanceWindow], now_ms: int, zone: tzinfo) -> Planned:
    """Return the work of thirty days back to sixty ahead."""
    found = [
        Work(window=window, start_ms=start_ms, end_ms=end_ms)
        for window in windows
        for start_ms, end_ms in occurrences(window, now_ms - BACK_MS, now_ms + AHEAD_MS, zone)
    ]
    return Planned(
        running=_in_order([one for one in found if one.start_ms <= now_ms < one.end_ms], 1),
        next=tuple(sorted((one for one in found if one.start_ms > now_ms), key=lambda one: one.start_ms)),
        past=_in_order([one for one in found if one.end_ms <= now_ms], -1),
    )


def _in_order(works: Sequence[Work], sign: int) -> tuple[Work, ...]:
    return tuple(sorted(works, key=lambda one: sign * one.end_ms))
