"""A file as it was read: plain mappings, lists and texts that remember the line they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Reading(StrEnum):
    """What YAML 1.1 takes an unquoted scalar for, where that is not text."""

    INTEGER = "a whole number"  # in its one plain spelling: 340, not 0340, +340 or 3_40
    NUMBER = "a number"
    BOOLEAN = "true or false"
    DATE = "a date"
    OTHER = "a special value"


_LONGEST_KEY = 60


def printable(text: str) -> str:
    """Return a key for a printed path: bounded, on one line, without signs that steer a terminal."""
    shown = text if len(text) <= _LONGEST_KEY else text[: _LONGEST_KEY - 1] + "…"
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in shown)


class Plain(str):
    """An unquoted scalar, kept as it is written, that YAML would not read as text.

    Whoever takes the value decides: a time field wants `13:30` as it stands, a name must not be `on`.
    """

    __slots__ = ("reading",)

    reading: Reading

    @classmethod
    def of(cls, text: str, reading: Reading) -> Plain:
        """Return the scalar with what YAML takes it for."""
        plain = cls(text)
        plain.reading = reading
        return plain


class Table(dict[str, object]):
    """A mapping, with its line, the line of each key, and the file; a CSV row also names its columns."""

    __slots__ = ("columns", "file", "line", "lines")

    def __init__(self, *, file: str, line: int, columns: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__()
        self.file = file
        self.line = line
        self.lines: dict[str, int] = {}
        self.columns = columns


class Items(list[object]):
    """A list, with the line of each item."""

    __slots__ = ("line", "lines")

    def __init__(self, *, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


Node = Table | Items | Plain | str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: a mapping, how the path to it reads, and the keys from there on."""

    table: Table
    path: str
    keys: tuple[str | int, ...] = ()

    def at(self, *keys: str | int) -> Place:
        """Return the place of something inside this one; it need not exist."""
        return Place(self.table, self.path, self.keys + keys)

    def resolve(self) -> tuple[str, int, str]:
        """Return the file, the line and the printed path, as deep as the file goes."""
        table = self.table
        if table.columns:
            return table.file, table.line, self._column()
        node: object = table
        line, path = table.line, self.path
        for key in self.keys:
            if isinstance(node, Table):
                line = node.lines.get(str(key), line)
                path = f"{path}.{printable(str(key))}" if path else printable(str(key))
                node = node.get(str(key))
            elif isinstance(node, Items) and isinstance(key, int) and key < len(node):
                line = node.lines[key]
                path = f"{path}[{key}]"
                node = node[key]
            else:
                break
        return table.file, line, path

    def _column(self) -> str:
        """Name the CSV column that holds the value, else the key that has no column."""
        names = [str(key) for key in self.keys if isinstance(key, str)]
        for length in range(len(names), 0, -1):
            column = self.table.columns.get(".".join(names[:length]))
            if column is not None:
                return f"column {column}"
        return ".".join(names)
