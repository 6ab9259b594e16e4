"""The one calendar of planned work: windows of inventory revisions and entries of the register. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from collector.planning.announced import Announced
from collector.planning.occurrences import occurrences
from collector.planning.standing import (
    InventoryRevision,
    Standing,
    WorkSource,
    inventory_standings,
    register_standings,
)


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


def inventory_works(revisions: Sequence[InventoryRevision], from_ms: int, to_ms: int) -> tuple[Work, ...]:
    """Return the occurrences within [from, to) of all windows that stood in any of the revisions, in order.

    A window whose times or coverage change is another from then on: what it counted for before stays, what
    it names before that instant and did not count for yet is recorded late. Give all revisions up to the end
    of the period, the earlier ones too: they say since when a window was known.
    """
    return _works(inventory_standings(revisions), from_ms, to_ms)


def register_works(entered: Iterable[Announced], from_ms: int, to_ms: int, timezone: str) -> tuple[Work, ...]:
    """Return the occurrences within [from, to) of what people entered in the register, in order."""
    return _works(register_standings(entered, timezone), from_ms, to_ms)


def calendar_works(
    revisions: Sequence[InventoryRevision], entered: Iterable[Announced], from_ms: int, to_ms: int
) -> tuple[Work, ...]:
    """Return all planned work within [from, to), whoever announced it where, in order.

    Entries of the register repeat in the local time of the last revision.
    """
    timezone = revisions[-1][1].organisation.timezone if revisions else "UTC"
    standings = (*inventory_standings(revisions), *register_standings(entered, timezone))
    return _works(standings, from_ms, to_ms)


def works_of(standing: Standing, from_ms: int, to_ms: int, earlier: Iterable[Work] = ()) -> tuple[Work, ...]:
    """Return one window's occurrences within [from, to); `earlier` are those of its former forms."""
    found = occurrences(standing.window, from_ms, to_ms, ZoneInfo(standing.timezone))
    known = tuple(earlier)
    return tuple(work for start_ms, end_ms in found for work in _work(standing, start_ms, end_ms, known))


def _works(standings: Iterable[Standing], from_ms: int, to_ms: int) -> tuple[Work, ...]:
    works: list[Work] = []
    for standing in standings:
        works += works_of(standing, from_ms, to_ms, works)
    return tuple(sorted(works, key=lambda work: (work.start_ms, work.id, work.known_from_ms, work.end_ms)))


def _work(standing: Standing, start_ms: int, end_ms: int, earlier: Iterable[Work]) -> Iterator[Work]:
    work = Work(
        id=standing.window.id,
        source=standing.source,
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


def _counted_already(work: Work, earlier: Iterable[Work]) -> bool:
    """Return True if an earlier form of the same window counted up to the entry of this one."""
    return any(
        (other.id, other.source) == (work.id, work.source)
        and (set(other.devices), set(other.areas)) == (set(work.devices), set(work.areas))
        and other.counts is not None
        and other.counts[0] <= work.start_ms
        and other.counts[1] >= min(work.known_from_ms, work.end_ms)
        for other in earlier
    )
