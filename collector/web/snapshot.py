"""All that pages and /api/v1/ are made of at one instant: frozen, so that a thread can render it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from zoneinfo import ZoneInfo

from collector.current import View
from collector.figures.values import PeriodFigures
from collector.inventory.values import Inventory
from collector.model import State
from collector.planning.announced import Announced
from collector.traffic.now import LineNow
from collector.web.planned import Planned, planned

CUT_OFF = frozenset({State.DOWN, State.UPSTREAM})


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The province as the collector sees it at `now_ms`; `lines` by device, `entered` of the register.

    `ledger_fault` is why the ledger cannot be written, None while it can. `figures` are of the running
    period, None until they were computed first.
    """

    now_ms: int
    version: str
    inventory: Inventory
    views: tuple[View, ...]
    lines: Mapping[str, LineNow] = field(default_factory=lambda: MappingProxyType({}))
    figures: PeriodFigures | None = None
    ledger_fault: str | None = None
    simulated: bool = False
    entered: tuple[Announced, ...] = ()

    @cached_property
    def timezone(self) -> ZoneInfo:
        """The inventory's time zone."""
        return ZoneInfo(self.inventory.organisation.timezone)

    @cached_property
    def by_id(self) -> Mapping[str, View]:
        """Views by device."""
        return {view.device.id: view for view in self.views}

    @cached_property
    def area_names(self) -> Mapping[str, str]:
        """Areas' names by id."""
        return {area.id: area.name for area in self.inventory.areas}

    @cached_property
    def starting(self) -> bool:
        """True while no device has been polled yet."""
        return bool(self.views) and all(view.evidence_ms is None for view in self.views)

    @cached_property
    def above(self) -> Mapping[str, frozenset[str]]:
        """Each device's ancestors by every way."""
        found: dict[str, frozenset[str]] = {}
        views = self.by_id

        def of(device: str) -> frozenset[str]:
            if device not in found:
                parents = views[device].device.parents if device in views else ()
                found[device] = frozenset(parents).union(*(of(parent) for parent in parents))
            return found[device]

        for device in views:
            of(device)
        return found

    @cached_property
    def children(self) -> Mapping[str, tuple[View, ...]]:
        """Who hangs on each device directly."""
        found: dict[str, list[View]] = {}
        for view in self.views:
            for parent in view.device.parents:
                found.setdefault(parent, []).append(view)
        return {device: tuple(views) for device, views in found.items()}

    @cached_property
    def work(self) -> Planned:
        """Planned work, of the inventory and of the register."""
        counted = () if self.figures is None else self.figures.planned
        return planned(self.inventory.maintenance, self.entered, counted, self.now_ms, self.timezone)

    @cached_property
    def services(self) -> tuple[View, ...]:
        """The services."""
        return tuple(view for view in self.views if view.device.is_service)


def is_unit(view: View) -> bool:
    """Return True for what stands for units or agencies: communes, and devices that serve some."""
    device = view.device
    return not device.is_service and (device.serves > 0 or device.role == "commune")


def agencies(views: tuple[View, ...]) -> int:
    """Return how many agencies these devices serve; a service serves the same ones once more."""
    return sum(view.device.serves for view in views if not view.device.is_service)
