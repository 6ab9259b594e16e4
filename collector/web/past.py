"""What the ledger tells of one device's last thirty days, as a value. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from collector.figures.tally import Piece
from collector.traffic.buckets import Bucket

DAY_MS = 86_400_000
DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A device's last 30 days up to `end_ms`; `failed` is why they could not be read, in words."""

    device: str
    end_ms: int
    pieces: tuple[Piece, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    failed: str | None = None

    @property
    def start_ms(self) -> int:
        """Where the 30 days begin."""
        return self.end_ms - DAYS * DAY_MS

    @property
    def day_ms(self) -> int:
        """Where the last 24 hours begin."""
        return self.end_ms - DAY_MS
