"""Why a device was silent: its uptimes before and after tell a cut line from a restart. Pure.

A device that was merely cut off comes back with the uptime it would have had. One whose present life began
within the outage restarted, and that was the cause only if it answered again as soon as it had booted.
Whatever the evidence does not decide is undecided, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from collector.figures.outage_values import Cause, ClockEvidence, Undecided
from collector.ledger.rows import Boot
from collector.ledger.uptimes import (
    DRIFT_PPM,
    GRAIN_MS,
    Reading,
    continues,
    first_reading,
    last_reading,
    tolerance_ms,
)
from collector.model import UptimeSource

USUAL_BOOT_MS = 300_000
"""How long a device takes from its start to its first answer, unless the inventory says otherwise."""

_TICK_MS = 10
_OF_THE_DEVICE = frozenset({UptimeSource.HR_SYSTEM_UPTIME, UptimeSource.AGENT_BOOT})
"""The others count the life of the management: an agent's restart is not the device's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """What is known of the ends of an outage that is over, in UTC ms.

    It began in `began_from_ms` … `began_to_ms`: the last poll that was answered was sent at the first, the
    first silent one was over at the second. It ended in `ended_from_ms` … `ended_to_ms`: the last silent poll
    was sent, the first answer was here. `seen_to_end`: no time that nobody looked lies between these two.
    `begin_seen`: none lies between the first two either.
    """

    began_from_ms: int
    began_to_ms: int
    ended_from_ms: int
    ended_to_ms: int
    seen_to_end: bool = True
    begin_seen: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The cause, what kept it from being decided, and what each uptime shows."""

    cause: Cause
    undecided: Undecided | None = None
    evidence: tuple[ClockEvidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clock:
    """One source's evidence. `young`: a restart within the outage would have left the same uptime."""

    shown: ClockEvidence
    wraps: bool
    young: bool

    @property
    def of_the_device(self) -> bool:
        return self.shown.source in _OF_THE_DEVICE


def cause_of(boots: Iterable[Boot], silence: Silence, *, usual_boot_ms: int = USUAL_BOOT_MS) -> Finding:
    """Return why a device was silent that is no service, and was not cut off upstream all the time.

    `boots` are the device's rows of boot evidence around the outage, in any order.
    """
    rows: dict[UptimeSource, list[Boot]] = {}
    for boot in boots:
        rows.setdefault(boot.source, []).append(boot)
    clocks = []
    for source in UptimeSource:
        clock = _clock(sorted(rows.get(source, ()), key=lambda row: row.first_at_ms), silence)
        if clock is not None:
            clocks.append(clock)
    found = _judge(clocks, frozenset(rows), silence, usual_boot_ms)
    shown = tuple(clock.shown for clock in clocks)
    if isinstance(found, Undecided):
        return Finding(cause=Cause.UNDECIDED, undecided=found, evidence=shown)
    return Finding(cause=found, evidence=shown)


def _clock(rows: Sequence[Boot], silence: Silence) -> _Clock | None:
    """Return what one source shows across the outage; None if it shows nothing after it."""
    before: Reading | None = None
    before_row: Boot | None = None
    for row in rows:
        if row.first_at_ms <= silence.began_to_ms and row.last_sent_ms >= silence.ended_from_ms:
            # Folded into one row: each reading of it went on from the one before.
            return _went_on(row, first_reading(row), last_reading(row), silence)
        if row.first_sent_ms >= silence.ended_from_ms:
            return _compared(before_row, before, row, silence)
        before, before_row = last_reading(row), row
    return None


def _compared(before_row: Boot | None, before: Reading | None, row: Boot, silence: Silence) -> _Clock | None:
    after = first_reading(row)
    if before_row is None or before is None:
        return _Clock(shown=_shown(row, None, after, continued=None), wraps=row.wraps, young=False)
    same_life = (before_row.boots, before_row.boot_id) == (row.boots, row.boot_id)
    if same_life and continues(before, after, wraps=row.wraps):
        went_round = before_row.first_ticks > before_row.last_ticks
        found = _went_on(row, before, after, silence)
        return replace(found, young=found.young and not went_round)
    if same_life and row.boots is not None:
        # The source counts its starts and counted none: its clock was set, which tells nothing.
        return None
    return _Clock(shown=_shown(row, before, after, continued=False), wraps=row.wraps, young=False)


def _went_on(row: Boot, before: Reading, after: Reading, silence: Silence) -> _Clock:
    # A life that began just before the outage has the uptime of one that began just after that.
    age_ms = before.ticks * _TICK_MS + max(0, silence.began_from_ms - before.at_ms)
    lasted_ms = silence.ended_to_ms - silence.began_from_ms
    return _Clock(
        shown=_shown(row, before, after, continued=True),
        wraps=row.wraps,
        young=age_ms <= GRAIN_MS + lasted_ms * DRIFT_PPM // 1_000_000,
    )


def _shown(row: Boot, before: Reading | None, after: Reading, *, continued: bool | None) -> ClockEvidence:
    # The earlier reading of a life places its beginning better.
    life = before if continued and before is not None else after
    drift_ms = GRAIN_MS // 2 + life.ticks * _TICK_MS * DRIFT_PPM // 1_000_000
    return ClockEvidence(
        source=row.source,
        continued=continued,
        before_ms=None if before is None else before.at_ms,
        uptime_before_ms=None if before is None else before.ticks * _TICK_MS,
        after_ms=after.at_ms,
        uptime_after_ms=after.ticks * _TICK_MS,
        tolerance_ms=0 if before is None else tolerance_ms(before, after),
        boot_from_ms=life.sent_ms - life.ticks * _TICK_MS - drift_ms,
        boot_to_ms=life.at_ms - life.ticks * _TICK_MS + drift_ms,
    )


def _judge(
    clocks: Sequence[_Clock], sources: frozenset[UptimeSource], silence: Silence, usual_boot_ms: int
) -> Cause | Undecided:
    lasting = [clock for clock in clocks if clock.shown.continued or _older(clock, silence)]
    anew = [clock for clock in clocks if clock not in lasting]
    if lasting:
        return _lasted(lasting, anew)
    telling = [clock for clock in anew if clock.of_the_device]
    if not telling:
        if not anew:
            return Undecided.NO_UPTIME
        if sources & _OF_THE_DEVICE:
            return Undecided.AGENT_ONLY
        telling = anew
    # Without a reading before, a counter that went round looks like one that began anew.
    sure = [clock.shown for clock in telling if clock.shown.continued is not None or not clock.wraps]
    return _restarted(sure[0], silence, usual_boot_ms) if sure else Undecided.NO_UPTIME_BEFORE


def _lasted(lasting: Sequence[_Clock], anew: Sequence[_Clock]) -> Cause | Undecided:
    """Judge an outage that a clock went on through."""
    if any(clock.of_the_device for clock in anew):
        return Undecided.SOURCES_DISAGREE
    return Undecided.TOO_YOUNG if all(clock.young for clock in lasting) else Cause.LINE


def _older(clock: _Clock, silence: Silence) -> bool:
    """Return True if the present life certainly began before the outage, whatever was read before."""
    return clock.shown.boot_to_ms < silence.began_from_ms


def _restarted(shown: ClockEvidence, silence: Silence, usual_boot_ms: int) -> Cause | Undecided:
    """Judge an outage in which, or after which, the device's present life began."""
    if shown.boot_from_ms > silence.ended_to_ms:
        # It restarted once more after it had come back: what it showed before that is lost.
        return Undecided.NO_UPTIME
    if not silence.seen_to_end:
        return Undecided.RETURN_UNSEEN
    if not silence.begin_seen and shown.boot_from_ms < silence.began_to_ms:
        return Undecided.BEGIN_UNSEEN
    if silence.ended_to_ms - shown.boot_from_ms <= usual_boot_ms:
        return Cause.POWER_OR_RESTART
    if silence.ended_from_ms - shown.boot_to_ms <= usual_boot_ms:
        return Undecided.POLLS_TOO_RARE
    return Undecided.RESTARTED_DURING
