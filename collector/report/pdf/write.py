"""Writes a paper as PDF. All that touches WeasyPrint; nothing is fetched from anywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from collector.report.fonts import Typeface
from collector.report.layout import Rules
from collector.report.numbers import Numbers
from collector.report.paper.blocks import Paper
from collector.report.pdf.html import annex_of, text_of
from collector.report.pdf.style import style

if TYPE_CHECKING:
    from weasyprint import Document


def write(
    paper: Paper,
    numbers: Numbers,
    rules: Rules,
    typeface: Typeface,
    *,
    author: str,
    made: datetime,
    step: Callable[[str], None],
) -> bytes:
    """Return the file; `step` is told which part comes next. Text and annexes number their own pages."""
    from weasyprint import CSS  # noqa: PLC0415 - a second's start-up
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    fonts = FontConfiguration()
    # Pictures stand in the text, the typeface is a file: no other address is ever asked.
    fetcher = URLFetcher(allowed_protocols=("data", "file"))
    sheet = CSS(string=style(typeface.family, typeface.files, rules), font_config=fonts, url_fetcher=fetcher)
    parts = [(paper.title, text_of(paper, numbers))]
    parts += [(annex.number, annex_of(paper, annex, numbers)) for annex in paper.annexes]
    drawn: list[Document] = []
    for name, html in parts:
        step(name)
        drawn.append(_render(html, sheet, fonts, fetcher))
    whole = drawn[0].copy([page for part in drawn for page in part.pages])
    whole.metadata.authors = [author]
    whole.metadata.created = made.isoformat()
    return bytes(whole.write_pdf())


def _render(html: str, sheet: Any, fonts: Any, fetcher: Any) -> Document:
    from weasyprint import HTML  # noqa: PLC0415 - a second's start-up

    document: Document = HTML(string=html, url_fetcher=fetcher).render(stylesheets=[sheet], font_config=fonts)
    return document
