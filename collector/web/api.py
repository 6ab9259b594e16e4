"""What the pages say, as plain values for programs: the answers below /api/v1/ (docs/api.md). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from collector.expose import views
from collector.figures.outage_values import Outage
from collector.figures.tally import Share, Sums, Tally
from collector.figures.values import DeviceFigures, GroupFigures
from collector.traffic.buckets import Bucket
from collector.web.past import History
from collector.web.picture import LiveOutage, Place, picture
from collector.web.planned import Work
from collector.web.rings import Cell
from collector.web.snapshot import Snapshot

Json = dict[str, Any]


def province(shown: Snapshot) -> Json:
    """Return the province in one look."""
    found = picture(shown)
    return {
        "now_ms": shown.now_ms,
        "organisation": shown.inventory.organisation.name,
        "simulated": shown.simulated,
        "starting": shown.starting,
        "ledger_fault": shown.ledger_fault,
        "states": {str(state): count for state, count in found.states.items()},
        "units": {"cut_off": found.cut_off_units, "unknown": found.unknown_units, "of": found.units},
        "agencies": {
            "cut_off": found.cut_off_agencies,
            "unknown": found.unknown_agencies,
            "of": found.agencies,
        },
        "outages": [_live(outage) for outage in found.outages],
        "areas": [_place(place) for place in found.places],
        "full_lines": [
            {
                "id": full.view.device.id,
                "name": full.view.device.name,
                "p95_share": round(full.fullness, 4),
                "over_capacity_days": full.line.over_days,
            }
            for full in found.full_lines
        ],
        "availability": None if shown.figures is None else _group(shown.figures.province),
    }


def outages(shown: Snapshot) -> Json:
    """Return the outages under way, and those of the running period."""
    figures = shown.figures
    return {
        "now_ms": shown.now_ms,
        "running": [_live(outage) for outage in picture(shown).outages],
        "period": None if figures is None else figures.name,
        "outages": None if figures is None else [_outage(outage) for outage in figures.outages],
    }


def maintenance(shown: Snapshot) -> Json:
    """Return planned work."""
    found = shown.work
    return {
        "now_ms": shown.now_ms,
        "running": [_work(work) for work in found.running],
        "planned": [_work(work) for work in found.next],
        "past": [_work(work) for work in found.past],
    }


def availability(shown: Snapshot) -> Json:
    """Return the running period's figures of all devices and groups."""
    figures = shown.figures
    if figures is None:
        return {"now_ms": shown.now_ms, "period": None}
    return {
        "now_ms": shown.now_ms,
        "period": figures.name,
        "start_ms": figures.start_ms,
        "end_ms": figures.end_ms,
        "province": _group(figures.province),
        "services": _group(figures.services),
        "groups": {kind: [_group(group) for group in groups] for kind, groups in figures.groups.items()},
        "devices": [_device(device) for device in figures.devices],
    }


def history(found: History, cells: Sequence[Cell]) -> Json:
    """Return a device's last 30 days."""
    return {
        "device": found.device,
        "start_ms": found.start_ms,
        "end_ms": found.end_ms,
        "failed": found.failed,
        "states": [
            {"start_ms": piece.start_ms, "end_ms": piece.end_ms, "state": str(piece.state)}
            for piece in found.pieces
        ],
        "round_trips": [
            {
                "start_ms": cell.start_ms,
                "mean_s": cell.mean_s,
                "max_s": cell.max_s,
                "lost": cell.lost,
                "asked": cell.asked,
            }
            for cell in cells
        ],
        "traffic": [_bucket(bucket) for bucket in found.buckets],
    }


def devices(shown: Snapshot) -> Json:
    """Return all devices in short."""
    return views.devices(shown.views, now_ms=shown.now_ms)


TOLD: Mapping[str, Callable[[Snapshot], Json]] = {
    "devices": devices,
    "province": province,
    "outages": outages,
    "maintenance": maintenance,
    "availability": availability,
}
"""What is told of the whole, by its path below /api/v1/."""


def _live(outage: LiveOutage) -> Json:
    device = outage.view.device
    return {
        "id": device.id,
        "name": device.name,
        "area": device.area,
        "since_ms": outage.view.since_ms,
        "fault": None if outage.fault is None else str(outage.fault),
        "cut_off_units": outage.units,
        "cut_off_agencies": outage.agencies,
    }


def _place(place: Place) -> Json:
    return {
        "id": None if place.area is None else place.area.id,
        "name": None if place.area is None else place.area.name,
        "up": place.up,
        "counted": place.counted,
        "devices": [
            {"id": view.device.id, "name": view.device.name, "state": str(view.state)} for view in place.views
        ],
    }


def _outage(outage: Outage) -> Json:
    return {
        "id": outage.id,
        "device": outage.device,
        "start_ms": outage.start_ms,
        "end_ms": outage.end_ms,
        "down_ms": outage.down_ms,
        "upstream_ms": outage.upstream_ms,
        "own": outage.own,
        "cause": str(outage.cause),
        "undecided": None if outage.undecided is None else str(outage.undecided),
        "fault": None if outage.fault is None else str(outage.fault),
        "annotations": [
            {
                "at_ms": note.at_ms,
                "author": note.author,
                "cause": note.cause,
                "note": note.note,
                "responsible": note.responsible,
            }
            for note in outage.annotations
        ],
    }


def _work(work: Work) -> Json:
    return {
        "id": work.id,
        "start_ms": work.start_ms,
        "end_ms": work.end_ms,
        "devices": list(work.devices),
        "areas": list(work.areas),
        "reason": work.reason,
        "author": work.author,
    }


def _device(device: DeviceFigures) -> Json:
    return {
        "id": device.device,
        "name": device.name,
        "role": device.role,
        "area": device.area,
        "resolution_ms": device.resolution_ms,
        "all_hours": _sums(device.all_hours),
        "working_hours": _sums(device.working),
    }


def _group(group: GroupFigures) -> Json:
    return {
        "id": group.id,
        "name": group.name,
        "devices": group.devices,
        "units": {"cut_off": group.cut_off.units, "of": group.cut_off.of_units},
        "all_hours": _sums(group.all_hours),
        "working_hours": _sums(group.working),
    }


def _sums(sums: Sums) -> Json:
    tally = sums.tally
    return {
        "end_to_end_ppm": _share(tally.end_to_end),
        "attributable_ppm": _share(tally.attributable),
        "coverage_ppm": tally.coverage_ppm,
        "outages": sums.outages,
        "own_outages": sums.own_outages,
        "mttr_ms": sums.mttr_ms,
        **_milliseconds(tally),
    }


def _milliseconds(tally: Tally) -> Json:
    return {
        "up_ms": tally.up_ms,
        "down_ms": tally.down_ms,
        "upstream_ms": tally.upstream_ms,
        "unknown_ms": tally.unknown_ms,
        "maintenance_ms": tally.maintenance_ms,
        "out_of_service_ms": tally.out_of_service_ms,
    }


def _share(share: Share) -> Json:
    return {"low": share.low_ppm, "point": share.ppm, "high": share.high_ppm}


def _bucket(bucket: Bucket) -> Json:
    missing = bucket.missing
    return {
        "start_ms": bucket.start_ms,
        "in_bps": None if missing else bucket.in_bps,
        "out_bps": None if missing else bucket.out_bps,
        "covered_ms": bucket.covered_ms,
    }
