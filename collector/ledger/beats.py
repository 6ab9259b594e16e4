"""Folds the collector's heartbeats into rows, so that its own absence is a hole between them: pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo

from collector.ledger.open_rows import OpenRows
from collector.ledger.rows import Ended, Heartbeat


class HeartbeatBook:
    """The open heartbeat row. Its methods return the rows that are new or changed."""

    def __init__(self, session: str, timezone: tzinfo, *, limit_ms: int) -> None:
        self._session = session
        self._limit_ms = limit_ms
        self.open: OpenRows[str, Heartbeat] = OpenRows(timezone)

    def resume(self, last: Heartbeat | None) -> list[Heartbeat]:
        """Take up after an earlier collector: a row it left open ends where its last beat was."""
        return [] if last is None else self.open.resume(self._session, last, last.last_ms)

    def extends(self, now_ms: int) -> bool:
        """Return True if this beat would lengthen the open row and start none."""
        row = self.open.get(self._session)
        return row is not None and self._why_ended(row, now_ms) is None

    def beat(self, now_ms: int) -> tuple[Heartbeat, ...]:
        """Book that the collector was alive at `now_ms`; a clock that holds still adds nothing."""
        if self.open.known(self._session, now_ms) or self.open.unsure(now_ms):
            return ()
        row = self.open.get(self._session)
        if row is None:
            return (self.open.start(self._session, self._first(now_ms), now_ms),)
        cause = self._why_ended(row, now_ms)
        if cause is not None:
            ended = self.open.end((self._session,), cause)
            return (*ended, self.open.start(self._session, self._first(now_ms), now_ms))
        gap_ms = max(row.longest_gap_ms, now_ms - row.last_ms)
        longer = replace(row, last_ms=now_ms, beats=row.beats + 1, longest_gap_ms=gap_ms)
        return (self.open.extend(self._session, longer, now_ms),)

    def _first(self, now_ms: int) -> Heartbeat:
        return Heartbeat(
            session=self._session, first_ms=now_ms, last_ms=now_ms, beats=1, longest_gap_ms=0, ended=None
        )

    def _why_ended(self, row: Heartbeat, now_ms: int) -> Ended | None:
        if now_ms - row.last_ms > self._limit_ms:
            return Ended.GAP
        return Ended.MIDNIGHT if self.open.day_over(self._session, now_ms) else None
