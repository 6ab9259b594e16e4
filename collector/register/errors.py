"""Everything that can be wrong with a register, told as what, where, and what to do next."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.ledger.errors import (
    LedgerDamagedError,
    LedgerError,
    LedgerForeignError,
    LedgerNewerError,
    LedgerUnavailableError,
)

_MAX_COMPLAINT = 300
_DAMAGE = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_WORDS = {
    "SQLITE_FULL": "no room left on the file system; make room, and do it again",
    "SQLITE_READONLY": (
        "the file, its -wal and -shm beside it, or their folder is read-only for this user; run it as the "
        "user that owns them, or make them writable, and do it again"
    ),
    "SQLITE_BUSY": "another program has locked it; wait for that program or end it, and do it again",
    "SQLITE_LOCKED": "another program has locked it; wait for that program or end it, and do it again",
    "SQLITE_CANTOPEN": "it cannot be opened; see that the folder exists and that this user may write in it",
    "SQLITE_PERM": "this user may not open it; see the owner and mode of the file",
    "SQLITE_AUTH": "this user may not open it; see the owner and mode of the file",
    "SQLITE_IOERR_SHMSIZE": "no room left on the file system; make room, and do it again",
    "SQLITE_IOERR": "reading or writing it failed; see the kernel's log (dmesg) for the disk",
}


class RegisterError(LedgerError):
    """Base of what is the register's own: the message is meant for whoever is on duty."""


class RegisterDamagedError(RegisterError, LedgerDamagedError):
    """An entry was changed or removed, or the file is torn; nothing was changed."""


class RegisterForeignError(RegisterError, LedgerForeignError):
    """The file is something else, or another ledger's register."""


class RegisterNewerError(RegisterError, LedgerNewerError):
    """The file was written by a newer program."""


class RegisterUnavailableError(RegisterError, LedgerUnavailableError):
    """The file cannot be reached or written at present: it is worth trying again."""


class RegisterMissingError(RegisterUnavailableError):
    """There is no register: nobody has decided anything yet, or somebody has removed it."""


class RegisterMovedError(RegisterError):
    """Somebody made an entry while another was being prepared: it must be prepared again."""


class AuthorError(RegisterError):
    """Whose entry it is cannot be told."""


def damaged(path: Path, what: str) -> RegisterDamagedError:
    """Return the error that says what is wrong with a register and how to go on."""
    return RegisterDamagedError(
        f"{path} is damaged: {what}. Nothing in it was changed. Keep the file for whoever looks into this, "
        "and put the register of a backup in its place:\n"
        "  haidang ledger restore BACKUP LEDGER --only register"
    )


def in_words(error: sqlite3.Error, path: Path) -> RegisterError:
    """Return the register's own error for one of SQLite's."""
    name, text = getattr(error, "sqlite_errorname", ""), str(error)[:_MAX_COMPLAINT]
    if name.startswith(_DAMAGE):
        return damaged(path, text)
    for prefix, words in _WORDS.items():
        if name.startswith(prefix):
            return RegisterUnavailableError(f"{path}: {words} ({text})")
    return RegisterUnavailableError(f"{path}: {text}")


@contextmanager
def errors_in_words(path: Path) -> Iterator[None]:
    """Raise the register's own errors in the place of SQLite's and the system's."""
    try:
        yield
    except sqlite3.Error as error:
        raise in_words(error, path) from error
    except UnicodeDecodeError as error:
        # SQLite quotes a garbled schema in its complaint, and Python cannot read that.
        raise damaged(path, "its schema cannot be read") from error
    except OSError as error:
        raise RegisterUnavailableError(f"{path}: {error.strerror or error}") from error
