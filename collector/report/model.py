"""Figures, traffic and inventory → one monthly report; all of its arithmetic is here and below. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from collector.figures.period import Period
from collector.figures.values import DeviceFigures, PeriodFigures
from collector.inventory.report_values import Numbering
from collector.inventory.values import Inventory
from collector.planning.work import Work
from collector.report import findings
from collector.report.history import point, trend, trend_months
from collector.report.lines import best, device_line, district, group_line, in_order, ranked, sum_line, worst
from collector.report.loss import losses
from collector.report.outage_rows import coming_row, outages_of, work_row
from collector.report.places import Place, Places
from collector.report.traffic_part import traffic_part
from collector.report.traffic_values import TrafficRow
from collector.report.values import (
    Closing,
    District,
    Line,
    MonthlyReport,
    MonthPoint,
    Scope,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """All that a report is made of. `months` are the earlier months of the trend that are known."""

    figures: PeriodFigures
    period: Period
    inventory: Inventory
    places: Places
    software: str
    draft: bool
    number: int | None = None
    dated: date | None = None
    traffic: tuple[TrafficRow, ...] = ()
    months: Mapping[str, MonthPoint] = field(default_factory=lambda: MappingProxyType({}))
    closing: Closing | None = None
    coming: tuple[Work, ...] = ()


def monthly_report(sources: Sources) -> MonthlyReport:
    """Return the report."""
    figures, places, settings = sources.figures, sources.places, sources.inventory.report
    target = settings.availability_target_ppm
    by_place = _by_place(figures.devices, places)
    lines = {
        place: tuple(device_line(device, places, target) for device in devices)
        for place, devices in by_place.items()
    }
    units = in_order(lines[Place.UNIT])
    hubs, centre = in_order(lines[Place.HUB]), in_order(lines[Place.CENTRE])
    districts = _districts(figures, places, units, target)
    province = group_line(figures.province, target)
    outages = outages_of(figures, places)
    names = {**places.area_name, **places.label}
    planned = tuple(work_row(work, names) for work in figures.planned)
    coming = tuple(coming_row(work, names) for work in sources.coming)
    traffic = traffic_part(sources.traffic)
    days, hours = losses(figures, sources.period, frozenset(unit.id for unit in units))
    scope = _scope(figures, by_place)
    now = point(figures, places, "closed" if sources.closing is not None else "computed")
    return MonthlyReport(
        figures=figures,
        organisation=sources.inventory.organisation,
        settings=settings,
        number=_number(sources),
        dated=sources.dated,
        first=sources.period.first,
        last=sources.period.last,
        draft=sources.draft,
        software=sources.software,
        scope=scope,
        province=province,
        network=_network(districts, by_place, units, target),
        lines=sum_line("lines", by_place[Place.UNIT], target),
        centre_whole=sum_line("centre", by_place[Place.CENTRE], target),
        services_whole=group_line(figures.services, target),
        districts=ranked(districts),
        hubs=hubs,
        units=units,
        centre=centre,
        centre_roles=_roles(by_place[Place.CENTRE], target),
        services=in_order(lines[Place.SERVICE]),
        best=best(units),
        worst=worst(units),
        untouched=sum(
            unit.outages == 0 and unit.coverage_ppm is not None and not unit.mark for unit in units
        ),
        below_target=sum(unit.target_met is False for unit in units),
        outages=outages,
        planned=planned,
        traffic=traffic,
        days=days,
        hours_ms=hours,
        months=trend(trend_months(sources.period), {**sources.months, now.name: now}),
        closing=sources.closing,
        shortcomings=findings.shortcomings(
            scope=scope,
            whole=province,
            districts=districts,
            units=units,
            outages=outages,
            planned=planned,
            traffic=traffic,
        ),
        tasks=findings.tasks(scope=scope, whole=province, outages=outages, coming=coming, planned=planned),
        proposals=findings.proposals(
            units=units, hubs=hubs, outages=outages, traffic=traffic, settings=settings
        ),
        coming=coming,
        role_names=settings.roles,
    )


def _by_place(devices: Iterable[DeviceFigures], places: Places) -> dict[Place, tuple[DeviceFigures, ...]]:
    found: dict[Place, list[DeviceFigures]] = {place: [] for place in Place}
    for device in devices:
        found[places.place[device.device]].append(device)
    return {place: tuple(group) for place, group in found.items()}


def _districts(
    figures: PeriodFigures, places: Places, units: tuple[Line, ...], target: int
) -> tuple[District, ...]:
    """Return the areas that are districts, with the units that lie in them."""
    by_area: dict[str, list[Line]] = {}
    for unit in units:
        by_area.setdefault(unit.area, []).append(unit)
    return tuple(
        district(group, places.hub.get(group.id), by_area.get(group.name, ()), target)
        for group in figures.groups.get("area", ())
        if group.id in places.districts and group.devices
    )


def _network(
    districts: tuple[District, ...],
    by_place: Mapping[Place, tuple[DeviceFigures, ...]],
    units: tuple[Line, ...],
    target: int,
) -> District:
    """Return the sum of all districts; the most units cut off at once are not summed: see the province."""
    return District(
        line=sum_line("network", (*by_place[Place.UNIT], *by_place[Place.HUB]), target),
        hub=None,
        units=sum(one.units for one in districts),
        units_cut=sum(one.units_cut for one in districts),
        agencies=sum(one.agencies for one in districts),
        agencies_cut=sum(one.agencies_cut for one in districts),
        most=max((one.most for one in districts), default=0),
        most_at_ms=None,
        below_target=sum(unit.target_met is False for unit in units),
    )


def _roles(devices: tuple[DeviceFigures, ...], target: int) -> tuple[Line, ...]:
    """Return the data centre's devices by role, each role's sum."""
    roles: dict[str, list[DeviceFigures]] = {}
    for device in devices:
        roles.setdefault(device.role, []).append(device)
    return tuple(sum_line(role, found, target) for role, found in sorted(roles.items()))


def _scope(figures: PeriodFigures, by_place: Mapping[Place, tuple[DeviceFigures, ...]]) -> Scope:
    return Scope(
        devices=figures.province.devices,
        units=len(by_place[Place.UNIT]),
        hubs=len(by_place[Place.HUB]),
        centre=len(by_place[Place.CENTRE]),
        services=len(by_place[Place.SERVICE]),
        agencies=figures.province.cut_off.of_agencies,
        unencrypted=sum(device.unencrypted for device in figures.devices),
        resolution_ms=figures.province.resolution_ms,
        absences=len(figures.absences),
        absence_ms=sum(absence.end_ms - absence.start_ms for absence in figures.absences),
    )


def _number(sources: Sources) -> int | None:
    """Return the document's number: as given, else the month's in a series of its own, else none."""
    if sources.number is not None or sources.inventory.report.numbering is Numbering.BY_HAND:
        return sources.number
    return int(sources.period.name.partition("-")[2])
