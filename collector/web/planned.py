"""Planned work as it is shown: what is under way, what comes next, what has passed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from collector.figures.values import PlannedWork
from collector.inventory.planning_values import MaintenanceWindow
from collector.planning.announced import Announced
from collector.planning.occurrences import occurrences

AHEAD_MS, BACK_MS = 60 * 86_400_000, 30 * 86_400_000
"""How far is looked: windows may repeat for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One occurrence of planned work, whoever announced it where."""

    id: str
    start_ms: int
    end_ms: int
    devices: tuple[str, ...]
    areas: tuple[str, ...]
    reason: str
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """All of it: what ends first, begins first, ended last comes first."""

    running: tuple[Work, ...]
    next: tuple[Work, ...]
    past: tuple[Work, ...]


def planned(
    windows: Sequence[MaintenanceWindow],
    entered: Iterable[Announced],
    counted: Iterable[PlannedWork],
    now_ms: int,
    zone: tzinfo,
) -> Planned:
    """Return the work of thirty days back to sixty ahead.

    `windows` are the inventory's, `entered` those of the register that are not over, and `counted` what the
    running period's figures know beside them: of what is over in the register.
    """
    found = {(one.id, one.start_ms): one for one in _counted(counted, now_ms)}
    for window in windows:
        found |= {(one.id, one.start_ms): one for one in _works(window, now_ms, zone)}
    for one in entered:
        for work in _works(one.window, now_ms, zone, until_ms=one.ended_ms):
            found[work.id, work.start_ms] = work
    works = list(found.values())
    return Planned(
        running=_in_order([one for one in works if one.start_ms <= now_ms < one.end_ms], 1),
        next=tuple(sorted((one for one in works if one.start_ms > now_ms), key=lambda one: one.start_ms)),
        past=_in_order([one for one in works if one.end_ms <= now_ms], -1),
    )


def _works(
    window: MaintenanceWindow, now_ms: int, zone: tzinfo, *, until_ms: int | None = None
) -> Iterator[Work]:
    for start_ms, end_ms in occurrences(window, now_ms - BACK_MS, now_ms + AHEAD_MS, zone):
        if until_ms is not None and start_ms >= until_ms:
            continue
        yield Work(
            id=window.id,
            start_ms=start_ms,
            end_ms=end_ms if until_ms is None else min(end_ms, until_ms),
            devices=window.devices,
            areas=window.areas,
            reason=window.reason,
            author=window.author,
        )


def _counted(counted: Iterable[PlannedWork], now_ms: int) -> Iterator[Work]:
    for one in counted:
        if one.end_ms <= now_ms:
            yield Work(
                id=one.id,
                start_ms=one.start_ms,
                end_ms=one.end_ms,
                devices=one.devices,
                areas=one.areas,
                reason=one.reason,
                author=one.author,
            )


def _in_order(works: Sequence[Work], sign: int) -> tuple[Work, ...]:
    return tuple(sorted(works, key=lambda one: sign * one.end_ms))
