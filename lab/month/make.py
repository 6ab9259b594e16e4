"""Makes the two files of a simulated month, ledger and truth log: both whole, or neither."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date
from pathlib import Path

from collector.ledger.errors import LedgerUnavailableError
from lab.month.run import simulate
from lab.month.wanted import Done, Month
from lab.truth_log import TruthLog

_EPOCH = date(1970, 1, 1)
_BESIDE = ("", "-wal", "-shm", ".lock", ".new")


def days_of(year: int, month: int) -> tuple[int, int]:
    """Return the first day of a month (days since 1970-01-01) and how many it has."""
    return (date(year, month, 1) - _EPOCH).days, monthrange(year, month)[1]


def make(
    month: Month, ledger: Path, truth: Path, *, progress: Callable[[float], None] = lambda _share: None
) -> Done:
    """Simulate a month into two new files; raise a LedgerError and leave nothing behind if that fails."""
    must_be_new(ledger, truth)
    new, told = ledger.with_name(ledger.name + ".part"), truth.with_name(truth.name + ".part")
    _remove(new, told)
    try:
        with TruthLog(told, anew=True) as log:
            done = simulate(month, new, truth=log.write, progress=progress)
        told.rename(truth)
        new.rename(ledger)
    except OSError as error:
        raise LedgerUnavailableError(f"{error.filename}: {error.strerror}") from error
    finally:
        _remove(new, told)
    return done


def must_be_new(*paths: Path) -> None:
    """Raise a LedgerError if one of the files is there."""
    for path in paths:
        if path.exists():
            raise LedgerUnavailableError(
                f"{path} is there already, and a simulated month never adds to a file. Name another one, "
                "or remove it"
            )


def _remove(ledger: Path, truth: Path) -> None:
    truth.unlink(missing_ok=True)
    for suffix in _BESIDE:
        ledger.with_name(ledger.name + suffix).unlink(missing_ok=True)
