"""What people decided, one frozen value for each kind of entry in the register. Pure.

Instants are UTC milliseconds. Texts may be empty where nothing was said.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an entry is about."""

    MAINTENANCE_ADDED = "maintenance_added"
    MAINTENANCE_ENDED = "maintenance_ended"
    OUTAGE_ANNOTATED = "outage_annotated"
    MONTH_CLOSED = "month_closed"
    MONTH_RESTATED = "month_restated"
    EVIDENCE_REMOVED = "evidence_removed"
    CLOCK_STATED = "clock_stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceAdded:
    """Planned work on devices and areas; `repeat` is its repetition in one line (docs/decisions/0120)."""

    id: str
    devices: tuple[str, ...]
    areas: tuple[str, ...]
    start_ms: int
    end_ms: int
    repeat: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceEnded:
    """From `end_ms` on a maintenance counts no more."""

    id: str
    end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageAnnotated:
    """What a person knows of the outage of a device whose first silent poll was sent at `at_ms`."""

    device: str
    at_ms: int
    cause: str
    note: str
    responsible: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDigest:
    """Rows of one table: how many, and the hash over their text."""

    table: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayDigest:
    """The rows that began in a local day; `chain` is the hash over the day before's chain and these."""

    day: str
    tables: tuple[TableDigest, ...]
    chain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A closed period as docs/closing.md defines it: digests, figures and the hash that seals them.

    `revision` counts from 1, a restatement has the next. `previous_period` and `previous_sha256` are of the
    closing before it, whatever its period ("" if there is none). `standing` are rows of no day: which ledger
    it is, and the inventories in force. `register_number` and `register_sha256` are the register's last entry
    before the closing. `figures` is the figures' JSON, compressed by zlib, in base64.
    """

    period: str
    kind: str
    timezone: str
    start_ms: int
    end_ms: int
    revision: int
    previous_period: str
    previous_sha256: str
    days: tuple[DayDigest, ...]
    standing: tuple[TableDigest, ...]
    figures: str
    figures_sha256: str
    register_number: int
    register_sha256: str
    version: str
    sha256: str
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthClosed:
    """A period was closed for the first time."""

    closing: Closing


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRestated:
    """A closed period was closed again, for `reason`; maintenance `accepted` counts though recorded late."""

    closing: Closing
    reason: str
    accepted: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRemoved:
    """Rows that ended before `before_ms` are removed: `periods` need them no more, all of them are closed."""

    before_ms: int
    months_kept: int
    periods: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStated:
    """A person says, for `reason`, that the clock this entry was made by is right; it may go back."""

    reason: str


Payload = (
    MaintenanceAdded
    | MaintenanceEnded
    | OutageAnnotated
    | MonthClosed
    | MonthRestated
    | EvidenceRemoved
    | ClockStated
)

PAYLOADS: dict[Kind, type[Payload]] = {
    Kind.MAINTENANCE_ADDED: MaintenanceAdded,
    Kind.MAINTENANCE_ENDED: MaintenanceEnded,
    Kind.OUTAGE_ANNOTATED: OutageAnnotated,
    Kind.MONTH_CLOSED: MonthClosed,
    Kind.MONTH_RESTATED: MonthRestated,
    Kind.EVIDENCE_REMOVED: EvidenceRemoved,
    Kind.CLOCK_STATED: ClockStated,
}
"""Every kind has its own payload, and every payload its kind."""

_KINDS = {payload: kind for kind, payload in PAYLOADS.items()}


def kind_of(payload: Payload) -> Kind:
    """Return the kind of entry that this payload makes."""
    return _KINDS[type(payload)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry: who decided what, and when. `sha256` covers it and, through `previous`, all before it."""

    number: int
    at_ms: int
    author: str
    payload: Payload
    previous: str
    sha256: str

    @property
    def kind(self) -> Kind:
        """What it is about."""
        return kind_of(self.payload)
