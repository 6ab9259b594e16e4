"""What a ledger still knew when it was opened, and how a writer says it is doing: frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collector.ledger.rows import (
    Boot,
    Heartbeat,
    LeftOut,
    Loss,
    LossCause,
    Meta,
    Revision,
    Run,
    Session,
    SpoolRange,
    Traffic,
)
from collector.model import UptimeSource


@dataclass(frozen=True, slots=True, kw_only=True)
class LastEvidence:
    """A device's last run, and since when its verdict has been the same without a gap of evidence."""

    run: Run
    since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """The end of the ledger: last evidence per device, cursors, last revision and heartbeat.

    `latest_ms` is the last instant of any row, 0 in a new ledger: the clock must not go below it. `traffic`
    and `left_out` are the rows that were left open. `notes` are sentences for the log about what was found.
    `wal_missing` says that the last collector was killed and its write-ahead log has gone since.
    """

    meta: Meta
    latest_ms: int
    last: Mapping[str, LastEvidence]
    boots: Mapping[tuple[str, UptimeSource], Boot]
    spools: Mapping[str, SpoolRange]
    heartbeat: Heartbeat | None
    revision: Revision | None
    traffic: tuple[Traffic, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    wal_missing: bool = False
    notes: tuple[str, ...] = ()

    def losses(self, session: Session) -> tuple[Loss, ...]:
        """Return what may be lost with a missing write-ahead log, as a row of the new session."""
        if not self.wal_missing:
            return ()
        return (
            Loss(
                device="",
                session=session.id,
                cause=LossCause.WAL_MISSING,
                first_ms=min(self.latest_ms, session.started_ms),
                last_ms=session.started_ms,
                rows=0,
                polls=0,
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerHealth:
    """How the ledger is doing, for metrics and for people. Counts are since the start of the process.

    `committed_ms` is the ledger time up to which evidence is safe on disk. `pending_rows` wait for a commit.
    `refused` counts evidence handed over twice or out of order, `unsure` what fell into a clock jump,
    `invalid` agents' and devices' values no ledger can hold, `lost` what there was no memory to keep.
    """

    ok: bool
    failing_since_ms: int | None
    reason: str
    pending_rows: int
    committed_ms: int | None
    commits: int
    failures: int
    rows_written: int
    rows_rejected: int
    last_commit_s: float
    slowest_commit_s: float
    refused: int
    unsure: int
    invalid: int
    lost: int
    file_bytes: int
    wal_bytes: int
