"""Books every millisecond of a period as exactly one of six states, for all devices at once. Pure.

In this precedence (design section 3): out of service, maintenance, up, unknown; then silence is `upstream`
if every way to the root was cut, `unknown` where that cannot be decided, else `down`. Beside what is booked
stands what else the evidence leaves possible. The same evidence gives the same partition, in any order.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from collector.figures.narrowed import narrowed
from collector.figures.pieces import planned_over, with_doubts
from collector.figures.sightings import Seen, Sighting, answers, cut_to, in_question, with_behind
from collector.figures.spans import Span, intersect, touches, union
from collector.figures.stretches import Stretch, stretches
from collector.figures.tally import Piece
from collector.figures.ways import NOTHING_PLANNED, Part, Planned, Slice, Ways
from collector.model import State

_UP = frozenset({State.UP})
_DOWN = frozenset({State.DOWN})
_UPSTREAM = frozenset({State.UPSTREAM})
_UNKNOWN = frozenset({State.UNKNOWN})
_SILENT = _DOWN | _UPSTREAM


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that a partition is made of.

    `own`: each device's polls, from before the period to after it by twice the longest patience at least.
    `slices`: who hung on whom, time by time. `breaks`: spans, ends included, that nothing is carried over, in
    order; `breaks_of`: those of single devices, with the shared ones. `upto_ms`: how far the ledger goes.
    """

    own: Mapping[str, Sequence[Sighting]]
    slices: Sequence[Slice]
    planned: Mapping[str, Planned]
    breaks: Sequence[Span]
    breaks_of: Mapping[str, Sequence[Span]]
    upto_ms: int

    def breaks_for(self, device: str) -> Sequence[Span]:
        """Return the breaks that concern a device."""
        return self.breaks_of.get(device, self.breaks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """One device's partition: pieces that cover the period, and the stretches that they were made from."""

    pieces: tuple[Piece, ...]
    stretches: tuple[Stretch, ...]


def partition(evidence: Evidence, start_ms: int, end_ms: int, devices: Iterable[str]) -> dict[str, Booked]:
    """Return the partition of the period for these devices; those they hang on must be in the evidence."""
    seen = _seen(evidence, start_ms, end_ms)
    ways = Ways(evidence.slices, seen, evidence.planned)
    for device in _parents_first(evidence.slices, seen):
        if any(stretch.seen is Seen.SILENT for stretch in seen[device]):
            seen[device] = _drawn(device, seen[device], ways)
    found = {}
    for device in devices:
        own = seen.get(device) or stretches((), (), evidence.upto_ms)
        planned = evidence.planned.get(device, NOTHING_PLANNED)
        pieces = planned_over(_pieces(device, own, ways, start_ms, end_ms), planned)
        found[device] = Booked(pieces=tuple(pieces), stretches=own)
    return found


def _seen(evidence: Evidence, start_ms: int, end_ms: int) -> dict[str, tuple[Stretch, ...]]:
    """Return each device's stretches, with what those behind it prove."""
    around = (
        min([start_ms, *(own[0].first_sent_ms for own in evidence.own.values() if own)]),
        max([end_ms, *(own[-1].last_end_ms + 1 for own in evidence.own.values() if own)]),
    )
    found = {}
    told = {device: answers(own, evidence.breaks_for(device)) for device, own in evidence.own.items()}
    for device, own in evidence.own.items():
        behind: list[Sighting] = []
        hung: dict[tuple[str, ...], list[Span]] = {}
        for one in evidence.slices:
            others = only_behind(one, device)
            hung.setdefault(tuple(others), []).append((one.start_ms, one.end_ms))
            valid = intersect(((one.start_ms, one.end_ms),), in_question(own, *around) if others else ())
            for other in others:
                behind += _within(told.get(other, ()), valid)
        alone = stretches(with_behind(own, behind), evidence.breaks_for(device), evidence.upto_ms)
        for names, spans in hung.items():
            if names:
                alone = narrowed(alone, [evidence.own.get(name, ()) for name in names], union(spans))
        found[device] = alone
    return found


def _within(own: Sequence[Sighting], spans: Sequence[Span]) -> Iterator[Sighting]:
    """Yield the parts of answers that lie in these spans."""
    for span in spans:
        place = bisect_left(own, span[0], key=lambda one: one.last_end_ms)
        while place < len(own) and own[place].first_sent_ms < span[1]:
            part = cut_to(own[place], span)
            if part is not None:
                yield part
            place += 1


def only_behind(one: Slice, device: str) -> list[str]:
    """Return what hangs on the device by every way."""
    topology = one.topology
    if device not in topology.children:
        return []
    return [other for other in topology.below(device) if device in topology.gates[other]]


def _parents_first(slices: Sequence[Slice], devices: Iterable[str]) -> list[str]:
    """Return the devices so that, as far as the inventories agree, each comes after its parents."""
    wanted = frozenset(devices)
    order: dict[str, None] = {}
    for one in slices:
        waiting = [device for device in one.topology.parents if device not in order]
        while waiting:
            ready = [d for d in waiting if all(p in order for p in one.topology.parents[d])] or waiting
            order.update(dict.fromkeys(ready))
            waiting = [device for device in waiting if device not in order]
    return [device for device in order if device in wanted]


def _drawn(device: str, own: tuple[Stretch, ...], ways: Ways) -> tuple[Stretch, ...]:
    """Return the stretches with edges drawn to those of a parent that may be the same change.

    A cut of the hub is one change: its children, asked a little earlier or later, did not fail before it.
    """
    found = list(own)
    for place in range(1, len(found)):
        before, after = found[place - 1], found[place]
        if {before.seen, after.seen} != {Seen.UP, Seen.SILENT}:
            continue
        fell = after.seen is Seen.SILENT
        above = [one.edge for one in ways.edges_above(device, after.begin) if one.fell is fell]
        if not above:
            continue
        # With several ways up, the last one to be cut cuts off, and the first one to come back brings back.
        other = max(above, key=lambda edge: edge.at_ms) if fell else min(above, key=lambda edge: edge.at_ms)
        edge = after.begin.drawn_to(other)
        edge = replace(edge, at_ms=max(edge.at_ms, before.begin.at_ms))
        found[place - 1], found[place] = replace(before, end=edge), replace(after, begin=edge)
    return tuple(found)


def _pieces(device: str, own: Sequence[Stretch], ways: Ways, start_ms: int, end_ms: int) -> list[Piece]:
    """Return the period in pieces, by evidence alone."""
    found: list[Piece] = []
    for stretch in own:
        from_ms, to_ms = max(stretch.begin.at_ms, start_ms), min(stretch.end.at_ms, end_ms)
        if from_ms < to_ms:
            found += _judged(device, stretch, ways, from_ms, to_ms)
    return with_doubts(found, own, lambda at_ms: _SILENT if ways.has_parents(device, at_ms) else _DOWN)


def _judged(device: str, stretch: Stretch, ways: Ways, from_ms: int, to_ms: int) -> list[Piece]:
    """Return what a stretch is booked as, without the doubts at its edges."""
    if stretch.seen is not Seen.SILENT:
        up = stretch.seen is Seen.UP
        state, possible = (State.UP, _UP) if up else (State.UNKNOWN, _UNKNOWN)
        return [Piece(start_ms=from_ms, end_ms=to_ms, state=state, possible=possible)]
    lenient: dict[str, list[Span]] = {}
    for edge, fell in ((stretch.begin, True), (stretch.end, False)):
        for above in ways.edges_above(device, edge):
            if above.fell is fell:
                lenient.setdefault(above.parent, []).append((above.edge.from_ms, above.edge.to_ms))
    doubtful = union(ways.doubts(device, from_ms, to_ms))
    if not ways.open_for_sure(device, stretch.first_poll_ms, stretch.end.from_ms):
        doubtful = ((from_ms, to_ms),)
    return [
        piece for part in ways.cut_off(device, from_ms, to_ms, lenient) for piece in _silent(part, doubtful)
    ]


def _silent(part: Part, doubtful: Sequence[Span]) -> list[Piece]:
    if part.cut is None:
        possible = _UNKNOWN | _SILENT
        return [Piece(start_ms=part.start_ms, end_ms=part.end_ms, state=State.UNKNOWN, possible=possible)]
    state, sure = (State.UPSTREAM, _UPSTREAM) if part.cut else (State.DOWN, _DOWN)
    marks = {part.start_ms, part.end_ms}
    first = bisect_left(doubtful, part.start_ms, key=lambda span: span[1])
    last = bisect_left(doubtful, part.end_ms, key=lambda span: span[0])
    marks |= {at for span in doubtful[first:last] for at in span if part.start_ms < at < part.end_ms}
    in_order = sorted(marks)
    return [
        Piece(
            start_ms=start,
            end_ms=end,
            state=state,
            possible=_SILENT if touches(doubtful, (start, end)) else sure,
        )
        for start, end in pairwise(in_order)
    ]
