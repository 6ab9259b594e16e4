"""Round trips of the last day in memory: five-minute cells a device, a few kilobytes each. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from collector.model import Echoes, Outcome, Reply

CELL_MS = 300_000
CELLS = 288
_MOST = 65_535
MAX_DEVICES = 10_000
"""Beyond these nobody's round trips are kept: the memory of the collector has an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Five minutes of one device, in seconds; `lost` of `asked` echo requests or polls had no answer."""

    start_ms: int
    mean_s: float | None
    max_s: float | None
    lost: int
    asked: int


class _Ring:
    """One device's day. A cell is told from the one of a day before by the number it was begun with."""

    __slots__ = ("answered", "asked", "lost", "number", "sum_s", "top_s")

    def __init__(self) -> None:
        self.number = array("I", [0]) * CELLS
        self.sum_s, self.top_s = array("f", [0.0]) * CELLS, array("f", [0.0]) * CELLS
        self.answered, self.asked, self.lost = (array("H", [0]) * CELLS for _ in range(3))

    def add(self, number: int, rtts: Sequence[float | None]) -> None:
        at = number % CELLS
        if self.number[at] != number:
            self.number[at], self.sum_s[at], self.top_s[at] = number, 0.0, 0.0
            self.answered[at] = self.asked[at] = self.lost[at] = 0
        for rtt in rtts:
            if self.asked[at] == _MOST:
                break
            self.asked[at] += 1
            if rtt is None:
                self.lost[at] += 1
            else:
                self.answered[at] += 1
                self.sum_s[at] += rtt
                self.top_s[at] = max(self.top_s[at], rtt)

    def cell(self, number: int) -> Cell | None:
        at = number % CELLS
        if self.number[at] != number:
            return None
        answered = self.answered[at]
        return Cell(
            start_ms=number * CELL_MS,
            mean_s=self.sum_s[at] / answered if answered else None,
            max_s=self.top_s[at] if answered else None,
            lost=self.lost[at],
            asked=self.asked[at],
        )


class Rings:
    """The days of all devices; one thread adds and reads."""

    def __init__(self) -> None:
        self._rings: dict[str, _Ring] = {}

    def polled(self, outcome: Outcome, at_ms: int) -> None:
        """Take in a poll: each echo request where there are some, else the first probe's round trip."""
        ring = self._rings.get(outcome.device)
        if ring is None:
            if len(self._rings) >= MAX_DEVICES:
                return
            ring = self._rings[outcome.device] = _Ring()
        ring.add(at_ms // CELL_MS, _round_trips(outcome))

    def retain(self, devices: Iterable[str]) -> None:
        """Forget all other devices."""
        kept = frozenset(devices)
        self._rings = {device: ring for device, ring in self._rings.items() if device in kept}

    def day(self, device: str, now_ms: int) -> tuple[Cell, ...]:
        """Return the cells of the last 24 hours that anything is known of, in order."""
        ring = self._rings.get(device)
        if ring is None:
            return ()
        last = now_ms // CELL_MS
        cells = (ring.cell(number) for number in range(last - CELLS + 1, last + 1))
        return tuple(cell for cell in cells if cell is not None)


def _round_trips(outcome: Outcome) -> Sequence[float | None]:
    replies = [check for check in outcome.checks if isinstance(check, Reply)]
    for reply in replies:
        if isinstance(reply.payload, Echoes):
            return reply.payload.rtts
    if replies:
        return (replies[0].rtt_s,)
    local = all(check.reason.local for check in outcome.checks if not isinstance(check, Reply))
    return () if local else (None,)
