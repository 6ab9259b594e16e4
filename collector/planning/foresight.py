"""Reckons the effect of another inventory on the running period, from a ledger and its register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from collector.figures.compute import compute
from collector.figures.errors import FiguresError
from collector.figures.gather import Decided
from collector.figures.period import month_at
from collector.inventory.values import Inventory
from collector.ledger.reader import LedgerReader
from collector.planning.announced import announced
from collector.planning.changes import Section, changes
from collector.planning.effect import Rest, SoFar, rest, so_far
from collector.planning.standing import InventoryRevision
from collector.planning.work import calendar_works
from collector.register.entries import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """The effect on one period: on its figures up to `until_ms`, and on what is planned from then to its end.

    `why_none` says in words why there are no figures so far; then `so_far` is empty.
    """

    period: str
    until_ms: int
    end_ms: int
    simulated: bool
    so_far: tuple[SoFar, ...]
    why_none: str
    rest: tuple[Rest, ...]


def foresee(
    reader: LedgerReader,
    revisions: Sequence[InventoryRevision],
    entries: Sequence[Entry],
    wanted: Inventory,
) -> Foresight:
    """Return what taking up an inventory at the ledger's last instant would do to the period it lies in."""
    until_ms = reader.latest_ms()
    old = revisions[-1][1]
    timezone = old.organisation.timezone
    period = month_at(until_ms, old.report.period, timezone)
    entered = announced(entries, ZoneInfo(timezone))
    window = (until_ms, period.end_ms)
    then = (*revisions, (until_ms, wanted))
    changed = [change.id for change in changes(old, wanted) if change.section is Section.DEVICE]
    why_none = ""
    found: tuple[SoFar, ...] = ()
    try:
        decided = Decided(entries=entries)
        before = compute(reader, period, decided=decided).figures
        # In force at the last millisecond: what is in force at the end decides where a device is counted.
        after = compute(reader, period, decided=decided, then=(until_ms - 1, wanted)).figures
        found = so_far(before, after, changed)
    except FiguresError as error:
        why_none = str(error)
    return Foresight(
        period=period.name,
        until_ms=until_ms,
        end_ms=period.end_ms,
        simulated=reader.meta().simulated,
        so_far=found,
        why_none=why_none,
        rest=rest(
            (old, calendar_works(revisions, entered, *window)),
            (wanted, calendar_works(then, entered, *window)),
            window,
        ),
    )
