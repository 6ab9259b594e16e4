"""Folds what was received of agents' spools into ranges without a hole in their numbers: pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import tzinfo

from collector.ledger.evidence import SpoolEvidence
from collector.ledger.open_rows import OpenRows
from collector.ledger.rows import Ended, SpoolRange
from collector.model import SpoolCursor

_MAX_INTEGER = 2**63
_MAX_SPOOL_ID = 64


def possible(evidence: SpoolEvidence) -> bool:
    """Return True if the values, which an agent made up, are ones that the ledger can hold."""
    return (
        0 <= evidence.first_seq <= evidence.last_seq < _MAX_INTEGER
        and 0 <= evidence.first_ms <= evidence.last_ms < _MAX_INTEGER
        and 0 <= evidence.received_ms < _MAX_INTEGER
        and 0 < len(evidence.spool) <= _MAX_SPOOL_ID
        and evidence.spool.isascii()
        and evidence.spool.isprintable()
    )


class SpoolBook:
    """The open range and the cursor of each agent. Its methods return the rows that are new or changed."""

    def __init__(self, session: str, timezone: tzinfo) -> None:
        self._session = session
        self._cursors: dict[str, SpoolCursor] = {}
        self.open: OpenRows[str, SpoolRange] = OpenRows(timezone)

    def resume(self, last: Iterable[SpoolRange]) -> list[SpoolRange]:
        """Take up after an earlier collector: the cursors stand, its open ranges end."""
        killed = []
        for row in last:
            self._cursors[row.device] = SpoolCursor(spool=row.spool, seq=row.last_seq)
            killed += self.open.resume(row.device, row, row.last_received_ms)
        return killed

    def cursor(self, device: str) -> SpoolCursor | None:
        """Return what is had of this agent's spool; None before the first snapshot."""
        return self._cursors.get(device)

    def known(self, evidence: SpoolEvidence) -> bool:
        """Return True if all of these snapshots were fed already."""
        cursor = self._cursors.get(evidence.device)
        return cursor is not None and cursor.spool == evidence.spool and evidence.last_seq <= cursor.seq

    def extends(self, evidence: SpoolEvidence) -> bool:
        """Return True if the snapshots would lengthen an open range and start none."""
        row = self.open.get(evidence.device)
        return row is not None and self._why_ended(row, evidence) is None

    def feed(self, evidence: SpoolEvidence) -> tuple[SpoolRange, ...]:
        """Book received snapshots: those fed already count once, a hole in the numbers starts a new range."""
        if not possible(evidence) or self.known(evidence):
            return ()
        device, received_ms = evidence.device, evidence.received_ms
        row = self.open.get(device)
        cause = None if row is None else self._why_ended(row, evidence)
        if row is None or cause is not None:
            ended = () if cause is None else self.open.end((device,), cause)
            fed = (*ended, self.open.start(device, self._first(evidence), received_ms))
        else:
            longer = replace(
                row,
                last_seq=evidence.last_seq,
                last_ms=max(row.last_ms, evidence.last_ms),
                last_received_ms=max(row.last_received_ms, received_ms),
            )
            fed = (self.open.extend(device, longer, received_ms),)
        self._cursors[device] = SpoolCursor(spool=evidence.spool, seq=evidence.last_seq)
        return fed

    def _first(self, evidence: SpoolEvidence) -> SpoolRange:
        return SpoolRange(
            device=evidence.device,
            spool=evidence.spool,
            session=self._session,
            first_seq=evidence.first_seq,
            last_seq=evidence.last_seq,
            first_ms=evidence.first_ms,
            last_ms=evidence.last_ms,
            first_received_ms=evidence.received_ms,
            last_received_ms=evidence.received_ms,
            ended=None,
        )

    def _why_ended(self, row: SpoolRange, evidence: SpoolEvidence) -> Ended | None:
        if row.spool != evidence.spool:
            return Ended.IDENTITY
        if evidence.first_seq > row.last_seq + 1:
            return Ended.GAP
        return Ended.MIDNIGHT if self.open.day_over(row.device, evidence.received_ms) else None
