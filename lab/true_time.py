"""From a truth log to time: when a place was up, down, cut off or in maintenance, on ledger time. Pure.

The collector's clock may be wrong: what happened then stands in the ledger at wrong instants. So the truth is
laid on the ledger's clock too, which is ahead or behind by the steps so far and never goes back.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from collector.figures.spans import Span, intersect, subtract, total, union
from lab.intervals import Interval, intervals
from lab.place import Province
from lab.truth import Planned, Truth, Watcher


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueTime:
    """One place's time as sorted spans of ledger time; what lies in none of them was maintenance.

    `down`: something of its own, and a way to it was open. `upstream`: no way was open.
    """

    up: tuple[Span, ...]
    down: tuple[Span, ...]
    upstream: tuple[Span, ...]
    maintenance: tuple[Span, ...]

    def within(self, spans: Sequence[Span]) -> TrueTime:
        """Return what of it lies in these spans."""
        return TrueTime(
            up=intersect(self.up, spans),
            down=intersect(self.down, spans),
            upstream=intersect(self.upstream, spans),
            maintenance=intersect(self.maintenance, spans),
        )

    @property
    def end_to_end(self) -> float | None:
        """The share of its service time in which it could be reached; None if it has none."""
        service = total(self.up) + total(self.down) + total(self.upstream)
        return total(self.up) / service if service else None

    @property
    def attributable(self) -> float | None:
        """The share of the time in which a way was open, or it could be reached; None if there is none."""
        own = total(self.up) + total(self.down)
        return total(self.up) / own if own else None


class LedgerTime:
    """The ledger's clock over a simulated month: true instants to those that the collector writes."""

    def __init__(self, truths: Iterable[Truth]) -> None:
        self._since: list[int] = []
        self._offset: list[int] = []
        self._least: list[int] = []
        offset, least = 0, 0
        for truth in truths:
            if isinstance(truth, Watcher) and truth.step_ms:
                least = max(least, truth.at_ms + offset)
                offset += truth.step_ms
                self._since.append(truth.at_ms)
                self._offset.append(offset)
                self._least.append(least)

    def at(self, true_ms: int) -> int:
        """Return what the ledger's clock shows at a true instant."""
        place = bisect_right(self._since, true_ms) - 1
        return true_ms if place < 0 else max(self._least[place], true_ms + self._offset[place])


def true_time(truths: Sequence[Truth], province: Province, period: Span) -> Mapping[str, TrueTime]:
    """Return the time of all places within a period of ledger time."""
    clock = LedgerTime(truths)
    planned = _planned(truths, province)
    found = {}
    for place, parts in intervals(truths).items():
        spans: dict[str, list[Span]] = {"up": [], "down": [], "upstream": []}
        for part in parts:
            end_ms = period[1] if part.to_ms is None else clock.at(part.to_ms)
            spans[_booked(part)].append((clock.at(part.from_ms), end_ms))
        maintenance = union(planned.get(place, ()))
        open_spans = subtract((period,), maintenance)
        found[place] = TrueTime(
            up=intersect(union(spans["up"]), open_spans),
            down=intersect(union(spans["down"]), open_spans),
            upstream=intersect(union(spans["upstream"]), open_spans),
            maintenance=intersect(maintenance, (period,)),
        )
    return found


def _booked(part: Interval) -> str:
    if part.state.answers_ping:
        return "up"
    return "upstream" if part.cut_off else "down"


def _planned(truths: Iterable[Truth], province: Province) -> Mapping[str, list[Span]]:
    """Return when each place was in maintenance: from the entry on, with what hangs on it alone."""
    found: dict[str, list[Span]] = {}
    for truth in truths:
        if not isinstance(truth, Planned):
            continue
        covered = set(truth.places)
        for place in province.places:
            # Parents come before their children.
            if place.parents and all(parent in covered for parent in place.parents):
                covered.add(place.id)
        for name in covered:
            found.setdefault(name, []).append((max(truth.at_ms, truth.from_ms), truth.to_ms))
    return found
