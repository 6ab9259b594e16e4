"""Notices when the files of an open ledger are deleted or exchanged: SQLite itself would write on unseen."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path


class Fate(Enum):
    """What has become of the files that were opened."""

    SAME = auto()
    GONE = auto()
    REPLACED = auto()
    LOG_GONE = auto()


def wal_of(path: Path) -> Path:
    """Return the path of a ledger's write-ahead log."""
    return path.with_name(path.name + "-wal")


def size_of(path: Path) -> int:
    """Return a file's size in bytes, 0 if it is not there."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


class Place:
    """The identity of a ledger's file and its log, taken when both were open."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = _identity(path)
        self._wal = _identity(wal_of(path))

    def fate(self) -> Fate:
        """Return what has become of them; raise OSError if that cannot be seen."""
        file = _identity(self._path)
        if file is None:
            return Fate.GONE
        if file != self._file:
            return Fate.REPLACED
        return Fate.SAME if _identity(wal_of(self._path)) == self._wal else Fate.LOG_GONE
