"""Gathers from a ledger, and from what people decided, all that a partition is made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collector.figures.history import InventoryHistory
from collector.figures.loading import breaks, earlier, sightings
from collector.figures.outage_values import Annotation
from collector.figures.partition import Evidence, only_behind
from collector.figures.plan import InForce, Plan, plan
from collector.figures.sightings import Sighting
from collector.figures.spans import Span
from collector.figures.ways import Slice
from collector.ledger.reader import LedgerReader
from collector.planning.announced import announced
from collector.planning.work import calendar_works
from collector.register.entries import Entry, OutageAnnotated

_LEAST_MARGIN_MS = 600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What people decided beside the inventory: the register's entries that shall count.

    Planned work whose id is in `accepted` counts from its beginning, though it was recorded late.
    """

    entries: Sequence[Entry] = ()
    accepted: Collection[str] = ()

    def annotations(self) -> Mapping[str, Sequence[tuple[int, Annotation]]]:
        """Return what was added to outages, by device, each with an instant of the outage."""
        found: dict[str, list[tuple[int, Annotation]]] = {}
        for entry in self.entries:
            note = entry.payload
            if isinstance(note, OutageAnnotated):
                annotation = Annotation(
                    at_ms=entry.at_ms,
                    author=entry.author,
                    cause=note.cause,
                    note=note.note,
                    responsible=note.responsible,
                )
                found.setdefault(note.device, []).append((note.at_ms, annotation))
        return found


NOTHING_DECIDED = Decided()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What a period's partition is made of: the inventories in force, what they came to, and the evidence."""

    in_force: tuple[InForce, ...]
    plan: Plan
    evidence: Evidence
    until_ms: int


def gather(
    reader: LedgerReader, history: InventoryHistory, whole: Span, decided: Decided, now_ms: int
) -> Gathered:
    """Return it for [start, end); nothing that begins later than `until_ms` bears on it.

    What was silent when it began is judged from its beginning on, by all that was known then.
    """
    margin = margin_ms(history.in_force(whole))
    near = (whole[0] - margin, whole[1] + margin)
    own = sightings(reader, near, whole[1])
    began_ms = min((seen[0].first_sent_ms for seen in own.values()), default=near[0])
    window = (min(near[0], began_ms - margin), near[1])
    in_force = history.in_force(window)
    entered = announced(decided.entries, ZoneInfo(in_force[-1].inventory.organisation.timezone))
    works = calendar_works(history.calendars(window[1]), entered, *window)
    planned = plan(in_force, works, window, accepted=decided.accepted)
    shared, single = breaks(reader, window)
    evidence = Evidence(
        own=_with_those_behind(reader, own, planned.slices, near[0]),
        slices=planned.slices,
        planned=planned.planned,
        breaks=shared,
        breaks_of=single,
        upto_ms=_upto_ms(window, reader.latest_ms(), now_ms),
    )
    return Gathered(in_force=in_force, plan=planned, evidence=evidence, until_ms=window[1])


def _with_those_behind(
    reader: LedgerReader, own: Mapping[str, tuple[Sighting, ...]], slices: Sequence[Slice], from_ms: int
) -> Mapping[str, tuple[Sighting, ...]]:
    """Return the polls with older ones of what hangs on a device that was silent when the window began."""
    since: dict[str, int] = {}
    for device, seen in own.items():
        if seen[0].first_sent_ms < from_ms:
            for one in slices:
                for other in only_behind(one, device):
                    since[other] = min(since.get(other, from_ms), seen[0].first_sent_ms)
    found = dict(own)
    for device, since_ms in since.items():
        first_ms = own[device][0].first_sent_ms if device in own else from_ms
        older = earlier(reader, device, (since_ms, first_ms))
        known = found.get(device, ())
        found[device] = (*(one for one in older if one.last_end_ms < first_ms), *known)
    return found


def _upto_ms(window: Span, latest_ms: int, now_ms: int) -> int:
    """Return up to when the last thing that was seen can be carried.

    Once nothing more can come in, a ledger that ends earlier is a gap like any other: it must not matter
    whether the collector ever came back after it.
    """
    return window[1] if now_ms >= window[1] else min(latest_ms, window[1])


def margin_ms(in_force: Iterable[InForce]) -> int:
    """Return how far before and after a period evidence may bear on its figures."""
    patience_ms = max(
        (2 * one.interval_ms + one.deadline_ms for each in in_force for one in each.inventory.devices),
        default=0,
    )
    return max(_LEAST_MARGIN_MS, 2 * patience_ms)
