"""The figures of a period as frozen values: seconds by state, their bounds, outages and why they were. Pure.

All durations are integer milliseconds, all instants UTC milliseconds of the ledger clock. Ratios are in
millionths (ppm), cut down for what is low or printed, rounded up for what is high; None where the
denominator is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from collector.model import Reason, State, UptimeSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of one device's period: what it is booked as, and what else the evidence leaves possible.

    `possible` holds `state` itself. A stretch with one possible state is certain; `unknown` among the
    possible ones means that anything may have been.
    """

    start_ms: int
    end_ms: int
    state: State
    possible: frozenset[State]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Milliseconds of a period by state; the six add up to `period_ms`, always.

    `up_min` … `upstream_min`: what is certain. `maybe_up` and `maybe_down`: all that may have been up, or the
    device's own outage, what was not seen included.
    """

    up_ms: int = 0
    down_ms: int = 0
    upstream_ms: int = 0
    unknown_ms: int = 0
    maintenance_ms: int = 0
    out_of_service_ms: int = 0
    up_min_ms: int = 0
    down_min_ms: int = 0
    upstream_min_ms: int = 0
    maybe_up_ms: int = 0
    maybe_down_ms: int = 0

    @property
    def period_ms(self) -> int:
        """The whole."""
        return self.service_ms + self.maintenance_ms + self.out_of_service_ms

    @property
    def service_ms(self) -> int:
        """S of design section 3: the period without maintenance and without time out of service."""
        return self.up_ms + self.down_ms + self.upstream_ms + self.unknown_ms

    @property
    def end_to_end(self) -> Share:
        """E = up / (up + down + upstream): what the site lived through."""
        service = self.service_ms
        return Share(
            low_ppm=_floor(self.up_min_ms, service),
            ppm=_floor(self.up_ms, self.up_ms + self.down_ms + self.upstream_ms),
            high_ppm=_ceil(service - self.down_min_ms - self.upstream_min_ms, service),
        )

    @property
    def attributable(self) -> Share:
        """A = up / (up + down): what this line or device answers for."""
        return Share(
            low_ppm=_floor(self.up_min_ms, self.up_min_ms + self.maybe_down_ms),
            ppm=_floor(self.up_ms, self.up_ms + self.down_ms),
            high_ppm=_ceil(self.maybe_up_ms, self.maybe_up_ms + self.down_min_ms),
        )

    @property
    def coverage_ppm(self) -> int | None:
        """1 − unknown / S, cut down; None without any service time."""
        return _floor(self.service_ms - self.unknown_ms, self.service_ms)

    def __add__(self, other: Tally) -> Tally:
        """Return the sum, of two stretches of one device or of two devices."""
        return Tally(
            **{name: getattr(self, name) + getattr(other, name) for name in Tally.__dataclass_fields__}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A ratio in millionths between its bounds; None where there is nothing to divide by."""

    low_ppm: int | None
    ppm: int | None
    high_ppm: int | None


def _floor(part: int, whole: int) -> int | None:
    return part * 1_000_000 // whole if whole else None


def _ceil(part: int, whole: int) -> int | None:
    return -(-part * 1_000_000 // whole) if whole else None


class Cause(StrEnum):
    """Why an outage was, as far as the evidence decides it (design section 3)."""

    LINE = "line"
    POWER_OR_RESTART = "power_or_restart"
    UPSTREAM = "upstream"
    UNDECIDED = "undecided"


class Undecided(StrEnum):
    """What keeps the cause of an outage from being decided."""

    NOT_OVER = "not_over"  # it still lasts, so nothing after it was read
    RETURN_UNSEEN = "return_unseen"  # it ended while nobody looked
    NO_UPTIME = "no_uptime"  # the device shows no uptime, or showed none after it
    NO_UPTIME_BEFORE = "no_uptime_before"  # nothing to compare with: the counter may have gone round
    RESTARTED_DURING = "restarted_during_it"  # it restarted, but came back long after that
    AGENT_ONLY = "agent_only"  # its management began anew, which says nothing of the device
    SOURCES_DISAGREE = "sources_disagree"
    SERVICE = "service"  # a service has no uptime; `fault` says what its check found


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockEvidence:
    """What one uptime source shows across an outage; instants are UTC ms, uptimes ms.

    `continued`: the uptime after is the uptime before plus the time between, within `tolerance_ms`; None
    where there is nothing before to compare with. Its present life began in `boot_from_ms` … `boot_to_ms`.
    """

    source: UptimeSource
    continued: bool | None
    before_ms: int | None
    uptime_before_ms: int | None
    after_ms: int
    uptime_after_ms: int
    tolerance_ms: int
    boot_from_ms: int
    boot_to_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """What a person added to an outage; what was found stays beside it."""

    at_ms: int
    author: str
    cause: str
    note: str
    responsible: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A longest stretch in which a device was silent and nothing else was seen of it.

    `id` is `DEVICE@INSTANT`, the instant of its first silent poll in UTC. `start_ms` and `end_ms` are the
    booked instants (`end_ms` None: it lasts), each somewhere within its gap; they may lie outside the period.
    `begun_before`: it began before all evidence that was read, at `start_ms` at the latest. The `*_ms` sums
    are clipped to the period; `unseen_ms` was booked unknown. `fault` is the reason of the first silent poll.
    """

    id: str
    device: str
    start_ms: int
    end_ms: int | None
    start_gap_ms: tuple[int, int]
    end_gap_ms: tuple[int, int] | None
    begun_before: bool
    down_ms: int
    upstream_ms: int
    unseen_ms: int
    maintenance_ms: int
    cause: Cause
    undecided: Undecided | None
    evidence: tuple[ClockEvidence, ...]
    fault: Reason | None
    annotations: tuple[Annotation, ...] = ()

    @property
    def own(self) -> bool:
        """True if the device answers for any of it."""
        return self.down_ms > 0 or (self.cause is not Cause.UPSTREAM and self.upstream_ms == 0)

    @property
    def length_ms(self) -> int | None:
        """From begin to end; None while it lasts."""
        return None if self.end_ms is None else self.end_ms - self.start_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What a device's or a group's time comes to, for all hours or for working hours.

    `outages`: how many touched that time; `own_outages`: those the device itself answers for. `repaired` of
    the own ones are over and took `repair_ms` together, so MTTR is their quotient.
    """

    tally: Tally
    outages: int = 0
    own_outages: int = 0
    repaired: int = 0
    repair_ms: int = 0

    @property
    def mttr_ms(self) -> int | None:
        """Mean time to repair of the own outages that ended."""
        return self.repair_ms // self.repaired if self.repaired else None

    @property
    def mtbf_ms(self) -> int | None:
        """Time up for each own outage."""
        return self.tally.up_ms // self.own_outages if self.own_outages else None

    def __add__(self, other: Sums) -> Sums:
        """Return the sum of two."""
        return Sums(
            tally=self.tally + other.tally,
            outages=self.outages + other.outages,
            own_outages=self.own_outages + other.own_outages,
            repaired=self.repaired + other.repaired,
            repair_ms=self.repair_ms + other.repair_ms,
        )


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
