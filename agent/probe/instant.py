"""Reads what time it is by both clocks, and which boot it is. Imports little: the report command uses it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

from agent.probe.text import printable, read_word

# Linux stops CLOCK_MONOTONIC while suspended; elsewhere the monotonic clock is the best there is.
_UPTIME_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Instant(NamedTuple):
    """Wall clock (UTC ms since 1970), time since boot (ms, suspended time included), id of the boot or ""."""

    wall_ms: int
    uptime_ms: int
    boot_id: str


def read_instant(proc: Path = Path("/proc")) -> Instant:
    """Return the present instant; never raises."""
    boot_id = read_word(proc / "sys/kernel/random/boot_id") or ""
    return Instant(
        wall_ms=time.time_ns() // 1_000_000,
        uptime_ms=time.clock_gettime_ns(_UPTIME_CLOCK) // 1_000_000,
        boot_id=printable(boot_id),
    )
