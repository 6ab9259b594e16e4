"""Takes up the last days of lines from the ledger after a start, beside the polls."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from collector.core import Core
from collector.ledger import lines
from collector.ledger.errors import LedgerError
from collector.ledger.reader import LedgerReader
from collector.ledger.tables import TRAFFIC
from collector.traffic.buckets import Bucket
from collector.traffic.recent import LOOK_BACK_DAYS

log = logging.getLogger(__name__)

_DAY_MS = 86_400_000


async def take_up_lines(path: Path, core: Core, stopping: Callable[[], bool]) -> None:
    """Hand the core what the ledger holds of each line, one after another; to be begun before the first poll.

    The reader sees the ledger as it was when it was opened: nothing of this session comes twice. A ledger
    that cannot be read just now costs the live figures of the past, and nothing else.
    """
    try:
        with LedgerReader(path) as reader:
            since_ms = reader.latest_ms() - LOOK_BACK_DAYS * _DAY_MS
            for device in reader.devices(TRAFFIC):
                if stopping():
                    return
                core.restore_line(device, await asyncio.to_thread(_buckets, reader, since_ms, device))
    except LedgerError as error:
        log.warning("ledger: live figures of lines begin anew: %s", error)


def _buckets(reader: LedgerReader, since_ms: int, device: str) -> list[Bucket]:
    found = lines.buckets(reader, since_ms, since_ms + 2 * LOOK_BACK_DAYS * _DAY_MS, device=device)
    return [bucket for _, buckets in found for bucket in buckets.values()]
