"""The register's file: entries are added at its end, by anybody at any time, and never change."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

from collector.ledger.connection import connect, transaction
from collector.ledger.errors import LedgerError
from collector.ledger.opening import put_in_place
from collector.register.chain import checked, entry_sha256, genesis, valid_author
from collector.register.clock import Known, instant_of
from collector.register.codec import MAX_JSON, CodecError, to_json
from collector.register.entries import Entry, Kind, Payload, kind_of
from collector.register.errors import (
    AuthorError,
    RegisterError,
    RegisterForeignError,
    RegisterMissingError,
    RegisterMovedError,
    RegisterUnavailableError,
    damaged,
    errors_in_words,
)
from collector.register.schema import migrate, missing_steps, must_be_register

BUSY_TIMEOUT_MS = 10_000
_MODE = 0o640

_ENTRIES = (
    "SELECT number, at_ms, author, kind, iif(length(json) <= ?, json, NULL), previous, sha256 FROM entry "
)


def register_of(ledger: Path) -> Path:
    """Return where the register of this ledger lies: beside it."""
    return ledger.with_name(f"{ledger.stem}-register{ledger.suffix or '.db'}")


class Register:
    """An open register; a context manager. What it yields is checked, entry by entry, from the first."""

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        *,
        ledger_id: str,
        created_ms: int,
        known: Known | None = None,
    ) -> None:
        self.path = path
        self._known = known
        self.ledger_id = ledger_id
        self._connection = connection
        self._genesis = genesis(ledger_id, created_ms)

    @classmethod
    def open(
        cls, path: Path, ledger_id: str, *, create: int | None = None, known: Known | None = None
    ) -> Self:
        """Open the register of the ledger with this id; raise a RegisterError.

        With `create`, the present time in UTC ms, it can be written, and is made if there is none. Without,
        it is only read, and RegisterMissingError says that there is none. Entries far beyond what is
        `known` of the time from the ledger are refused.
        """
        if create is not None and not path.exists():
            _make(path, ledger_id, now_ms=create)
        _must_be_there(path)
        with errors_in_words(path):
            connection = connect(path, mode="ro" if create is None else "rw")
            try:
                connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
                must_be_register(connection, path)
                if missing_steps(connection, path) and create is not None:
                    migrate(connection, path, now_ms=create)
                stored = connection.execute("SELECT ledger_id, created_ms FROM meta LIMIT 2").fetchall()
                created_ms = _created_ms(path, stored, ledger_id)
            except BaseException:
                connection.close()
                raise
        return cls(path, connection, ledger_id=ledger_id, created_ms=created_ms, known=known)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def version(self) -> int:
        """Return the number of the last entry, 0 without any: cheap, to see whether there is news."""
        with errors_in_words(self.path):
            return int(self._connection.execute("SELECT max(number) FROM entry").fetchone()[0] or 0)

    def append(self, author: str, payload: Payload, now_ms: int, *, after: int | None = None) -> Entry:
        """Add an entry durably and return it; raise a RegisterError and leave the register as it was.

        Its instant is the one of `instant_of`. `after` is the last entry the caller knows; RegisterMovedError
        if there are others by now.
        """
        if not valid_author(author):
            raise AuthorError(f"{author!r} is no name of an author: write 1 to 100 characters in one line")
        try:
            json = to_json(payload)
        except CodecError as error:
            raise RegisterError(f"{self.path}: this cannot be recorded: {error}") from error
        with errors_in_words(self.path), transaction(self._connection):
            last = self._last()
            number = 1 if last is None else last.number + 1
            if after is not None and after != number - 1:
                raise RegisterMovedError(f"{self.path}: entry {number - 1} was made meanwhile; do it again")
            at_ms = instant_of(self.path, payload, now_ms, last, self._known)
            previous = self._genesis if last is None else last.sha256
            kind = kind_of(payload)
            sha256 = entry_sha256(previous, number, at_ms, author, kind, json)
            self._connection.execute(
                "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)",
                (number, at_ms, author, kind.value, json, previous, sha256),
            )
        return Entry(
            number=number, at_ms=at_ms, author=author, payload=payload, previous=previous, sha256=sha256
        )

    def entries(self, kind: Kind | None = None) -> Iterator[Entry]:
        """Yield the entries in order, all of them or those of one kind; the chain is checked on the way."""
        number, previous, at_ms = 0, self._genesis, 0
        with errors_in_words(self.path):
            for stored in self._connection.execute(f"{_ENTRIES} ORDER BY number", (MAX_JSON,)):
                number += 1
                try:
                    entry = checked(stored, number=number, previous=previous, after_ms=at_ms)
                except CodecError as error:
                    raise damaged(self.path, f"entry {number}: {error}") from error
                previous, at_ms = entry.sha256, entry.at_ms
                if kind is None or entry.kind is kind:
                    yield entry

    def verify(self) -> int:
        """Check the file's structure and every entry; return how many there are."""
        with errors_in_words(self.path):
            complaints = [str(row[0]) for row in self._connection.execute("PRAGMA integrity_check(3)")]
        if complaints != ["ok"]:
            raise damaged(self.path, "; ".join(complaints).replace("\n", " ")[:300])
        return sum(1 for _ in self.entries())

    def backup(self, target: Path) -> None:
        """Copy it, as it is at this instant, into a new file."""
        with errors_in_words(self.path), closing(connect(target, mode="rwc")) as copy:
            self._connection.backup(copy)

    def _last(self) -> Entry | None:
        newest = f"{_ENTRIES} ORDER BY number DESC LIMIT 2"
        rows = self._connection.execute(newest, (MAX_JSON,)).fetchall()
        if not rows:
            return None
        previous = str(rows[1][6]) if len(rows) > 1 else self._genesis
        try:
            return checked(rows[0], number=rows[0][0], previous=previous, after_ms=0)
        except CodecError as error:
            raise damaged(self.path, f"entry {rows[0][0]}: {error}") from error


def _must_be_there(path: Path) -> None:
    with errors_in_words(path):
        if not path.exists():
            raise RegisterMissingError(
                f"{path}: there is no register beside the ledger; the first entry makes one. If there was "
                "one, restore it from a backup: haidang ledger restore BACKUP LEDGER --only register"
            )
        if path.stat().st_size == 0:
            raise damaged(path, "it is empty")


def _created_ms(path: Path, stored: list[tuple[object, ...]], ledger_id: str) -> int:
    if len(stored) != 1 or not isinstance(stored[0][1], int):
        raise damaged(path, f"{len(stored)} rows in table meta, where one belongs")
    if stored[0][0] != ledger_id:
        raise RegisterForeignError(
            f"{path} is the register of another ledger ({stored[0][0]}) than the one beside it "
            f"({ledger_id}). Nothing was changed. Put the register and the ledger of one backup side by side."
        )
    return stored[0][1]


def _make(path: Path, ledger_id: str, *, now_ms: int) -> None:
    """Make a new, empty register; it appears whole or not at all, and never over another file."""
    new = path.with_name(f"{path.name}.new-{secrets.token_hex(4)}")
    try:
        with errors_in_words(path):
            os.close(os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, _MODE))
            with closing(connect(new, mode="rw")) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                migrate(connection, path, now_ms=now_ms)
                connection.execute("INSERT INTO meta VALUES (?, ?)", (ledger_id, now_ms))
            _give_to_owner_of_folder(new)
            try:
                put_in_place(new, path)
            except FileExistsError:
                # Somebody else made it at the same moment: theirs is as good.
                return
    except LedgerError as error:
        if isinstance(error, RegisterError):
            raise
        raise RegisterUnavailableError(str(error)) from error
    finally:
        new.unlink(missing_ok=True)


def _give_to_owner_of_folder(new: Path) -> None:
    """Let the collector's own user read what root made beside its ledger."""
    if os.geteuid() == 0:
        folder = new.parent.stat()
        os.chown(new, folder.st_uid, folder.st_gid)
