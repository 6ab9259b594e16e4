"""The parts of a paper as HTML for print: the text of a decree's document, and each annex by itself. Pure."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from html import escape

from collector.report import layout
from collector.report.numbers import Numbers
from collector.report.paper.blocks import (
    Annex,
    Block,
    Heading,
    Letterhead,
    Note,
    Paper,
    Paragraph,
    Picture,
    Row,
    Signature,
    Table,
)


def text_of(paper: Paper, numbers: Numbers) -> str:
    """Return the document without its annexes."""
    inner = _head(paper.letterhead) + _blocks(paper.body, numbers) + _foot(paper.signature)
    return _page(paper, paper.title, inner)


def annex_of(paper: Paper, annex: Annex, numbers: Numbers) -> str:
    """Return one annex, which numbers its own pages."""
    head = (
        f'<h1 class="annex-number">{escape(annex.number)}</h1>'
        f'<p class="annex-title">{escape(annex.title)}</p>'
        f'<p class="annex-reference">{escape(annex.reference)}</p>'
    )
    return _page(paper, annex.title, head + _blocks(annex.blocks, numbers))


def _page(paper: Paper, title: str, inner: str) -> str:
    mark = f'<div class="watermark">{escape(paper.watermark)}</div>' if paper.watermark else ""
    return (
        f'<!DOCTYPE html><html lang="{paper.language}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title></head><body>{mark}{inner}</body></html>"
    )


def _head(head: Letterhead) -> str:
    superior = f'<p class="superior">{escape(head.superior)}</p>' if head.superior else ""
    several = len(head.addressees) > 1
    if several:
        ends = [";"] * (len(head.addressees) - 1) + ["."]
        lines = (
            f'<p class="one">- {escape(one)}{end}</p>' for one, end in zip(head.addressees, ends, strict=True)
        )
        to = f'<div class="to several"><p>{escape(head.to)}</p>{"".join(lines)}</div>'
    elif head.addressees:
        to = f'<p class="to alone">{escape(head.to)} {escape(head.addressees[0])}.</p>'
    else:
        to = ""
    return (
        f'<div class="head"><div class="left">{superior}'
        f'<p class="organisation">{escape(head.organisation)}</p><hr class="organisation-rule"></div>'
        f'<div class="right"><p class="country">{escape(head.country)}</p>'
        f'<p class="motto">{escape(head.motto)}</p><hr class="motto-rule"></div></div>'
        f'<div class="head"><div class="left"><p class="number">{escape(head.number)}</p></div>'
        f'<div class="right"><p class="date">{escape(head.date)}</p></div></div>'
        f'<p class="kind">{escape(head.kind)}</p><p class="subject">{escape(head.subject)}</p>'
        f'<hr class="subject-rule">{to}'
    )


def _foot(block: Signature) -> str:
    listed = "".join(f'<p class="recipient">{escape(one)}</p>' for one in block.recipients)
    authority = f"<p>{escape(block.authority)}</p>" if block.authority else ""
    return (
        f'<div class="foot"><div class="left"><p class="recipients-title">{escape(block.recipients_title)}'
        f'</p>{listed}</div><div class="right">{authority}<p>{escape(block.office)}</p>'
        f'<p class="name">{escape(block.name)}</p></div></div>'
    )


def _blocks(blocks: Iterable[Block], numbers: Numbers) -> str:
    return "".join(_block(block, numbers) for block in blocks)


def _block(block: Block, numbers: Numbers) -> str:
    match block:
        case Heading():
            return f"<h{block.level}>{escape(block.text)}</h{block.level}>"
        case Paragraph():
            return f'<p class="text">{"- " if block.item else ""}{escape(block.text)}</p>'
        case Note():
            return f'<p class="note">{escape(block.text)}</p>'
        case Picture():
            data = base64.b64encode(block.png).decode("ascii")
            return (
                f'<figure><img src="data:image/png;base64,{data}" alt="{escape(block.alt)}" '
                f'style="width:{block.width_mm}mm"><figcaption class="caption">{escape(block.caption)}'
                "</figcaption></figure>"
            )
        case Table():
            return _table(block, numbers)


def _table(block: Table, numbers: Numbers) -> str:
    caption = f'<p class="caption">{escape(block.caption)}</p>' if block.caption else ""
    whole = sum(column.width for column in block.columns)
    widths = "".join(
        f'<col style="width:{layout.TEXT_MM * column.width / whole:.3f}mm">' for column in block.columns
    )
    head = "".join(f"<th>{escape(column.title)}</th>" for column in block.columns)
    rows = "".join(_row(row, block, numbers) for row in block.rows)
    looks = ["ruled", *(["small"] if block.small else [])]
    looks += ["whole"] if len(block.rows) <= layout.SHORT_TABLE else []
    return (
        f'{caption}<table class="{" ".join(looks)}" id="{block.id}"><colgroup>{widths}</colgroup>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(row: Row, block: Table, numbers: Numbers) -> str:
    if row.group:
        return (
            f'<tr class="group"><td class="left" colspan="{len(block.columns)}">{escape(row.group)}</td></tr>'
        )
    cells = "".join(
        f'<td class="{column.align}">{escape(cell.written(numbers))}</td>'
        for cell, column in zip(row.cells, block.columns, strict=True)
    )
    strong = ' class="strong"' if row.strong else ""
    return f"<tr{strong}>{cells}</tr>"
