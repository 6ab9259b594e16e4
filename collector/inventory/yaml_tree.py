"""Reads YAML into a tree that knows its lines: bounded, each scalar as it is written, no key twice.

The only importer of yaml. PyYAML's events are taken as they come and no object is ever constructed, so that
`13:30` is still a time when a time field reads it and `0123` never silently becomes 83.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from collector.inventory.document import Items, Plain, Reading, Table, printable
from collector.inventory.mistakes import Findings, Mistake
from collector.inventory.syntax import Complaint, Mark, explain

MAX_DEPTH = 16
MAX_NODES = 1_000_000

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_READINGS = {
    "int": Reading.NUMBER,
    "float": Reading.NUMBER,
    "bool": Reading.BOOLEAN,
    "timestamp": Reading.DATE,
    "merge": Reading.OTHER,
    "value": Reading.OTHER,
}
_PLAIN_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_UNPRINTABLE = yaml.reader.Reader.NON_PRINTABLE
_ALLOWED_TAGS = {f"{_TAG}{name}" for name in ("str", "map", "seq")} | {"!"}


class _StopReadingError(Exception):
    """Reading cannot go on; the mistake is recorded."""


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    node: Table | Items
    anchor: str | None
    key: str | None = None
    key_line: int = 0
    merges: list[Table] = field(default_factory=list)
    size: int = 1


def parse(text: str, *, file: str, findings: Findings) -> Table | None:
    """Return the one mapping that the text is, or None beside the mistakes that say why not."""
    tree = _Tree(file, findings)
    unprintable = _UNPRINTABLE.search(text)
    if unprintable is not None:
        line = text.count("\n", 0, unprintable.start()) + 1
        name = f"U+{ord(unprintable.group()):04X}"
        tree.mistake(line, f"the character {name} cannot be in a text file", "remove it")
        return None
    try:
        tree.read(text)
    except _StopReadingError:
        return None
    except yaml.MarkedYAMLError as error:
        tree.syntax_mistake(text, error)
        return None
    if isinstance(tree.root, Table):
        return tree.root
    advice = 'write sections such as "devices:"; docs/inventory.md lists them'
    tree.mistake(1, "is empty" if tree.root is None else "is not a mapping of sections", advice)
    return None


class _Tree:
    """Builds the tree from the parser's events."""

    def __init__(self, file: str, findings: Findings) -> None:
        self.root: object = None
        self._file = file
        self._findings = findings
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[object, int]] = {}
        self._nodes = 0

    def read(self, text: str) -> None:
        """Take all events of one document."""
        documents = 0
        for event in yaml.parse(text, Loader=_Loader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event, line)
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                self._begin(event, line)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                self._end()
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event.anchor or "", line)
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._stop(
                        line, "a second document begins", 'remove the line "---": the file is one document'
                    )

    def mistake(self, line: int, message: str, advice: str) -> None:
        """Record a mistake at the path that reading has come to."""
        path = ""
        for level in self._open:
            if isinstance(level.node, Items):
                path += f"[{len(level.node)}]"
            elif level.key is not None:
                path += f".{printable(level.key)}" if path else printable(level.key)
        self._findings.add(Mistake(file=self._file, line=line, path=path, message=message, advice=advice))

    def syntax_mistake(self, text: str, error: yaml.MarkedYAMLError) -> None:
        """Record where and why the text stops being YAML."""
        self._open.clear()
        mark = error.problem_mark or error.context_mark
        began = error.context_mark
        cause = explain(
            text,
            Complaint(
                context=error.context or "",
                problem=error.problem or "",
                mark=Mark(line=mark.line, column=mark.column) if mark else Mark(line=0, column=0),
                began=Mark(line=began.line, column=began.column) if began else None,
            ),
        )
        self.mistake(cause.line, cause.message, cause.advice)

    def _stop(self, line: int, message: str, advice: str) -> None:
        self.mistake(line, message, advice)
        raise _StopReadingError

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        self._check_tag(event.tag, line)
        value = _read_plain(event.value) if event.implicit[0] else event.value
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1)
        self._count(1, line)
        self._place(value, 1, line)

    def _begin(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent, line: int) -> None:
        self._check_tag(event.tag, line)
        self._count(1, line)
        if len(self._open) >= MAX_DEPTH:
            self._stop(
                line,
                f"is nested deeper than {MAX_DEPTH} levels",
                "close the brackets, or check the indentation",
            )
        mapping = isinstance(event, yaml.MappingStartEvent)
        node = Table(file=self._file, line=line) if mapping else Items(line=line)
        self._open.append(_Open(node, event.anchor))

    def _end(self) -> None:
        done = self._open.pop()
        if isinstance(done.node, Table):
            for merged in done.merges:
                for key, value in merged.items():
                    if key not in done.node:
                        done.node[key] = value
                        done.node.lines[key] = merged.lines[key]
        if done.anchor is not None:
            self._anchors[done.anchor] = (done.node, done.size)
        self._place(done.node, done.size, done.node.line)

    def _alias(self, name: str, line: int) -> None:
        if any(level.anchor == name for level in self._open):
            self._stop(line, f'the alias "*{name}" stands inside what it repeats', "remove it")
        if name not in self._anchors:
            self._stop(
                line,
                f'the alias "*{name}" repeats nothing',
                f'write "&{name}" before the value it repeats, above',
            )
        value, size = self._anchors[name]
        self._count(size, line)
        self._place(value, size, line)

    def _count(self, nodes: int, line: int) -> None:
        # Aliases count as often as they are used: a few lines of them can stand for billions of values.
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            self._stop(line, f"holds more than {MAX_NODES:,} values", "split the file, or use fewer aliases")

    def _place(self, value: object, size: int, line: int) -> None:
        """Put a finished value where it belongs: into the list, behind its key, or it is a key itself."""
        if not self._open:
            self.root = value
            return
        level = self._open[-1]
        level.size += size
        if isinstance(level.node, Items):
            level.node.append(value)
            level.node.lines.append(line)
        elif level.key is None:
            self._key(level, level.node, value, line)
        else:
            self._put(level, level.node, value)

    def _key(self, level: _Open, table: Table, value: object, line: int) -> None:
        if not isinstance(value, str):
            self._stop(line, "a key is not a text", "write one word before the colon")
            return
        level.key, level.key_line = str(value), line
        if value in table:
            message = f"is written twice; line {table.lines[level.key]} has it already"
            self.mistake(line, message, "remove one of the two")

    def _put(self, level: _Open, table: Table, value: object) -> None:
        key = level.key or ""
        if key == "<<":
            self._merge(level, value)
        else:
            table[key] = value
            table.lines[key] = level.key_line
        level.key = None

    def _merge(self, level: _Open, value: object) -> None:
        for merged in value if isinstance(value, Items) else [value]:
            if isinstance(merged, Table):
                level.merges.append(merged)
            else:
                self.mistake(
                    level.key_line, "merges something that is no block", 'write "<<: *name" of a block'
                )

    def _check_tag(self, tag: str | None, line: int) -> None:
        if tag is not None and tag not in _ALLOWED_TAGS:
            self._stop(line, "a tag has no meaning here", 'remove the word that begins with "!"')


def _read_plain(text: str) -> str | None:
    """Return an unquoted scalar; one that YAML 1.1 does not read as text says so, and null is None."""
    for tag, pattern in _resolvers(text):
        if pattern.match(text):
            kind = tag.removeprefix(_TAG)
            if kind == "null":
                return None
            if kind == "int" and _PLAIN_INTEGER.fullmatch(text):
                return Plain.of(text, Reading.INTEGER)
            return Plain.of(text, _READINGS.get(kind, Reading.OTHER))
    return text


def _resolvers(text: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    table = yaml.SafeLoader.yaml_implicit_resolvers
    yield from table.get(text[:1], ())
