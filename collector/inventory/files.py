"""Reads a text file whole: bounded, UTF-8, and with words for everything that can be wrong with it."""

from __future__ import annotations

from pathlib import Path

MAX_BYTES = 16 * 2**20
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class UnreadableError(Exception):
    """There is no text to be had: why, what to do, and from which line on (None: not at all)."""

    def __init__(self, message: str, advice: str, line: int | None = None) -> None:
        super().__init__(f"{message} ({advice})")
        self.message = message
        self.advice = advice
        self.line = line


def read_text(path: Path) -> str:
    """Return a file's text without its byte order mark; UnreadableError if it has none."""
    raw = _read_bytes(path)
    if len(raw) > MAX_BYTES:
        raise UnreadableError(f"is larger than {MAX_BYTES >> 20} MiB", "is it the right file? else split it")
    if raw.startswith(_UTF16_MARKS):
        raise UnreadableError("is UTF-16 text, not UTF-8", _save_as_utf8(path))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UnreadableError("is not UTF-8 text from this line on", _save_as_utf8(path), line) from None


def _save_as_utf8(path: Path) -> str:
    return 'save it as "CSV UTF-8"' if path.suffix.lower() == ".csv" else "save it as UTF-8"


def _read_bytes(path: Path) -> bytes:
    try:
        # What a shell passes as /dev/stdin or /dev/fd/63 has somebody at its other end.
        if path.is_fifo() and path.parts[1:2] not in (("dev",), ("proc",)):
            raise UnreadableError("is a pipe, and reading it could wait for ever", "name a file")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UnreadableError("there is no such file", "check the path, or name the file to read") from None
    except IsADirectoryError:
        raise UnreadableError("is a folder", "name the file in it") from None
    except PermissionError:
        raise UnreadableError("may not be read by this user", "change its owner or mode") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise UnreadableError(f"cannot be read: {reason or 'impossible path'}", "check the path") from None
