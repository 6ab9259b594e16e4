"""What is known of every device right now, for people and for the exposition. In memory, one writer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from collector.inventory.values import Area, Device, Probe
from collector.model import Batch, Fault, Layout, Outcome, Reason, Reply, Series, State


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeView:
    """How a probe fared in the last poll. `rtt_s` is None and `reason` set if it failed."""

    probe: Probe
    rtt_s: float | None
    reason: Reason | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One device as it is shown. `*_ms` are UTC, None while unknown."""

    device: Device
    state: State = State.UNKNOWN
    since_ms: int | None = None
    evidence_ms: int | None = None
    probes: tuple[ProbeView, ...] = ()

    @property
    def fault(self) -> ProbeView | None:
        """The management fault of a device that is up: a probe of it that failed; None if there is none."""
        if self.state is not State.UP:
            return None
        return next((view for view in self.probes if view.reason is not None), None)


class Current:
    """The views of all devices of the inventory in use."""

    def __init__(self) -> None:
        self._views: dict[str, View] = {}
        self._areas: dict[str, Area] = {}
        self._layouts: dict[str, Layout] = {}

    def replace(self, devices: Iterable[Device], areas: Iterable[Area]) -> tuple[str, ...]:
        """Follow a new inventory; return the devices that have left."""
        self._areas = {area.id: area for area in areas}
        before = self._views
        self._layouts.clear()
        self._views = {
            device.id: replace(before.get(device.id, View(device=device)), device=device)
            for device in devices
        }
        return tuple(device for device in before if device not in self._views)

    def views(self) -> tuple[View, ...]:
        """Return all views, in the order of the inventory."""
        return tuple(self._views.values())

    def view(self, device: str) -> View | None:
        """Return one device's view."""
        return self._views.get(device)

    def in_area(self, area: str) -> frozenset[str]:
        """Return the devices of an area."""
        return frozenset(view.device.id for view in self._views.values() if view.device.area == area)

    def area(self, area: str) -> Area | None:
        """Return an area of the inventory."""
        return self._areas.get(area)

    def polled(self, outcome: Outcome) -> None:
        """Note how the probes of a poll fared."""
        view = self._views.get(outcome.device)
        if view is not None:
            probes = tuple(
                ProbeView(
                    probe=check.probe,
                    rtt_s=check.rtt_s if isinstance(check, Reply) else None,
                    reason=check.reason if isinstance(check, Fault) else None,
                    detail=check.detail if isinstance(check, Fault) else "",
                )
                for check in outcome.checks
            )
            self._views[outcome.device] = replace(view, probes=probes)

    def unpolled(self, device: str) -> None:
        """Forget how the probes of a device fared: they asked otherwise than is asked now."""
        view = self._views.get(device)
        if view is not None:
            self._views[device] = replace(view, probes=())

    def stated(
        self,
        device: str,
        state: State,
        *,
        since_ms: int | None,
        evidence_ms: int | None,
        unencrypted: bool,
    ) -> Batch | None:
        """Note a device's live state; return the series that show it, None if the device is gone."""
        view = self._views.get(device)
        if view is None:
            return None
        self._views[device] = view = replace(view, state=state, since_ms=since_ms, evidence_ms=evidence_ms)
        return self._batch(view, unencrypted=unencrypted)

    def _batch(self, view: View, *, unencrypted: bool) -> Batch:
        layout = self._layouts.get(view.device.id)
        if layout is None:
            layout = self._layouts[view.device.id] = self._layout(view.device)
        # In the order of the layout below.
        values = (
            1,
            _seconds(view.evidence_ms),
            view.device.serves,
            *(int(state is view.state) for state in State),
            _seconds(view.since_ms),
            int(unencrypted),
        )
        return Batch(layout=layout, values=values, at_ms=0)

    def _layout(self, device: Device) -> Layout:
        area = self._areas.get(device.area or "")
        base = (("instance", device.id), ("job", "haidang"))
        where = (*base, ("role", device.role), ("area", device.area or ""))
        about = (
            *base,
            ("name", device.name),
            ("role", device.role),
            ("area", device.area or ""),
            ("area_name", area.name if area is not None else ""),
            ("address", device.address),
            ("parents", ",".join(device.parents)),
        )
        return Layout(
            (
                Series("haidang_device_info", about),
                Series("haidang_device_last_evidence_timestamp_seconds", where),
                Series("haidang_device_serves", where),
                *(Series("haidang_device_state", (*where, ("state", str(state)))) for state in State),
                Series("haidang_device_state_since_timestamp_seconds", where),
                Series("haidang_device_unencrypted", where),
            )
        )


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000
