"""Looks whether the register has news of maintenance, cheaply enough to do it every second."""

from __future__ import annotations

from pathlib import Path

from collector.register.entries import Entry, Kind
from collector.register.errors import RegisterMissingError, errors_in_words
from collector.register.store import Register, register_of

_OF_MAINTENANCE = frozenset({Kind.MAINTENANCE_ADDED, Kind.MAINTENANCE_ENDED})


class RegisterWatch:
    """One ledger's register, which need not be there yet. Not thread-safe: one look at a time."""

    def __init__(self, ledger: Path, ledger_id: str) -> None:
        self._path, self._ledger_id = register_of(ledger), ledger_id
        self._register: Register | None = None
        self._file: tuple[int, int] | None = None
        self._version = 0

    def look(self) -> tuple[Entry, ...] | None:
        """Return all entries about maintenance if there are any new entries, else None.

        Raises a RegisterError if the register cannot be read, or was there once and has gone.
        """
        try:
            return self._look()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file; the next look opens it again."""
        if self._register is not None:
            self._register.close()
        self._register = None

    def _look(self) -> tuple[Entry, ...] | None:
        file = self._there()
        if file is None or file != self._file:
            self.close()
        if file is None:
            return None
        news = self._register is None
        if self._register is None:
            self._register = Register.open(self._path, self._ledger_id)
            self._file = file
        version = self._register.version()
        if version == self._version and not news:
            return None
        entries = tuple(entry for entry in self._register.entries() if entry.kind in _OF_MAINTENANCE)
        self._version = version
        return entries

    def _there(self) -> tuple[int, int] | None:
        """Return which file the register is, None if there was never any."""
        with errors_in_words(self._path):
            try:
                found = self._path.stat()
            except FileNotFoundError:
                if self._file is None:
                    return None
                raise RegisterMissingError(
                    f"{self._path}: the register has gone; restore it from a backup: "
                    "haidang ledger restore BACKUP LEDGER --only register"
                ) from None
        return found.st_dev, found.st_ino
