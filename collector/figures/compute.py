"""Computes a period's figures from a ledger, and from what people decided beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from zoneinfo import ZoneInfo

from collector.figures.assemble import Context, Found, device, group, groups
from collector.figures.errors import FiguresError
from collector.figures.gather import NOTHING_DECIDED, Decided, gather
from collector.figures.history import InventoryHistory
from collector.figures.loading import absences
from collector.figures.partition import Booked, partition
from collector.figures.period import Period
from collector.figures.plan import InForce
from collector.figures.spans import Span, total, union
from collector.figures.values import PeriodFigures
from collector.inventory.encryption import unencrypted
from collector.inventory.values import Device, Inventory
from collector.ledger.reader import LedgerReader
from collector.ledger.rows import Boot, Meta
from collector.ledger.tables import BOOT
from collector.planning.holidays import PublicHolidays
from collector.planning.working_hours import working_spans

_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A period's figures, and each device's partition that they were made from."""

    figures: PeriodFigures
    booked: Mapping[str, Booked]


def compute(
    reader: LedgerReader,
    period: Period,
    *,
    decided: Decided = NOTHING_DECIDED,
    now_ms: int | None = None,
    then: tuple[int, Inventory] | None = None,
) -> Computed:
    """Return the figures of a period; raise FiguresError if there are none, or a LedgerError.

    A period that is not over at `now_ms` (None: at the ledger's last instant) ends at the ledger's last
    instant, as far as its figures go. `then` is an inventory to reckon with as if it had taken effect at that
    instant. What a period's figures are made from lies within `margin_ms` of it.
    """
    history = InventoryHistory(reader, then)
    latest_ms = reader.latest_ms()
    whole = (period.start_ms, _end_ms(period, latest_ms, latest_ms if now_ms is None else now_ms))
    if whole[1] <= history.began_ms:
        raise FiguresError(f"of {period.name} there is no evidence: the ledger begins after it")
    gathered = gather(reader, history, whole, decided, latest_ms if now_ms is None else now_ms)
    in_force = gathered.in_force
    inside = [one for one in in_force if one.start_ms < whole[1] and one.end_ms > whole[0]] or in_force[:1]
    entries = _entries(inside)
    booked = partition(gathered.evidence, *whole, entries)
    clear = {name: _in_clear(inside, name) for name in entries}
    context = Context(
        period=whole,
        working=working(inside, whole),
        plan=gathered.plan,
        boots=_Boots(reader, gathered.until_ms),
        annotations=decided.annotations(),
        unencrypted=lambda entry: clear[entry.id],
    )
    found = [device(context, entry, booked[name]) for name, entry in entries.items()]
    away = absences(reader, whole)
    figures = _figures(reader.meta(), period, context, inside, found)
    return Computed(figures=replace(figures, absences=away), booked=booked)


def _end_ms(period: Period, latest_ms: int, now_ms: int) -> int:
    """Return where the figures of a period end: with it, or with the ledger while it runs."""
    end_ms = period.end_ms if period.end_ms <= now_ms else min(period.end_ms, latest_ms)
    if end_ms <= period.start_ms:
        raise FiguresError(f"{period.name} has not begun: the ledger ends before it")
    return end_ms


def _figures(
    meta: Meta, period: Period, context: Context, inside: Sequence[InForce], found: Sequence[Found]
) -> PeriodFigures:
    services = [one for one in found if one.figures.is_service]
    places = [one for one in found if not one.figures.is_service]
    last = inside[-1].inventory
    outages = sorted((outage for one in found for outage in one.outages), key=lambda o: (o.start_ms, o.id))
    return PeriodFigures(
        name=period.name,
        kind="days" if period.kind is None else str(period.kind),
        timezone=period.timezone,
        start_ms=context.period[0],
        end_ms=context.period[1],
        whole=context.period[1] == period.end_ms,
        ledger_id=meta.ledger_id,
        simulated=meta.simulated,
        revisions=tuple((one.revision, max(one.start_ms, context.period[0]), one.sha256) for one in inside),
        devices=tuple(one.figures for one in found),
        groups=MappingProxyType(groups(found, last.areas)),
        province=group("province", last.organisation.name, places),
        services=group("services", last.organisation.name, services),
        outages=tuple(outages),
        planned=tuple(
            work
            for work in context.plan.works
            if work.start_ms < context.period[1] and work.end_ms > context.period[0]
        ),
        absences=(),
        working_ms=total(context.working),
    )


def working(in_force: Iterable[InForce], whole: Span) -> tuple[Span, ...]:
    """Return the working hours of a period, by the calendar that was in force."""
    spans: list[Span] = []
    for place, one in enumerate(in_force):
        calendar, zone = one.inventory.calendar, ZoneInfo(one.inventory.organisation.timezone)
        start_ms = whole[0] if place == 0 else max(one.start_ms, whole[0])
        holidays = PublicHolidays(country=calendar.holidays)
        spans += working_spans(calendar, start_ms, min(one.end_ms, whole[1]), zone, holidays)
    return union(spans)


def _entries(inside: Sequence[InForce]) -> dict[str, Device]:
    """Return the period's devices as the last inventory that knew each has it, in that one's order."""
    found: dict[str, Device] = {}
    for one in reversed(inside):
        for entry in one.inventory.devices:
            found.setdefault(entry.id, entry)
    return found


def _in_clear(inside: Sequence[InForce], name: str) -> bool:
    last = next(one for one in reversed(inside) if name in one.by_id)
    return unencrypted(last.by_id[name], last.inventory)


class _Boots:
    """Reads a device's boot evidence around an outage, none of it from beyond the period's window."""

    def __init__(self, reader: LedgerReader, until_ms: int) -> None:
        self._reader, self._until_ms = reader, until_ms

    def __call__(self, device: str, from_ms: int, to_ms: int) -> list[Boot]:
        rows = self._reader.rows(BOOT, from_ms - _DAY_MS, to_ms + _HOUR_MS, device=device)
        return [row for row in rows if row.first_sent_ms < self._until_ms]
