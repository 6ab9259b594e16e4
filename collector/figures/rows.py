"""Figures as rows for spreadsheets: the first names the columns; seconds, and ratios from 0 to 1. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from collector.figures.document import ratio
from collector.figures.outage_values import Outage
from collector.figures.tally import Sums
from collector.figures.values import DeviceFigures

Cell = str | int | float | None

_DEVICE = ("device", "name", "role", "area", "serves", "resolution_s")
_STATES = ("up", "down", "upstream", "unknown", "maintenance", "out_of_service")
_SUMS = (
    *(f"{name}_s" for name in _STATES),
    *(f"{kind}_{part}" for kind in ("end_to_end", "attributable") for part in ("low", "point", "high")),
    *("coverage", "outages", "own_outages", "mttr_s", "mtbf_s"),
)


def device_rows(devices: Iterable[DeviceFigures]) -> Iterator[tuple[Cell, ...]]:
    """Yield a row a device, for all hours and for working hours."""
    yield (*_DEVICE, *_SUMS, *(f"working_{name}" for name in _SUMS))
    for one in devices:
        about = (one.device, one.name, one.role, one.area, one.serves, _seconds(one.resolution_ms))
        yield (*about, *_sums(one.all_hours), *_sums(one.working))


def outage_rows(outages: Iterable[Outage]) -> Iterator[tuple[Cell, ...]]:
    """Yield a row an outage; instants in seconds since 1970, UTC."""
    yield (
        *("id", "device", "start", "end", "start_from", "start_to", "end_from", "end_to"),
        *("down_s", "upstream_s", "unseen_s", "maintenance_s", "cause", "undecided", "fault"),
        *("noted_cause", "noted_by", "responsible", "note"),
    )
    for one in outages:
        last = one.annotations[-1] if one.annotations else None
        gaps = (*one.start_gap_ms, *(one.end_gap_ms or (None, None)))
        yield (
            one.id,
            one.device,
            _seconds(one.start_ms),
            _seconds(one.end_ms),
            *(_seconds(ms) for ms in gaps),
            *(_seconds(ms) for ms in (one.down_ms, one.upstream_ms, one.unseen_ms, one.maintenance_ms)),
            str(one.cause),
            None if one.undecided is None else str(one.undecided),
            None if one.fault is None else str(one.fault),
            *((last.cause, last.author, last.responsible, last.note) if last else (None,) * 4),
        )


def _sums(sums: Sums) -> tuple[Cell, ...]:
    tally = sums.tally
    shares = (tally.end_to_end, tally.attributable)
    return (
        *(_seconds(getattr(tally, f"{name}_ms")) for name in _STATES),
        *(ratio(ppm) for share in shares for ppm in (share.low_ppm, share.ppm, share.high_ppm)),
        ratio(tally.coverage_ppm),
        sums.outages,
        sums.own_outages,
        _seconds(sums.mttr_ms),
        _seconds(sums.mtbf_ms),
    )


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000
