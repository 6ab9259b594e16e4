"""What a document is made of, whichever program draws it: headings, paragraphs, tables, pictures. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from collector.report.numbers import NONE, Numbers


class Kind(StrEnum):
    """What a cell holds, and so how it is written."""

    TEXT = "text"
    COUNT = "count"
    SIGNED = "signed"
    PERCENT = "percent"
    POINTS = "points"
    RANGE = "range"
    CLOCK = "clock"
    INSTANT = "instant"
    RATE = "rate"
    MEGABITS = "megabits"
    GIGABYTES = "gigabytes"


Value = str | int | tuple[int | None, int | None] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One figure or text of a table, as it is known; `mark` asks for the footnote sign."""

    kind: Kind
    value: Value
    mark: bool = False

    def written(self, numbers: Numbers) -> str:  # noqa: PLR0911 - one way of writing each kind
        """Return it as documents print it. Shares stand in columns headed (%), so without their sign."""
        value = self.value
        if isinstance(value, str):
            return value
        if isinstance(value, tuple):
            return numbers.range(*value).replace("%", "")
        match self.kind:
            case Kind.COUNT:
                return numbers.count(value)
            case Kind.SIGNED:
                return numbers.signed(value)
            case Kind.PERCENT:
                return numbers.percent(value).removesuffix("%") + ("*" if self.mark else "")
            case Kind.POINTS:
                return numbers.points(value)
            case Kind.CLOCK:
                return numbers.clock(value)
            case Kind.INSTANT:
                return numbers.instant(value)
            case Kind.RATE:
                return numbers.rate(value)
            case Kind.MEGABITS:
                return numbers.megabits(value)
            case Kind.GIGABYTES:
                return numbers.gigabytes(value)
            case _:
                return NONE if value is None else str(value)


class Align(StrEnum):
    """Where a column's text stands."""

    LEFT = "left"
    CENTRE = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column's title, its share of the width, and its alignment."""

    title: str
    width: int
    align: Align = Align.RIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A table's row; `strong` for sums, `group` for a title over the rows that follow."""

    cells: tuple[Cell, ...]
    strong: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading; level 1 for `I.`, 2 for `1.`."""

    level: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph of running text; `item` for one of a list."""

    text: str
    item: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Small print below a paragraph, a table or a picture."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with its caption; `id` names it for tests and readers by program."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    small: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as PNG, its caption, its width in millimetres, and what it shows in words."""

    id: str
    caption: str
    png: bytes
    width_mm: int
    alt: str


Block = Heading | Paragraph | Note | Table | Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Annex:
    """An annex: numbered in Roman letters where there are two or more, with pages of its own."""

    number: str
    title: str
    reference: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """The head of the first page, line by line as decree 30/2020 has it."""

    superior: str
    organisation: str
    number: str
    country: str
    motto: str
    date: str
    kind: str
    subject: str
    to: str
    addressees: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The foot of the text: recipients at the left, who signs at the right."""

    recipients_title: str
    recipients: tuple[str, ...]
    authority: str
    office: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The whole document. `watermark` lies across every page; empty for none."""

    language: str
    title: str
    letterhead: Letterhead
    body: tuple[Block, ...]
    signature: Signature
    annexes: tuple[Annex, ...]
    watermark: str
