"""A spool's writer in a process of its own, to be killed: prints each number once it is stored.

Usage: spool_child.py DIRECTORY
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

from agent.spool import Spool
from tests.unit.agent.spools import body


def main() -> None:
    spool = Spool(
        Path(sys.argv[1]),
        boot_id="boot",
        interval_ms=1_000,
        max_bytes=4 * 1024 * 1024,
        max_records=1_500,
        new_id=lambda: secrets.token_hex(8),
    )
    while True:
        number = spool.next_number
        stored = spool.append(body(number, size=number % 700), uptime_ms=number * 1_000)
        if stored is not None:
            print(spool.spool_id, stored, flush=True)


if __name__ == "__main__":
    main()
