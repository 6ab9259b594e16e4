"""Reads small system files, and makes what they say fit to be shown: printable and bounded."""

from __future__ import annotations

import os
from pathlib import Path

MAX_CHARACTERS = 256
_MAX_FILE_BYTES = 4 * 1024 * 1024


def printable(text: str) -> str:
    """Return the text with what cannot be printed written as an escape, cut to 256 characters.

    File names that are no text at all come from Python with surrogates: they show as the bytes they are.
    """
    if text.isprintable() and len(text) <= MAX_CHARACTERS:
        return text
    shown = "".join(c if c.isprintable() else _escape(c) for c in text[: MAX_CHARACTERS + 1])
    return shown if len(shown) <= MAX_CHARACTERS else shown[: MAX_CHARACTERS - 1] + "…"


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def read_text(path: Path, *, limit: int = _MAX_FILE_BYTES) -> str:
    """Return a small file's text, at most `limit` bytes of it; raise OSError."""
    # Path.read_text costs twice as much, and some fifty files are read for each snapshot.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        parts = []
        while limit > 0 and (part := os.read(descriptor, min(limit, 65_536))):
            parts.append(part)
            limit -= len(part)
    finally:
        os.close(descriptor)
    return b"".join(parts).decode(errors="surrogateescape")


def read_word(path: Path) -> str | None:
    """Return a one-line file's text without white space at its ends; None if it is empty or unreadable."""
    try:
        return read_text(path, limit=4_096).strip() or None
    except OSError:
        return None


def read_number(path: Path) -> int | None:
    """Return a one-line file's whole number, None if there is none."""
    word = read_word(path)
    try:
        return None if word is None else int(word)
    except ValueError:
        return None
