"""Finds the register that belongs to a ledger, and who makes an entry."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from pathlib import Path

from collector.ledger.reader import LedgerReader
from collector.ledger.tables import HEARTBEAT
from collector.register.chain import MAX_AUTHOR, valid_author
from collector.register.clock import Known
from collector.register.entries import Closing, MonthClosed, MonthRestated
from collector.register.errors import AuthorError, RegisterMissingError
from collector.register.store import Register, register_of

AUTHOR_VARIABLE = "HAIDANG_AUTHOR"


def open_beside(ledger: Path, *, create: int | None = None) -> Register:
    """Open the register of this ledger, see `Register.open`; raise a LedgerError."""
    with LedgerReader(ledger) as reader:
        ledger_id = reader.meta().ledger_id
        known = None if create is None else known_of(reader)
    return Register.open(register_of(ledger), ledger_id, create=create, known=known)


def known_of(reader: LedgerReader) -> Known | None:
    """Return what a ledger says of the time; None for a simulated one, whose time is its own."""
    meta = reader.meta()
    if meta.simulated:
        return None
    last = max(reader.all(HEARTBEAT), key=lambda beat: beat.last_ms, default=None)
    return Known(
        latest_ms=max(reader.latest_ms(), meta.created_ms), stopped=last is None or last.ended is not None
    )


def open_if_there(ledger: Path, ledger_id: str) -> Register | None:
    """Open the register of this ledger for reading; None if there is none: nobody decided anything yet."""
    try:
        return Register.open(register_of(ledger), ledger_id)
    except RegisterMissingError:
        return None


def last_closing(register: Register) -> Closing | None:
    """Return the period that was sealed last, None before the first."""
    last = None
    for entry in register.entries():
        if isinstance(entry.payload, MonthClosed | MonthRestated):
            last = entry.payload.closing
    return last


def author_of(given: str, environ: Mapping[str, str]) -> str:
    """Return who makes an entry: as given, else $HAIDANG_AUTHOR, else the login name; or AuthorError."""
    author = (given or environ.get(AUTHOR_VARIABLE, "") or _login_name()).strip()
    if valid_author(author):
        return author
    said = f"{author[:40]!r} is no name of an author" if author else "it is not known who you are"
    raise AuthorError(f"{said}: say --author NAME, in one line of at most {MAX_AUTHOR} characters")


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
