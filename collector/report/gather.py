"""Reads what a month's report is made of: the closed figures or those of now, traffic, earlier months.

Of a closed month everything is read as it was when it was closed: later entries of the register do not
change its report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from collector.closing.closed import Closed, closings
from collector.closing.computed import figures_of
from collector.closing.errors import ClosingError
from collector.closing.figures_text import unpacked
from collector.figures.compute import compute
from collector.figures.errors import FiguresError
from collector.figures.gather import Decided
from collector.figures.history import InventoryHistory
from collector.figures.period import Period, month_at
from collector.figures.values import PeriodFigures
from collector.inventory.values import Inventory
from collector.ledger.reader import LedgerReader
from collector.planning.announced import announced
from collector.planning.work import Work, calendar_works
from collector.register.entries import Entry
from collector.report.history import point, trend_months
from collector.report.model import Sources
from collector.report.places import Places, places_of
from collector.report.traffic_reading import TrafficReading
from collector.report.values import Change, Closing, MonthPoint

Progress = Callable[[str, int, int], None]


class OpenMonthError(Exception):
    """The month is not closed, and nobody asked for a draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which report: a draft may be of an open month. `number` and `dated` as given, None to leave open.

    `now_ms` is the clock's instant, which a laboratory's month does not follow.
    """

    period: Period
    now_ms: int
    draft: bool
    software: str
    number: int | None = None
    dated: date | None = None


def gather(
    reader: LedgerReader,
    entries: Sequence[Entry],
    inventory: Inventory,
    wanted: Wanted,
    progress: Progress,
    *,
    able: Executor,
) -> Sources:
    """Return a report's sources; raise OpenMonthError, FiguresError, ClosingError or LedgerError.

    `able` reads traffic while this process works out the figures.
    """
    period = wanted.period
    revisions = [one for one in closings(entries) if one.closing.period == period.name]
    last = revisions[-1] if revisions else None
    if last is None and not wanted.draft:
        raise OpenMonthError(
            f"{period.name} is not closed: close it with haidang month close {period.name}, or make a draft "
            "with --draft"
        )
    if last is not None:
        entries = [one for one in entries if one.number <= last.entry.number]
    latest_ms = reader.latest_ms()
    now_ms = latest_ms if reader.meta().simulated else max(latest_ms, wanted.now_ms)
    traffic = TrafficReading(reader, inventory, period, able)
    found = _figures(last, reader, entries, period, now_ms)
    places = places_of(found, inventory)
    return Sources(
        figures=found,
        period=period,
        inventory=inventory,
        places=places,
        software=wanted.software,
        draft=last is None,
        number=wanted.number,
        dated=wanted.dated,
        traffic=tuple(traffic.rows(found, places, progress)),
        months=_months(reader, entries, inventory, period, progress),
        closing=None if last is None else _closing(revisions, found, places),
        coming=_coming(reader, entries, period),
    )


def _figures(
    closed: Closed | None, reader: LedgerReader, entries: Sequence[Entry], period: Period, now_ms: int
) -> PeriodFigures:
    if closed is not None:
        return _sealed(closed)
    return compute(reader, period, decided=Decided(entries=entries), now_ms=now_ms).figures


def _sealed(closed: Closed) -> PeriodFigures:
    """Return the figures that a period was closed on."""
    closing = closed.closing
    try:
        return figures_of(unpacked(closing.figures, closing.figures_sha256))
    except ClosingError as error:
        raise ClosingError(
            f"{closing.period}, revision {closing.revision}: {error}; run haidang month verify "
            f"{closing.period}"
        ) from None


def _closing(revisions: Sequence[Closed], figures: PeriodFigures, places: Places) -> Closing:
    first, last = revisions[0], revisions[-1]
    changes: tuple[Change, ...] = ()
    if last is not first:
        before = _sealed(first)
        changes = tuple(_changes(before, figures, places))
    return Closing(
        seal=last.closing.seal,
        revision=last.closing.revision,
        at_ms=last.entry.at_ms,
        author=last.entry.author,
        software=last.closing.version,
        reason=last.reason,
        first_seal=first.closing.seal,
        changes=changes,
    )


def _changes(before: PeriodFigures, after: PeriodFigures, places: Places) -> Iterator[Change]:
    """Yield the devices whose availability a restatement changed."""
    old = {one.device: one.all_hours.tally.end_to_end.ppm for one in before.devices}
    new = {one.device: one.all_hours.tally.end_to_end.ppm for one in after.devices}
    for device in dict.fromkeys((*new, *old)):
        if old.get(device) != new.get(device):
            yield Change(
                device=device,
                name=places.label.get(device, device),
                before_ppm=old.get(device),
                after_ppm=new.get(device),
            )


def _months(
    reader: LedgerReader, entries: Sequence[Entry], inventory: Inventory, period: Period, progress: Progress
) -> dict[str, MonthPoint]:
    """Return the earlier months of the trend: closed ones, else computed where the evidence still is."""
    closed = {one.closing.period: one for one in closings(entries)}
    began_ms = _began_ms(reader)
    found: dict[str, MonthPoint] = {}
    months = trend_months(period)[:-1]
    for number, month in enumerate(months):
        progress("earlier months", number, len(months))
        known = closed.get(month.name)
        if known is None and (began_ms is None or began_ms >= month.end_ms):
            continue
        try:
            figures = _figures(known, reader, entries, month, month.end_ms)
        except FiguresError:
            continue
        source = "computed" if known is None else "closed"
        found[month.name] = point(figures, places_of(figures, inventory), source)
    return found


def _began_ms(reader: LedgerReader) -> int | None:
    """Return when the ledger's first inventory took effect, None if it has none."""
    try:
        return InventoryHistory(reader).began_ms
    except FiguresError:
        return None


def _coming(reader: LedgerReader, entries: Sequence[Entry], period: Period) -> tuple[Work, ...]:
    """Return the planned work of the coming period, as far as it is known."""
    if period.kind is None:
        return ()
    coming = month_at(period.end_ms, period.kind, period.timezone)
    try:
        calendars = InventoryHistory(reader).calendars(period.end_ms)
    except FiguresError:
        return ()
    entered = announced(entries, ZoneInfo(period.timezone))
    works = calendar_works(calendars, entered, coming.start_ms, coming.end_ms)
    return tuple(work for work in works if work.known_until_ms is None)
