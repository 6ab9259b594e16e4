"""What a ledger still knew when it was opened, and how a writer says it is doing: frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collector.ledger.rows import Boot, Heartbeat, Meta, Revision, Run, SpoolRange
from collector.model import UptimeSource


@dataclass(frozen=True, slots=True, kw_only=True)
class LastEvidence:
    """A device's last run, and since when its verdict has been the same without a gap of evidence."""

    run: Run
    since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """The end of the ledger: last evidence per device, cursors, last revision and heartbeat.

    `latest_ms` is the last instant of any row, 0 in a new ledger: the clock must not go below it. `notes` are
    sentences for the log about what was found at opening.
    """

    meta: Meta
    latest_ms: int
    last: Mapping[str, LastEvidence]
    boots: Mapping[tuple[str, UptimeSource], Boot]
    spools: Mapping[str, SpoolRange]
    heartbeat: Heartbeat | None
    revision: Revision | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerHealth:
    """How the ledger is doing, for metrics and for people. Counts are since the start of the process.

    `committed_ms` is the ledger time up to which evidence is safe on disk. `pending_rows` wait for a commit.
    `refused` counts evidence handed over twice or out of order, `unsure` what fell into a clock jump,
    `invalid` agents' and devices' values no ledger can hold, `lost_polls` what there was no memory to keep.
    """

    ok: bool
    failing_since_ms: int | None
    reason: str
    pending_rows: int
    committed_ms: int | None
    commits: int
    failures: int
    rows_written: int
    last_commit_s: float
    slowest_commit_s: float
    refused: int
    unsure: int
    invalid: int
    lost_polls: int
    file_bytes: int
    wal_bytes: int
