"""Works on the pieces of a partition: doubts at edges, plans laid over them, what they add up to. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from collector.figures.sightings import Seen
from collector.figures.spans import Span
from collector.figures.stretches import Stretch
from collector.figures.tally import Piece, Tally
from collector.figures.ways import Planned
from collector.model import State

_UP_POSSIBLE = frozenset({State.UP})
_UNKNOWN_POSSIBLE = frozenset({State.UNKNOWN})
_MAYBE_DOWN = frozenset({State.DOWN, State.UNKNOWN})
_MAYBE_UP = frozenset({State.UP, State.UNKNOWN})


def with_doubts(
    pieces: Sequence[Piece], stretches: Sequence[Stretch], silent: Callable[[int], frozenset[State]]
) -> list[Piece]:
    """Return the pieces with what else was possible within the gaps of edges.

    `silent` says what silence at an instant may be: the device's own or not.
    """
    doubts = [
        (after.begin.from_ms, after.begin.to_ms, before, after)
        for before, after in pairwise(stretches)
        if pieces and after.begin.to_ms > pieces[0].start_ms and after.begin.from_ms < pieces[-1].end_ms
    ]
    marks = sorted({at for start, end, _, _ in doubts for at in (start, end)})
    found: list[Piece] = []
    place = 0
    for piece in _cut_at(pieces, marks):
        # Neither end of a gap comes before that of an earlier one.
        while place < len(doubts) and doubts[place][1] <= piece.start_ms:
            place += 1
        possible, at = piece.possible, place
        while at < len(doubts) and doubts[at][0] < piece.end_ms:
            _, end, before, after = doubts[at]
            if end > piece.start_ms:
                instant = after.begin.at_ms
                possible |= _of(before.seen, instant, silent) | _of(after.seen, instant, silent)
            at += 1
        found.append(replace(piece, possible=possible))
    return found


def _of(seen: Seen, at_ms: int, silent: Callable[[int], frozenset[State]]) -> frozenset[State]:
    if seen is Seen.SILENT:
        return silent(at_ms)
    return _UP_POSSIBLE if seen is Seen.UP else _UNKNOWN_POSSIBLE


def _cut_at(pieces: Iterable[Piece], marks: Sequence[int]) -> Iterator[Piece]:
    """Yield the pieces, cut wherever a mark lies inside one."""
    place = 0
    for piece in pieces:
        start_ms = piece.start_ms
        while place < len(marks) and marks[place] <= start_ms:
            place += 1
        while place < len(marks) and marks[place] < piece.end_ms:
            yield replace(piece, start_ms=start_ms, end_ms=marks[place])
            start_ms = marks[place]
            place += 1
        yield replace(piece, start_ms=start_ms)


def planned_over(pieces: Iterable[Piece], planned: Planned) -> list[Piece]:
    """Return the pieces with maintenance, and over it time out of service, in the place of what was seen."""
    found = list(pieces)
    for state, spans in (
        (State.MAINTENANCE, planned.maintenance),
        (State.OUT_OF_SERVICE, planned.out_of_service),
    ):
        for span in spans:
            found = list(_replaced(found, span, state))
    return _joined(found)


def _replaced(pieces: Iterable[Piece], span: Span, state: State) -> Iterator[Piece]:
    for piece in pieces:
        start, end = max(piece.start_ms, span[0]), min(piece.end_ms, span[1])
        if start >= end:
            yield piece
            continue
        if piece.start_ms < start:
            yield replace(piece, end_ms=start)
        yield Piece(start_ms=start, end_ms=end, state=state, possible=frozenset({state}))
        if end < piece.end_ms:
            yield replace(piece, start_ms=end)


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    found: list[Piece] = []
    for piece in pieces:
        last = found[-1] if found else None
        if last is not None and (last.state, last.possible) == (piece.state, piece.possible):
            found[-1] = replace(last, end_ms=piece.end_ms)
        else:
            found.append(piece)
    return found


def clipped(pieces: Sequence[Piece], spans: Sequence[Span]) -> Iterator[tuple[Piece, int]]:
    """Yield each piece that lies within the spans, with how many milliseconds of it do."""
    place = 0
    for piece in pieces:
        while place < len(spans) and spans[place][1] <= piece.start_ms:
            place += 1
        inside_ms, at = 0, place
        while at < len(spans) and spans[at][0] < piece.end_ms:
            inside_ms += min(spans[at][1], piece.end_ms) - max(spans[at][0], piece.start_ms)
            at += 1
        if inside_ms:
            yield piece, inside_ms


def between(pieces: Sequence[Piece], start_ms: int, end_ms: int) -> list[Piece]:
    """Return the pieces, or parts of them, that lie in a span."""
    first = max(0, bisect_right(pieces, start_ms, key=lambda piece: piece.start_ms) - 1)
    last = bisect_left(pieces, end_ms, key=lambda piece: piece.start_ms)
    found = [
        replace(piece, start_ms=max(piece.start_ms, start_ms), end_ms=min(piece.end_ms, end_ms))
        for piece in pieces[first:last]
    ]
    return [piece for piece in found if piece.start_ms < piece.end_ms]


def tally(pieces: Sequence[Piece], spans: Sequence[Span]) -> Tally:
    """Return what the pieces add up to within these spans."""
    booked = dict.fromkeys(State, 0)
    certain = dict.fromkeys(State, 0)
    maybe_up = maybe_down = 0
    for piece, inside_ms in clipped(pieces, spans):
        booked[piece.state] += inside_ms
        if len(piece.possible) == 1:
            certain[piece.state] += inside_ms
        if piece.possible & _MAYBE_UP:
            maybe_up += inside_ms
        if piece.possible & _MAYBE_DOWN:
            maybe_down += inside_ms
    return Tally(
        up_ms=booked[State.UP],
        down_ms=booked[State.DOWN],
        upstream_ms=booked[State.UPSTREAM],
        unknown_ms=booked[State.UNKNOWN],
        maintenance_ms=booked[State.MAINTENANCE],
        out_of_service_ms=booked[State.OUT_OF_SERVICE],
        up_min_ms=certain[State.UP],
        down_min_ms=certain[State.DOWN],
        upstream_min_ms=certain[State.UPSTREAM],
        maybe_up_ms=maybe_up,
        maybe_down_ms=maybe_down,
    )


def state_at(pieces: Sequence[Piece], at_ms: int) -> State | None:
    """Return what an instant is booked as; None outside the period."""
    place = bisect_right(pieces, at_ms, key=lambda piece: piece.start_ms) - 1
    return pieces[place].state if place >= 0 and at_ms < pieces[place].end_ms else None
