"""Writes and reads truth logs: one truth a line, in the order of their instants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from lab.truth import Truth, TruthError, from_line, to_line


class TruthLog:
    """A truth log open for writing; every truth is in the file before `write` returns.

    `anew` replaces a file that is there; otherwise lines are added to it.
    """

    def __init__(self, path: Path, *, anew: bool = False) -> None:
        self.path = path
        # Line by line: a lab that is killed must not owe the truth about what the collector saw.
        self._file: TextIO = path.open("w" if anew else "a", encoding="utf-8", buffering=1)

    def write(self, truth: Truth) -> None:
        """Add one truth."""
        self._file.write(to_line(truth) + "\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read(path: Path) -> Iterator[Truth]:
    """Yield what a log holds; raise TruthError with file and line. A torn last line is left out."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        yield from _parsed(lines, str(path))


def _parsed(lines: Iterable[str], name: str) -> Iterator[Truth]:
    for number, line in enumerate(lines, start=1):
        if not line.endswith("\n"):
            return
        try:
            yield from_line(line)
        except TruthError as error:
            raise TruthError(f"{name}:{number}: {error}") from error
