"""Runs the keeper of closed periods beside the polling: once a minute, in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from collector.closing.keeper import Keeper, LastPeriod
from collector.inventory.values import Inventory
from collector.ledger.errors import LedgerError

log = logging.getLogger(__name__)

_EVERY_S = 60.0


class Keeping:
    """Holds what the keeper saw last; `run` goes on until it is cancelled. A file that fails is a warning."""

    def __init__(
        self,
        ledger: Path,
        ledger_id: str,
        remove: Callable[[int], None],
        now_ms: Callable[[], int],
        inventory: Callable[[], Inventory],
    ) -> None:
        self._keeper = Keeper(ledger, ledger_id, remove)
        self._now_ms, self._inventory = now_ms, inventory
        self._failed = ""

    @property
    def last(self) -> LastPeriod | None:
        """The last period that is over and has evidence; None if there is none, or nobody has looked yet."""
        return self._keeper.last

    async def run(self) -> None:
        """Look about once a minute."""
        while True:
            await self.look()
            await asyncio.sleep(_EVERY_S)

    async def look(self) -> None:
        """Look once."""
        looking = asyncio.create_task(asyncio.to_thread(self._keeper.look, self._now_ms(), self._inventory()))
        try:
            await asyncio.shield(looking)
        except LedgerError as error:
            if str(error) != self._failed:
                log.warning("closed periods cannot be looked at: %s", error)
            self._failed = str(error)
        else:
            self._failed = ""
        finally:
            # The thread goes on although this was cancelled; the files must not be closed under it.
            if not looking.done():
                await asyncio.wait((looking,))
