"""Whether a way to the root was open or cut, time by time: what makes silence a device's own or not. Pure.

A way through a parent is cut while the parent is silent or in maintenance, open while it is up, and not known
while it is unknown, unless all of its own ways are cut. An ancestor out of service is looked through.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from collector.figures.sightings import Seen
from collector.figures.spans import Span
from collector.figures.stretches import Edge, Stretch
from collector.topology import Topology

Cut = bool | None
"""True: cut, False: open, None: it cannot be decided."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of time in which one thing holds of a way."""

    start_ms: int
    end_ms: int
    cut: Cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A stretch of time in which the inventory said who hangs on whom."""

    start_ms: int
    end_ms: int
    topology: Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A device's time out of service, and in maintenance, as spans."""

    out_of_service: tuple[Span, ...] = ()
    maintenance: tuple[Span, ...] = ()


NOTHING_PLANNED = Planned()
NO_LENIENCE: Mapping[str, Sequence[Span]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """A change of a parent, or of one above a parent out of service: it fell silent (`fell`), or is back."""

    parent: str
    edge: Edge
    fell: bool


class Ways:
    """Answers, for any device and any span of time, whether all its ways up were cut."""

    def __init__(
        self,
        slices: Sequence[Slice],
        seen: Mapping[str, Sequence[Stretch]],
        planned: Mapping[str, Planned],
    ) -> None:
        self._slices, self._seen, self._planned = slices, seen, planned
        self._through: dict[tuple[int, str], tuple[Part, ...]] = {}

    def edges_above(self, device: str, around: Edge) -> list[Above]:
        """Return the edges of its parents, between up and silent, that may be one change with this edge."""
        found: dict[tuple[str, int], Above] = {}
        for number in self._slices_of(around.from_ms, around.to_ms + 1):
            for through, parent in self._standing(number, device, around.at_ms):
                for before, after in _neighbours(self._seen.get(parent, ()), around):
                    if {before.seen, after.seen} == {Seen.UP, Seen.SILENT} and after.begin.overlaps(around):
                        fell = after.seen is Seen.SILENT
                        found[parent, after.begin.at_ms] = Above(parent=through, edge=after.begin, fell=fell)
        return list(found.values())

    def doubts(self, device: str, start_ms: int, end_ms: int) -> list[Span]:
        """Return the gaps of its parents' edges in this span: when they changed is not known better."""
        found: set[Span] = set()
        around = Edge(at_ms=start_ms, from_ms=start_ms, to_ms=end_ms)
        for number in self._slices_of(start_ms, end_ms):
            for parent in self._deciding(number, device, around):
                for _, after in _neighbours(self._seen.get(parent, ()), around):
                    if after.begin.from_ms < end_ms and after.begin.to_ms > start_ms:
                        found.add((after.begin.from_ms, after.begin.to_ms))
        return sorted(found)

    def _standing(self, number: int, device: str, at_ms: int) -> Iterator[tuple[str, str]]:
        """Yield its parents, each with itself; with those above it in the place of one out of service."""
        for parent in self._slices[number].topology.parents.get(device, ()):
            if _inside(self._planned.get(parent, NOTHING_PLANNED).out_of_service, at_ms):
                yield from ((parent, one) for _, one in self._standing(number, parent, at_ms))
            else:
                yield parent, parent

    def _deciding(self, number: int, device: str, around: Edge) -> Iterator[str]:
        """Yield the ancestors whose changes decide in a span: parents, and beyond those not seen in it."""
        for _, parent in self._standing(number, device, around.at_ms):
            yield parent
            seen = self._seen.get(parent, ())
            first = max(0, bisect_right(seen, around.from_ms, key=lambda one: one.begin.at_ms) - 1)
            last = bisect_left(seen, around.to_ms, key=lambda one: one.begin.at_ms)
            if any(one.seen is Seen.UNKNOWN for one in seen[first:last]):
                yield from self._deciding(number, parent, around)

    def cut_off(
        self, device: str, start_ms: int, end_ms: int, lenient: Mapping[str, Sequence[Span]] = NO_LENIENCE
    ) -> list[Part]:
        """Return whether the device was cut off from above in this span, part by part.

        In a parent's `lenient` spans the way through it is taken for cut, though it is booked as up.
        """
        found: list[Part] = []
        for number in self._slices_of(start_ms, end_ms):
            part = self._slices[number]
            from_ms, to_ms = max(start_ms, part.start_ms), min(end_ms, part.end_ms)
            ways = [
                _overlaid(_between(self._way(number, parent), from_ms, to_ms), lenient.get(parent, ()))
                for parent in part.topology.parents.get(device, ())
            ]
            found += _all_cut(ways, from_ms, to_ms, rooted=device in part.topology.at_root)
        return found

    def open_for_sure(self, device: str, start_ms: int, end_ms: int) -> bool:
        """Return True if some way to the device was certainly open at some time of this span.

        A parent that was up without a doubt may all the same have been cut between two proofs.
        """
        for number in self._slices_of(start_ms, end_ms + 1):
            topology = self._slices[number].topology
            parents = topology.parents.get(device, ())
            if not parents or device in topology.at_root:
                return True
            if any(_proved(self._seen.get(parent, ()), start_ms, end_ms) for parent in parents):
                return True
        return False

    def has_parents(self, device: str, at_ms: int) -> bool:
        """Return True if the device hangs on others only."""
        numbers = self._slices_of(at_ms, at_ms + 1)
        if not numbers:
            return False
        topology = self._slices[numbers[0]].topology
        return bool(topology.parents.get(device)) and device not in topology.at_root

    def _slices_of(self, start_ms: int, end_ms: int) -> range:
        first = max(0, bisect_right(self._slices, start_ms, key=lambda one: one.start_ms) - 1)
        last = first
        while last < len(self._slices) and self._slices[last].start_ms < end_ms:
            last += 1
        return range(first, last)

    def _way(self, number: int, parent: str) -> tuple[Part, ...]:
        key = (number, parent)
        if key not in self._through:
            self._through[key] = tuple(self._built(number, parent))
        return self._through[key]

    def _built(self, number: int, parent: str) -> list[Part]:
        """Return what holds of the way through a parent, over the whole slice."""
        part = self._slices[number]
        planned = self._planned.get(parent, NOTHING_PLANNED)
        found: list[Part] = []
        cuts = {part.start_ms, part.end_ms}
        for start, end in (*planned.out_of_service, *planned.maintenance):
            cuts |= {start, end}
        stretches = self._seen.get(parent, ())
        cuts |= {stretch.begin.at_ms for stretch in stretches}
        marks = sorted(cut for cut in cuts if part.start_ms <= cut <= part.end_ms)
        seen_at = _finder(stretches)
        for start, end in pairwise(marks):
            if _inside(planned.out_of_service, start):
                found += self._above(number, parent, start, end, otherwise=False)
            elif _inside(planned.maintenance, start):
                found.append(Part(start, end, cut=True))
            else:
                seen = seen_at(start)
                if seen is Seen.UNKNOWN:
                    found += self._above(number, parent, start, end, otherwise=None)
                else:
                    found.append(Part(start, end, cut=seen is Seen.SILENT))
        return found

    def _above(self, number: int, device: str, start_ms: int, end_ms: int, *, otherwise: Cut) -> list[Part]:
        topology = self._slices[number].topology
        ways = [
            _between(self._way(number, parent), start_ms, end_ms)
            for parent in topology.parents.get(device, ())
        ]
        above = _all_cut(ways, start_ms, end_ms, rooted=device in topology.at_root)
        if otherwise is False:
            return above
        return [Part(one.start_ms, one.end_ms, cut=True if one.cut else None) for one in above]


def _proved(stretches: Sequence[Stretch], start_ms: int, end_ms: int) -> bool:
    """Return True if a proof that somebody was up lies in this span."""
    place = max(0, bisect_right(stretches, start_ms, key=lambda one: one.begin.at_ms) - 1)
    while place < len(stretches) and stretches[place].begin.at_ms <= end_ms:
        one = stretches[place]
        inside_ms = min(one.end.at_ms, end_ms) - max(one.begin.at_ms, start_ms)
        ends = (one.begin.to_ms, one.end.from_ms)
        if one.seen is Seen.UP and (
            inside_ms >= one.gap_ms > 0 or any(start_ms <= at_ms <= end_ms for at_ms in ends)
        ):
            return True
        place += 1
    return False


def _between(way: Sequence[Part], start_ms: int, end_ms: int) -> Sequence[Part]:
    """Return the parts of a way that a span touches."""
    first = max(0, bisect_right(way, start_ms, key=lambda part: part.start_ms) - 1)
    return way[first : bisect_left(way, end_ms, key=lambda part: part.start_ms)]


def _all_cut(ways: Sequence[Sequence[Part]], start_ms: int, end_ms: int, *, rooted: bool) -> list[Part]:
    """Return whether all ways are cut: open if one is, not known if one of the others is not."""
    if not ways or rooted:
        return [Part(start_ms, end_ms, cut=False)] if start_ms < end_ms else []
    marks = {start_ms, end_ms}
    for way in ways:
        marks |= {part.start_ms for part in way if start_ms < part.start_ms < end_ms}
    found: list[Part] = []
    in_order = sorted(marks)
    finders = [_part_finder(way) for way in ways]
    for start, end in pairwise(in_order):
        cuts = [find(start) for find in finders]
        cut: Cut = False if False in cuts else None if None in cuts else True
        if found and found[-1].cut is cut:
            found[-1] = Part(found[-1].start_ms, end, cut)
        else:
            found.append(Part(start, end, cut))
    return found


def _overlaid(way: Sequence[Part], soft: Sequence[Span]) -> Sequence[Part]:
    """Return the way with these spans taken for cut where it is open."""
    if not soft:
        return way
    found: list[Part] = []
    for part in way:
        marks = {part.start_ms, part.end_ms}
        for start, end in soft:
            marks |= {at for at in (start, end) if part.start_ms < at < part.end_ms}
        in_order = sorted(marks)
        for start, end in pairwise(in_order):
            covered = part.cut is False and _inside(soft, start)
            found.append(Part(start, end, cut=True if covered else part.cut))
    return found


def _neighbours(stretches: Sequence[Stretch], around: Edge) -> list[tuple[Stretch, Stretch]]:
    """Return pairs of stretches whose common edge may touch this one."""
    place = max(1, bisect_right(stretches, around.from_ms, key=lambda one: one.begin.to_ms) - 1)
    found = []
    while place < len(stretches) and stretches[place].begin.from_ms <= around.to_ms:
        found.append((stretches[place - 1], stretches[place]))
        place += 1
    return found


def _finder(stretches: Sequence[Stretch]) -> Callable[[int], Seen]:
    starts = [one.begin.at_ms for one in stretches]

    def seen_at(at_ms: int) -> Seen:
        place = bisect_right(starts, at_ms) - 1
        return stretches[place].seen if place >= 0 else Seen.UNKNOWN

    return seen_at


def _part_finder(way: Sequence[Part]) -> Callable[[int], Cut]:
    starts = [part.start_ms for part in way]

    def cut_at(at_ms: int) -> Cut:
        place = bisect_right(starts, at_ms) - 1
        return way[place].cut if place >= 0 else None

    return cut_at


def _inside(spans: Sequence[Span], at_ms: int) -> bool:
    return any(start <= at_ms < end for start, end in spans)
