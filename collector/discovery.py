"""When a device is discovered again, and when what seldom changes in it is looked at. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

REDISCOVER_S = 3_600.0
"""A device is discovered again this often even if nothing says that it changed."""

LOOK_AGAIN_S = 600.0
"""How often names, types and speeds are compared with what they were at discovery."""

REDISCOVER_AT_MOST_S = 60.0
"""However often a device changes, it is not walked more often than this."""

_MOST_DOUBLINGS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What is kept of a device's walks.

    `wanted` says that something calls for another one. `idle` counts the walks in a row that were called for
    and told nothing new: behind each the wait for the next one doubles, for some devices call without end.
    """

    at: float = float("-inf")
    looked_at: float = float("-inf")
    wanted: bool = False
    idle: int = 0

    def due(self, now: float) -> bool:
        """Return True if a poll that begins now is to be a walk."""
        doublings = min(max(self.idle - 1, 0), _MOST_DOUBLINGS)
        wait = REDISCOVER_AT_MOST_S * 2**doublings if self.wanted else REDISCOVER_S
        return now - self.at > min(wait, REDISCOVER_S)

    def look_due(self, now: float) -> bool:
        """Return True if a poll that begins now is to read what seldom changes, too."""
        return now - self.looked_at > LOOK_AGAIN_S

    def walked(self, at: float, *, news: bool, complete: bool) -> Discovery:
        """Take in a walk that told something: `news`, or what was known."""
        idle = self.idle + 1 if self.wanted and not news else 0
        return Discovery(at=at, looked_at=at, wanted=not complete, idle=idle)

    def failed(self, at: float) -> Discovery:
        """Take in a walk that told less than is known: it is to be tried again."""
        return Discovery(at=at, looked_at=at, wanted=True, idle=self.idle + 1)

    def looked(self, at: float) -> Discovery:
        """Take in a reading of what seldom changes."""
        return replace(self, looked_at=at)

    def suspect(self, changed: bool) -> Discovery:
        """Take in whether a reading says that the device is not built any more as it was discovered."""
        return replace(self, wanted=True) if changed else self
