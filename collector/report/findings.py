"""What the figures call for: shortcomings, coming work, proposals; for a person to edit. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from collector.figures.outage_values import Cause
from collector.inventory.report_values import ReportSettings
from collector.report.lines import FULL_COVERAGE_PPM
from collector.report.outage_rows import few
from collector.report.traffic_values import TrafficPart
from collector.report.values import District, Finding, Line, Outages, Scope, WorkRow

OFTEN = 3
"""Own outages of one line from which on it is worth looking at by itself."""

TWICE = 2
POWER = frozenset({"power", str(Cause.POWER_OR_RESTART)})
UNKNOWN = frozenset({"unknown", str(Cause.UNDECIDED)})
LINES = frozenset({"fibre_cut", "provider", str(Cause.LINE)})


def shortcomings(
    *,
    scope: Scope,
    whole: Line,
    districts: Sequence[District],
    units: Sequence[Line],
    outages: Outages,
    planned: Iterable[WorkRow],
    traffic: TrafficPart,
) -> tuple[Finding, ...]:
    """Return what was not as it should be."""
    below = [unit for unit in units if unit.target_met is False]
    below.sort(key=lambda unit: (unit.end_to_end.ppm or 0, -unit.lost_ms))
    low = [one.line for one in districts if one.line.target_met is False]
    often = _often(outages)
    unclear = sum(cause.outages for cause in outages.causes if cause.key in UNKNOWN)
    late = sum(work.late_ms > 0 for work in planned)
    main = next((cause for cause in outages.causes if cause.key not in UNKNOWN), None)
    dim = [unit for unit in units if unit.mark]
    found = [
        _of("units_below_target", len(below), (unit.name for unit in below)),
        _of("districts_below_target", len(low), (one.name for one in low)),
        _of("often", len(often), (f"{name} ({times})" for name, times in often)),
        Finding(
            kind="main_cause",
            number=0 if main is None else main.outages,
            names=() if main is None else (main.key,),
            value=0 if main is None else main.lost_ms,
        ),
        _of("unclear", unclear),
        _of("lasting", outages.lasting),
        _of("breaking", len(traffic.breaking), (row.name for row in traffic.breaking)),
        _of("saturated", len(traffic.saturated), (row.name for row in traffic.saturated)),
        _of("late", late),
        _of("dim", len(dim)),
        Finding(kind="absences", number=scope.absences, value=scope.absence_ms),
        _of("unencrypted", scope.unencrypted),
    ]
    if whole.coverage_ppm is not None and whole.coverage_ppm < FULL_COVERAGE_PPM:
        found.append(Finding(kind="coverage", number=1, value=whole.coverage_ppm))
    return _there(found)


def tasks(
    *, scope: Scope, whole: Line, outages: Outages, coming: Sequence[WorkRow], planned: Iterable[WorkRow]
) -> tuple[Finding, ...]:
    """Return what there is to do in the coming month."""
    often = _often(outages)
    unclear = sum(cause.outages for cause in outages.causes if cause.key in UNKNOWN)
    silent = sum(cause.outages for cause in outages.responsible if not cause.key)
    found = [
        Finding(kind="watch", number=1),
        _of("repair_lasting", outages.lasting),
        _of("inspect", len(often), (name for name, _ in often)),
        _of("clarify", unclear),
        _of("assign", silent),
        _of("carry_out", len(coming), (work.reason for work in coming)),
        _of("announce_earlier", sum(work.late_ms > 0 for work in planned)),
        _of("encrypt", scope.unencrypted),
    ]
    if whole.coverage_ppm is not None and whole.coverage_ppm < FULL_COVERAGE_PPM:
        found.append(Finding(kind="watch_the_watcher", number=1, value=whole.coverage_ppm))
    return _there(found)


def proposals(
    *,
    units: Sequence[Line],
    hubs: Sequence[Line],
    outages: Outages,
    traffic: TrafficPart,
    settings: ReportSettings,
) -> tuple[Finding, ...]:
    """Return what only somebody above can decide."""
    power = _times(outages, POWER)
    lines = _times(outages, LINES)
    unmet = {unit.id: unit for unit in units if unit.target_met is False}
    provider = [unmet[device].name for device in lines if device in unmet]
    cutting = [hub for hub in hubs if hub.own_outages > 0 and hub.down_ms > 0]
    cutting.sort(key=lambda hub: -hub.down_ms)
    names = {row.device: row.name for row in outages.rows}
    weak = [names[device] for device, times in power.items() if times >= TWICE]
    return _there(
        (
            _of("widen", len(traffic.breaking), (row.name for row in traffic.breaking)),
            _of("narrow", len(traffic.idle), (row.name for row in traffic.idle)),
            _of("back_up_power", len(weak), weak),
            Finding(
                kind="press_provider",
                number=len(provider),
                names=few(provider),
                value=settings.availability_target_ppm,
            ),
            _of("second_path", len(cutting), (hub.name for hub in cutting)),
        )
    )


def _of(kind: str, number: int, names: Iterable[str] = ()) -> Finding:
    return Finding(kind=kind, number=number, names=few(names))


def _there(found: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(one for one in found if one.number)


def _often(outages: Outages) -> list[tuple[str, int]]:
    """Return the devices with many own outages, the most first."""
    times = Counter(row.device for row in outages.rows if row.own)
    names = {row.device: row.name for row in outages.rows}
    return [(names[device], count) for device, count in times.most_common() if count >= OFTEN]


def _times(outages: Outages, causes: frozenset[str]) -> dict[str, int]:
    """Return how many own outages of these causes each device had, the most first."""
    return dict(Counter(row.device for row in outages.rows if row.own and row.cause in causes).most_common())
