"""Reads what an operator adds to the sections: `report/2026-10.md` beside the inventory. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from collector.report.paper.blocks import Block, Paragraph
from collector.report.paper.section import SECTIONS, Addition

_HEADING = re.compile(r"#{1,6}\s+(?P<key>[IVX]+(?:\.[0-9])?)\b\.?(?P<rest>.*)")
_INSTEAD = re.compile(r"\((?:thay|replace)\)\s*$", re.IGNORECASE)
_ITEM = re.compile(r"[-*+]\s+")
LONGEST = 200_000


class TextError(Exception):
    """The file cannot be used: which line, and what to do about it."""


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    found: list[Addition] = field(default_factory=list)
    section: str = ""
    instead: bool = False
    blocks: list[Block] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    item: bool = False

    def end_paragraph(self) -> None:
        """Take the lines so far as one paragraph."""
        if self.lines:
            self.blocks.append(Paragraph(text=" ".join(self.lines), item=self.item))
        self.lines, self.item = [], False

    def end_section(self) -> None:
        """Take the paragraphs so far as one section's addition."""
        self.end_paragraph()
        if self.blocks:
            addition = Addition(section=self.section, blocks=tuple(self.blocks), instead=self.instead)
            self.found.append(addition)
        self.blocks = []


def additions(text: str, name: str) -> tuple[Addition, ...]:
    """Return the additions of a file; TextError, with the line, for what belongs to no section.

    A heading names a section by its number (`## II.4 …`), what follows it is paragraphs and lists. With
    `(thay)` or `(replace)` at the heading's end the text stands instead of what the figures say.
    """
    if len(text) > LONGEST:
        raise TextError(f"{name} is longer than {LONGEST:,} characters; shorten it")
    reading = _Reading()
    for number, raw in enumerate(text.splitlines(), start=1):
        line = _printable(raw).strip()
        if line.startswith("#"):
            reading.end_section()
            reading.section, reading.instead = _heading(line, f"{name}:{number}")
        elif not line:
            reading.end_paragraph()
        elif not reading.section:
            raise TextError(
                f"{name}:{number}: this stands before the first heading; begin with a section's number: ## I"
            )
        else:
            if item := _ITEM.match(line):
                reading.end_paragraph()
                reading.item = True
                line = line[item.end() :]
            reading.lines.append(line)
    reading.end_section()
    return tuple(reading.found)


def _heading(line: str, where: str) -> tuple[str, bool]:
    found = _HEADING.fullmatch(line)
    if found is None or found["key"] not in SECTIONS:
        raise TextError(
            f"{where}: {line[:60]!r} names no section of the report; there are {', '.join(SECTIONS)}"
        )
    return found["key"], _INSTEAD.search(found["rest"]) is not None


def _printable(line: str) -> str:
    return "".join(char if char.isprintable() else " " for char in line)
