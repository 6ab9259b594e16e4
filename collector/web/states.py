"""A device's states of the last days, from the same partition that the figures are made from."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from collector.figures.compute import margin_ms
from collector.figures.errors import FiguresError
from collector.figures.history import InventoryHistory
from collector.figures.loading import breaks, sightings
from collector.figures.partition import Evidence, partition
from collector.figures.plan import plan
from collector.figures.tally import Piece
from collector.ledger.reader import LedgerReader
from collector.planning.announced import announced
from collector.planning.work import calendar_works
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
    margin = margin_ms(history.in_force(whole))
    window = (whole[0] - margin, whole[1] + margin)
    zone = ZoneInfo(history.last().organisation.timezone)
    entered = announced(_entries(ledger, reader.meta().ledger_id), zone)
    planned = plan(
        history.in_force(window), calendar_works(history.calendars(window[1]), entered, *window), window
    )
    shared, single = breaks(reader, window)
    evidence = Evidence(
        own=sightings(reader, window),
        slices=planned.slices,
        planned=planned.planned,
        breaks=shared,
        breaks_of=single,
        upto_ms=min(reader.latest_ms(), window[1]),
    )
    return partition(evidence, *whole, [device])[device].pieces


def _entries(ledger: Path, ledger_id: str) -> tuple[Entry, ...]:
    register = open_if_there(ledger, ledger_id)
    if register is None:
        return ()
    try:
        return tuple(register.entries())
    finally:
        register.close()
