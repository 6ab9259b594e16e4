"""What a report says beside its snapshots: about the agent, its spool, and the numbers that are missing."""

from __future__ import annotations

from dataclasses import dataclass

from agent.wire_frame import GapCause
from agent.wire_json import Count, Number, SpanMs, Text, WallMs


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Numbers `first` to `last`, both included, of which there is no snapshot."""

    first: Number
    last: Number
    cause: GapCause


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the agent is and what its spool holds at the moment of the report.

    `spool` is None while there is no spool, `first` and `last` while it holds nothing; `first` is the lowest
    number that it may still hold. `newest_age_ms` is the age of number `last` by the clock that counts from
    boot; None if there is none, or it is from before this boot: the service has then stored nothing since
    boot, `uptime_ms` ago. `interval_ms` is how often it should.
    """

    schema: Count
    version: Text
    spool: Text | None = None
    first: Number | None = None
    last: Number | None = None
    interval_ms: SpanMs | None = None
    newest_age_ms: SpanMs | None = None
    now_ms: WallMs
    boot_ms: WallMs
    uptime_ms: SpanMs
    boot_id: Text

    @property
    def serving(self) -> bool:
        """True if the newest snapshot is so young that the service must be running: three intervals."""
        if self.newest_age_ms is None or self.interval_ms is None:
            return False
        return self.newest_age_ms <= 3 * self.interval_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How many snapshots were sent, whether there are more, and the numbers passed over on the way."""

    count: Count
    more: bool
    gaps: tuple[Gap, ...] = ()
