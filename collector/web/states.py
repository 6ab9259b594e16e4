"""A device's states of a period, from the figures' own partition of the ledger's evidence."""

from __future__ import annotations

from collector.figures.tally import Piece
from collector.ledger.reader import LedgerReader


def states_of(reader: LedgerReader, device: str, start_ms: int, end_ms: int) -> tuple[Piece, ...]:
    """Return what the device is booked as in [start, end)."""
    return ()
