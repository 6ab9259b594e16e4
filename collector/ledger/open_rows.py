"""What all books of evidence share: one row a key that may still grow, and when it must end. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace
from datetime import tzinfo
from typing import Generic, TypeVar

from collector.ledger.days import next_midnight_ms
from collector.ledger.rows import Boot, Ended, Heartbeat, LeftOut, Run, SpoolRange, Traffic

FINAL_AFTER_MS = 600_000
"""A day's open rows end this long after its midnight at the latest: polls begun before it still count."""

KeyT = TypeVar("KeyT", bound=Hashable)
RowT = TypeVar("RowT", Run, Boot, Heartbeat, SpoolRange, Traffic, LeftOut)


class OpenRows(Generic[KeyT, RowT]):
    """The open row of each key, the end of its local day, and the last instant that was booked for the key.

    Evidence counts once and in order: what is not after the last instant of its key is `known`, what is not
    after the last clock jump is `unsure`.
    """

    def __init__(self, timezone: tzinfo) -> None:
        self.timezone = timezone
        self._rows: dict[KeyT, RowT] = {}
        self._day_end_ms: dict[KeyT, int] = {}
        self._last_ms: dict[KeyT, int] = {}
        self._unsure_until_ms = -1
        self._none_over_before_ms = -1

    def resume(self, key: KeyT, row: RowT, at_ms: int) -> list[RowT]:
        """Take up after an earlier collector; a row that it left open ends where its evidence ended."""
        self._last_ms[key] = at_ms
        return [replace(row, ended=Ended.KILLED)] if row.ended is None else []

    def get(self, key: KeyT) -> RowT | None:
        """Return the key's open row."""
        return self._rows.get(key)

    def known(self, key: KeyT, at_ms: int) -> bool:
        """Return True if this instant of the key was booked already, or one after it."""
        return at_ms <= self._last_ms.get(key, -1)

    def unsure(self, at_ms: int) -> bool:
        """Return True if the clock could not be trusted at this instant."""
        return at_ms <= self._unsure_until_ms

    def day_over(self, key: KeyT, at_ms: int) -> bool:
        """Return True if this instant lies beyond the local day that the key's open row belongs to."""
        return at_ms >= self._day_end_ms[key]

    def pass_over(self, key: KeyT, at_ms: int) -> None:
        """Count this instant as known without booking it."""
        self._last_ms[key] = max(at_ms, self._last_ms.get(key, -1))

    def start(self, key: KeyT, row: RowT, at_ms: int) -> RowT:
        """Take in a new row that begins at `at_ms`; it belongs to the local day of that instant."""
        self._day_end_ms[key] = end_ms = next_midnight_ms(at_ms, self.timezone)
        self._none_over_before_ms = min(self._none_over_before_ms, end_ms + FINAL_AFTER_MS)
        return self.extend(key, row, at_ms)

    def extend(self, key: KeyT, row: RowT, at_ms: int) -> RowT:
        """Put the longer row in the place of the key's open one."""
        self._rows[key] = row
        self._last_ms[key] = at_ms
        return row

    def end(self, keys: Iterable[KeyT], cause: Ended) -> tuple[RowT, ...]:
        """End the open rows of these keys and return them."""
        ended = []
        for key in keys:
            row = self._rows.pop(key, None)
            if row is not None:
                ended.append(replace(row, ended=cause))
        return tuple(ended)

    def jump(self, to_ms: int) -> tuple[RowT, ...]:
        """End all rows at a clock jump; what lies up to `to_ms` is unsure."""
        self._unsure_until_ms = max(self._unsure_until_ms, to_ms)
        return self.end(tuple(self._rows), Ended.CLOCK)

    def tick(self, now_ms: int) -> tuple[RowT, ...]:
        """End the rows of days that are over, also where no more evidence comes."""
        if now_ms < self._none_over_before_ms:
            return ()
        over = [key for key in self._rows if now_ms >= self._day_end_ms[key] + FINAL_AFTER_MS]
        ended = self.end(over, Ended.MIDNIGHT)
        ends_ms = [self._day_end_ms[key] for key in self._rows]
        self._none_over_before_ms = min(ends_ms, default=now_ms) + FINAL_AFTER_MS
        return ended

    def stop(self) -> tuple[RowT, ...]:
        """End all rows: the collector stops."""
        return self.end(tuple(self._rows), Ended.STOP)
