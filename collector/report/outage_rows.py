"""From the outages of the figures to the rows and counts of the report. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from collector.figures.outage_values import Outage
from collector.figures.values import DeviceFigures, PeriodFigures, PlannedWork
from collector.planning.work import Work
from collector.report.collation import collation_key
from collector.report.places import Place, Places
from collector.report.values import OutageRow, Outages, Tallied, WorkRow

_NAMED = 5


def outages_of(figures: PeriodFigures, places: Places) -> Outages:
    """Return all outages by their begin, and what the devices' own ones have in common; services apart."""
    devices = {device.device: device for device in figures.devices}
    found = sorted(
        figures.outages,
        key=lambda one: (one.start_ms, collation_key(places.label.get(one.device, "")), one.id),
    )
    rows = tuple(_row(outage, figures, places, devices) for outage in found)
    counted = [row for row in rows if places.place.get(row.device) is not Place.SERVICE]
    own = [row for row in counted if row.own]
    whole = figures.province.all_hours
    return Outages(
        rows=rows,
        own=len(own),
        upstream=len(counted) - len(own),
        lasting=sum(row.end_ms is None for row in counted),
        repaired=whole.repaired,
        repair_ms=whole.repair_ms,
        mttr_ms=whole.mttr_ms,
        longest=max(own, key=lambda row: (row.length_ms, row.id), default=None),
        causes=_tallied(own, lambda row: row.cause),
        responsible=_tallied(own, lambda row: row.responsible),
    )


def work_row(work: PlannedWork, names: Mapping[str, str]) -> WorkRow:
    """Return one piece of planned work as the report lists it; `names` are of areas and devices."""
    covered = [names.get(one, one) for one in (*work.areas, *work.devices)]
    return WorkRow(
        id=work.id,
        reason=work.reason,
        author=work.author,
        start_ms=work.start_ms,
        end_ms=work.end_ms,
        entered_ms=work.entered_ms,
        late_ms=work.late_ms,
        accepted=work.accepted,
        covered=len(work.covered),
        names=tuple(covered),
    )


def coming_row(work: Work, names: Mapping[str, str]) -> WorkRow:
    """Return one piece of work that is still to come; nothing of it can be late."""
    return WorkRow(
        id=work.id,
        reason=work.reason,
        author=work.author,
        start_ms=work.start_ms,
        end_ms=work.end_ms,
        entered_ms=work.known_from_ms,
        late_ms=0,
        accepted=False,
        covered=0,
        names=tuple(names.get(one, one) for one in (*work.areas, *work.devices)),
    )


def few(names: Iterable[str]) -> tuple[str, ...]:
    """Return the first names of a list, as many as a sentence bears."""
    return tuple(names)[:_NAMED]


def _row(
    outage: Outage, figures: PeriodFigures, places: Places, devices: Mapping[str, DeviceFigures]
) -> OutageRow:
    said = [note for note in outage.annotations if note.cause]
    told = [note for note in outage.annotations if note.responsible]
    noted = [note.note for note in outage.annotations if note.note]
    device = devices.get(outage.device)
    end_ms = figures.end_ms if outage.end_ms is None else outage.end_ms
    return OutageRow(
        id=outage.id,
        device=outage.device,
        name=places.label.get(outage.device, outage.device),
        area="" if device is None else places.area_of(device),
        start_ms=outage.start_ms,
        end_ms=outage.end_ms,
        begun_before=outage.begun_before,
        length_ms=end_ms - outage.start_ms,
        down_ms=outage.down_ms,
        upstream_ms=outage.upstream_ms,
        own=outage.own,
        found=str(outage.cause),
        undecided=None if outage.undecided is None else str(outage.undecided),
        cause=said[-1].cause if said else str(outage.cause),
        by_person=bool(said),
        responsible=told[-1].responsible if told else "",
        note="; ".join(noted),
    )


def _tallied(rows: Iterable[OutageRow], key: Callable[[OutageRow], str]) -> tuple[Tallied, ...]:
    """Return how many rows have each key and for how long, the most first."""
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        times, lost_ms = found.get(key(row), (0, 0))
        found[key(row)] = times + 1, lost_ms + row.down_ms + row.upstream_ms
    return tuple(
        Tallied(key=name, outages=times, lost_ms=lost_ms)
        for name, (times, lost_ms) in sorted(found.items(), key=lambda one: (-one[1][0], one[0]))
    )
