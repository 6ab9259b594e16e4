"""Prints the figures of a ledger's running period as JSON: a process of its own, for the collector."""

from __future__ import annotations

import sys
from pathlib import Path

from collector.figures.compute import compute
from collector.figures.document import to_json
from collector.figures.errors import FiguresError
from collector.figures.gather import Decided
from collector.figures.history import InventoryHistory
from collector.figures.period import month_at
from collector.ledger.errors import LedgerError
from collector.ledger.reader import LedgerReader
from collector.register.access import open_if_there


def main(arguments: list[str]) -> int:
    """Print the figures of the ledger that is named; 1 and a sentence if there are none."""
    path = Path(arguments[0])
    try:
        with LedgerReader(path) as reader:
            settings = InventoryHistory(reader).last()
            latest_ms = reader.latest_ms()
            period = month_at(latest_ms - 1, settings.report.period, settings.organisation.timezone)
            register = open_if_there(path, reader.meta().ledger_id)
            decided = Decided()
            if register is not None:
                with register:
                    decided = Decided(entries=tuple(register.entries()))
            sys.stdout.write(to_json(compute(reader, period, decided=decided, now_ms=latest_ms).figures))
    except (FiguresError, LedgerError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
