"""A device's states of the last days, from the same partition that the figures are made from."""

from __future__ import annotations

from pathlib import Path

from collector.figures.errors import FiguresError
from collector.figures.gather import Decided, gather
from collector.figures.history import InventoryHistory
from collector.figures.partition import partition
from collector.figures.tally import Piece
from collector.ledger.reader import LedgerReader
from collector.register.access import open_if_there
from collector.register.entries import Entry


def states_of(
    reader: LedgerReader, ledger: Path, device: str, start_ms: int, end_ms: int
) -> tuple[Piece, ...]:
    """Return what the device is booked as in [start, end), as far as the ledger goes; () where it is new."""
    try:
        history = InventoryHistory(reader)
    except FiguresError:
        return ()
    upto_ms = min(end_ms, reader.latest_ms())
    whole = (max(start_ms, history.began_ms), upto_ms)
    if whole[1] <= whole[0] or device not in {one.id for one in history.last().devices}:
        return ()
    decided = Decided(entries=_entries(ledger, reader.meta().ledger_id))
    gathered = gather(reader, history, whole, decided, reader.latest_ms())
    return partition(gathered.evidence, *whole, [device])[device].pieces


def _entries(ledger: Path, ledger_id: str) -> tuple[Entry, ...]:
    register = open_if_there(ledger, ledger_id)
    if register is None:
        return ()
    try:
        return tuple(register.entries())
    finally:
        register.close()
