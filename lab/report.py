"""The forced command of a simulated server: the agent's own report, by the clock of the simulated machine.

    python -m lab.report FOLDER

FOLDER holds the server's spool and `machine.json`, which the lab keeps up to date.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from agent.probe.instant import Instant
from agent.ssh_report import run

MACHINE, SPOOL = "machine.json", "spool"

_NOT_FOUND = 127
_HANG_S = 60.0


def main() -> int:
    """Answer one request; the exit code is the agent's, or the shell's where there is no agent."""
    folder = Path(sys.argv[1])
    machine = json.loads((folder / MACHINE).read_text(encoding="utf-8"))
    if not machine["reachable"]:
        # Only where the address itself cannot be made silent does anybody get here.
        time.sleep(_HANG_S)
    if not machine["agent"]:
        print("sh: 1: haidang-agent: not found", file=sys.stderr)
        return _NOT_FOUND

    def clock() -> Instant:
        now_ms = time.time_ns() // 1_000_000
        return Instant(
            wall_ms=now_ms + machine["clock_offset_ms"],
            uptime_ms=now_ms - machine["boot_ms"],
            boot_id=machine["boot_id"],
        )

    return run(
        folder / SPOOL,
        after=None,
        limit=None,
        environ=os.environ,
        out=sys.stdout.buffer,
        say=lambda text: print(text, file=sys.stderr),
        clock=clock,
    )


if __name__ == "__main__":
    sys.exit(main())
