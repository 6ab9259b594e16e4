"""Writes a paper as PDF: its text and its annexes are drawn side by side, a process each, and then bound.

Nearly all the time a report takes is spent on setting tables, and each part numbers its own pages anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import datetime

from collector.report.fonts import Typeface
from collector.report.layout import Rules
from collector.report.numbers import Numbers
from collector.report.paper.blocks import Paper
from collector.report.pdf.bind import bind
from collector.report.pdf.draw import draw
from collector.report.pdf.html import annex_of, text_of
from collector.report.pdf.style import style


class Drawing:
    """A PDF in the making. Annexes have no pictures, so that they can be begun before those are drawn."""

    def __init__(
        self, paper: Paper, numbers: Numbers, rules: Rules, typeface: Typeface, able: Executor
    ) -> None:
        """Begin the annexes."""
        self._numbers, self._able = numbers, able
        self._sheet = style(typeface.family, typeface.files, rules)
        self._text: tuple[str, Future[bytes]] | None = None
        self._annexes: dict[str, Future[bytes]] = {}
        parts = [(annex.number, annex_of(paper, annex, numbers)) for annex in paper.annexes]
        # The longest first, so that none is begun last and waited for alone.
        for name, html in sorted(parts, key=lambda part: -part[1].count("<td")):
            self._annexes[name] = able.submit(draw, html, self._sheet)
        self._order = [name for name, _ in parts]

    def begin_text(self, paper: Paper) -> None:
        """Begin the text, with its pictures."""
        html = text_of(paper, self._numbers)
        self._text = paper.title, self._able.submit(draw, html, self._sheet)

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return 1 + len(self._order)

    def finished(self, *, author: str, made: datetime, step: Callable[[str], None]) -> bytes:
        """Wait for it and return the file; `step` is told which part is waited for."""
        if self._text is None:
            raise ValueError("the text was not begun")
        title, text = self._text
        done: list[bytes] = []
        for name, drawn in ((title, text), *((name, self._annexes[name]) for name in self._order)):
            step(name)
            done.append(drawn.result())
        return bind(done, title=title, author=author, made=made)
