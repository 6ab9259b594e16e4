"""A device's time as stretches with edges between them: where one thing seen gave way to another. Pure.

A change is booked in the middle between the last evidence of the old and the first of the new. How far it can
lie off that is the edge's gap, from the sending of the old's last poll to the new's first proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from collector.figures.sightings import Seen, Sighting, apart
from collector.figures.spans import Span
from collector.model import Reason

_BEFORE_ALL: Final = -(2**62)
_AFTER_ALL: Final = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A change: booked at `at_ms`, and certainly within `from_ms` … `to_ms`."""

    at_ms: int
    from_ms: int
    to_ms: int

    def overlaps(self, other: Edge) -> bool:
        """Return True if one instant may be that of both changes."""
        return max(self.from_ms, other.from_ms) <= min(self.to_ms, other.to_ms)

    def drawn_to(self, other: Edge) -> Edge:
        """Return this edge, booked as near to the other as both gaps allow; they must overlap."""
        earliest, latest = max(self.from_ms, other.from_ms), min(self.to_ms, other.to_ms)
        return replace(self, at_ms=min(max(other.at_ms, earliest), latest))


ALWAYS: Final = Edge(at_ms=_BEFORE_ALL, from_ms=_BEFORE_ALL, to_ms=_BEFORE_ALL)
NEVER: Final = Edge(at_ms=_AFTER_ALL, from_ms=_AFTER_ALL, to_ms=_AFTER_ALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of time in which one thing was seen.

    `first_poll_ms`: when its first poll was sent, or when the last answer from behind it was. `gap_ms` is the
    longest time between two proofs in it; no interruption at least that long went unseen.
    """

    seen: Seen
    begin: Edge
    end: Edge
    first_poll_ms: int
    gap_ms: int
    reason: Reason | None = None


def stretches(sightings: Sequence[Sighting], breaks: Sequence[Span], upto_ms: int) -> tuple[Stretch, ...]:
    """Return all time, from ever to ever, as stretches that leave nothing out; what nobody saw is unknown.

    Nothing is carried over `breaks` (jumps of the clock, lost evidence), whose ends belong to them, nor over
    times longer than the device's patience. `upto_ms` is how far the ledger goes.
    """
    found: list[Stretch] = [_unknown(ALWAYS, NEVER)]
    last: Sighting | None = None
    for one in sightings:
        if last is None or apart(last, one, breaks):
            if last is not None:
                _end(found, last)
            edge = Edge(at_ms=one.first_sent_ms, from_ms=one.first_sent_ms, to_ms=one.first_end_ms)
            _begin(found, one, edge)
        elif one.seen is not last.seen:
            middle_ms = (last.last_end_ms + max(one.first_sent_ms, last.last_end_ms)) // 2
            edge = Edge(at_ms=middle_ms, from_ms=last.last_sent_ms, to_ms=one.first_end_ms)
            _begin(found, one, edge)
        else:
            gap_ms = max(found[-1].gap_ms, one.gap_ms, one.first_end_ms - last.last_sent_ms)
            found[-1] = replace(found[-1], gap_ms=gap_ms)
        last = one
    if last is not None:
        stands = last.last_end_ms < upto_ms <= last.last_sent_ms + last.patience_ms
        _end(found, replace(last, last_end_ms=upto_ms) if stands else last)
    return tuple(found)


def _unknown(begin: Edge, end: Edge) -> Stretch:
    return Stretch(seen=Seen.UNKNOWN, begin=begin, end=end, first_poll_ms=begin.at_ms, gap_ms=0)


def _begin(found: list[Stretch], one: Sighting, edge: Edge) -> None:
    if found[-1].seen is one.seen:  # a local verdict after time that nobody saw: both are unknown
        return
    found[-1] = replace(found[-1], end=edge)
    found.append(
        Stretch(
            seen=one.seen,
            begin=edge,
            end=NEVER,
            first_poll_ms=one.name_ms,
            gap_ms=one.gap_ms,
            reason=one.reason,
        )
    )


def _end(found: list[Stretch], last: Sighting) -> None:
    """Let what was seen last end where its evidence ends."""
    if last.seen is Seen.UNKNOWN:
        return
    edge = Edge(at_ms=last.last_end_ms, from_ms=last.last_sent_ms, to_ms=last.last_end_ms)
    found[-1] = replace(found[-1], end=edge)
    found.append(_unknown(edge, NEVER))
