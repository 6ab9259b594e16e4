"""The figures of a period as frozen values: by device, by group, with outages and planned work.

All durations are integer milliseconds, all instants UTC milliseconds of the ledger clock. Ratios
are in millionths (ppm).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from collector.figures.outage_values import Outage
from collector.figures.tally import Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFigures:
    """One device's figures. `resolution_ms`: no interruption this long can have gone unseen (None: no polls).

    Name, role, area and what it serves are those of the last revision of the period that knew it.
    """

    device: str
    name: str
    role: str
    area: str | None
    serves: int
    is_service: bool
    unencrypted: bool
    resolution_ms: int | None
    all_hours: Sums
    working: Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """How many units (devices that serve agencies, or communes) were cut off at some time, of how many.

    `most` of them at once, first at `most_at_ms` (None: none ever). Agencies likewise, by `serves`.
    """

    units: int
    of_units: int
    agencies: int
    of_agencies: int
    most: int
    most_at_ms: int | None
    most_agencies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigures:
    """An area, a role, or the province: sums of seconds, and the mean of the devices' ratios beside them."""

    id: str
    name: str
    devices: int
    all_hours: Sums
    working: Sums
    mean_end_to_end_ppm: int | None
    mean_attributable_ppm: int | None
    resolution_ms: int | None
    cut_off: CutOff


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWork:
    """One occurrence of maintenance as the period's figures took it.

    It counts from `counts_from_ms` to `counts_to_ms`; what it names before its entry, `late_ms` long, is
    recorded late and counts only where a restatement accepted it (`accepted`).
    `covered` are all devices it covered at its beginning, those that only hang on others included.
    """

    id: str
    source: str
    devices: tuple[str, ...]
    areas: tuple[str, ...]
    covered: tuple[str, ...]
    start_ms: int
    end_ms: int
    entered_ms: int
    counts_from_ms: int
    counts_to_ms: int
    late_ms: int
    accepted: bool
    reason: str
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A time in which the collector did not look, or could not trust its clock; `why` is a word."""

    start_ms: int
    end_ms: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFigures:
    """All figures of a period: what `haidang availability` shows, a month closes on and the report prints.

    `name` as given (`2026-10`), `start_ms` to `end_ms` what was computed: a running period ends now, and
    then `whole` is false. `groups` are by kind: `area`, `role`; `province` is all devices but services, which
    stand in `services`.
    """

    name: str
    kind: str
    timezone: str
    start_ms: int
    end_ms: int
    whole: bool
    ledger_id: str
    simulated: bool
    revisions: tuple[tuple[int, int, str], ...]
    devices: tuple[DeviceFigures, ...]
    groups: Mapping[str, tuple[GroupFigures, ...]] = field(default_factory=lambda: MappingProxyType({}))
    province: GroupFigures
    services: GroupFigures
    outages: tuple[Outage, ...]
    planned: tuple[PlannedWork, ...]
    absences: tuple[Absence, ...]
    working_ms: int
