"""Opens SQLite the way the ledger needs it, and turns SQLite's errors into words for whoever is on duty."""

from __future__ import annotations

import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.ledger.errors import (
    LedgerDamagedError,
    LedgerError,
    LedgerForeignError,
    LedgerUnavailableError,
)
from collector.ledger.migrations import APPLICATION_ID

BUSY_TIMEOUT_S = 2.0
PAGE_SIZE = 4096
_WAL_LIMIT_BYTES = 16 * 1024 * 1024

_WORDS = {
    "SQLITE_FULL": "no room left on the file system; make room, and it goes on by itself",
    "SQLITE_READONLY": (
        "the file, its -wal and -shm beside it, or their folder is read-only; make them all writable, and it "
        "goes on by itself"
    ),
    "SQLITE_BUSY": "another program has locked it; end that program, and it goes on by itself",
    "SQLITE_LOCKED": "another program has locked it; end that program, and it goes on by itself",
    "SQLITE_CANTOPEN": "it cannot be opened; see that the folder exists and that this user may write in it",
    "SQLITE_PERM": "this user may not open it; see the owner and mode of the file",
    "SQLITE_AUTH": "this user may not open it; see the owner and mode of the file",
    "SQLITE_IOERR_SHMSIZE": "no room left on the file system; make room, and it goes on by itself",
    "SQLITE_IOERR": "reading or writing it failed; see the kernel's log (dmesg) for the disk",
    "SQLITE_NOMEM": "out of memory",
    "SQLITE_TOOBIG": "a value is too large to be stored",
    "SQLITE_CONSTRAINT": "a row breaks a rule of the schema (a fault of this program)",
}
_MAX_COMPLAINT = 300
_DAMAGE = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


def damaged(path: Path, what: str) -> LedgerDamagedError:
    """Return the error that says what is wrong with a file and how to save what is in it."""
    # Its write-ahead log must go with it: left behind, it would be replayed into the new file.
    file, salvaged, aside = (shlex.quote(f"{path}{suffix}") for suffix in ("", ".salvaged", ".damaged"))
    return LedgerDamagedError(
        f"{path} is damaged: {what}. Nothing in it was changed. Save every readable row into a new ledger:\n"
        f"  haidang ledger salvage {file} {salvaged}\n"
        f"then keep the damaged file with its log, and put the new one in its place:\n"
        f"  mkdir {aside} && mv {file} {file}-* {aside}/; mv {salvaged} {file}"
    )


def in_words(error: sqlite3.Error, path: Path) -> LedgerError:
    """Return the ledger's own error for one of SQLite's."""
    name, text = getattr(error, "sqlite_errorname", ""), str(error)[:_MAX_COMPLAINT]
    if name.startswith(_DAMAGE):
        return damaged(path, text)
    for prefix, words in _WORDS.items():
        if name.startswith(prefix):
            return LedgerUnavailableError(f"{path}: {words} ({text})")
    return LedgerUnavailableError(f"{path}: {text}")


@contextmanager
def errors_in_words(path: Path) -> Iterator[None]:
    """Raise the ledger's own errors in the place of SQLite's and the system's."""
    try:
        yield
    except sqlite3.Error as error:
        raise in_words(error, path) from error
    except UnicodeDecodeError as error:
        # SQLite quotes a garbled schema in its complaint, and Python cannot read that.
        raise damaged(path, "its schema cannot be read") from error
    except OSError as error:
        raise LedgerUnavailableError(f"{path}: {error.strerror or error}") from error


def connect(path: Path, *, mode: str) -> sqlite3.Connection:
    """Open an existing file (`mode` ro or rw) or a new one (rwc); transactions are explicit.

    The connection may be handed from one thread to another, not shared by two.
    """
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        timeout=BUSY_TIMEOUT_S,
        check_same_thread=False,
        cached_statements=64,
    )
    # A garbled text must reach the row's checksum, not end in an error of its own.
    connection.text_factory = lambda text: text.decode(errors="replace")
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA synchronous = FULL")
        if mode != "ro":
            connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
            connection.execute(f"PRAGMA journal_size_limit = {_WAL_LIMIT_BYTES}")
    except BaseException:
        connection.close()
        raise
    return connection


def must_not_be_empty(path: Path) -> None:
    """Raise LedgerDamagedError for an empty file, which SQLite would take for a new one, removing its log.

    The file is not opened for this: closing it again would drop the locks that SQLite holds on it for other
    connections of this process.
    """
    with errors_in_words(path):
        if path.stat().st_size == 0:
            raise damaged(path, "it is empty")


def must_be_ledger(connection: sqlite3.Connection, path: Path) -> None:
    """Raise LedgerForeignError for an SQLite file that is not a ledger."""
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    if application_id != APPLICATION_ID:
        raise LedgerForeignError(
            f"{path} is not a ledger of Hải Đăng. Nothing was changed. Name another file as collector.ledger."
        )


def check_structure(connection: sqlite3.Connection, path: Path, *, thorough: bool) -> None:
    """Raise LedgerDamagedError unless SQLite finds the file whole; `thorough` also compares the indexes."""
    check = "integrity_check" if thorough else "quick_check"
    with errors_in_words(path):
        complaints = [str(row[0]) for row in connection.execute(f"PRAGMA {check}(3)")]
    if complaints != ["ok"]:
        raise damaged(path, "; ".join(complaints).replace("\n", " ")[:_MAX_COMPLAINT])


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit what is done inside, all of it or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite has rolled back by itself after some errors (a full disk among them).
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
