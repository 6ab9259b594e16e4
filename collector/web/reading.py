"""Reads one device's history from the ledger, as a process of its own: `python -m collector.web.reading`.

A partition of thirty days takes CPU time that in the collector's own process would make polls late.
"""

from __future__ import annotations

import sys
from pathlib import Path

from collector.figures.errors import FiguresError
from collector.ledger import lines
from collector.ledger.errors import LedgerError
from collector.ledger.reader import LedgerReader
from collector.web.past import DAY_MS, DAYS, History, to_text
from collector.web.states import states_of


def read(ledger: Path, device: str, now_ms: int) -> History:
    """Return a device's history as the ledger has it now."""
    start_ms = now_ms - DAYS * DAY_MS
    try:
        with LedgerReader(ledger) as reader:
            pieces = states_of(reader, ledger, device, start_ms, now_ms)
            found = dict(lines.buckets(reader, start_ms, now_ms, device=device))
    except (LedgerError, FiguresError) as error:
        return History(device=device, end_ms=now_ms, failed=str(error))
    buckets = tuple(found.get(device, {}).values())
    return History(device=device, end_ms=now_ms, pieces=pieces, buckets=buckets)


def main(arguments: list[str]) -> None:
    """Write the history of LEDGER DEVICE NOW_MS to standard output."""
    ledger, device, now_ms = arguments
    sys.stdout.write(to_text(read(Path(ledger), device, int(now_ms))))


if __name__ == "__main__":
    main(sys.argv[1:])
