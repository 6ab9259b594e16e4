"""The rows of the ledger as frozen values; docs/ledger.md says what each column means.

Instants are UTC milliseconds of the ledger clock. A row with `ended` is open while that is None: only open
rows are ever extended, and a row that has ended never changes again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from collector.clock import JumpKind
from collector.model import Doubt, Reason, UptimeSource, Verdict


class Ended(StrEnum):
    """Why a run of evidence ended."""

    VERDICT = "verdict"
    REASON = "reason"
    REVISION = "revision"
    GAP = "gap"
    CLOCK = "clock"
    MIDNIGHT = "midnight"
    JUMP = "jump"
    IDENTITY = "identity"
    STOP = "stop"
    KILLED = "killed"
    LOSS = "loss"


class LossCause(StrEnum):
    """Why evidence that once was there is not in the ledger."""

    NO_ROOM = "no_room"
    SALVAGE = "salvage"
    WAL_MISSING = "wal_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """What this ledger is. A simulated province's evidence never mixes with a real one's."""

    ledger_id: str
    created_ms: int
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """A step of the schema, recorded in the transaction that made it."""

    version: int
    name: str
    applied_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One life of a collector process."""

    id: str
    started_ms: int
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An inventory in canonical JSON, under the SHA-256 of its UTF-8 bytes."""

    sha256: str
    json: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """From `took_effect_ms` on polls were made by this document, until the next revision."""

    id: int
    session: str
    took_effect_ms: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Discontinuity:
    """A clock jump, numbered within its session."""

    session: str
    number: int
    kind: JumpKind
    from_ms: int
    to_ms: int
    size_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """The collector was alive from `first_ms` to `last_ms`, never unseen for more than `longest_gap_ms`."""

    session: str
    first_ms: int
    last_ms: int
    beats: int
    longest_gap_ms: int
    ended: Ended | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Equal polls of one device. An end is an answered poll's answer, any other poll's end of waiting.

    `longest_gap_ms` is the longest span from a poll's sending to the next one's end: an interruption at
    least that long cannot have gone unseen within the run.
    """

    device: str
    session: str
    revision: int
    verdict: Verdict
    reason: Reason | None
    interval_ms: int
    deadline_ms: int
    first_sent_ms: int
    first_end_ms: int
    last_sent_ms: int
    last_end_ms: int
    polls: int
    longest_gap_ms: int
    ended: Ended | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Boot:
    """Readings of one uptime that went on linearly, from the first to the last."""

    device: str
    source: UptimeSource
    session: str
    wraps: bool
    boots: int | None
    boot_id: str
    first_ticks: int
    first_sent_ms: int
    first_at_ms: int
    last_ticks: int
    last_sent_ms: int
    last_at_ms: int
    readings: int
    ended: Ended | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolRange:
    """Snapshots of one agent's spool without a hole in their numbers; between two ranges lies a gap."""

    device: str
    spool: str
    session: str
    first_seq: int
    last_seq: int
    first_ms: int
    last_ms: int
    first_received_ms: int
    last_received_ms: int
    ended: Ended | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Buckets of one line, one after another from `start_ms` on, as arrays in JSON (see traffic_rows)."""

    device: str
    interface: str
    session: str
    start_ms: int
    end_ms: int
    covered_ms: int
    in_bytes: str
    out_bytes: str
    missed_ms: str
    ended: Ended | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Time between readings of a line that is in no bucket, because of `doubt`; the bytes are the least."""

    device: str
    interface: str
    session: str
    doubt: Doubt
    first_ms: int
    last_ms: int
    readings: int
    in_bytes: int
    out_bytes: int
    ended: Ended | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Evidence of `device` ('' for any) that was had, or may have been, and could not be kept."""

    device: str
    session: str
    cause: LossCause
    first_ms: int
    last_ms: int
    rows: int
    polls: int


Row = (
    Meta
    | Migration
    | Session
    | Document
    | Revision
    | Discontinuity
    | Heartbeat
    | Run
    | Boot
    | SpoolRange
    | Traffic
    | LeftOut
    | Loss
)
