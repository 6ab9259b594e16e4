"""Removes evidence whose time is over, a few rows at a time, so that no commit of new evidence waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from collector.ledger.tables import (
    BOOT,
    DISCONTINUITY,
    HEARTBEAT,
    LEFT_OUT,
    LOSS,
    RUN,
    SPOOL_RANGE,
    TRAFFIC,
    Table,
)

_BATCH = 500
_BULKY_BATCH = 50
_OUT_OF_ORDER_MS = 2 * 86_400_000
"""Rows lie in the order they began, but for those that were booked late: no more than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removable:
    """A table of evidence, and the columns that say when a row began and ended."""

    table: Table[Any]
    began: str
    ended: str

    @property
    def batch(self) -> int:
        """How many rows to look at in one go."""
        return _BULKY_BATCH if self.table.bulky else _BATCH

    def beyond(self, began_ms: int, before_ms: int) -> bool:
        """Return True if no row after one that began then can be old enough."""
        return began_ms >= before_ms + _OUT_OF_ORDER_MS


REMOVABLE = (
    Removable(table=RUN, began="first_sent_ms", ended="last_end_ms"),
    Removable(table=BOOT, began="first_sent_ms", ended="last_at_ms"),
    Removable(table=HEARTBEAT, began="first_ms", ended="last_ms"),
    Removable(table=DISCONTINUITY, began="from_ms", ended="to_ms"),
    Removable(table=SPOOL_RANGE, began="first_received_ms", ended="last_received_ms"),
    Removable(table=TRAFFIC, began="start_ms", ended="end_ms"),
    Removable(table=LEFT_OUT, began="last_ms", ended="last_ms"),
    Removable(table=LOSS, began="first_ms", ended="last_ms"),
)
"""What retention removes. Sessions, inventories and their revisions are few, and stay."""


class Removal:
    """Where a removal stands: which table, and after which of its rows to go on."""

    def __init__(self) -> None:
        self._before_ms = 0
        self._left: list[Removable] = []
        self._after = 0

    @property
    def before_ms(self) -> int:
        """Rows that ended before this are removed."""
        return self._before_ms

    def begin(self, before_ms: int) -> None:
        """Remove what ended before this instant; one that is not later changes nothing."""
        if before_ms > self._before_ms:
            self._before_ms, self._left, self._after = before_ms, list(REMOVABLE), 0

    def next(self) -> tuple[Removable, int] | None:
        """Return the table to look at now, and after which row number; None if all is done."""
        return (self._left[0], self._after) if self._left else None

    def done(self, after: int | None) -> None:
        """Go on after this row number, or with the next table for None."""
        self._after = after or 0
        if after is None:
            self._left.pop(0)
