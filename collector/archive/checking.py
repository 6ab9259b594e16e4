"""Checks a ledger and its register from end to end, and says what is wrong and where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from collector.closing.closed import Closed, closings, periods, revisions
from collector.closing.errors import ClosingError
from collector.closing.source import Source
from collector.closing.verify import Verifier
from collector.ledger.errors import LedgerDamagedError
from collector.ledger.reader import LedgerReader
from collector.ledger.tables import TABLES
from collector.register.access import open_if_there
from collector.register.entries import Entry
from collector.register.errors import RegisterError

Progress = Callable[[str, int, int], None]
"""Told now and then what is looked at, how much of it is done, and how much it is."""

_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was looked at, and what is wrong. Without a register, `entries` is None."""

    path: Path
    tables: int
    entries: int | None
    closed: int
    faults: tuple[str, ...]
    more: bool

    @property
    def sound(self) -> bool:
        """True if all is as it was written."""
        return not self.faults

    def describe(self) -> str:
        """Return the outcome in a sentence."""
        register = "no register" if self.entries is None else f"register of {self.entries} entries"
        if self.sound:
            what = f"structure, all rows of {self.tables} tables, {register}, {self.closed} closed periods"
            return f"{self.path}: {what}: as they were written"
        count = f"more than {_MOST}" if self.more else str(len(self.faults))
        return (
            f"{self.path}: {count} faults. Nothing was changed. `haidang ledger salvage` saves what can be "
            "read; `haidang ledger restore` puts a backup in place"
        )


def check(ledger: Path, progress: Progress, *, source: Source, version: str) -> Checked:
    """Look at everything; raise a LedgerError only if the ledger cannot be opened at all."""
    with LedgerReader(ledger) as reader:
        found = [str(fault) for fault in islice(reader.faults(progress), _MOST + 1)]
        entries, broken = _register(ledger, reader, progress)
        closed = [] if entries is None else _latest(closings(entries))
        if entries is not None and not found and not broken:
            broken = _altered(closed, Verifier(reader, entries, source=source, version=version), progress)
    return Checked(
        path=ledger,
        tables=len(TABLES),
        entries=None if entries is None else len(entries),
        closed=len(closed),
        faults=(*found[:_MOST], *broken),
        more=len(found) > _MOST,
    )


def _register(
    ledger: Path, reader: LedgerReader, progress: Progress
) -> tuple[tuple[Entry, ...] | None, list[str]]:
    """Return the entries, None without a register or where it is broken, and what is wrong with it."""
    try:
        register = open_if_there(ledger, reader.meta().ledger_id)
        if register is None:
            return None, []
        with register:
            progress("register", 0, 1)
            register.verify()
            return tuple(register.entries()), []
    except LedgerDamagedError as error:
        # A garbled row of meta is among the ledger's own faults.
        return None, [str(error)] if isinstance(error, RegisterError) else []


def _latest(done: Sequence[Closed]) -> list[Closed]:
    return [revisions(done, period)[-1] for period in periods(done)]


def _altered(closed: Sequence[Closed], verifier: Verifier, progress: Progress) -> list[str]:
    """Return where closed periods are not what was sealed."""
    found: list[str] = []
    for number, one in enumerate(closed):
        progress("closed periods", number, len(closed))
        try:
            found += verifier.verify(one).faults
        except ClosingError as error:
            found.append(str(error))
    return found
