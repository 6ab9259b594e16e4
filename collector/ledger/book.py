"""All evidence of one collector session, folded into rows that wait to be written: pure, bounded in memory.

Open rows are extended in place, so waiting costs memory only where something changed: a disk that fails for
hours loses nothing until `max_pending` rows wait, and what is lost after that is itself a row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo

from collector.clock import ClockJump
from collector.ledger import spools, uptimes
from collector.ledger.beats import HeartbeatBook
from collector.ledger.evidence import Evidence, LeftOutEvidence, Repeats, SpoolEvidence, TrafficEvidence
from collector.ledger.restored import Restored
from collector.ledger.rows import Discontinuity, Document, Loss, LossCause, Revision, Row, Session
from collector.ledger.runs import RunBook
from collector.ledger.spools import SpoolBook
from collector.ledger.tables import RowKey, table_of
from collector.ledger.traffic_rows import LeftOutBook, TrafficBook
from collector.ledger.uptimes import UptimeBook
from collector.model import SpoolCursor, Uptime

MAX_PENDING = 100_000
HEARTBEAT_LIMIT_MS = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows to commit together; with them the ledger is complete up to `upto_ms` (None: no beat yet)."""

    rows: Mapping[RowKey, Row]
    upto_ms: int | None


@dataclass(slots=True)
class Tally:
    """Evidence that was not booked, by why: see LedgerHealth."""

    refused: int = 0
    unsure: int = 0
    invalid: int = 0
    lost: int = 0


class Book:
    """Feed evidence in order; take what waits, and put it back if it could not be written."""

    def __init__(
        self,
        session: Session,
        restored: Restored,
        timezone: tzinfo,
        *,
        max_pending: int = MAX_PENDING,
        heartbeat_limit_ms: int = HEARTBEAT_LIMIT_MS,
    ) -> None:
        self.tally = Tally()
        self._session = session.id
        self._max_pending = max_pending
        self._pending: dict[RowKey, Row] = {}
        self._in_flight = 0
        self._upto_ms: int | None = None
        self._revision = restored.revision
        self._last_jump: Discontinuity | None = None
        self._losses: dict[str, Loss] = {}
        self._runs = RunBook(session.id, timezone)
        self._uptimes = UptimeBook(session.id, timezone)
        self._spools = SpoolBook(session.id, timezone)
        self._beats = HeartbeatBook(session.id, timezone, limit_ms=heartbeat_limit_ms)
        self._traffic = TrafficBook(session.id, timezone)
        self._left_out = LeftOutBook(session.id, timezone)
        self._add((session,))
        self._add(restored.losses(session))
        self._add(self._runs.resume(last.run for last in restored.last.values()))
        self._add(self._uptimes.resume(restored.boots.values()))
        self._add(self._spools.resume(restored.spools.values()))
        self._add(self._beats.resume(restored.heartbeat))
        self._add(self._traffic.resume(restored.traffic))
        self._add(self._left_out.resume(restored.left_out))

    @property
    def pending(self) -> int:
        """How many rows wait to be committed, those just being written included."""
        return len(self._pending) + self._in_flight

    @property
    def upto_ms(self) -> int | None:
        """The last heartbeat."""
        return self._upto_ms

    def revision(self, document: str, took_effect_ms: int, timezone: tzinfo) -> int:
        """Announce the inventory that polls are made by from now on; the same again is the same revision."""
        for book in self._books:
            book.open.timezone = timezone
        sha256 = hashlib.sha256(document.encode()).hexdigest()
        last = self._revision
        if last is not None and last.sha256 == sha256:
            return last.id
        self._revision = Revision(
            id=1 if last is None else last.id + 1,
            session=self._session,
            took_effect_ms=took_effect_ms,
            sha256=sha256,
        )
        self._add((Document(sha256=sha256, json=document), self._revision))
        return self._revision.id

    def poll(self, evidence: Evidence) -> None:
        """Book one poll; raise ValueError if its revision was never announced."""
        if self._revision is None or not 1 <= evidence.revision <= self._revision.id:
            raise ValueError(f"{evidence.device}: revision {evidence.revision} was never announced")
        if self._runs.known(evidence):
            self.tally.refused += 1
        elif self._runs.unsure(evidence):
            self.tally.unsure += 1
        elif self._full and not self._runs.extends(evidence):
            self._lose(evidence)
        else:
            self._losses.pop(evidence.device, None)
            self._add(self._runs.feed(evidence))

    def uptime(self, device: str, uptime: Uptime) -> None:
        """Book one reading of an uptime; what no device can mean is counted and left out."""
        if not uptimes.possible(uptime):
            self.tally.invalid += 1
        elif self._uptimes.known(device, uptime):
            self.tally.refused += 1
        elif self._uptimes.unsure(uptime):
            self.tally.unsure += 1
        elif self._full and not self._uptimes.extends(device, uptime):
            self.tally.lost += 1
        else:
            self._add(self._uptimes.feed(device, uptime))

    def repeated(self, device: str, repeats: Repeats) -> None:
        """Book polls like the device's last one, as if each had been fed; ValueError if they are not."""
        self._add(self._runs.repeat(device, repeats))

    def uptime_repeated(self, device: str, last: Uptime, readings: int) -> None:
        """Book readings that go on as the last one did, `last` among them; ValueError if it does not."""
        self._add(self._uptimes.repeat(device, last, readings))

    def agent_range(self, spool: SpoolEvidence) -> None:
        """Book snapshots of an agent's spool; without room the cursor stays, so they are asked for again."""
        if not spools.possible(spool):
            self.tally.invalid += 1
        elif self._spools.known(spool):
            self.tally.refused += 1
        elif not self._full or self._spools.extends(spool):
            self._add(self._spools.feed(spool))

    def cursor(self, device: str) -> SpoolCursor | None:
        """Return what is had of this agent's spool."""
        return self._spools.cursor(device)

    def traffic(self, evidence: TrafficEvidence) -> None:
        """Book a bucket of a line, or a part of one; without room its time stays uncovered."""
        if self._traffic.known(evidence):
            self.tally.refused += 1
        elif self._full and not self._traffic.extends(evidence):
            self.tally.lost += 1
        else:
            self._add(self._traffic.feed(evidence))

    def left_out(self, evidence: LeftOutEvidence) -> None:
        """Book why time of a line is in no bucket."""
        if self._full and not self._left_out.extends(evidence):
            self.tally.lost += 1
        else:
            self._add(self._left_out.feed(evidence))

    def discontinuity(self, jump: ClockJump) -> None:
        """Book a clock jump: every open row but the spools' ends."""
        last = self._last_jump
        if self._full and last is not None:
            row = replace(last, to_ms=jump.to_ms, size_ms=last.size_ms + jump.size_ms)
        else:
            row = Discontinuity(
                session=self._session,
                number=1 if last is None else last.number + 1,
                kind=jump.kind,
                from_ms=jump.from_ms,
                to_ms=jump.to_ms,
                size_ms=jump.size_ms,
            )
        self._last_jump = row
        self._add((row,))
        self._add(self._runs.open.jump(jump.to_ms))
        self._add(self._uptimes.open.jump(jump.to_ms))
        self._add(self._beats.open.jump(jump.to_ms))

    def heartbeat(self, now_ms: int) -> None:
        """Book that the collector is alive, and end the rows of days that are over."""
        self._upto_ms = now_ms
        if not self._full or self._beats.extends(now_ms):
            self._add(self._beats.beat(now_ms))
        for book in self._books:
            self._add(book.open.tick(now_ms))

    def stop(self) -> None:
        """End all rows: the collector stops."""
        for book in self._books:
            self._add(book.open.stop())

    def take(self) -> Batch:
        """Hand out all rows that wait; `done` or `put_back` must follow."""
        rows, self._pending = self._pending, {}
        self._in_flight = len(rows)
        return Batch(rows=rows, upto_ms=self._upto_ms)

    def done(self) -> None:
        """Forget the rows last taken: they are committed."""
        self._in_flight = 0

    def put_back(self, batch: Batch) -> None:
        """Let rows wait again that could not be written; later versions of them stand."""
        self._pending = {**batch.rows, **self._pending}
        self._in_flight = 0

    @property
    def _books(
        self,
    ) -> tuple[RunBook, UptimeBook, SpoolBook, HeartbeatBook, TrafficBook, LeftOutBook]:
        return (self._runs, self._uptimes, self._spools, self._beats, self._traffic, self._left_out)

    @property
    def _full(self) -> bool:
        return self.pending >= self._max_pending

    def _lose(self, evidence: Evidence) -> None:
        device = evidence.device
        self.tally.lost += 1
        self._add(self._runs.lose(evidence))
        loss = self._losses.get(device)
        if loss is None:
            loss = Loss(
                device=device,
                session=self._session,
                cause=LossCause.NO_ROOM,
                first_ms=evidence.sent_ms,
                last_ms=evidence.end_ms,
                rows=0,
                polls=1,
            )
        else:
            loss = replace(loss, last_ms=evidence.end_ms, polls=loss.polls + 1)
        self._losses[device] = loss
        self._add((loss,))

    def _add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._pending[table_of(row).key_of(row)] = row
