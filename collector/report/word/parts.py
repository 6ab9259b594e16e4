"""The parts of a paper as WordprocessingML: letterhead, headings, tables, signature, the head of an annex."""

from __future__ import annotations

from collector.report import layout
from collector.report.layout import Rules
from collector.report.numbers import Numbers
from collector.report.paper.blocks import Align, Annex, Column, Heading, Letterhead, Note, Paragraph, Row
from collector.report.paper.blocks import Signature as SignatureBlock
from collector.report.paper.blocks import Table as TableBlock
from collector.report.word.xml import Look, cell, paragraph, row, table

_CENTRED = {"align": "center"}
_SHADE = "E7E7E7"
_JUSTIFY = {Align.LEFT: "left", Align.CENTRE: "center", Align.RIGHT: "right"}
_THIN = 2.0


def letterhead(head: Letterhead, rules: Rules) -> list[str]:
    """Return the head of the first page, down to the addressees."""
    left_mm, right_mm = layout.HEAD_COLUMNS_MM
    left = [
        _centred(head.superior, layout.BODY_NAME_PT) if head.superior else "",
        _centred(head.organisation, layout.BODY_NAME_PT, bold=True),
        _rule(rules.organisation, left_mm),
    ]
    right = [
        _centred(head.country, layout.COUNTRY_PT, bold=True),
        _centred(head.motto, layout.MOTTO_PT, bold=True),
        _rule(rules.motto, right_mm),
    ]
    number = _centred(head.number, layout.DOCUMENT_NUMBER_PT)
    date = _centred(head.date, layout.DATE_PT, italic=True)
    rows = row(_top("".join(left), left_mm) + _top("".join(right), right_mm)) + row(
        _top(number, left_mm) + _top(date, right_mm)
    )
    found = [
        table(rows, (left_mm, right_mm), ruled=False, padding_mm=0),
        paragraph(head.kind, Look(size=layout.TITLE_PT, bold=True, align="center", before=18)),
        paragraph(head.subject, Look(size=layout.TITLE_PT, bold=True, align="center")),
        _rule(rules.subject, layout.TEXT_MM, after=12),
    ]
    return found + _addressees(head)


def _addressees(head: Letterhead) -> list[str]:
    text = Look(size=layout.TEXT_PT, align="center", after=layout.PARAGRAPH_GAP_PT)
    if not head.addressees:
        return []
    if len(head.addressees) == 1:
        return [paragraph(f"{head.to} {head.addressees[0]}.", text)]
    beside = Look(size=layout.TEXT_PT, align="left", left=40)
    below = Look(size=layout.TEXT_PT, align="left", left=60, hanging=4)
    ends = [";"] * (len(head.addressees) - 1) + ["."]
    lines = [f"- {one}{end}" for one, end in zip(head.addressees, ends, strict=True)]
    return [
        paragraph(head.to, beside),
        *(paragraph(line, below) for line in lines),
        paragraph("", Look(size=layout.PARAGRAPH_GAP_PT)),
    ]


def heading(block: Heading) -> str:
    """Return a heading of the first or second level."""
    look = Look(
        size=layout.TEXT_PT,
        bold=True,
        align="both",
        first=layout.FIRST_LINE_MM,
        before=layout.PARAGRAPH_GAP_PT,
        after=layout.PARAGRAPH_GAP_PT,
        keep_next=True,
        style=f"Heading{block.level}",
    )
    return paragraph(block.text, look)


def prose(block: Paragraph) -> str:
    """Return a paragraph of the text; those of a list begin with a dash, as decrees are written."""
    text = f"- {block.text}" if block.item else block.text
    return paragraph(
        text,
        Look(size=layout.TEXT_PT, first=layout.FIRST_LINE_MM, after=layout.PARAGRAPH_GAP_PT),
    )


def note(block: Note) -> str:
    """Return small print."""
    return paragraph(block.text, Look(size=layout.NOTE_PT, italic=True, before=2, after=4))


def caption(text: str, *, above: bool) -> str:
    """Return the caption of a table or a picture."""
    look = Look(
        size=layout.CAPTION_PT,
        bold=True,
        align="center",
        before=6 if above else 2,
        after=3 if above else 8,
        keep_next=above,
    )
    return paragraph(text, look)


def ruled_table(block: TableBlock, numbers: Numbers) -> str:
    """Return a table with its head on every page."""
    size = layout.SMALL_TABLE_PT if block.small else layout.TABLE_PT
    whole = sum(column.width for column in block.columns)
    widths = tuple(layout.TEXT_MM * column.width / whole for column in block.columns)
    titled = Look(size=size, bold=True, align="center", keep_next=True)
    head = "".join(
        cell(paragraph(column.title, titled), width_mm=width, shade=_SHADE)
        for column, width in zip(block.columns, widths, strict=True)
    )
    whole_on_a_page = len(block.rows) <= layout.SHORT_TABLE
    looks = {
        (align, strong): Look(size=size, bold=strong, align=_JUSTIFY[align], keep_next=whole_on_a_page)
        for align in Align
        for strong in (False, True)
    }
    rows = [row(head, head=True)]
    rows += [_row(one, block.columns, widths, looks, numbers) for one in block.rows]
    return table("".join(rows), widths, ruled=True, padding_mm=0.8 if block.small else 1.2)


def _row(
    one: Row,
    columns: tuple[Column, ...],
    widths: tuple[float, ...],
    looks: dict[tuple[Align, bool], Look],
    numbers: Numbers,
) -> str:
    if one.group:
        size = looks[Align.LEFT, True].size
        title = paragraph(one.group, Look(size=size, bold=True, align="left", keep_next=True))
        return row(cell(title, width_mm=sum(widths), span=len(widths)))
    return row(
        "".join(
            cell(paragraph(found.written(numbers), looks[column.align, one.strong]), width_mm=width)
            for found, column, width in zip(one.cells, columns, widths, strict=True)
        )
    )


def signature(block: SignatureBlock) -> list[str]:
    """Return the recipients at the left and the signer at the right, in one piece."""
    left_mm, right_mm = layout.TEXT_MM * 0.45, layout.TEXT_MM * 0.55
    title = Look(size=layout.RECIPIENTS_TITLE_PT, bold=True, italic=True, align="left", keep_next=True)
    listed = Look(size=layout.RECIPIENTS_PT, align="left", keep_next=True)
    left = paragraph(block.recipients_title, title)
    left += "".join(paragraph(one, listed) for one in block.recipients)
    office = Look(size=layout.TEXT_PT, bold=True, align="center", keep_next=True)
    name = Look(size=layout.TEXT_PT, bold=True, align="center", before=layout.SIGNATURE_ROOM_PT)
    right = paragraph(block.authority, office) if block.authority else ""
    right += paragraph(block.office, office) + paragraph(block.name, name)
    rows = row(_top(left, left_mm) + _top(right, right_mm))
    return [
        paragraph("", Look(size=6, keep_next=True)),
        table(rows, (left_mm, right_mm), ruled=False, padding_mm=0),
    ]


def annex_head(annex: Annex) -> list[str]:
    """Return the number, the title and the reference of an annex."""
    return [
        paragraph(annex.number, Look(size=14, bold=True, align="center", style="Heading1")),
        paragraph(annex.title, Look(size=layout.TITLE_PT, bold=True, align="center")),
        paragraph(annex.reference, Look(size=layout.TITLE_PT, italic=True, align="center", after=12)),
    ]


def _centred(text: str, size: float, *, bold: bool = False, italic: bool = False) -> str:
    return paragraph(text, Look(size=size, bold=bold, italic=italic, align="center"))


def _rule(length_mm: float, within_mm: float, *, after: float = 6) -> str:
    """Return a line of this length in the middle of a column."""
    side = (within_mm - length_mm) / 2
    return paragraph(
        "",
        Look(size=1, align="center", left=side, right=side, exact=_THIN, before=1, after=after, rule="top"),
    )


def _top(content: str, width_mm: float) -> str:
    return cell(content, width_mm=width_mm).replace('<w:vAlign w:val="center"/>', "")
