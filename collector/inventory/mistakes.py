"""Mistakes of a file as values: what is wrong, where it stands, what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from collector.inventory.document import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing to put right. `line` counts from 1 and is None where the whole file is meant."""

    file: str
    line: int | None
    path: str
    message: str
    advice: str

    @property
    def where(self) -> str:
        """The file and line, in the form that editors and terminals can jump to."""
        return self.file if self.line is None else f"{self.file}:{self.line}"

    @property
    def what(self) -> str:
        """Everything but the file and line: path, message and advice."""
        path = f"{self.path}: " if self.path else ""
        return f"{path}{self.message} ({self.advice})"

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class Findings:
    """Collects the mistakes and the warnings of one run; the same one found twice is kept once."""

    def __init__(self) -> None:
        self._mistakes: dict[Mistake, None] = {}
        self._warnings: dict[Mistake, None] = {}

    def add(self, mistake: Mistake) -> None:
        """Keep a mistake that was made elsewhere."""
        self._mistakes[mistake] = None

    def mistake(self, place: Place, message: str, advice: str) -> None:
        """Record what keeps the file from being used."""
        self.add(_at(place, message, advice))

    def warning(self, place: Place, message: str, advice: str) -> None:
        """Record what somebody should look at, though the file can be used."""
        self._warnings[_at(place, message, advice)] = None

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """The mistakes so far, by file and line."""
        return _sorted(self._mistakes)

    @property
    def warnings(self) -> tuple[Mistake, ...]:
        """The warnings so far, by file and line."""
        return _sorted(self._warnings)


def _at(place: Place, message: str, advice: str) -> Mistake:
    file, line, path = place.resolve()
    return Mistake(file=file, line=line, path=path, message=message, advice=advice)


def _sorted(mistakes: Iterable[Mistake]) -> tuple[Mistake, ...]:
    # Within a line the order of discovery says more than the alphabet: a stable sort keeps it.
    return tuple(sorted(mistakes, key=lambda mistake: (mistake.file, mistake.line or 0)))
