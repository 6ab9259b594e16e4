"""Follows what people enter in the register while the collector runs, off the event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from collector.ledger.errors import LedgerError
from collector.register.entries import Entry
from collector.register.watch import RegisterWatch

log = logging.getLogger(__name__)

_EVERY_S = 1.0


class Announcements:
    """Hands new entries about maintenance to `announce`; a register that fails is a warning, never a stop.

    What was known of it before stays in use. `ok` is False from then until it can be read again.
    """

    def __init__(self, ledger: Path, ledger_id: str, announce: Callable[[Sequence[Entry]], None]) -> None:
        self.ok = True
        self._watch = RegisterWatch(ledger, ledger_id)
        self._announce = announce
        self._looking: asyncio.Task[tuple[Entry, ...] | None] | None = None

    async def look(self) -> None:
        """Look once."""
        self._looking = asyncio.create_task(asyncio.to_thread(self._watch.look))
        try:
            # A look that was begun is not left to itself: it uses the file until it ends.
            entries = await asyncio.shield(self._looking)
        except LedgerError as error:
            if self.ok:
                log.warning("register: %s. Maintenance stays in use as it was known before", error)
            self.ok = False
            return
        if not self.ok:
            log.info("register: it can be read again")
        self.ok = True
        if entries is not None:
            self._announce(entries)

    async def run(self) -> None:
        """Look about once a second, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(_EVERY_S)

    async def close(self) -> None:
        """Let go of the file; `run` must have ended."""
        if self._looking is not None:
            await asyncio.wait((self._looking,))
            if not self._looking.cancelled():
                self._looking.exception()
        await asyncio.to_thread(self._watch.close)
