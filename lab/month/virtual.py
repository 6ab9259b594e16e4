"""Time and world of a simulated month: instants in however many steps, and what is to come. Pure."""

from __future__ import annotations

from collector.clock import ManualClock
from lab.condition import Condition
from lab.world import World

_NS_PER_S = 1_000_000_000
_FOR_EVER_MS = 2**62


class VirtualClock(ManualClock):
    """A manual clock that is told instants, so that who takes fewer steps comes to the same nanosecond."""

    def advance_to(self, at: float) -> None:
        """Let time pass until a monotonic instant."""
        passed_ns = round(at * _NS_PER_S) - self._mono
        self._moved = True
        self._boot += passed_ns
        self._mono += passed_ns
        self._wall += passed_ns

    @property
    def wall_offset_ns(self) -> int:
        """How far the wall clock is beyond monotonic time."""
        return self._wall - self._mono


class MonthWorld(World):
    """A world that tells what is to come of what has happened in it."""

    @property
    def next_change_ms(self) -> int | None:
        """When something may happen by itself, as things stand: a place has booted."""
        return self._booting[0][0] if self._booting else None

    def latest(self, place: str) -> Condition:
        """Return what the place is like after all that has happened; the same object until it changes."""
        return self._history.at(place, _FOR_EVER_MS)
