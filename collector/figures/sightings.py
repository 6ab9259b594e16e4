"""What polls prove of one device, as sightings: stretches of equal verdicts, cleared of contradictions. Pure.

An answer proves that whatever lies on the only way to it forwards. So a device that is silent itself, while
something behind it answers, is up (docs/decisions/0006); its own silence counts only outside those answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from collector.figures.spans import Span, subtract, union
from collector.ledger.rows import Run
from collector.model import Reason, Verdict


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
    """

    seen: Seen
    first_sent_ms: int
    first_end_ms: int
    last_sent_ms: int
    last_end_ms: int
    gap_ms: int
    patience_ms: int
    reason: Reason | None = None


def of_runs(runs: Iterable[Run]) -> tuple[Sighting, ...]:
    """Return a device's own polls as sightings, in order, whatever order the rows come in."""
    found = [
        Sighting(
            seen=_SEEN[run.verdict],
            first_sent_ms=run.first_sent_ms,
            first_end_ms=run.first_end_ms,
            last_sent_ms=run.last_sent_ms,
            last_end_ms=run.last_end_ms,
            gap_ms=run.longest_gap_ms,
            patience_ms=2 * run.interval_ms + run.deadline_ms,
            reason=run.reason,
        )
        for run in runs
    ]
    found.sort(key=lambda one: one.first_sent_ms)
    return tuple(found)


def in_question(own: Sequence[Sighting], start_ms: int, end_ms: int) -> tuple[Span, ...]:
    """Return the time in which a device's own answers do not prove that it was up."""
    proven: list[Span] = []
    last: Sighting | None = None
    for one in own:
        if one.seen is Seen.UP:
            proven.append((one.first_end_ms, one.last_sent_ms))
            if last is not None and one.first_sent_ms - last.last_sent_ms <= one.patience_ms:
                proven.append((last.last_sent_ms, one.first_end_ms))
        last = one if one.seen is Seen.UP else None
    return subtract(((start_ms, end_ms),), union(proven))


def with_behind(own: Sequence[Sighting], behind: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """Return a device's sightings, with answers of what hangs on it alone as proof that it forwards.

    `behind` are such answers, cut to the time in question.
    """
    answers = sorted(behind, key=lambda one: one.first_sent_ms)
    if not answers:
        return tuple(own)
    covered = union((one.first_sent_ms, one.last_end_ms + 1) for one in answers)
    found = list(_together(answers))
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


def _together(answers: Sequence[Sighting]) -> Iterator[Sighting]:
    """Yield answers with those that overlap as one."""
    last: Sighting | None = None
    for one in answers:
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

    Where it is cut, its nearest poll lies somewhere within its longest gap. A poll that somebody behind the
    device answered meanwhile proves nothing, but for the last one of several: it was silent when it was sent.
    """
    for start, after in subtract(((one.first_sent_ms, one.last_end_ms + 1),), covered):
        end = after - 1
        first = last = None
        if start == one.first_sent_ms:
            if one.first_end_ms <= end:
                first = (one.first_sent_ms, one.first_end_ms)
        elif one.gap_ms:
            first = (start + one.gap_ms, start + one.gap_ms)
        if one.first_sent_ms < one.last_sent_ms and start <= one.last_sent_ms <= end:
            last = (one.last_sent_ms, min(one.last_end_ms, end))
        elif one.gap_ms:
            last = (end - one.gap_ms, end - one.gap_ms)
        if first is not None and (last is None or last[0] < first[0]):
            last = first if first[1] <= end else None
        if last is not None and last[0] >= start:
            begin = first if first is not None and first[0] <= last[0] else last
            yield replace(
                one,
                first_sent_ms=begin[0],
                first_end_ms=begin[1],
                last_sent_ms=last[0],
                last_end_ms=max(last[1], begin[1]),
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
