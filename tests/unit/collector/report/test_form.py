"""The form that decree 30/2020/NĐ-CP gives a document, read back from the DOCX and the PDF."""

from __future__ import annotations

import re
from typing import Any

import pytest
from docx.shared import Pt

from tests.unit.collector.report.making import ordinary, report
from tests.unit.collector.report.reading import (
    Files,
    docx,
    face,
    files,
    pages_of,
    pdf,
    plain,
    squeezed,
    text_of,
)

EMU_PER_MM = 36_000
POINTS_PER_MM = 72 / 25.4


@pytest.fixture(scope="module")
def written() -> Files:
    month = ordinary()
    return files(report(month.figures, month.inventory, traffic=month.traffic, months=month.months, number=5))


@pytest.fixture(scope="module")
def document(written: Files) -> Any:
    return docx(written.docx)


def runs(document: Any, words: str) -> list[Any]:
    """Return the runs of the first paragraph with these words, wherever it stands."""
    said = [
        (plain("".join(one.text or "" for one in paragraph.iter("{*}t"))), paragraph)
        for paragraph in document.element.body.iter("{*}p")
    ]
    found = [one for text, one in said if text == words] or [one for text, one in said if words in text]
    return list(found[0].iter("{*}r"))


def look(document: Any, words: str) -> tuple[float, bool, bool]:
    """Return size in points, bold, italic."""
    properties = runs(document, words)[0].find("{*}rPr")
    key = next(name for name in properties.find("{*}sz").attrib if name.endswith("val"))
    bold = properties.find("{*}b")
    return (
        int(properties.find("{*}sz").get(key)) / 2,
        bold is not None and bold.get(key) != "0",
        properties.find("{*}i") is not None,
    )


def test_no_empty_page_follows_a_full_one(document: Any) -> None:
    """What ends the text and each annex but the last is a paragraph of a point, which fits below any line."""
    enders = [one for one in document.paragraphs if one._p.find("{*}pPr/{*}sectPr") is not None]
    assert len(enders) == len(document.sections) - 1 == 5
    looks = [one.paragraph_format for one in enders]
    assert {(one.space_before, one.space_after, one.line_spacing) for one in looks} == {(0, 0, Pt(1))}


def test_pages_are_a4_with_the_margins_of_the_decree(document: Any, written: Files) -> None:
    """20 to 25 mm above and below, 30 to 35 left, 15 to 20 right, in every part of both files."""
    for section in document.sections:
        assert (round(section.page_width / EMU_PER_MM), round(section.page_height / EMU_PER_MM)) == (210, 297)
        margins = section.top_margin, section.bottom_margin, section.left_margin, section.right_margin
        assert [round(one / EMU_PER_MM) for one in margins] == [20, 20, 30, 15]
    for page in pdf(written.pdf).pages:
        assert [round(float(one) / POINTS_PER_MM) for one in page.mediabox[2:]] == [210, 297]


def test_text_of_the_pdf_stays_within_the_margins(written: Files) -> None:
    """No word begins left of 30 mm or above 20 mm, but for the page's number."""
    seen: list[tuple[float, float, str]] = []

    def visit(text: str, _cm: Any, matrix: Any, _font: Any, _size: Any) -> None:
        if text.strip():
            seen.append((matrix[4], matrix[5], text))

    for page in pdf(written.pdf).pages:
        page.extract_text(visitor_text=visit)
    assert len(seen) > 200
    outside = [text for x, y, text in seen if x / POINTS_PER_MM < 29.5 and x > 0]
    assert outside == []


@pytest.mark.parametrize(
    ("words", "size", "bold", "italic"),
    [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, True, False),
        ("Độc lập - Tự do - Hạnh phúc", 13, True, False),
        ("UBND TỈNH THÁI BÌNH", 12, False, False),
        ("SỞ THÔNG TIN VÀ TRUYỀN THÔNG", 12, True, False),
        ("Số: 05/BC-STTTT", 13, False, False),
        ("Thái Bình, ngày tháng 11 năm 2026", 13, False, True),
        ("BÁO CÁO", 14, True, False),
        (
            "Tình hình hoạt động mạng diện rộng và Trung tâm Tích hợp dữ liệu tháng 10 năm 2026",
            14,
            True,
            False,
        ),
        ("Kính gửi: Ủy ban nhân dân tỉnh Thái Bình.", 14, False, False),
        ("I. TÌNH HÌNH CHUNG", 14, True, False),
        ("1. Kỳ báo cáo và phạm vi giám sát", 14, True, False),
        ("Kỳ báo cáo: từ 00 giờ 00 ngày 01/10/2026 đến 24 giờ 00 ngày 31/10/2026", 14, False, False),
        ("Nơi nhận:", 12, True, True),
        ("- Như trên;", 11, False, False),
        ("- Ban Chỉ đạo chuyển đổi số tỉnh;", 11, False, False),
        ("- Lưu: VT, TTTHDL.", 11, False, False),
        ("KT. GIÁM ĐỐC", 14, True, False),
        ("PHÓ GIÁM ĐỐC", 14, True, False),
        ("Phụ lục I", 14, True, False),
        ("SỐ LIỆU CHI TIẾT THEO ĐƠN VỊ", 14, True, False),
        ("(Kèm theo Báo cáo số 05/BC-STTTT ngày", 14, False, True),
    ],
)
def test_every_part_has_its_size_and_weight(
    document: Any, written: Files, words: str, *, size: float, bold: bool, italic: bool
) -> None:
    """As annex I of the decree has them, and the PDF says the same words."""
    assert look(document, words) == (size, bold, italic)
    assert squeezed(words) in text_of(written.pdf)


def test_all_of_it_is_times_new_roman_in_black(document: Any) -> None:
    """No run has another typeface or colour."""
    for run in document.element.body.iter("{*}r"):
        if run.find("{*}t") is None:
            continue
        fonts = run.find("{*}rPr").find("{*}rFonts")
        assert set(fonts.attrib.values()) == {"Times New Roman"}
        assert set(run.find("{*}rPr").find("{*}color").attrib.values()) == {"000000"}


def test_the_pdf_embeds_a_typeface_with_every_vietnamese_letter(written: Files) -> None:
    """All styles of the one that was found, none that is only named."""
    names = set()
    for page in pdf(written.pdf).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            found = font.get_object()
            names.add(str(found["/BaseFont"]))
            below = found["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert "/FontFile2" in below or "/FontFile3" in below
    family = face().family.replace(" ", "")
    assert names
    assert all(family in name.replace("-", "").replace(" ", "") for name in names)
    for letter in "ếợữĐẵ":
        assert letter in text_of(written.pdf)


def test_the_text_is_justified_with_an_indent(document: Any) -> None:
    """First lines are indented by 1.27 cm, paragraphs are 6 points apart and single-spaced."""
    paragraph = runs(document, "Hệ thống giám sát định kỳ")[0].getparent()
    properties = paragraph.find("{*}pPr")
    values = {name.rpartition("}")[2]: value for name, value in properties.find("{*}ind").attrib.items()}
    assert values["firstLine"] == "720"
    spacing = {n.rpartition("}")[2]: value for n, value in properties.find("{*}spacing").attrib.items()}
    assert (spacing["after"], spacing["line"], spacing["lineRule"]) == ("120", "240", "auto")
    assert set(properties.find("{*}jc").attrib.values()) == {"both"}


def test_page_numbers_stand_in_the_top_margin_from_the_second_page_on(document: Any, written: Files) -> None:
    """Size 14, centred; the first page of the text and of each annex has none, each annex begins anew."""
    for number, section in enumerate(document.sections):
        assert section.different_first_page_header_footer
        assert "PAGE" not in section.first_page_header._element.xml
        assert "PAGE" in section.header._element.xml
        starts = section._sectPr.find("{*}pgNumType")
        assert (starts is not None) == (number > 0)
        if starts is not None:
            assert set(starts.attrib.values()) == {"1"}
    number = document.sections[0].header.paragraphs[0]
    assert number.alignment == 1
    assert {run.font.size.pt for run in number.runs} == {14}
    last_lines = [text.split("\n")[-1].strip() for text in pages_of(written.pdf)]
    starts_at = [place for place, line in enumerate(last_lines) if not line.isdigit()]
    assert starts_at[0] == 0
    assert len(starts_at) == 6
    for begin, end in zip(starts_at, [*starts_at[1:], len(last_lines)], strict=True):
        assert last_lines[begin + 1 : end] == [str(one) for one in range(2, end - begin + 1)]


def test_annexes_have_roman_numbers(document: Any, written: Files) -> None:
    """Five of them, in order, each with a title in capitals and the reference to its report."""
    texts = [plain(paragraph.text) for paragraph in document.paragraphs]
    numbers = [text for text in texts if re.fullmatch(r"Phụ lục [IVX]+", text)]
    assert numbers == ["Phụ lục I", "Phụ lục II", "Phụ lục III", "Phụ lục IV", "Phụ lục V"]
    for number in numbers:
        title, reference = texts[texts.index(number) + 1 : texts.index(number) + 3]
        assert title == title.upper()
        assert reference.startswith("(Kèm theo Báo cáo số 05/BC-STTTT")
        assert squeezed(title) in text_of(written.pdf)


def test_the_text_ends_with_its_sign(document: Any) -> None:
    """`./.` after the last words, before the signature."""
    texts = [plain(paragraph.text) for paragraph in document.paragraphs]
    ends = [text for text in texts if text.endswith("./.")]
    assert len(ends) == 1
    assert texts.index(ends[0]) > texts.index("V. KIẾN NGHỊ, ĐỀ XUẤT")


def test_nobody_is_invented(document: Any) -> None:
    """A signer without a name is a dotted line."""
    assert runs(document, "……………………………")


def test_sections_follow_the_skeleton(document: Any) -> None:
    """All headings, in order."""
    headings = [plain(p.text) for p in document.paragraphs if p.style.name in ("Heading 1", "Heading 2")]
    assert [text.split(" ")[0] for text in headings[:15]] == [
        *("I.", "1.", "2.", "3."),
        *("II.", "1.", "2.", "3.", "4.", "5.", "6.", "7."),
        *("III.", "IV.", "V."),
    ]


def test_tables_repeat_their_heads_and_keep_their_rows_whole(document: Any) -> None:
    """Whatever breaks over pages can still be read."""
    for table in document.tables:
        rows = list(table._tbl.iter("{*}tr"))
        assert all(row.find("{*}trPr").find("{*}cantSplit") is not None for row in rows)
        if table.rows[0].cells[0].text in ("STT", "Đơn vị", "Địa bàn", "Chỉ tiêu", "Tháng"):
            assert rows[0].find("{*}trPr").find("{*}tblHeader") is not None


def test_pictures_say_what_they_show(document: Any) -> None:
    """For whoever cannot see them; six of them, numbered."""
    described = [one.get("descr") for one in document.element.body.iter("{*}docPr")]
    assert len(described) == 6
    assert all(described)
    captions = [plain(p.text) for p in document.paragraphs if plain(p.text).startswith("Hình ")]
    assert [caption.split(".")[0] for caption in captions] == [f"Hình {number}" for number in range(1, 7)]


def test_a_draft_says_so_on_every_page(written: Files) -> None:
    """A watermark in DOCX and PDF, a line in each sheet, a mark in the JSON; a closed month has none."""
    month = ordinary()
    draft = files(report(month.figures, month.inventory, draft=True))
    for one, there in ((draft, True), (written, False)):
        heads = docx(one.docx).sections[0]
        for head in (heads.header, heads.first_page_header):
            assert ("BẢN DỰ THẢO" in head._element.xml) == there
        for text in pages_of(one.pdf):
            assert ("BẢNDỰTHẢO" in squeezed(text)) == there
        assert (b'"draft": true' in one.json) == there


def test_several_addressees_stand_one_below_the_other() -> None:
    """Each with a dash, a semicolon between, a full stop at the end."""
    from dataclasses import replace

    from tests.unit.collector.report.making import SETTINGS

    settings = replace(SETTINGS, addressees=("Ủy ban nhân dân tỉnh", "Ban Chỉ đạo"))
    month = ordinary(settings=settings)
    document = docx(files(report(month.figures, month.inventory), pdf=False).docx)
    texts = [plain(paragraph.text) for paragraph in document.paragraphs]
    at = texts.index("Kính gửi:")
    assert texts[at + 1 : at + 3] == ["- Ủy ban nhân dân tỉnh;", "- Ban Chỉ đạo."]
