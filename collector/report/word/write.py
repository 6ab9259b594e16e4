"""Writes a paper as DOCX in the form of decree 30/2020/NĐ-CP. All that touches python-docx."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from collector.report import layout
from collector.report.archive import same_bytes
from collector.report.layout import Rules
from collector.report.numbers import Numbers
from collector.report.paper.blocks import Block, Heading, Note, Paper, Paragraph, Picture, Table
from collector.report.word import parts
from collector.report.word.xml import NAMESPACES, Look, page_number, paragraph, watermark

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section

_LANGUAGES = {"vi": "vi-VN", "en": "en-GB"}


def write(paper: Paper, numbers: Numbers, rules: Rules, *, author: str, made: datetime) -> bytes:
    """Return the file. `made` is the date it says it was made on: the same report is the same bytes."""
    from docx import Document as new_document  # noqa: N813, PLC0415 - start-up of other commands

    document = new_document()
    _properties(document, paper, author, made)
    _styles(document, paper.language)
    _page(document.sections[0])
    _page_numbers(document.sections[0], paper.watermark)
    _append(document, parts.letterhead(paper.letterhead, rules))
    _blocks(document, paper.body, numbers)
    _append(document, parts.signature(paper.signature))
    for annex in paper.annexes:
        section = document.add_section()
        _no_line_of_its_own(document.element.body[-2])
        _page(section)
        _from_one(section)
        _append(document, parts.annex_head(annex))
        _blocks(document, annex.blocks, numbers)
    file = io.BytesIO()
    document.save(file)
    return same_bytes(file.getvalue())


def _blocks(document: Document, blocks: Iterable[Block], numbers: Numbers) -> None:
    for block in blocks:
        match block:
            case Heading():
                _append(document, [parts.heading(block)])
            case Paragraph():
                _append(document, [parts.prose(block)])
            case Note():
                _append(document, [parts.note(block)])
            case Table():
                captioned = [parts.caption(block.caption, above=True)] if block.caption else []
                gap = paragraph("", Look(size=3))
                _append(document, [*captioned, parts.ruled_table(block, numbers), gap])
            case Picture():
                _picture(document, block)


def _append(document: Document, found: Iterable[str]) -> None:
    from docx.oxml import parse_xml  # noqa: PLC0415 - start-up of other commands

    body = document.element.body
    for xml in found:
        tag = "<w:tbl" if xml.startswith("<w:tbl>") else "<w:p"
        element = parse_xml(f"{tag} {NAMESPACES}{xml[len(tag) :]}")
        body.insert(len(body) - 1, element)  # before the section's properties, which come last


def _picture(document: Document, block: Picture) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 - start-up of other commands
    from docx.shared import Mm, Pt  # noqa: PLC0415

    holder = document.add_paragraph()
    holder.alignment = WD_ALIGN_PARAGRAPH.CENTER
    holder.paragraph_format.keep_with_next = True
    holder.paragraph_format.space_before = Pt(6)
    holder.paragraph_format.space_after = Pt(0)
    holder.paragraph_format.first_line_indent = Mm(0)
    shape = holder.add_run().add_picture(io.BytesIO(block.png), width=Mm(block.width_mm))
    described: Any = shape._inline.docPr  # noqa: SLF001 - the library has no way to say what a picture shows
    described.set("descr", block.alt)
    described.set("name", block.id)
    _append(document, [parts.caption(block.caption, above=False)])


def _properties(document: Document, paper: Paper, author: str, made: datetime) -> None:
    properties = document.core_properties
    properties.title = paper.title
    properties.author = author
    properties.last_modified_by = author
    properties.language = _LANGUAGES[paper.language]
    properties.comments = ""
    properties.created = made
    properties.modified = made
    properties.revision = 1


def _styles(document: Document, language: str) -> None:
    """Make every style Times New Roman in black, in the document's language."""
    from docx.oxml.ns import qn  # noqa: PLC0415 - start-up of other commands
    from docx.shared import Pt, RGBColor  # noqa: PLC0415

    for name in ("Normal", "Heading 1", "Heading 2", "Header"):
        style: Any = document.styles[name]
        style.font.name = "Times New Roman"
        style.font.size = Pt(layout.TEXT_PT)
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(attribute), None)
        for attribute in ("w:eastAsia", "w:cs"):
            fonts.set(qn(attribute), "Times New Roman")
    for element in document.styles.element.iter(qn("w:lang")):
        for attribute in ("w:val", "w:eastAsia"):
            element.set(qn(attribute), _LANGUAGES[language])


def _page(section: Section) -> None:
    from docx.enum.section import WD_ORIENT  # noqa: PLC0415 - start-up of other commands
    from docx.shared import Mm  # noqa: PLC0415

    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(layout.PAGE_MM[0]), Mm(layout.PAGE_MM[1])
    section.top_margin, section.bottom_margin = Mm(layout.TOP_MM), Mm(layout.BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(layout.LEFT_MM), Mm(layout.RIGHT_MM)
    section.header_distance, section.footer_distance = Mm(layout.NUMBER_FROM_TOP_MM), Mm(10)
    section.different_first_page_header_footer = True


def _page_numbers(section: Section, word: str) -> None:
    """Put numbers into the top margin from the second page on; later sections take these heads over."""
    look = Look(size=layout.PAGE_NUMBER_PT, align="center")
    for number, (head, runs) in enumerate(
        ((section.header, page_number(look)), (section.first_page_header, "")), start=1
    ):
        head.is_linked_to_previous = False
        mark = watermark(word, number) if word else ""
        _replace(head, paragraph("", look, extra_runs=runs + mark))


def _replace(head: Any, xml: str) -> None:
    from docx.oxml import parse_xml  # noqa: PLC0415 - start-up of other commands

    element = head._element  # noqa: SLF001 - the library builds no fields
    for child in list(element):
        element.remove(child)
    element.append(parse_xml(f"<w:p {NAMESPACES}{xml[len('<w:p') :]}"))


def _no_line_of_its_own(breaking: Any) -> None:
    """Make the paragraph that ends a section as good as invisible: behind a full page it took another."""
    from docx.shared import Pt  # noqa: PLC0415 - start-up of other commands
    from docx.text.paragraph import Paragraph as Formatted  # noqa: PLC0415

    look = Formatted(breaking, None).paragraph_format  # type: ignore[arg-type]
    look.space_before, look.space_after, look.line_spacing = Pt(0), Pt(0), Pt(1)


def _from_one(section: Section) -> None:
    """Let an annex count its pages from one."""
    from docx.oxml import OxmlElement  # noqa: PLC0415 - start-up of other commands
    from docx.oxml.ns import qn  # noqa: PLC0415

    properties: Any = section._sectPr  # noqa: SLF001 - the library knows no page numbers
    number = properties.find(qn("w:pgNumType"))
    if number is None:
        number = OxmlElement("w:pgNumType")
        # The schema wants it right after the margins.
        properties.find(qn("w:pgMar")).addnext(number)
    number.set(qn("w:start"), "1")
