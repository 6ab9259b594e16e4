"""One device's last days out of the ledger: its states and its line's buckets.

A page never waits for the disk in the event loop, never reads the same twice at once, and never has more than
a few readings under way.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from collector.figures.tally import Piece
from collector.ledger import lines
from collector.ledger.errors import LedgerError
from collector.ledger.reader import LedgerReader
from collector.web.past import DAY_MS, DAYS, History

KEPT_MS = 60_000
"""So long a reading serves all who ask."""
MOST_KEPT = 64
AT_ONCE = 2
WAIT_S = 4.0

States = Callable[[LedgerReader, str, int, int], tuple[Piece, ...]]
"""Tells a device's states of a period from an open ledger."""


class Histories:
    """Reads histories and keeps the last ones."""

    def __init__(self, ledger: Path, states: States | None = None) -> None:
        self._ledger, self._states = ledger, states
        self._kept: OrderedDict[str, History] = OrderedDict()
        self._reading: dict[str, asyncio.Task[History]] = {}
        self._room = asyncio.Semaphore(AT_ONCE)

    async def of(self, device: str, now_ms: int) -> History | None:
        """Return a device's history, None if it takes longer than a reader should wait."""
        kept = self._kept.get(device)
        if kept is not None and 0 <= now_ms - kept.end_ms < KEPT_MS:
            return kept
        task = self._reading.get(device)
        if task is None:
            if len(self._reading) >= MOST_KEPT:
                return kept
            task = self._reading[device] = asyncio.create_task(self._read(device, now_ms))
            task.add_done_callback(lambda _: self._reading.pop(device, None))
        try:
            return await asyncio.wait_for(asyncio.shield(task), WAIT_S)
        except TimeoutError:
            return kept

    async def close(self) -> None:
        """Wait for the readings under way: the ledger is about to be closed."""
        await asyncio.gather(*self._reading.values(), return_exceptions=True)

    async def _read(self, device: str, now_ms: int) -> History:
        async with self._room:
            found = await asyncio.to_thread(read, self._ledger, device, now_ms, self._states)
        self._kept[device] = found
        self._kept.move_to_end(device)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return found


def read(ledger: Path, device: str, now_ms: int, states: States | None) -> History:
    """Return a device's history as the ledger has it now."""
    start_ms = now_ms - DAYS * DAY_MS
    try:
        with LedgerReader(ledger) as reader:
            pieces = () if states is None else states(reader, device, start_ms, now_ms)
            found = {
                one: list(of.values()) for one, of in lines.buckets(reader, start_ms, now_ms, device=device)
            }
    except LedgerError as error:
        return History(device=device, end_ms=now_ms, failed=str(error))
    return History(device=device, end_ms=now_ms, pieces=pieces, buckets=tuple(found.get(device, ())))
