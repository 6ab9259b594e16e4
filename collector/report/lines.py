"""From figures of devices and groups to the report's lines, one arithmetic for all of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from collector.figures.tally import Sums, Tally
from collector.figures.values import DeviceFigures, GroupFigures
from collector.report.collation import collation_key
from collector.report.places import Places
from collector.report.values import District, Line

FULL_COVERAGE_PPM = 990_000
"""Below it a figure wants a footnote."""

LISTED = 10


def device_line(device: DeviceFigures, places: Places, target_ppm: int) -> Line:
    """Return one device's line."""
    return line(
        device.device,
        places.label[device.device],
        area=places.area_of(device),
        devices=1,
        sums=device.all_hours,
        working=device.working,
        resolution_ms=device.resolution_ms,
        target_ppm=target_ppm,
        serves=device.serves,
        unencrypted=device.unencrypted,
    )


def group_line(group: GroupFigures, target_ppm: int, *, name: str = "") -> Line:
    """Return a group's line: the sums of seconds of its devices."""
    return line(
        group.id,
        name or group.name,
        area=name or group.name,
        devices=group.devices,
        sums=group.all_hours,
        working=group.working,
        resolution_ms=group.resolution_ms,
        target_ppm=target_ppm,
        serves=group.cut_off.of_agencies,
        mean_ppm=group.mean_end_to_end_ppm,
    )


def sum_line(key: str, devices: Sequence[DeviceFigures], target_ppm: int) -> Line:
    """Return the line of devices taken together; the mean beside it is that of their ratios."""
    none = Sums(tally=Tally())
    means = [found for device in devices if (found := device.all_hours.tally.end_to_end.ppm) is not None]
    return line(
        key,
        key,
        area="",
        devices=len(devices),
        sums=sum((device.all_hours for device in devices), none),
        working=sum((device.working for device in devices), none),
        resolution_ms=max((d.resolution_ms for d in devices if d.resolution_ms is not None), default=None),
        target_ppm=target_ppm,
        serves=sum(device.serves for device in devices),
        mean_ppm=sum(means) // len(means) if means else None,
    )


def line(
    key: str,
    name: str,
    *,
    area: str,
    devices: int,
    sums: Sums,
    working: Sums,
    resolution_ms: int | None,
    target_ppm: int,
    serves: int,
    unencrypted: bool = False,
    mean_ppm: int | None = None,
) -> Line:
    """Return what sums of seconds come to."""
    tally = sums.tally
    end_to_end, coverage = tally.end_to_end, tally.coverage_ppm
    return Line(
        id=key,
        name=name,
        area=area,
        devices=devices,
        end_to_end=end_to_end,
        attributable=tally.attributable,
        working=working.tally.end_to_end,
        mean_ppm=mean_ppm,
        coverage_ppm=coverage,
        resolution_ms=resolution_ms,
        up_ms=tally.up_ms,
        down_ms=tally.down_ms,
        upstream_ms=tally.upstream_ms,
        unknown_ms=tally.unknown_ms,
        maintenance_ms=tally.maintenance_ms,
        out_of_service_ms=tally.out_of_service_ms,
        lost_ms=tally.down_ms + tally.upstream_ms,
        outages=sums.outages,
        own_outages=sums.own_outages,
        repaired=sums.repaired,
        repair_ms=sums.repair_ms,
        mttr_ms=sums.mttr_ms,
        serves=serves,
        unencrypted=unencrypted,
        mark=coverage is not None and coverage < FULL_COVERAGE_PPM,
        target_met=None if end_to_end.ppm is None else end_to_end.ppm >= target_ppm,
    )


def district(group: GroupFigures, hub: str | None, units: Iterable[Line], target_ppm: int) -> District:
    """Return an area with what was cut off in it."""
    cut = group.cut_off
    return District(
        line=group_line(group, target_ppm),
        hub=hub,
        units=cut.of_units,
        units_cut=cut.units,
        agencies=cut.of_agencies,
        agencies_cut=cut.agencies,
        most=cut.most,
        most_at_ms=cut.most_at_ms,
        below_target=sum(unit.target_met is False for unit in units),
    )


def ranked(districts: Iterable[District]) -> tuple[District, ...]:
    """Return districts by their end-to-end availability, the best first; those without a figure last."""
    return tuple(sorted(districts, key=lambda one: _from_best(one.line)))


def best(units: Iterable[Line]) -> tuple[Line, ...]:
    """Return the units with the highest availability; of equals those that were watched best."""
    return tuple(sorted((u for u in units if u.end_to_end.ppm is not None), key=_from_best)[:LISTED])


def worst(units: Iterable[Line]) -> tuple[Line, ...]:
    """Return the units with the lowest availability, those without any loss left out."""
    lost = [unit for unit in units if unit.lost_ms > 0 and unit.end_to_end.ppm is not None]
    return tuple(sorted(lost, key=_from_worst)[:LISTED])


def in_order(units: Iterable[Line]) -> tuple[Line, ...]:
    """Return units as a dictionary would list them."""
    return tuple(sorted(units, key=lambda unit: (collation_key(unit.name), unit.id)))


def _from_best(unit: Line) -> tuple[object, ...]:
    ppm = unit.end_to_end.ppm
    return ppm is None, -(ppm or 0), -(unit.coverage_ppm or 0), unit.lost_ms, collation_key(unit.name)


def _from_worst(unit: Line) -> tuple[object, ...]:
    return unit.end_to_end.ppm, -unit.lost_ms, collation_key(unit.name)
