"""Reads typed values out of a parsed TOML file and collects every mistake, with its line and its key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeVar

Path = tuple[str | int, ...]
T = TypeVar("T")

_MAX_OCTETS = 255

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\"'\s-]+?)\s*\]\]?\s*(#.*)?")
_KEY = re.compile(r"\s*([A-Za-z0-9_.\"'-]+(?:\s*\.\s*[A-Za-z0-9_\"'-]+)*)\s*=")


class Mistakes:
    """All mistakes of one file, as `file:line: key: what is wrong and what is wanted`."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._lines = dict(_positions(text))
        self._found: list[tuple[int, str]] = []

    def add(self, path: Path, message: str) -> None:
        """Note a mistake at a key; without the key's line, that of the table it belongs in."""
        line = next((self._lines[p] for p in _outwards(path) if p in self._lines), 0)
        where = f"{self._name}:{line}" if line else self._name
        self._found.append((line, f"{where}: {_shown(path)}: {message}"))

    def listed(self) -> tuple[str, ...]:
        """Return the mistakes in the order of their lines."""
        return tuple(message for _, message in sorted(self._found, key=lambda one: one[0]))


class Table:
    """One table of the file. Each key is taken once; `finish` complains of those that nobody took."""

    def __init__(self, values: dict[str, object], path: Path, mistakes: Mistakes) -> None:
        self.path = path
        self._left = dict(values)
        self._known: list[str] = []
        self._mistakes = mistakes

    def complain(self, key: str, message: str) -> None:
        """Note a mistake at one of this table's keys."""
        self._mistakes.add((*self.path, key), message)

    def has(self, key: str) -> bool:
        """Return True if the key is there and not yet taken."""
        return key in self._left

    def filled(self, key: str) -> bool:
        """Return True if the key is there and its value is not empty."""
        return self._left.get(key) not in (None, "", [], {})

    def text(self, key: str) -> str | None:
        """Return a text of one line, None if it is missing or refused."""
        value = self._take(key, None)
        if value is None:
            return None
        if not isinstance(value, str):
            self.complain(key, f"must be a text in quotes, not {_kind(value)}")
        elif not value.isprintable():
            self.complain(key, "must be one line of printable text")
        elif len(value.encode()) > _MAX_OCTETS:
            self.complain(key, f"has {len(value.encode())} octets; at most {_MAX_OCTETS} are possible")
        else:
            return value
        return None

    def whole(self, key: str, default: int, *, low: int, high: int) -> int:
        """Return a whole number within its range."""
        value = self._take(key, default)
        if type(value) is not int:
            self.complain(key, f"must be a whole number, not {_kind(value)}")
        elif not low <= value <= high:
            self.complain(key, f"is {value}; must be {low} to {high}")
        else:
            return value
        return default

    def parsed(self, key: str, parse: Callable[[str], T], default: T | None = None) -> T | None:
        """Return what `parse` makes of a text, None if it is refused (ValueError), the default if missing."""
        missing = not self.has(key)
        text = self.text(key)
        try:
            return (default if missing else None) if text is None else parse(text)
        except ValueError as error:
            self.complain(key, str(error))
            return None

    def each(self, key: str, parse: Callable[[str], T], default: tuple[T, ...]) -> tuple[T, ...]:
        """Return what `parse` makes of each text of a list; the default if the key is missing."""
        value = self._take(key, None)
        if value is None:
            return default
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.complain(key, f"must be a list of texts, not {_kind(value)}")
            return default
        parsed = []
        for number, one in enumerate(value):
            try:
                parsed.append(parse(one))
            except ValueError as error:
                self._mistakes.add((*self.path, key, number), str(error))
        return tuple(parsed)

    def table(self, key: str) -> Table | None:
        """Return the table under a key, None if there is none."""
        value = self._take(key, None)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.complain(key, f"must be a table, not {_kind(value)}")
            return None
        return Table(value, (*self.path, key), self._mistakes)

    def tables(self, key: str) -> list[Table]:
        """Return the tables of a list under a key ([[…]])."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            name = ".".join(str(part) for part in (*self.path, key))
            self.complain(key, f"must be written as [[{name}]], once for each; it is {_kind(value)}")
            return []
        return [Table(one, (*self.path, key, n), self._mistakes) for n, one in enumerate(value)]

    def finish(self) -> None:
        """Complain of every key that is not known here."""
        for key in self._left:
            self.complain(key, f"unknown key; known here: {', '.join(sorted(self._known))}")

    def _take(self, key: str, default: object) -> object:
        self._known.append(key)
        return self._left.pop(key, default)


def _positions(text: str) -> Iterator[tuple[Path, int]]:
    """Yield the line of each table and key, as far as it can be seen without a full TOML parser."""
    prefix: Path = ()
    counts: dict[Path, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if (header := _HEADER.fullmatch(line)) is not None:
            prefix = _parts(header[2])
            if header[1] == "[[":
                counts[prefix] = counts.get(prefix, -1) + 1
                prefix = (*prefix, counts[prefix])
            yield prefix, number
        elif (key := _KEY.match(line)) is not None:
            yield (*prefix, *_parts(key[1])), number


def _parts(dotted: str) -> Path:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _outwards(path: Path) -> Iterator[Path]:
    for size in range(len(path), 0, -1):
        yield path[:size]


def _shown(path: Path) -> str:
    shown = ""
    for part in path:
        shown += f"[{part}]" if isinstance(part, int) else f".{part}" if shown else str(part)
    return shown if shown.isprintable() else ascii(shown)


def _kind(value: object) -> str:
    names = {str: "a text", int: "a whole number", float: "a fraction", bool: "true or false", list: "a list"}
    return names.get(type(value), "a table" if isinstance(value, dict) else "a date or time")
