"""What the ledger tells of one device's last thirty days: a value, and the text it travels as. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass

from collector.figures.tally import Piece
from collector.model import State
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


def to_text(history: History) -> str:
    """Return a history as JSON."""
    return json.dumps(
        {
            "device": history.device,
            "end_ms": history.end_ms,
            "failed": history.failed,
            "pieces": [(one.start_ms, one.end_ms, str(one.state)) for one in history.pieces],
            "buckets": [
                (one.start_ms, one.in_bytes, one.out_bytes, one.covered_ms) for one in history.buckets
            ],
        }
    )


def from_text(text: bytes) -> History:
    """Return the history that `to_text` wrote; what else a piece may have been is not kept."""
    found = json.loads(text)
    return History(
        device=found["device"],
        end_ms=found["end_ms"],
        failed=found["failed"],
        pieces=tuple(
            Piece(start_ms=start, end_ms=end, state=State(state), possible=frozenset({State(state)}))
            for start, end, state in found["pieces"]
        ),
        buckets=tuple(
            Bucket(start_ms=start, in_bytes=into, out_bytes=out, covered_ms=covered)
            for start, into, out, covered in found["buckets"]
        ),
    )
