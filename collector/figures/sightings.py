"""What polls prove of one device, as sightings: stretches of equal verdicts, cleared of contradictions. Pure.

An answer proves that whatever lies on the only way to it forwards. So a device that is silent itself, while
something behind it answers, is up (docs/decisions/0006); its own silence counts only outside those answers.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from collector.figures.spans import Span, subtract, union
from collector.ledger.rows import Run
from collector.model import Reason, Verdict

_EVER: Final = 2**62


class Seen(Enum):
    """What a stretch of evidence shows: an answer, silence, or nothing."""

    UP = "up"
    SILENT = "silent"
    UNKNOWN = "unknown"


_SEEN = {Verdict.ANSWERED: Seen.UP, Verdict.SILENT: Seen.SILENT, Verdict.LOCAL: Seen.UNKNOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Equal polls, from the first (sent, proof complete) to the last, never further apart than `gap_ms`.

    `patience_ms`: two polls sent at most so far apart cover the time between them (2 × interval + deadline).
    `reach_ms`: from any instant within it so far is it to the end of the next poll, or back to the sending of
    the one before, at most; unlike the gap it does not change while a row grows. `named_ms`: see `name_ms`.
    """

    seen: Seen
    first_sent_ms: int
    first_end_ms: int
    last_sent_ms: int
    last_end_ms: int
    gap_ms: int
    patience_ms: int
    reach_ms: int
    reason: Reason | None = None
    named_ms: int | None = None

    @property
    def name_ms(self) -> int:
        """What an outage that begins with it is named after: its first poll, or the last answer before it."""
        return self.first_sent_ms if self.named_ms is None else self.named_ms


def of_runs(runs: Iterable[Run], end_ms: int = _EVER) -> tuple[Sighting, ...]:
    """Return a device's own polls as sightings, in order, whatever order the rows come in.

    Rows that begin at `end_ms` or later, after a period, may grow after it was closed: of them only what
    cannot change counts.
    """
    found = [
        Sighting(
            seen=_SEEN[run.verdict],
            first_sent_ms=run.first_sent_ms,
            first_end_ms=run.first_end_ms,
            last_sent_ms=run.last_sent_ms,
            last_end_ms=run.last_end_ms,
            gap_ms=run.longest_gap_ms if run.first_sent_ms < end_ms else 0,
            patience_ms=2 * run.interval_ms + run.deadline_ms,
            reach_ms=_reach_ms(run, final=run.ended is not None and run.first_sent_ms < end_ms),
            reason=run.reason,
        )
        for run in runs
    ]
    found.sort(key=lambda one: one.first_sent_ms)
    return tuple(found)


def _reach_ms(run: Run, *, final: bool) -> int:
    return run.longest_gap_ms if final else 2 * (run.interval_ms + run.deadline_ms)


def answers(own: Sequence[Sighting], breaks: Sequence[Span]) -> tuple[Sighting, ...]:
    """Return a device's answers, those that cover the time between them as one: midnight cuts only rows."""
    found: list[Sighting] = []
    last: Sighting | None = None
    for one in own:
        if one.seen is Seen.UP:
            if last is not None and not apart(last, one, breaks):
                found[-1] = replace(
                    found[-1],
                    last_sent_ms=one.last_sent_ms,
                    last_end_ms=one.last_end_ms,
                    patience_ms=one.patience_ms,
                )
            else:
                found.append(one)
        last = one if one.seen is Seen.UP else None
    return tuple(found)


def apart(last: Sighting, one: Sighting, breaks: Sequence[Span]) -> bool:
    """Return True if nothing may be carried from one sighting to the next.

    They are further apart than the earlier one's pace allows, or a break lies between them.
    """
    if one.first_sent_ms - last.last_sent_ms > last.patience_ms:
        return True
    # Breaks are in order: the first that ends at or after the last evidence is the only one to look at.
    place = bisect_left(breaks, last.last_end_ms, key=lambda span: span[1])
    return place < len(breaks) and breaks[place][0] <= one.first_sent_ms


def in_question(own: Sequence[Sighting], start_ms: int, end_ms: int) -> tuple[Span, ...]:
    """Return the time in which a device's own answers do not prove that it was up."""
    proven: list[Span] = []
    last: Sighting | None = None
    for one in own:
        if one.seen is Seen.UP:
            proven.append((one.first_end_ms, one.last_sent_ms))
            if last is not None and one.first_sent_ms - last.last_sent_ms <= last.patience_ms:
                proven.append((last.last_sent_ms, one.first_end_ms))
        last = one if one.seen is Seen.UP else None
    return subtract(((start_ms, end_ms),), union(proven))


def with_behind(own: Sequence[Sighting], behind: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """Return a device's sightings, with answers of what hangs on it alone as proof that it forwards.

    `behind` are such answers, cut to the time in question.
    """
    proofs = sorted(behind, key=lambda one: one.first_sent_ms)
    if not proofs:
        return tuple(own)
    covered = union((one.first_sent_ms, one.last_end_ms + 1) for one in proofs)
    found = list(_together(proofs))
    for one in own:
        if one.seen is Seen.UP:
            found.append(one)
        else:
            found.extend(_without(one, covered))
    found.sort(key=lambda one: (one.first_sent_ms, one.last_end_ms))
    return tuple(_ordered(found))


def cut_to(one: Sighting, span: Span) -> Sighting | None:
    """Return the part of a sighting inside a span; None if there is none."""
    start, end = span
    if one.last_end_ms < start or one.first_sent_ms >= end:
        return None
    first = one.first_sent_ms < start
    last = one.last_end_ms > end
    part = replace(
        one,
        first_sent_ms=max(one.first_sent_ms, start),
        first_end_ms=start if first and one.first_end_ms < start else min(one.first_end_ms, end),
        last_sent_ms=end if last and one.last_sent_ms > end else max(one.last_sent_ms, start),
        last_end_ms=min(one.last_end_ms, end),
    )
    return replace(part, first_end_ms=max(part.first_sent_ms, part.first_end_ms))


def _together(proofs: Sequence[Sighting]) -> Iterator[Sighting]:
    """Yield answers with those that overlap as one."""
    last: Sighting | None = None
    for one in proofs:
        if last is None or one.first_sent_ms > last.last_end_ms:
            if last is not None:
                yield last
            last = one
            continue
        last = replace(
            last,
            last_sent_ms=max(last.last_sent_ms, one.last_sent_ms),
            last_end_ms=max(last.last_end_ms, one.last_end_ms),
            gap_ms=max(last.gap_ms, one.gap_ms),
            patience_ms=max(last.patience_ms, one.patience_ms),
        )
    if last is not None:
        yield last


def _without(one: Sighting, covered: Sequence[Span]) -> Iterator[Sighting]:
    """Yield what is left of a device's silence outside the answers of others.

    Where it is cut, its nearest poll lies within its reach. A poll that somebody behind the device answered
    meanwhile proves nothing, but for the last one of several: it was silent when it was sent.
    """
    whole = (one.first_sent_ms, one.last_end_ms + 1)
    first_covered = bisect_right(covered, whole[0], key=lambda span: span[1])
    last_covered = bisect_left(covered, whole[1], key=lambda span: span[0])
    several = one.first_sent_ms < one.last_sent_ms
    for start, after in subtract((whole,), covered[first_covered:last_covered]):
        end = after - 1
        first = last = None
        if start == one.first_sent_ms:
            if one.first_end_ms <= end:
                first = (one.first_sent_ms, one.first_end_ms)
        elif several:
            first = (start + one.reach_ms, start + one.reach_ms)
        if several and start <= one.last_sent_ms <= end:
            last = (one.last_sent_ms, min(one.last_end_ms, end))
        elif several:
            last = (end - one.reach_ms, end - one.reach_ms)
        real = last is not None and last[0] == one.last_sent_ms
        if first is not None and last is not None and last[0] < first[0]:
            # Too short for two polls whose instants are not known: at most the one that is.
            first, last = (last, last) if real and start != one.first_sent_ms else (first, first)
            if not real and start != one.first_sent_ms:
                continue
        if first is None:
            first = last
        elif last is None:
            last = first
        if first is not None and last is not None and last[0] >= start and first[1] <= end:
            yield replace(
                one,
                first_sent_ms=first[0],
                first_end_ms=first[1],
                last_sent_ms=last[0],
                last_end_ms=max(last[1], first[1]),
                named_ms=start,
            )


def _ordered(found: Sequence[Sighting]) -> Iterator[Sighting]:
    """Yield sightings so that none begins before the one before it is over: own answers lie over others'."""
    last: Sighting | None = None
    for one in found:
        if last is not None and one.first_sent_ms <= last.last_end_ms and one.seen is last.seen:
            last = replace(
                last,
                last_sent_ms=max(last.last_sent_ms, one.last_sent_ms),
                last_end_ms=max(last.last_end_ms, one.last_end_ms),
                gap_ms=max(last.gap_ms, one.gap_ms),
                patience_ms=max(last.patience_ms, one.patience_ms),
            )
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last
