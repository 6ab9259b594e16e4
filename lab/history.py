"""What every place was like at any time: conditions in their order, found again by their instants. Pure."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace

from lab.condition import Condition


class History:
    """The conditions of all places since the world began."""

    def __init__(self) -> None:
        self._since: dict[str, list[int]] = {}
        self._conditions: dict[str, list[Condition]] = {}

    def at(self, place: str, at_ms: int) -> Condition:
        """Return what a place was like at an instant (before its first condition: the first)."""
        since = self._since[place]
        if at_ms >= since[-1]:
            return self._conditions[place][-1]
        return self._conditions[place][max(0, bisect_right(since, at_ms) - 1)]

    def add(self, place: str, condition: Condition) -> bool:
        """Note a condition, if it differs from the last one; return whether it shows another true state."""
        since = self._since.setdefault(place, [])
        conditions = self._conditions.setdefault(place, [])
        if not conditions:
            since.append(condition.since_ms)
            conditions.append(condition)
            return False
        last = conditions[-1]
        if last == replace(condition, since_ms=last.since_ms):
            return False
        if last.since_ms == condition.since_ms:
            conditions[-1] = condition
        else:
            since.append(condition.since_ms)
            conditions.append(condition)
        return _shown(last) != _shown(condition)


def _shown(condition: Condition) -> tuple[object, ...]:
    return condition.state, condition.cut_off, condition.boot_ms
