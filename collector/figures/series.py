"""A period's figures as series for Prometheus: each device's, each group's, and what they are of. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from collector.figures.tally import Share, Sums
from collector.figures.values import DeviceFigures, GroupFigures, PeriodFigures
from collector.model import Series, State

Cells = Mapping[Series, float | None]
_JOB = ("job", "haidang")


def device_cells(one: DeviceFigures) -> Cells:
    """Return one device's series."""
    base = (("instance", one.device), _JOB, ("role", one.role), ("area", one.area or ""))
    tally = one.all_hours.tally
    cells = dict(_ratios("availability_ratio", "coverage_ratio", base, one.all_hours, one.working))
    for state in State:
        cells[_series("period_seconds", base, state=str(state))] = getattr(tally, f"{state}_ms") / 1000
    cells[_series("period_outages", base, of="all")] = one.all_hours.outages
    cells[_series("period_outages", base, of="own")] = one.all_hours.own_outages
    if one.resolution_ms is not None:
        cells[_series("period_resolution_seconds", base)] = one.resolution_ms / 1000
    return cells


def group_cells(figures: PeriodFigures) -> Cells:
    """Return the series of all groups, and of the period itself."""
    cells: dict[Series, float | None] = {}
    groups = [("province", figures.province), ("services", figures.services)]
    groups += [(kind, group) for kind, members in figures.groups.items() for group in members]
    for kind, group in groups:
        if group.devices:
            cells |= _group(kind, group)
    base = (("instance", "figures"), _JOB)
    cells[_series("period_start_timestamp_seconds", base)] = figures.start_ms / 1000
    cells[_series("figures_timestamp_seconds", base)] = figures.end_ms / 1000
    return cells


def _group(kind: str, group: GroupFigures) -> Cells:
    base = (("instance", "figures"), _JOB, ("group", kind), ("id", group.id))
    cells = dict(
        _ratios("group_availability_ratio", "group_coverage_ratio", base, group.all_hours, group.working)
    )
    cells[_series("group_cut_off_units", base)] = group.cut_off.units
    cells[_series("group_units", base)] = group.cut_off.of_units
    return cells


def _ratios(
    availability: str, coverage: str, base: tuple[tuple[str, str], ...], all_hours: Sums, working: Sums
) -> Iterator[tuple[Series, float | None]]:
    for hours, sums in (("all", all_hours), ("working", working)):
        for figure, share in _shares(sums):
            for bound, ppm in (("low", share.low_ppm), ("point", share.ppm), ("high", share.high_ppm)):
                if ppm is not None:
                    series = _series(availability, base, figure=figure, hours=hours, bound=bound)
                    yield series, ppm / 1_000_000
        seen = sums.tally.coverage_ppm
        if seen is not None:
            yield _series(coverage, base, hours=hours), seen / 1_000_000


def _shares(sums: Sums) -> tuple[tuple[str, Share], ...]:
    return ("end_to_end", sums.tally.end_to_end), ("attributable", sums.tally.attributable)


def _series(name: str, base: tuple[tuple[str, str], ...], **labels: str) -> Series:
    return Series(f"haidang_{name}", (*base, *labels.items()))
