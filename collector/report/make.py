"""One monthly report → the files that were asked for, in memory, told step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from collector.figures.document import to_document
from collector.report import json
from collector.report.fonts import Typeface
from collector.report.numbers import Numbers
from collector.report.paper.assemble import paper
from collector.report.paper.blocks import Paper
from collector.report.paper.section import Addition
from collector.report.pdf.write import Drawing
from collector.report.plots.all import PICTURES, pictures
from collector.report.rules_of import rules_of
from collector.report.side_by_side import Here
from collector.report.values import MonthlyReport
from collector.report.word.write import write as write_docx
from collector.report.words.say import Words
from collector.report.xlsx.sheets import sheets
from collector.report.xlsx.write import write as write_xlsx

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEMS = {"vi": "bao-cao", "en": "report"}

Progress = Callable[[str, int, int], None]


class Format(StrEnum):
    """What a report can be written as."""

    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"
    JSON = "json"

    @property
    def on_paper(self) -> bool:
        """True for those that have pictures and a typeface."""
        return self in (Format.DOCX, Format.PDF)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One file: what it should be called, and what is in it."""

    name: str
    content: bytes


def make(
    report: MonthlyReport,
    *,
    language: str,
    formats: Sequence[Format],
    typeface: Typeface | None,
    additions: tuple[Addition, ...] = (),
    progress: Progress = lambda _what, _done, _of: None,
    able: Executor | None = None,
) -> Iterator[Made]:
    """Yield the files, the PDF last; `typeface` may be None where nothing is to be printed.

    `able` draws the parts of the PDF while the rest is written, without it this process does. Raises
    BrokenExecutor if one of its processes is killed.
    """
    words = Words(numbers=Numbers(language=language, timezone=report.figures.timezone))
    document = paper(report, words, pictures={}, additions=additions)
    drawing: Drawing | None = None
    if typeface is not None and any(one.on_paper for one in formats):
        if Format.PDF in formats:
            rules = rules_of(document.letterhead, typeface)
            drawing = Drawing(document, words.numbers, rules, typeface, able or Here())
        drawn = {}
        for number, (name, picture) in enumerate(pictures(report, words, typeface.files)):
            progress("pictures", number, len(PICTURES))
            drawn[name] = picture
        document = paper(report, words, pictures=drawn, additions=additions)
        if drawing is not None:
            drawing.begin_text(document)
    author, made = report.organisation.name, made_at(report)
    for wanted in sorted(formats, key=lambda one: one is Format.PDF):
        progress(wanted, 0, 1)
        if drawing is not None and wanted is Format.PDF:
            content = _finished(drawing, author=author, made=made, progress=progress)
        else:
            content = _written(wanted, report, document, words, typeface=typeface, additions=additions)
        yield Made(name=f"{_STEMS[language]}-{report.figures.name}.{wanted}", content=content)


def _finished(drawing: Drawing, *, author: str, made: datetime, progress: Progress) -> bytes:
    count = iter(range(drawing.parts))
    return drawing.finished(
        author=author,
        made=made,
        step=lambda part: progress(f"pdf, {part}", next(count), drawing.parts),
    )


def _written(
    wanted: Format,
    report: MonthlyReport,
    document: Paper,
    words: Words,
    *,
    typeface: Typeface | None,
    additions: tuple[Addition, ...],
) -> bytes:
    author, made = report.organisation.name, made_at(report)
    if wanted is Format.JSON:
        return json.write(
            report, to_document(report.figures), language=words.numbers.language, additions=additions
        )
    if wanted is Format.XLSX:
        return write_xlsx(
            sheets(report, words, additions),
            timezone=report.figures.timezone,
            title=document.title,
            subtitle=document.title,
            author=author,
            made=made,
            total=words.say("total"),
            draft=document.watermark,
        )
    if typeface is None:
        raise ValueError(f"{wanted} needs a typeface")
    rules = rules_of(document.letterhead, typeface)
    return write_docx(document, words.numbers, rules, author=author, made=made)


def made_at(report: MonthlyReport) -> datetime:
    """Return when the files say they were made: at the closing, so that they are the same every time."""
    ms = report.figures.end_ms if report.closing is None else report.closing.at_ms
    return (_EPOCH + timedelta(milliseconds=ms)).replace(microsecond=0)
