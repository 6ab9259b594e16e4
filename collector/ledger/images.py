"""All page images that a ledger's file and its write-ahead log hold, damaged or not: for salvage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from collector.ledger.connection import PAGE_SIZE
from collector.ledger.place import size_of, wal_of

_WAL_HEADER = 32
_FRAME_HEADER = 24
_FRAME = _FRAME_HEADER + PAGE_SIZE


class Images:
    """Reads pages of a ledger's two files without SQLite, and changes neither. A context manager."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] | None = path.open("rb") if path.exists() else None
        wal = wal_of(path)
        self._wal: IO[bytes] | None = wal.open("rb") if wal.exists() else None
        self._pages = -(-size_of(path) // PAGE_SIZE)
        self._frames = max(0, size_of(wal) - _WAL_HEADER + PAGE_SIZE) // _FRAME
        self._newest = dict(self._current_frames())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in (self._file, self._wal):
            if file is not None:
                file.close()

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Yield each page image with its page number: the file's, then those of all frames of the log.

        Frames of earlier rounds of the log are among them: old versions of rows, which lose to newer ones.
        A last page that was cut short is filled with zeros.
        """
        for number in range(1, self._pages + 1):
            yield number, _read(self._file, (number - 1) * PAGE_SIZE)
        for frame in range(self._frames):
            yield self._number(frame), _read(self._wal, _WAL_HEADER + frame * _FRAME + _FRAME_HEADER)

    def fetchers(self) -> tuple[Callable[[int], bytes | None], ...]:
        """Return the ways to look up a page by its number: as the log has it, and as the file has it."""
        return self._from_log, self._from_file

    def _from_log(self, number: int) -> bytes | None:
        frame = self._newest.get(number)
        if frame is None:
            return self._from_file(number)
        return _read(self._wal, _WAL_HEADER + frame * _FRAME + _FRAME_HEADER)

    def _from_file(self, number: int) -> bytes | None:
        return _read(self._file, (number - 1) * PAGE_SIZE) if 1 <= number <= self._pages else None

    def _current_frames(self) -> Iterator[tuple[int, int]]:
        # File format 4.1: frames of the current round carry the salts of the log's header.
        salts = _read(self._wal, 16, 8)
        for frame in range(self._frames):
            if _read(self._wal, _WAL_HEADER + frame * _FRAME + 8, 8) == salts:
                yield self._number(frame), frame

    def _number(self, frame: int) -> int:
        return int.from_bytes(_read(self._wal, _WAL_HEADER + frame * _FRAME, 4))


def _read(file: IO[bytes] | None, offset: int, size: int = PAGE_SIZE) -> bytes:
    if file is None:
        return bytes(size)
    file.seek(offset)
    return file.read(size).ljust(size, b"\0")
