"""The chain of hashes through the register: each entry covers itself and the entry before it. Pure.

Lines joined by a line feed, the last one ended by one, so that `sqlite3 | sha256sum` makes the same hash.
"""

from __future__ import annotations

import hashlib

from collector.register.codec import CodecError, from_json
from collector.register.entries import Entry, Kind

MAX_AUTHOR = 100


def genesis(ledger_id: str, created_ms: int) -> str:
    """Return what stands in the place of the entry before the first: which ledger's register this is."""
    return _sha256("haidang register", ledger_id, str(created_ms))


def entry_sha256(  # noqa: PLR0917 - the columns in their order
    previous: str, number: int, at_ms: int, author: str, kind: str, json: str
) -> str:
    """Return the hash of an entry's columns and of the entry before it."""
    return _sha256(previous, str(number), str(at_ms), author, kind, json)


def valid_author(author: str) -> bool:
    """Return True for a name that fits into one line."""
    return 0 < len(author) <= MAX_AUTHOR and author.isprintable() and author == author.strip()


def checked(stored: tuple[object, ...], *, number: int, previous: str, after_ms: int) -> Entry:
    """Return the entry of a stored row that must follow here; CodecError says in words why it does not."""
    found, at_ms, author, kind, json, named, sha256 = stored
    if found != number:
        raise CodecError(f"entry {number} is missing" if isinstance(found, int) else "its number is none")
    if type(at_ms) is not int or not all(
        isinstance(text, str) for text in (author, kind, json, named, sha256)
    ):
        raise CodecError("a column is missing, of another type, or too large")
    if named != previous:
        raise CodecError("it does not name the hash of the entry before it")
    if sha256 != entry_sha256(previous, number, at_ms, str(author), str(kind), str(json)):
        raise CodecError("its content does not match its hash")
    if at_ms < after_ms and kind != Kind.CLOCK_STATED:
        raise CodecError("it is older than the entry before it")
    if not valid_author(str(author)):
        raise CodecError("its author is not a name")
    if kind not in list(Kind):
        raise CodecError(f"its kind {str(kind)[:50]!r} is unknown")
    return Entry(
        number=number,
        at_ms=at_ms,
        author=str(author),
        payload=from_json(Kind(str(kind)), str(json)),
        previous=previous,
        sha256=str(sha256),
    )


def _sha256(*lines: str) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode(errors="surrogatepass")).hexdigest()
