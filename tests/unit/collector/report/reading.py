"""Reads written documents back, and writes figures by nothing of theirs."""

from __future__ import annotations

import io
import re
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache
from typing import Any

from docx import Document
from pypdf import PdfReader

from collector.report.fonts import Typeface, typeface
from collector.report.make import Format, make
from collector.report.paper.section import Addition
from collector.report.values import MonthlyReport


@cache
def face() -> Typeface:
    return typeface()


@dataclass(frozen=True)
class Files:
    """What was written, by format."""

    docx: bytes
    pdf: bytes
    xlsx: bytes
    json: bytes


def files(
    report: MonthlyReport,
    language: str = "vi",
    additions: tuple[Addition, ...] = (),
    *,
    pdf: bool = True,
    able: Executor | None = None,
) -> Files:
    wanted = [one for one in Format if pdf or one is not Format.PDF]
    made = make(
        report,
        language=language,
        formats=wanted,
        typeface=face(),
        additions=additions,
        able=able,
    )
    found = {one.name.rpartition(".")[2]: one.content for one in made}
    return Files(docx=found["docx"], pdf=found.get("pdf", b""), xlsx=found["xlsx"], json=found["json"])


def docx(content: bytes) -> Any:
    return Document(io.BytesIO(content))


def table_after(document: Any, caption: str) -> list[list[str]]:
    """Return the cells of the table below the paragraph that ends with these words."""
    found = False
    for block in document.element.body.iterchildren():
        tag = block.tag.rpartition("}")[2]
        if tag == "p":
            text = "".join(one.text or "" for one in block.iter() if one.tag.endswith("}t"))
            found = found or plain(text).endswith(plain(caption))
        elif tag == "tbl" and found:
            return [
                ["".join(one.text or "" for one in cell.iter() if one.tag.endswith("}t")) for cell in row]
                for row in (
                    [cell for cell in row.iterchildren() if cell.tag.endswith("}tc")]
                    for row in block.iterchildren()
                    if row.tag.endswith("}tr")
                )
            ]
    raise AssertionError(f"no table below {caption}")


def pdf(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


@cache
def pages_of(content: bytes) -> tuple[str, ...]:
    """Return the text of a PDF's pages."""
    return tuple(page.extract_text() for page in pdf(content).pages)


@cache
def text_of(content: bytes) -> str:
    """Return a PDF's text without any blanks: cells break their lines where they like."""
    return squeezed("".join(pages_of(content)))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def plain(text: str) -> str:
    """Return a text with ordinary blanks."""
    return re.sub(r"\s+", " ", text).strip()


def percent(ppm: int | None) -> str:
    """Write a share as the documents should, from the JSON's millionths, by nothing of theirs."""
    if ppm is None:
        return "–"
    digits = f"{ppm // 100:03d}"
    return f"{digits[:-2]},{digits[-2:]}"


def clock(ms: int | None) -> str:
    """Write a duration as hours, minutes and seconds."""
    if ms is None:
        return "–"
    seconds = ms // 1_000
    return f"{seconds // 3_600:,}".replace(",", ".") + f":{seconds % 3_600 // 60:02d}:{seconds % 60:02d}"
