"""Which month is to be simulated, and what it came to: values."""

from __future__ import annotations

from dataclasses import dataclass

from lab.days import DAY_MS, UTC_OFFSET_MS
from lab.month.chances import Chances
from lab.place import Province

_TICK_S = 30.0
"""How often the collector says that it lives: within what counts as an absence. Ticks are half as many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What is to be simulated: whole local days from `first_day` (days since 1970-01-01) on.

    Without `traffic` the inventory names no uplinks, and polls that tell nothing new cost next to nothing.
    """

    province: Province
    chances: Chances
    seed: int
    first_day: int
    days: int
    interval_ms: int
    deadline_ms: int
    tick_s: float = _TICK_S
    traffic: bool = True

    @property
    def from_ms(self) -> int:
        """The local midnight at which it begins, in UTC ms."""
        return self.first_day * DAY_MS - UTC_OFFSET_MS

    @property
    def to_ms(self) -> int:
        """The local midnight at which it ends."""
        return self.from_ms + self.days * DAY_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a simulated month came to."""

    polls: int
    sessions: int
    revisions: int
    rows: int
