"""Writes a paper as PDF: its text and its annexes are drawn side by side, a process each, and then bound.

Nearly all the time a report takes is spent on setting tables, and each part numbers its own pages anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime

from collector.report.fonts import Typeface
from collector.report.layout import Rules
from collector.report.numbers import Numbers
from collector.report.paper.blocks import Paper
from collector.report.pdf.bind import bind
from collector.report.pdf.draw import draw
from collector.report.pdf.drawers import drawers
from collector.report.pdf.html import annex_of, text_of
from collector.report.pdf.style import style

Part = tuple[str, str]
"""A part's name and its HTML."""


class Drawing:
    """A PDF in the making."""

    def __init__(self, paper: Paper, parts: list[Part], drawn: list[Future[bytes]]) -> None:
        self._paper, self._parts, self._drawn = paper, parts, drawn

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return len(self._parts)

    def finished(self, *, author: str, made: datetime, step: Callable[[str], None]) -> bytes:
        """Wait for it and return the file; `step` is told which part is waited for."""
        done: list[bytes] = []
        for (name, _), future in zip(self._parts, self._drawn, strict=True):
            step(name)
            done.append(future.result())
        return bind(done, title=self._paper.title, author=author, made=made)


@contextmanager
def begun(
    paper: Paper, numbers: Numbers, rules: Rules, typeface: Typeface, *, processes: int
) -> Iterator[Drawing]:
    """Begin a PDF in this many processes of its own, with one in this process; leaving early ends them."""
    sheet = style(typeface.family, typeface.files, rules)
    parts = [(paper.title, text_of(paper, numbers))]
    parts += [(annex.number, annex_of(paper, annex, numbers)) for annex in paper.annexes]
    with drawers(min(processes, len(parts))) as able:
        drawn: dict[int, Future[bytes]] = {}
        # The longest first, so that none is begun last and waited for alone.
        for number in sorted(range(len(parts)), key=lambda one: -parts[one][1].count("<td")):
            drawn[number] = able.submit(draw, parts[number][1], sheet)
        yield Drawing(paper, parts, [drawn[number] for number in range(len(parts))])
