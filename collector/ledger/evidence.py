"""What is handed to the ledger: the result of one poll, a range of an agent's spool, traffic of a line."""

from __future__ import annotations

from dataclasses import dataclass

from collector.model import Doubt, Reason, Verdict
from collector.traffic.buckets import Bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One poll of one device, in ledger time: sent, answered (only an answered poll), and over.

    `reason` says why a poll is silent or local, or names the management fault beside an answer. A device's
    polls are handed over in the order of `sent_ms`, which is also what tells one poll from another.
    """

    device: str
    revision: int
    verdict: Verdict
    reason: Reason | None
    sent_ms: int
    done_ms: int
    answered_ms: int | None
    interval_ms: int
    deadline_ms: int

    def __post_init__(self) -> None:
        if (self.answered_ms is not None) != (self.verdict is Verdict.ANSWERED):
            raise ValueError(f"{self.device}: answered_ms belongs to answered polls, and to all of them")
        if not 0 <= self.sent_ms <= self.end_ms <= self.done_ms:
            raise ValueError(f"{self.device}: a poll is sent, then answered, then done: {self}")
        if self.interval_ms <= 0 or self.deadline_ms <= 0:
            raise ValueError(f"{self.device}: interval and deadline are positive")

    @property
    def end_ms(self) -> int:
        """When the poll's proof was complete: the answer's instant, else the end of waiting."""
        return self.done_ms if self.answered_ms is None else self.answered_ms

    @property
    def patience_ms(self) -> int:
        """How far apart two polls may be sent and still cover the time between them (design section 3)."""
        return 2 * self.interval_ms + self.deadline_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """Polls of the same local day that follow one, at the pace and with the verdict and reason of that one.

    `longest_gap_ms` is the longest span from the sending of one to the end of the next, from the poll that
    they follow on.
    """

    polls: int
    last_sent_ms: int
    last_end_ms: int
    longest_gap_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolEvidence:
    """Snapshots `first_seq`..`last_seq` of one agent's spool, without a hole, received at `received_ms`.

    `first_ms` and `last_ms` are when the first and last were taken, in ledger time: the instant of the
    report less the snapshot's age.
    """

    device: str
    spool: str
    first_seq: int
    last_seq: int
    first_ms: int
    last_ms: int
    received_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficEvidence:
    """One bucket of a device's line, or a part of one: what is handed over for the same bucket adds up.

    A line's buckets are handed over in the order of their time.
    """

    device: str
    interface: str
    bucket: Bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutEvidence:
    """The time between two readings of a line that went into no bucket, with the least that passed in it."""

    device: str
    interface: str
    doubt: Doubt
    from_ms: int
    to_ms: int
    in_bytes: int
    out_bytes: int
