"""Sees to it that one process at a time writes a ledger: a lock that the kernel frees, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from collector.ledger.errors import LedgerInUseError, LedgerUnavailableError

_MAX_HOLDER = 200


class LedgerLock:
    """An exclusive lock beside a ledger, in `<ledger>.lock`, which says who holds it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.with_name(path.name + ".lock")
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock; raise LedgerInUseError if another process has it."""
        try:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        except OSError as error:
            raise LedgerUnavailableError(
                f"{self._file}: {error.strerror}; the folder must exist, and this user may write in it"
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(descriptor, _MAX_HOLDER).decode(errors="replace").strip()
            os.close(descriptor)
            raise LedgerInUseError(
                f"{self._path} is in use by {holder or 'another process'}: two collectors never write one "
                "ledger. Stop that one first, or name another file as collector.ledger."
            ) from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"process {os.getpid()} on {os.uname().nodename}\n".encode())
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; the file stays, as removing it would let two processes lock two files."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
