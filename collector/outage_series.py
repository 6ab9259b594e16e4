"""Shows the outages of now as series, in step with the core and with the text of the blocks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from collector.alerting.pace import hold_ms, scrape_interval_s
from collector.expose.blocks import Blocks
from collector.inventory.values import Area, Device, Inventory
from collector.ledger.evidence import Evidence
from collector.live import Transition
from collector.model import Batch, Layout, Series, State, Uptime
from collector.outages import CutOff, Outage, Outages
from collector.topology import Topology

_OUTAGE, _FLAPPING = "outage", "flapping"


class LiveOutages:
    """The series of outages and of flapping devices. Not thread-safe: the core's loop drives it."""

    def __init__(self, blocks: Blocks) -> None:
        self.outages = Outages()
        self._blocks = blocks
        self._devices: Mapping[str, Device] = {}
        self._areas: Mapping[str, Area] = {}
        self._timezone: tzinfo = UTC
        self._planned: Mapping[str, State] = {}
        self._cut_off: Mapping[str, CutOff] = {}
        self._dirty = True
        self._published: dict[str, object] = {}
        self._flapped: dict[str, int] = {}

    def replace(self, inventory: Inventory, topology: Topology) -> None:
        """Follow a new inventory."""
        self._devices = {device.id: device for device in inventory.devices}
        self._areas = {area.id: area for area in inventory.areas}
        self._timezone = ZoneInfo(inventory.organisation.timezone)
        hold = hold_ms(scrape_interval_s(device.interval_ms for device in inventory.devices))
        self._drop(self.outages.replace(inventory.devices, topology, hold_ms=hold))
        self._published.clear()
        self._dirty = True

    def polled(self, evidence: Evidence, uptimes: Iterable[Uptime]) -> None:
        """Take in what a poll proves."""
        self.outages.polled(evidence, uptimes)

    def moved(self, moved: Transition, at_ms: int | None, now_ms: int) -> None:
        """Take in a change of a device's live state, which began at `at_ms`."""
        began_ms = now_ms if at_ms is None else at_ms
        self.outages.moved(moved.device, moved.after, at_ms=began_ms, now_ms=now_ms, fault=moved.fault)
        self._dirty = True

    def tick(self, now_ms: int, planned: Mapping[str, State]) -> None:
        """Let time pass, and publish what changed."""
        self._drop(self.outages.tick(now_ms))
        shown, flapping = self.outages.shown(), self.outages.flapping()
        if self._dirty or planned != self._planned:
            # Nothing is down on most days: then nobody is cut off, and nothing is reckoned.
            self._cut_off = self.outages.cut_off(planned) if shown else {}
            self._planned, self._dirty = planned, False
        for outage in shown:
            state = (outage, self._cut_off.get(outage.device))
            if self._published.get(outage.device) != state:
                self._published[outage.device] = state
                self._blocks.publish((outage.device, _OUTAGE), [self._batch(outage)])
        for device in self._flapped.keys() - flapping.keys():
            self._blocks.drop((device, _FLAPPING))
        for device, times in flapping.items():
            if self._flapped.get(device) != times:
                self._blocks.publish((device, _FLAPPING), [self._flapping(device, times)])
        self._flapped = dict(flapping)

    def _drop(self, over: Iterable[str]) -> None:
        for device in over:
            self._published.pop(device, None)
            self._blocks.drop((device, _OUTAGE))

    def _where(self, device: str) -> tuple[tuple[str, str], ...]:
        known = self._devices[device]
        return (
            ("instance", device),
            ("job", "haidang"),
            ("role", known.role),
            ("area", known.area or ""),
        )

    def _about(self, device: str) -> tuple[tuple[str, str], ...]:
        known = self._devices[device]
        area = self._areas.get(known.area or "")
        return (
            *self._where(device),
            ("name", known.name),
            ("area_name", area.name if area is not None else ""),
        )

    def _batch(self, outage: Outage) -> Batch:
        where = self._where(outage.device)
        rows: list[tuple[Series, float]] = []
        cut_off = self._cut_off.get(outage.device)
        if cut_off is not None:
            agencies = (
                ("haidang_outage_cut_off_agencies", cut_off.agencies),
                ("haidang_outage_of_agencies", self.outages.of_agencies),
            )
            rows += [(Series(family, where), number) for family, number in agencies]
            for role, number in sorted(cut_off.units.items()):
                labels = (*where, ("unit", role))
                rows.append((Series("haidang_outage_cut_off_units", labels), number))
                rows.append(
                    (Series("haidang_outage_of_units", labels), self.outages.of_units.get(role, number))
                )
        since = datetime.fromtimestamp(outage.start_ms / 1000, self._timezone)
        about = (*where, ("since", f"{since:%Y-%m-%d %H:%M:%S}"), ("fault", outage.fault))
        rows.append((Series("haidang_outage_info", about), 1))
        if outage.ended_ms is not None:
            labels = (*where, ("cause", outage.cause))
            length = (outage.ended_ms - outage.start_ms) // 1000
            rows.append((Series("haidang_outage_length_seconds", labels), length))
        kind = (*self._about(outage.device), ("kind", outage.kind))
        started = Series("haidang_outage_start_timestamp_seconds", kind)
        rows.append((started, outage.start_ms / 1000))
        rows.sort(key=lambda row: row[0].family)
        return Batch(
            layout=Layout(tuple(series for series, _ in rows)),
            values=tuple(value for _, value in rows),
            at_ms=0,
        )

    def _flapping(self, device: str, times: int) -> Batch:
        series = Series("haidang_outage_flapping", self._about(device))
        return Batch(layout=Layout((series,)), values=(times,), at_ms=0)
