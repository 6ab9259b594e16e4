"""Checks a ledger and its register from end to end, and says what is wrong and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from collector.ledger.errors import LedgerDamagedError
from collector.ledger.reader import LedgerReader
from collector.ledger.tables import TABLES
from collector.register.access import open_if_there

_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was looked at, and what is wrong (None for entries: there is no register)."""

    path: Path
    tables: int
    entries: int | None
    faults: tuple[str, ...]
    more: bool

    @property
    def sound(self) -> bool:
        """True if all is as it was written."""
        return not self.faults

    def describe(self) -> str:
        """Return the outcome in a sentence."""
        register = "there is no register" if self.entries is None else f"register of {self.entries} entries"
        if self.sound:
            return (
                f"{self.path}: structure, all rows of {self.tables} tables, {register}: as they were written"
            )
        count = f"more than {_MOST}" if self.more else str(len(self.faults))
        return (
            f"{self.path}: {count} faults. Nothing was changed. `haidang ledger salvage` saves what can be "
            "read; `haidang ledger restore` puts a backup in place"
        )


def check(ledger: Path, progress: Callable[[str, int, int], None]) -> Checked:
    """Look at everything; raise a LedgerError only if the ledger cannot be opened at all."""
    with LedgerReader(ledger) as reader:
        found = [str(fault) for fault in islice(reader.faults(progress), _MOST + 1)]
        ledger_id = _ledger_id(reader)
    entries, broken = None, []
    if ledger_id is not None:
        try:
            register = open_if_there(ledger, ledger_id)
            if register is not None:
                with register:
                    progress("register", 0, 1)
                    entries = register.verify()
        except LedgerDamagedError as error:
            broken = [str(error)]
    return Checked(
        path=ledger,
        tables=len(TABLES),
        entries=entries,
        faults=(*found[:_MOST], *broken),
        more=len(found) > _MOST,
    )


def _ledger_id(reader: LedgerReader) -> str | None:
    try:
        return reader.meta().ledger_id
    except LedgerDamagedError:
        return None
