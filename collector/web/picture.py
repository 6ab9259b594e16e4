"""What the province's page says, as values: who is cut off by whom, areas, full lines. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from collector.current import View
from collector.inventory.values import Area
from collector.model import Reason, State
from collector.traffic.now import LineNow
from collector.web.snapshot import CUT_OFF, Snapshot, agencies, is_unit

FULL = 0.8
"""Lines from this share of capacity on are listed."""
MOST_LINES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOutage:
    """A device that is down by itself now, and what is cut off with it, itself included."""

    view: View
    fault: Reason | None
    units: int
    agencies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An area and its devices but services; None as area for those that have none."""

    area: Area | None
    views: tuple[View, ...]
    up: int
    unknown: int
    counted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FullLine:
    """A line whose P95 of today is near what is subscribed."""

    view: View
    line: LineNow
    fullness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The whole of it. Counts are of units and agencies as the wall and the alerts count them."""

    units: int
    cut_off_units: int
    unknown_units: int
    agencies: int
    cut_off_agencies: int
    unknown_agencies: int
    states: Mapping[State, int]
    outages: tuple[LiveOutage, ...]
    places: tuple[Place, ...]
    full_lines: tuple[FullLine, ...]

    @property
    def blind(self) -> bool:
        """True where there are units and nobody knows of any."""
        return self.unknown_units == self.units > 0


def picture(shown: Snapshot) -> Picture:
    """Return the picture of a snapshot."""
    units = tuple(view for view in shown.views if is_unit(view))
    cut_off = tuple(view for view in units if view.state in CUT_OFF)
    unknown = tuple(view for view in units if view.state is State.UNKNOWN)
    states = Counter(view.state for view in shown.views)
    return Picture(
        units=len(units),
        cut_off_units=len(cut_off),
        unknown_units=len(unknown),
        agencies=agencies(units),
        cut_off_agencies=agencies(cut_off),
        unknown_agencies=agencies(unknown),
        states={state: states[state] for state in State},
        outages=live_outages(shown),
        places=_places(shown),
        full_lines=_full_lines(shown),
    )


def live_outages(shown: Snapshot) -> tuple[LiveOutage, ...]:
    """Return the outages under way, those that cut off most first; what is only upstream has none."""
    cut_off = [view for view in shown.views if view.state in CUT_OFF and is_unit(view)]
    found = []
    for view in shown.views:
        if view.state is not State.DOWN:
            continue
        device = view.device.id
        behind = tuple(
            one
            for one in cut_off
            if one.device.id == device
            or (one.state is State.UPSTREAM and device in shown.above[one.device.id])
        )
        fault = next((probe.reason for probe in view.probes if probe.reason is not None), None)
        found.append(LiveOutage(view=view, fault=fault, units=len(behind), agencies=agencies(behind)))
    return tuple(sorted(found, key=lambda one: (-one.units, -one.agencies, one.view.since_ms or 0)))


def _places(shown: Snapshot) -> tuple[Place, ...]:
    by_area: dict[str | None, list[View]] = {area.id: [] for area in shown.inventory.areas}
    for view in shown.views:
        if not view.device.is_service:
            by_area.setdefault(view.device.area, []).append(view)
    areas = {area.id: area for area in shown.inventory.areas}
    return tuple(_place(areas.get(area or ""), tuple(views)) for area, views in by_area.items() if views)


def _place(area: Area | None, views: tuple[View, ...]) -> Place:
    hub = "" if area is None else area.hub
    ordered = sorted(views, key=lambda view: view.device.id != hub)
    planned = (State.MAINTENANCE, State.OUT_OF_SERVICE)
    return Place(
        area=area,
        views=tuple(ordered),
        up=sum(view.state is State.UP for view in views),
        unknown=sum(view.state is State.UNKNOWN for view in views),
        counted=sum(view.state not in planned for view in views),
    )


def _full_lines(shown: Snapshot) -> tuple[FullLine, ...]:
    found = [
        FullLine(view=shown.by_id[device], line=line, fullness=line.fullness)
        for device, line in shown.lines.items()
        if device in shown.by_id and line.fullness is not None and line.fullness >= FULL
    ]
    return tuple(sorted(found, key=lambda one: -one.fullness)[:MOST_LINES])
