"""Notices when the event loop looked at nothing for a while: silence in that time proves nothing."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

_TICK_S = 0.1
_KEPT = 256

STALL_S = 1.0
"""A pause of this length is counted as a stall."""


class StallWatch:
    """Ticks ten times a second and keeps the pauses that were longer than they should be.

    `stalled` is called with the length of each pause of `STALL_S` or more.
    """

    def __init__(self, mono: Callable[[], float], stalled: Callable[[float], None]) -> None:
        self._mono = mono
        self._stalled = stalled
        self._last = mono()
        self._pauses: deque[tuple[float, float]] = deque(maxlen=_KEPT)

    async def run(self) -> None:
        """Tick until cancelled."""
        self._last = self._mono()
        while True:
            await asyncio.sleep(_TICK_S)
            self.tick()

    def tick(self) -> None:
        """Note the time that has passed since the last tick, if it is too long."""
        now = self._mono()
        pause = now - self._last - _TICK_S
        if pause > _TICK_S:
            self._pauses.append((self._last, now))
        if pause >= STALL_S:
            self._stalled(pause)
        self._last = now

    def longest_since(self, since: float) -> float:
        """Return the length of the longest pause that reaches into the time since then, up to now."""
        present = self._mono() - self._last - _TICK_S
        past = (until - began - _TICK_S for began, until in self._pauses if until > since)
        return max(present, *past, 0.0)
