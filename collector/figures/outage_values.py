"""An outage as the figures know it: when, how sure, why, and what people added. Frozen values.

All durations are integer milliseconds, all instants UTC milliseconds of the ledger clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from collector.model import Reason, UptimeSource


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
    BEGIN_UNSEEN = (
        "begin_unseen"  # it restarted before anybody saw it silent: that may have been something else
    )
    NO_UPTIME = "no_uptime"  # the device shows no uptime, or showed none after it
    NO_UPTIME_BEFORE = "no_uptime_before"  # nothing to compare with: the counter may have gone round
    RESTARTED_DURING = "restarted_during_it"  # it restarted, but came back long after that
    POLLS_TOO_RARE = "polls_too_rare"  # it restarted; when it answered again is not known well enough
    TOO_YOUNG = "too_young"  # it had begun so shortly before that a restart cannot be told from that
    WAY_UNSEEN = "way_unseen"  # so short that the way to it may have been cut and whole again unseen
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
    `begun_before`: nobody saw it begin; it had when somebody looked at `start_ms`. The `*_ms` sums
    are clipped to the period; `unseen_ms` was booked unknown. `fault` is the reason of the first silent poll.
    `repair_ms`: from begin to end, maintenance and time out of service left out, wherever they lie.
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
    repair_ms: int | None = None

    @property
    def own(self) -> bool:
        """True if the device answers for any of it."""
        return self.down_ms > 0

    @property
    def length_ms(self) -> int | None:
        """From begin to end; None while it lasts."""
        return None if self.end_ms is None else self.end_ms - self.start_ms
