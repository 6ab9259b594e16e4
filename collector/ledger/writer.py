"""The one thread that writes the ledger; the event loop hands it evidence and never waits for a disk."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from collector.clock import ClockJump
from collector.ledger.book import HEARTBEAT_LIMIT_MS, MAX_PENDING, Book
from collector.ledger.errors import LedgerError
from collector.ledger.evidence import Evidence, LeftOutEvidence, Repeats, SpoolEvidence, TrafficEvidence
from collector.ledger.removal import Removal
from collector.ledger.restored import LedgerHealth, Restored
from collector.ledger.rows import Session
from collector.ledger.store import Store, Written
from collector.model import SpoolCursor, Uptime

logger = logging.getLogger(__name__)

_BACK_OFF = 2.0
_LAST_JOIN_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterSettings:
    """How often evidence is committed (the most a kill can cost), and how long a failed commit waits."""

    flush_s: float = 5.0
    first_retry_s: float = 1.0
    longest_retry_s: float = 30.0
    max_pending: int = MAX_PENDING
    heartbeat_limit_ms: int = HEARTBEAT_LIMIT_MS


@dataclass(slots=True)
class _Commits:
    """How the commits went so far; guarded by the writer's lock."""

    commits: int = 0
    failures: int = 0
    rows: int = 0
    rejected: int = 0
    last_s: float = 0.0
    slowest_s: float = 0.0
    committed_ms: int | None = None
    failing_since_ms: int | None = None
    reason: str = ""
    file_bytes: int = 0
    wal_bytes: int = 0


class LedgerWriter:
    """Books evidence in memory at once and commits it every few seconds. All methods are thread-safe.

    No method but `flush` and `close` waits for the disk, and none raises because of it: what could not be
    committed stays in memory, is tried again, and shows in `health`.
    """

    def __init__(
        self,
        store: Store,
        restored: Restored,
        *,
        session: Session,
        timezone: tzinfo,
        mono: Callable[[], float],
        settings: WriterSettings | None = None,
    ) -> None:
        """Begin a session on an opened store, which the writer closes at its end."""
        self._settings = settings or WriterSettings()
        self._store = store
        self._mono = mono
        self._book = Book(
            session,
            restored,
            timezone,
            max_pending=self._settings.max_pending,
            heartbeat_limit_ms=self._settings.heartbeat_limit_ms,
        )
        self._started_ms = session.started_ms
        self._commits = _Commits()
        self._turn = threading.Condition()
        self._removal = Removal()
        self._asked = self._answered = 0
        self._stopping = self._give_up = self._ended = False
        self._thread = threading.Thread(target=self._run, name="ledger-writer", daemon=True)
        self._thread.start()

    def revision(self, document: str, took_effect_ms: int, timezone: tzinfo) -> int:
        """Announce the inventory (canonical JSON) that polls are made by; return its revision number."""
        with self._turn:
            return self._book.revision(document, took_effect_ms, timezone)

    def poll(self, evidence: Evidence) -> None:
        """Book one poll; raise ValueError if its revision was never announced."""
        with self._turn:
            self._book.poll(evidence)

    def uptime(self, device: str, uptime: Uptime) -> None:
        """Book one reading of an uptime."""
        with self._turn:
            self._book.uptime(device, uptime)

    def repeated(self, device: str, repeats: Repeats) -> None:
        """Book polls like the device's last one, many at once."""
        with self._turn:
            self._book.repeated(device, repeats)

    def uptime_repeated(self, device: str, last: Uptime, readings: int) -> None:
        """Book readings of an uptime that go on as the last one did, many at once."""
        with self._turn:
            self._book.uptime_repeated(device, last, readings)

    def agent_range(self, spool: SpoolEvidence) -> None:
        """Book snapshots of an agent's spool that were received."""
        with self._turn:
            self._book.agent_range(spool)

    def traffic(self, evidence: TrafficEvidence) -> None:
        """Book a bucket of a line's traffic, or a part of one."""
        with self._turn:
            self._book.traffic(evidence)

    def left_out(self, evidence: LeftOutEvidence) -> None:
        """Book why time of a line is in no bucket."""
        with self._turn:
            self._book.left_out(evidence)

    def cursor(self, device: str) -> SpoolCursor | None:
        """Return what is had of this agent's spool; None before the first snapshot."""
        with self._turn:
            return self._book.cursor(device)

    def discontinuity(self, jump: ClockJump) -> None:
        """Book a clock jump: fit to be the clock's listener."""
        with self._turn:
            self._book.discontinuity(jump)

    def heartbeat(self, now_ms: int) -> None:
        """Book that the collector is alive; to be called every few seconds."""
        with self._turn:
            self._book.heartbeat(now_ms)

    def health(self) -> LedgerHealth:
        """Return how the ledger is doing."""
        with self._turn:
            state, tally = self._commits, self._book.tally
            return LedgerHealth(
                ok=state.failing_since_ms is None,
                failing_since_ms=state.failing_since_ms,
                reason=state.reason,
                pending_rows=self._book.pending,
                committed_ms=state.committed_ms,
                commits=state.commits,
                failures=state.failures,
                rows_written=state.rows,
                rows_rejected=state.rejected,
                last_commit_s=state.last_s,
                slowest_commit_s=state.slowest_s,
                refused=tally.refused,
                unsure=tally.unsure,
                invalid=tally.invalid,
                lost=tally.lost,
                file_bytes=state.file_bytes,
                wal_bytes=state.wal_bytes,
            )

    def remove(self, before_ms: int) -> None:
        """Remove evidence that ended before this instant, little by little between commits."""
        with self._turn:
            self._removal.begin(before_ms)

    def flush(self, timeout_s: float = 10.0) -> bool:
        """Try to commit now, and wait for it; True if all that was booked before is on disk."""
        with self._turn:
            self._asked += 1
            mine = self._asked
            self._turn.notify_all()
            answered = self._turn.wait_for(lambda: self._answered >= mine or self._ended, timeout_s)
            return answered and self._commits.failing_since_ms is None

    def close(self, timeout_s: float = 10.0) -> LedgerHealth:
        """End all runs, commit what is pending and close the file; return how that went.

        A disk that fails is tried until the time is up; what then still waits is lost, and that shows as an
        absence of evidence at the next start.
        """
        with self._turn:
            if not self._stopping:
                self._book.stop()
                self._stopping = True
            self._asked += 1
            self._turn.notify_all()
            self._turn.wait_for(lambda: self._ended, timeout_s)
            self._give_up = True
            self._turn.notify_all()
        self._thread.join(_LAST_JOIN_S)
        return self.health()

    def _run(self) -> None:
        pause_s = retry_s = self._settings.first_retry_s
        while True:
            with self._turn:
                self._turn.wait_for(lambda: self._asked > self._answered or self._give_up, pause_s)
                asked, stopping = self._asked, self._stopping
            committed = self._commit()
            with self._turn:
                self._answered = asked
                self._turn.notify_all()
                if self._give_up or (stopping and committed):
                    break
            if committed:
                self._remove_some()
                pause_s, retry_s = self._settings.flush_s, self._settings.first_retry_s
            else:
                pause_s = self._settings.first_retry_s if stopping else retry_s
                retry_s = min(retry_s * _BACK_OFF, self._settings.longest_retry_s)
        self._store.close()
        with self._turn:
            self._ended = True
            self._turn.notify_all()

    def _commit(self) -> bool:
        with self._turn:
            batch = self._book.take()
        began = self._mono()
        try:
            written = self._store.write(batch.rows.values())
            reason = ""
        except LedgerError as error:
            written, reason = None, str(error)
        except Exception as error:
            # Whatever it is, polling must go on and the ledger must try again.
            logger.exception("ledger: an unforeseen error")
            written, reason = None, f"{self._store.path}: {type(error).__name__}: {error}"
        took_s = self._mono() - began
        sizes = self._store.sizes()
        with self._turn:
            before = self._commits.reason
            if written is None:
                self._book.put_back(batch)
                self._note_failure(reason)
            else:
                self._book.done()
                self._note_commit(written, batch.upto_ms, took_s)
            self._commits.file_bytes, self._commits.wal_bytes = sizes
        _log_change(before, reason, written)
        return written is not None

    def _remove_some(self) -> None:
        """Take one step of a removal: a few milliseconds, and only after a commit that went well."""
        with self._turn:
            step, before_ms = self._removal.next(), self._removal.before_ms
        if step is None:
            return
        of, after = step
        try:
            gone_on = self._store.remove(of, after=after, before_ms=before_ms)
        except LedgerError as error:
            logger.warning("ledger: old evidence could not be removed, it is tried again: %s", error)
            return
        except Exception:
            # What is old can wait; what is new cannot.
            logger.exception("ledger: an unforeseen error while old evidence was removed")
            return
        with self._turn:
            if before_ms == self._removal.before_ms:
                self._removal.done(gone_on)

    def _note_failure(self, reason: str) -> None:
        state = self._commits
        state.failures += 1
        if state.failing_since_ms is None:
            upto_ms = self._book.upto_ms
            state.failing_since_ms = self._started_ms if upto_ms is None else upto_ms
        state.reason = reason

    def _note_commit(self, written: Written, upto_ms: int | None, took_s: float) -> None:
        state = self._commits
        state.commits += 1
        state.rows += written.rows
        state.rejected += len(written.rejected)
        state.last_s, state.slowest_s = took_s, max(state.slowest_s, took_s)
        state.committed_ms = upto_ms
        state.failing_since_ms, state.reason = None, ""


def _log_change(before: str, reason: str, written: Written | None) -> None:
    if reason and reason != before:
        logger.error("ledger: cannot write, evidence waits in memory: %s", reason)
    if written is not None:
        if before:
            logger.warning("ledger: writes again; %d rows that waited are safe", written.rows)
        for rejected in written.rejected:
            logger.error("ledger: a row was left out: %s", rejected)
