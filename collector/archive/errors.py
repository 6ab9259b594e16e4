"""What can be wrong with a backup, told as what, where, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.ledger.errors import LedgerDamagedError, LedgerError, LedgerUnavailableError


class BackupError(LedgerError):
    """The backup cannot be made or restored; nothing was changed."""


class BackupDamagedError(BackupError, LedgerDamagedError):
    """The backup is not what was written."""


class BackupUnavailableError(BackupError, LedgerUnavailableError):
    """A file cannot be reached or written at present."""


@contextmanager
def errors_in_words(path: Path) -> Iterator[None]:
    """Raise a BackupError in the place of the system's."""
    try:
        yield
    except OSError as error:
        raise BackupUnavailableError(f"{path}: {error.strerror or error}") from error
