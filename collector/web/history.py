"""Devices' histories out of the ledger: read once for all who ask, in processes of their own."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from pathlib import Path

from collector.web.past import History, from_text

KEPT_MS = 60_000
"""So long a reading serves all who ask."""
MOST_KEPT = 64
AT_ONCE = 2
WAIT_S = 6.0
"""So long a reader waits; who comes later finds it read."""
LIMIT_S = 60.0
MAX_BYTES = 16 << 20

Read = Callable[[Path, str, int], Awaitable[History]]


class Histories:
    """Reads histories and keeps the last ones. `read` is how one is read."""

    def __init__(self, ledger: Path, read: Read | None = None) -> None:
        self._ledger, self._reads = ledger, read or read_apart
        self._kept: OrderedDict[str, History] = OrderedDict()
        self._reading: dict[str, asyncio.Task[History]] = {}
        self._room = asyncio.Semaphore(AT_ONCE)

    async def of(self, device: str, now_ms: int) -> History | None:
        """Return a device's history, the last one where a newer takes too long, None if there is none yet."""
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
        """End the readings under way."""
        tasks = tuple(self._reading.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, device: str, now_ms: int) -> History:
        async with self._room:
            found = await self._reads(self._ledger, device, now_ms)
        self._kept[device] = found
        self._kept.move_to_end(device)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return found


async def read_apart(ledger: Path, device: str, now_ms: int) -> History:
    """Read in another process; what goes wrong is said in the history."""
    command = (sys.executable, "-m", "collector.web.reading", str(ledger), device, str(now_ms))
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=MAX_BYTES,
    )
    try:
        async with asyncio.timeout(LIMIT_S):
            text, _ = await process.communicate()
        return from_text(text)
    except TimeoutError:
        return History(device=device, end_ms=now_ms, failed=f"it took longer than {LIMIT_S:.0f} s")
    except (ValueError, KeyError, TypeError):
        why = f"the reading process ended with code {process.returncode}"
        return History(device=device, end_ms=now_ms, failed=why)
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
