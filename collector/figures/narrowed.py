"""Books a change of what others hang on as well as all of them together know it. Pure.

A hub is asked every half minute, but each of the many behind it at an instant of its own. Their answers are
proof, and stand in the hub's own evidence. Their silence is none: it may be theirs. But where several fall
silent within the gap of the hub's change, it is by far the likeliest that they did so with it. So the instant
at which the change is booked is drawn to theirs, and the gap, which the bounds are made from, stays.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from collector.figures.sightings import Seen, Sighting
from collector.figures.spans import Span, touches
from collector.figures.stretches import Stretch

_TOGETHER = 2
"""How many must have changed with it: one alone may have failed by itself."""


def narrowed(
    own: Sequence[Stretch], behind: Sequence[Sequence[Sighting]], within: Sequence[Span]
) -> tuple[Stretch, ...]:
    """Return a device's stretches, booked with what those that hang on it alone saw of the same changes.

    `behind` are their own polls, each in order; they hung on it in the time `within`.
    """
    found = list(own)
    for place, (before, after) in enumerate(pairwise(own), start=1):
        edge = after.begin
        if {before.seen, after.seen} != {Seen.UP, Seen.SILENT} or not touches(
            within, (edge.at_ms, edge.at_ms + 1)
        ):
            continue
        if after.seen is Seen.SILENT:
            changed = list(_fell(behind, edge.from_ms, edge.to_ms))
            at_ms = min(edge.at_ms, (edge.from_ms + min(changed, default=edge.to_ms)) // 2)
        else:
            changed = list(_came_back(behind, edge.from_ms, edge.to_ms))
            at_ms = max(edge.at_ms, (max(changed, default=edge.from_ms) + edge.to_ms) // 2)
        if len(changed) < _TOGETHER:
            continue
        edge = replace(edge, at_ms=max(at_ms, found[place - 1].begin.at_ms))
        found[place - 1] = replace(found[place - 1], end=edge)
        found[place] = replace(after, begin=edge)
    return tuple(found)


def _fell(behind: Sequence[Sequence[Sighting]], from_ms: int, to_ms: int) -> Iterator[int]:
    """Yield when the first silent poll was sent of each that fell silent in this time."""
    for own in behind:
        place = bisect_right(own, from_ms, key=lambda one: one.first_sent_ms)
        while place < len(own) and own[place].first_sent_ms < to_ms:
            if own[place].seen is Seen.SILENT and place > 0 and own[place - 1].seen is Seen.UP:
                yield own[place].first_sent_ms
            place += 1


def _came_back(behind: Sequence[Sequence[Sighting]], from_ms: int, to_ms: int) -> Iterator[int]:
    """Yield when waiting was over for the last silent poll of each that came back, `to_ms` at the latest."""
    for own in behind:
        place = bisect_left(own, from_ms, key=lambda one: one.last_sent_ms)
        while place < len(own) and own[place].last_sent_ms < to_ms:
            if own[place].seen is Seen.SILENT and place + 1 < len(own) and own[place + 1].seen is Seen.UP:
                yield min(own[place].last_end_ms, to_ms)
            place += 1
