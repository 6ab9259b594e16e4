"""A device's outages: longest silence, why it was, and what of it lies in a period. Pure.

An outage goes on over time that nobody saw, if silence stands on both sides of it and no answer between: that
time is booked as unknown, and counts in no sum of silence. It is cut at the edges of maintenance, but counted
once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from collector.figures.causes import USUAL_BOOT_MS, Silence, cause_of
from collector.figures.outage_values import Annotation, Cause, Outage, Undecided
from collector.figures.partition import Booked
from collector.figures.pieces import between, clipped
from collector.figures.sightings import Seen
from collector.figures.spans import Span, subtract, touches, union
from collector.figures.stretches import Stretch
from collector.figures.tally import Piece, Sums
from collector.figures.ways import Planned
from collector.ledger.rows import Boot
from collector.model import State, UptimeSource

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER_MS = -(2**62)
_SILENT = frozenset({State.DOWN, State.UPSTREAM})

BootsOf = Callable[[str, int, int], Iterable[Boot]]
"""Returns a device's rows of boot evidence between two instants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose outages, and what is needed to tell why they were."""

    device: str
    is_service: bool
    planned: Planned
    annotations: Sequence[tuple[int, Annotation]] = ()
    usual_boot_ms: int = USUAL_BOOT_MS


@dataclass(frozen=True, slots=True)
class _Run:
    """Silent stretches that make one outage, and the answers before and after (None: there was none)."""

    before: Stretch | None
    silent: tuple[Stretch, ...]
    answer: Stretch | None

    @property
    def begin_seen(self) -> bool:
        return self.before is not None and self.before.end == self.silent[0].begin

    @property
    def start_ms(self) -> int:
        return self.silent[0].begin.at_ms

    @property
    def end_ms(self) -> int:
        return self.silent[-1].end.at_ms

    @property
    def look_from_ms(self) -> int:
        """Where boot evidence of before it is looked for."""
        return self.silent[0].first_poll_ms if self.before is None else self.before.end.from_ms

    @property
    def look_to_ms(self) -> int:
        return self.end_ms if self.answer is None else self.answer.begin.to_ms


def outages(subject: Subject, booked: Booked, boots: BootsOf) -> list[Outage]:
    """Return the outages of which any second lies in the period, in order."""
    pieces = booked.pieces
    if not any(piece.state in _SILENT for piece in pieces):
        return []
    runs = [
        run
        for run in _runs(booked.stretches)
        if run.end_ms > pieces[0].start_ms and run.start_ms < pieces[-1].end_ms
    ]
    clocks = _Clocks(subject.device, runs, boots)
    found = (_outage(subject, run, pieces, clocks) for run in runs)
    return [outage for outage in found if outage is not None]


def sums(
    booked: Booked, found: Sequence[Outage], tallied: Sums, spans: Sequence[Span], *, whole: bool
) -> Sums:
    """Return `tallied` with the outages that touch these spans counted.

    Repair takes the outage's whole length if `whole`, else what of its silence lies in the spans.
    """
    silent = [(p.start_ms, p.end_ms) for p, _ in clipped(booked.pieces, spans) if p.state in _SILENT]
    down = [(p.start_ms, p.end_ms) for p, _ in clipped(booked.pieces, spans) if p.state is State.DOWN]
    count = own = repaired = repair_ms = 0
    for outage in found:
        end_ms = booked.pieces[-1].end_ms if outage.end_ms is None else outage.end_ms
        span = (outage.start_ms, end_ms)
        if not touches(silent, span):
            continue
        count += 1
        if not touches(down, span):
            continue
        own += 1
        if outage.end_ms is not None:
            repaired += 1
            if whole:
                repair_ms += outage.repair_ms or 0
            else:
                inside = [p for p in between(booked.pieces, *span) if p.state in _SILENT]
                repair_ms += sum(ms for _, ms in clipped(inside, spans))
    return replace(tallied, outages=count, own_outages=own, repaired=repaired, repair_ms=repair_ms)


def outage_id(device: str, first_poll_ms: int) -> str:
    """Return an outage's name: the device and the instant of its first silent poll, in UTC."""
    return f"{device}@{_EPOCH + timedelta(milliseconds=first_poll_ms):%Y%m%dT%H%M%SZ}"


class _Clocks:
    """A device's boot evidence, read once, and of it what lies next to an outage."""

    def __init__(self, device: str, runs: Sequence[_Run], boots: BootsOf) -> None:
        self._device, self._boots = device, boots
        self._runs = runs
        self._rows: dict[UptimeSource, list[Boot]] | None = None

    def around(self, silence: Silence) -> list[Boot]:
        """Return of each source the last row before the outage is over, and the first one after it."""
        if self._rows is None:
            self._rows = {}
            from_ms = min(run.look_from_ms for run in self._runs)
            to_ms = max(run.look_to_ms for run in self._runs)
            for row in self._boots(self._device, from_ms, to_ms):
                self._rows.setdefault(row.source, []).append(row)
            for rows in self._rows.values():
                rows.sort(key=lambda row: row.first_at_ms)
        found = []
        for rows in self._rows.values():
            after = bisect_left(rows, silence.ended_from_ms, key=lambda row: row.first_sent_ms)
            found += rows[max(0, after - 1) : after + 1]
        return found


def _runs(stretches: Sequence[Stretch]) -> Iterator[_Run]:
    silent: list[Stretch] = []
    before: Stretch | None = None
    for stretch in stretches:
        if stretch.seen is Seen.SILENT:
            silent.append(stretch)
        elif stretch.seen is Seen.UP:
            if silent:
                yield _Run(before, tuple(silent), stretch)
            before, silent = stretch, []
    if silent:
        yield _Run(before, tuple(silent), None)


def _outage(subject: Subject, run: _Run, pieces: Sequence[Piece], clocks: _Clocks) -> Outage | None:
    by_state = dict.fromkeys(State, 0)
    for piece in between(pieces, run.start_ms, run.end_ms):
        by_state[piece.state] += piece.end_ms - piece.start_ms
    if not by_state[State.DOWN] and not by_state[State.UPSTREAM]:
        return None
    first, last = run.silent[0], run.silent[-1]
    planned = union((*subject.planned.maintenance, *subject.planned.out_of_service))
    left = subtract(union((one.begin.at_ms, one.end.at_ms) for one in run.silent), planned)
    start_ms, end_ms = left[0][0], left[-1][1]
    over = run.answer is not None or end_ms < last.end.at_ms
    outage = Outage(
        id=outage_id(subject.device, first.first_poll_ms),
        device=subject.device,
        start_ms=start_ms,
        end_ms=end_ms if over else None,
        start_gap_ms=_start_gap(run, start_ms),
        end_gap_ms=_end_gap(run, end_ms) if over else None,
        begun_before=not run.begin_seen and start_ms == run.start_ms,
        down_ms=by_state[State.DOWN],
        upstream_ms=by_state[State.UPSTREAM],
        unseen_ms=by_state[State.UNKNOWN],
        maintenance_ms=by_state[State.MAINTENANCE],
        cause=Cause.UPSTREAM,
        undecided=None,
        evidence=(),
        fault=first.reason,
        annotations=tuple(
            note for at_ms, note in subject.annotations if first.first_poll_ms - 1000 < at_ms <= run.end_ms
        ),
        repair_ms=sum(end - start for start, end in subtract(((start_ms, end_ms),), planned))
        if over
        else None,
    )
    return _with_cause(subject, run, outage, pieces, clocks)


def _start_gap(run: _Run, start_ms: int) -> tuple[int, int]:
    first = run.silent[0]
    if start_ms != run.start_ms:
        return start_ms, start_ms
    return first.begin.from_ms if run.before is None else run.before.end.from_ms, first.begin.to_ms


def _end_gap(run: _Run, end_ms: int) -> tuple[int, int]:
    last = run.silent[-1]
    if run.answer is None or end_ms < last.end.at_ms:
        return end_ms, end_ms
    return last.end.from_ms, run.answer.begin.to_ms


def _with_cause(
    subject: Subject, run: _Run, outage: Outage, pieces: Sequence[Piece], clocks: _Clocks
) -> Outage:
    if not outage.down_ms:
        return outage
    if subject.is_service:
        return replace(outage, cause=Cause.UNDECIDED, undecided=Undecided.SERVICE)
    if run.answer is None:
        return replace(outage, cause=Cause.UNDECIDED, undecided=Undecided.NOT_OVER)
    silence = Silence(
        began_from_ms=_NEVER_MS if run.before is None else run.before.end.from_ms,
        began_to_ms=run.silent[0].begin.to_ms,
        ended_from_ms=run.silent[-1].end.from_ms,
        ended_to_ms=run.answer.begin.to_ms,
        seen_to_end=run.silent[-1].end == run.answer.begin,
        begin_seen=run.begin_seen,
    )
    finding = cause_of(clocks.around(silence), silence, usual_boot_ms=subject.usual_boot_ms)
    down = [one for one in between(pieces, run.start_ms, run.end_ms) if one.state is State.DOWN]
    if finding.cause is Cause.LINE and all(State.UPSTREAM in one.possible for one in down):
        finding = replace(finding, cause=Cause.UNDECIDED, undecided=Undecided.WAY_UNSEEN)
    return replace(outage, cause=finding.cause, undecided=finding.undecided, evidence=finding.evidence)
