"""One monthly report as frozen values: every figure it prints, and nothing else is printed. Pure.

Shares are millionths, durations and instants milliseconds, rates bit/s; None where nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from collector.figures.tally import Share
from collector.figures.values import PeriodFigures
from collector.inventory.report_values import ReportSettings
from collector.inventory.values import Organisation
from collector.report.traffic_values import TrafficPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a device's, an area's or a group's month comes to. `outages` are its own ones if `own` is said.

    `lost_ms` is what the site went without: its own outages and those of what it hangs on. `mark`: coverage
    is below 99 %, so the figures want a footnote. `target_met`: None without a figure.
    """

    id: str
    name: str
    area: str
    devices: int
    end_to_end: Share
    attributable: Share
    working: Share
    mean_ppm: int | None
    coverage_ppm: int | None
    resolution_ms: int | None
    up_ms: int
    down_ms: int
    upstream_ms: int
    unknown_ms: int
    maintenance_ms: int
    out_of_service_ms: int
    lost_ms: int
    outages: int
    own_outages: int
    repaired: int
    repair_ms: int
    mttr_ms: int | None
    serves: int
    unencrypted: bool
    mark: bool
    target_met: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """An area with its figures, its lines, and how many of its units were cut off at some time."""

    line: Line
    hub: str | None
    units: int
    units_cut: int
    agencies: int
    agencies_cut: int
    most: int
    most_at_ms: int | None
    below_target: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageRow:
    """One outage as the annex lists it. `cause` is the word that counts: a person's, else what was found."""

    id: str
    device: str
    name: str
    area: str
    start_ms: int
    end_ms: int | None
    begun_before: bool
    length_ms: int
    down_ms: int
    upstream_ms: int
    own: bool
    found: str
    undecided: str | None
    cause: str
    by_person: bool
    responsible: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallied:
    """How many outages had something in common, and how long they lasted within the period."""

    key: str
    outages: int
    lost_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outages:
    """The outages of the period. `rows` are all; the counts say which are meant.

    `own`: those a device itself answers for; `upstream`: those it only lived through. Causes and answerable
    parties are counted over the own ones.
    """

    rows: tuple[OutageRow, ...]
    own: int
    upstream: int
    lasting: int
    repaired: int
    repair_ms: int
    mttr_ms: int | None
    longest: OutageRow | None
    causes: tuple[Tallied, ...]
    responsible: tuple[Tallied, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """One piece of planned work, and what of it was entered too late to count."""

    id: str
    reason: str
    author: str
    start_ms: int
    end_ms: int
    entered_ms: int
    late_ms: int
    accepted: bool
    covered: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLoss:
    """One local day: for how long outages lasted, all lines together, and how many lines had one.

    `part_ms` of the day lies in the period so far; None of a day that has not begun.
    """

    day: date
    lost_ms: int | None
    lines: int
    part_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthPoint:
    """One month of the trend. `source`: `closed`, `computed` from evidence, or `none`."""

    name: str
    source: str
    end_to_end_ppm: int | None = None
    attributable_ppm: int | None = None
    centre_ppm: int | None = None
    services_ppm: int | None = None
    coverage_ppm: int | None = None
    outages: int | None = None
    mttr_ms: int | None = None
    lost_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A device's figure before and after a restatement."""

    device: str
    name: str
    before_ppm: int | None
    after_ppm: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """How the month was closed: what can be held against the ledger later."""

    seal: str
    revision: int
    at_ms: int
    author: str
    software: str
    reason: str = ""
    first_seal: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something the figures call for: what kind, how many, and which (at most a handful by name)."""

    kind: str
    number: int
    names: tuple[str, ...] = ()
    value: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What was watched."""

    devices: int
    units: int
    hubs: int
    centre: int
    services: int
    agencies: int
    unencrypted: int
    resolution_ms: int | None
    absences: int
    absence_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyReport:
    """The whole of it. `units` are the lines to units, `hubs` and `centre` what they hang on.

    `network` is the sum of all districts, `lines` that of the units' lines alone.
    """

    figures: PeriodFigures
    organisation: Organisation
    settings: ReportSettings
    number: int | None
    dated: date | None
    first: date
    last: date
    draft: bool
    software: str
    scope: Scope
    province: Line
    network: District
    lines: Line
    centre_whole: Line
    services_whole: Line
    districts: tuple[District, ...]
    hubs: tuple[Line, ...]
    units: tuple[Line, ...]
    centre: tuple[Line, ...]
    centre_roles: tuple[Line, ...]
    services: tuple[Line, ...]
    best: tuple[Line, ...]
    worst: tuple[Line, ...]
    untouched: int
    below_target: int
    outages: Outages
    planned: tuple[WorkRow, ...]
    traffic: TrafficPart
    days: tuple[DayLoss, ...]
    hours_ms: tuple[int, ...]
    months: tuple[MonthPoint, ...]
    closing: Closing | None
    shortcomings: tuple[Finding, ...]
    tasks: tuple[Finding, ...]
    proposals: tuple[Finding, ...]
    coming: tuple[WorkRow, ...] = ()
    role_names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def now(self) -> MonthPoint:
        """This month's point of the trend."""
        return self.months[-1]

    @property
    def before(self) -> MonthPoint | None:
        """The month before, if anything is known of it."""
        found = self.months[-2] if len(self.months) > 1 else None
        return None if found is None or found.source == "none" else found
