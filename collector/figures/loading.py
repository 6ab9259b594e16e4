"""Reads out of a ledger what a period's partition is made of: polls, breaks, the collector's absences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise

from collector.figures.sightings import Seen, Sighting, of_runs
from collector.figures.spans import Span
from collector.figures.values import Absence
from collector.ledger.reader import LedgerReader
from collector.ledger.rows import Ended, Heartbeat, Run
from collector.ledger.tables import DISCONTINUITY, HEARTBEAT, LOSS, RUN

_DAY_MS = 86_400_000
_LOOK_BACK_DAYS = 366
_ALIVE_MS = 30_000
_WHY = {Ended.STOP: "stopped", Ended.KILLED: "killed", Ended.CLOCK: "clock"}


def sightings(reader: LedgerReader, window: Span, end_ms: int) -> dict[str, tuple[Sighting, ...]]:
    """Return each device's polls of a window, and of one that was silent when it began those before.

    `end_ms` is where the period ends that the window is around.
    """
    found: dict[str, tuple[Sighting, ...]] = {}
    rows = reader.rows(RUN, *window)
    for device, runs in groupby(rows, key=lambda run: run.device):
        own = of_runs((run for run in runs if run.first_sent_ms < window[1]), end_ms)
        if own and own[0].seen is not Seen.UP:
            own = (*_before(reader, device, own[0].first_sent_ms), *own)
        if own:
            found[device] = own
    return found


def earlier(reader: LedgerReader, device: str, window: Span) -> tuple[Sighting, ...]:
    """Return a device's polls of a window, for what they prove of others."""
    return of_runs(run for run in reader.rows(RUN, *window, device=device) if run.first_sent_ms < window[1])


def _before(reader: LedgerReader, device: str, until_ms: int) -> Iterable[Sighting]:
    """Return the polls before an instant back to the last answer, within a year."""
    days = 1
    while True:
        runs: list[Run] = [
            run
            for run in reader.rows(RUN, until_ms - days * _DAY_MS, until_ms, device=device)
            if run.first_sent_ms < until_ms
        ]
        earlier = of_runs(runs)
        if days >= _LOOK_BACK_DAYS or any(one.seen is Seen.UP for one in earlier):
            break
        days *= 4
    last = max((place for place, one in enumerate(earlier) if one.seen is Seen.UP), default=0)
    return earlier[last:]


def breaks(reader: LedgerReader, window: Span) -> tuple[tuple[Span, ...], dict[str, tuple[Span, ...]]]:
    """Return the spans that nothing is carried over, ends included: of all devices, and of single ones.

    They are jumps of the clock, and evidence that was lost.
    """
    everywhere = [(jump.from_ms, jump.to_ms) for jump in reader.rows(DISCONTINUITY, *window)]
    single: dict[str, list[Span]] = {}
    for loss in reader.all(LOSS):
        if loss.last_ms < window[0] or loss.first_ms > window[1]:
            continue
        span = (loss.first_ms, loss.last_ms)
        if loss.device:
            single.setdefault(loss.device, []).append(span)
        else:
            everywhere.append(span)
    shared = _in_order(everywhere)
    return shared, {device: _in_order([*everywhere, *spans]) for device, spans in single.items()}


def _in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans whose ends belong to them, in order, those that overlap as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def absences(reader: LedgerReader, window: Span) -> tuple[Absence, ...]:
    """Return when the collector was not there, or could not trust its clock, in order.

    It was not there after its last beat, whether it came back after the window or not: what a closed month
    says must not depend on when that was asked.
    """
    found = [
        Absence(start_ms=max(start, window[0]), end_ms=min(end, window[1]), why=why)
        for start, end, why in (*_between_beats(reader, window), *_jumps(reader, window))
        if start < window[1] and end > window[0]
    ]
    return tuple(sorted(found, key=lambda one: (one.start_ms, one.end_ms, one.why)))


def _between_beats(reader: LedgerReader, window: Span) -> Iterator[tuple[int, int, str]]:
    wide = (window[0] - _LOOK_BACK_DAYS * _DAY_MS, window[1] + _DAY_MS)
    beats: list[Heartbeat] = sorted(reader.rows(HEARTBEAT, *wide), key=lambda beat: beat.first_ms)
    if not beats or beats[0].first_ms > window[0]:
        yield window[0], beats[0].first_ms if beats else window[1], "before the first evidence"
    for before, after in pairwise(beats):
        if after.first_ms - before.last_ms > _ALIVE_MS:
            why = "killed" if before.ended is None else _WHY.get(before.ended, "held up")
            yield before.last_ms, after.first_ms, why
    if beats and window[1] - beats[-1].last_ms > _ALIVE_MS:
        last = beats[-1]
        why = "not there" if last.ended is None else _WHY.get(last.ended, "held up")
        yield last.last_ms, window[1], why


def _jumps(reader: LedgerReader, window: Span) -> Iterator[tuple[int, int, str]]:
    for jump in reader.rows(DISCONTINUITY, *window):
        if jump.from_ms < jump.to_ms:
            yield jump.from_ms, jump.to_ms, str(jump.kind)
