"""Months that are hard to report: nothing, one device, nobody looked, nothing went wrong, everything did."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from collector.figures.outage_values import Cause
from collector.inventory.report_values import PeriodKind, ReportSettings
from collector.report.make import Format, make
from collector.report.values import Change, Closing, MonthlyReport
from tests.unit.collector.report.making import (
    DISTRICTS,
    District,
    Made,
    Silence,
    figures,
    inventory,
    ordinary,
    period,
    report,
    words,
)
from tests.unit.collector.report.reading import docx, face, files, plain, table_after, text_of

AREAS = (District(id="x", name="Huyện X", hub="h"),)
LONG = "Xã " + "Nguyễn Thị Minh Khai và các thôn lân cận thuộc vùng ven biển phía đông nam của huyện " * 2
LONG = LONG[:120]


def texts(content: bytes) -> list[str]:
    return [plain(paragraph.text) for paragraph in docx(content).paragraphs]


def written(found: MonthlyReport, language: str = "vi") -> dict[str, bytes]:
    """Return DOCX, XLSX and JSON; the PDF draws the same blocks, and takes longest."""
    formats = [one for one in Format if one is not Format.PDF]
    made = make(found, language=language, formats=formats, typeface=face())
    return {one.name.rpartition(".")[2]: one.content for one in made}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_device_at_all(language: str) -> None:
    """An empty inventory gives a report that says so, section by section, and no figure."""
    found = report(figures(()), inventory())
    said = " ".join(texts(written(found, language)["docx"]))
    for phrase in (
        "coverage_none",
        "centre_none",
        "services_none",
        "traffic_none",
        "outages_none",
        "planned_none",
    ):
        assert words(language).say(phrase) in said
    assert "100" not in said.replace("100 ", "")


def test_no_data_of_any_device() -> None:
    """Devices that nobody looked at have dashes, not 0 and not 100; coverage is 0."""
    hours = (period().end_ms - period().start_ms) / 3_600_000
    devices = (
        Made(id="h", name="Hub", area="x", role="hub", unknown=hours),
        Made(id="a", name="Xã A", area="x", unknown=hours),
    )
    found = report(figures(devices, AREAS), inventory(AREAS))
    files_ = written(found)
    table = table_after(
        docx(files_["docx"]), "Kèm theo Báo cáo số /BC ngày tháng 11 năm 2026 của Sở Khoa học)"
    )
    rows = {row[1]: row[2:] for row in table[1:] if len(row) == 10}
    assert rows["Xã A"] == ["–", "0,00–100,00", "–", "–", "0", "0:00:00", "–", "0,00"]
    assert found.untouched == found.below_target == 0
    assert found.best == found.worst == ()
    assert "Trong kỳ không có số liệu giám sát." in texts(files_["docx"])


def test_one_device_with_no_coverage_among_others() -> None:
    """It has no figure, is in no ranking, and the others' figures are theirs alone."""
    hours = (period().end_ms - period().start_ms) / 3_600_000
    devices = (
        Made(id="a", name="Xã A", area="x", unknown=hours),
        Made(id="b", name="Xã B", area="x", silences=(Silence(at=10, hours=1),)),
    )
    found = report(figures(devices, AREAS), inventory(AREAS))
    by_id = {line.id: line for line in found.units}
    assert by_id["a"].end_to_end.ppm is None
    assert by_id["a"].mark
    assert found.network.line.end_to_end.ppm == by_id["b"].end_to_end.ppm
    assert [line.id for line in found.best] == ["b"]
    assert [line.id for line in found.worst] == ["b"]
    shown = " ".join(texts(written(found)["docx"]))
    assert "(*) Tỷ lệ có số liệu giám sát: 50,00%; độ khả dụng thực tế nằm trong khoảng" in shown


def test_one_device_alone() -> None:
    """Without areas it is the data centre; all files can be written, the PDF too."""
    found = report(
        figures((Made(id="a", name="Máy chủ A", silences=(Silence(at=5, hours=2),)),)), inventory()
    )
    made = files(found)
    assert found.units == ()
    assert [line.id for line in found.centre] == ["a"]
    assert "MáychủA" in text_of(made.pdf)


def test_nothing_went_wrong() -> None:
    """100 % is printed where it is true, nothing is proposed, and no picture of nothing is drawn."""
    devices = tuple(Made(id=f"u{n}", name=f"Xã {n}", area="x") for n in range(12))
    found = report(figures(devices, AREAS), inventory(AREAS))
    said = texts(written(found)["docx"])
    for phrase in ("outages_none", "worst_none", "short_none"):
        assert words().say(phrase) in said
    assert "Không có kiến nghị, đề xuất từ số liệu của kỳ này./." in said
    assert found.untouched == 12
    assert found.network.line.end_to_end.ppm == 1_000_000
    captions = [text for text in said if text.startswith("Hình ")]
    assert [one.split(". ", 1)[1] for one in captions] == [
        words().say("p_districts"),
        words().say("p_trend"),
    ]


def test_everything_went_wrong() -> None:
    """A month of silence is 0 %, its outages last, and every unit missed the target."""
    down = (Silence(at=-5, hours=None, cause=Cause.UNDECIDED),)
    devices = tuple(Made(id=f"u{n}", name=f"Xã {n}", area="x", silences=down) for n in range(12))
    found = report(figures(devices, AREAS), inventory(AREAS))
    assert found.network.line.end_to_end.ppm == 0
    assert (found.below_target, found.outages.lasting, found.untouched) == (12, 12, 0)
    assert all(day.lost_ms == 12 * 24 * 3_600_000 for day in found.days)
    document = docx(written(found)["docx"])
    reference = "Kèm theo Báo cáo số /BC ngày tháng 11 năm 2026 của Sở Khoa học)"
    units = {row[1]: row[2:] for row in table_after(document, reference)[1:] if len(row) == 10}
    assert units["Xã 3"][0] == "0,00"
    outages = [
        row
        for table in document.tables
        if len(table.columns) == 9
        for row in table.rows
        if row.cells[5].text == "Tự chịu"
    ]
    assert len(outages) == 12
    assert all("Chưa khắc phục" in [cell.text for cell in row.cells] for row in outages)
    assert all(any(cell.text.startswith("trước ") for cell in row.cells) for row in outages)


def test_names_of_120_characters() -> None:
    """They are printed whole in tables, and shortened only where a picture has no room."""
    areas = (District(id="x", name=LONG.replace("Xã", "Huyện")[:120], hub="h"),)
    devices = (
        Made(id="h", name=LONG, area="x", role="hub"),
        Made(id="a", name=LONG, area="x", silences=(Silence(at=1, hours=9),)),
    )
    assert len(LONG) == 120
    made = files(report(figures(devices, areas), inventory(areas, name=LONG)))
    squeezed = LONG.replace(" ", "")
    assert squeezed in text_of(made.pdf)
    assert any(
        LONG in cell.text for table in docx(made.docx).tables for row in table.rows for cell in row.cells
    )


def test_hostile_names_are_text_and_nothing_else() -> None:
    """No name becomes markup, a formula or a link."""
    name = "=1+1<b>&amp;</w:t>\"'"
    made = files(
        report(figures((Made(id="a", name=name, silences=(Silence(at=1, hours=1),)),)), inventory(name=name))
    )
    assert name.replace(" ", "") in text_of(made.pdf)
    assert any(
        name == cell.text for table in docx(made.docx).tables for row in table.rows for cell in row.cells
    )
    import io

    import openpyxl

    page = openpyxl.load_workbook(io.BytesIO(made.xlsx)).worksheets[1]
    (cell,) = [cell for row in page.iter_rows() for cell in row if cell.value == name]
    assert cell.data_type == "s"


def test_a_restated_month_shows_its_revision_and_the_difference() -> None:
    """Who, when, why, both seals, and what each device's figure was before."""
    month = ordinary()
    closing = Closing(
        seal="NEW22-SEAL2-ABCDE-FGHIJ-KLMNO",
        revision=2,
        at_ms=period().end_ms + 86_400_000,
        author="Trực ban",
        software="1.0",
        reason="Chấp nhận bảo trì ghi nhận muộn",
        first_seal="OLD22-SEAL2-ABCDE-FGHIJ-KLMNO",
        changes=(Change(device="f", name="Xã Đông Hòa", before_ppm=993_812, after_ppm=995_270),),
    )
    found = report(month.figures, month.inventory, closing=closing)
    content = written(found)
    said = " ".join(texts(content["docx"]))
    for words_ in (
        "đã được điều chỉnh (lần 2, 00 giờ 00 phút ngày 02/11/2026, người điều chỉnh: Trực ban)",
        "Lý do: Chấp nhận bảo trì ghi nhận muộn",
        "Mã niêm phong: NEW22-SEAL2-ABCDE-FGHIJ-KLMNO",
        "Mã niêm phong của lần chốt đầu tiên: OLD22-SEAL2-ABCDE-FGHIJ-KLMNO",
    ):
        assert words_ in said
    table = table_after(docx(content["docx"]), "Thay đổi so với lần chốt đầu tiên")
    assert table[1:] == [["Xã Đông Hòa", "99,38", "99,52"]]
    assert json.loads(content["json"])["report"]["closing"]["revision"] == 2


def test_a_first_closing_shows_its_seal_alone() -> None:
    """No difference to nothing."""
    month = ordinary()
    closing = Closing(seal="AAAAA-BBBBB", revision=1, at_ms=period().end_ms, author="x", software="1.0")
    said = " ".join(texts(written(report(month.figures, month.inventory, closing=closing))["docx"]))
    assert "Mã niêm phong: AAAAA-BBBBB" in said
    assert "điều chỉnh (lần" not in said


def test_a_period_from_the_15th_to_the_14th() -> None:
    """It is printed as what it is, and its days are those."""
    settings = ReportSettings(period=PeriodKind.MID_MONTH)
    whole = period("2026-03", PeriodKind.MID_MONTH)
    found = report(figures((Made(id="a", name="A"),), whole=whole), inventory(report=settings))
    said = " ".join(texts(written(found)["docx"]))
    assert "từ 00 giờ 00 ngày 15/02/2026 đến 24 giờ 00 ngày 14/3/2026 (28 ngày, 672 giờ" in said
    assert "kỳ báo cáo tháng 3 năm 2026" in said
    assert len(found.days) == 28


def test_a_simulated_month_says_so() -> None:
    """On its first page: nobody shall take the laboratory for the network."""
    month = ordinary(simulated=True)
    said: list[Any] = texts(written(report(month.figures, month.inventory))["docx"])
    assert words().say("simulated_note") in said


def test_an_empty_part_of_a_network_does_not_count() -> None:
    """A district without devices is in no table."""
    month = ordinary()
    areas = (*DISTRICTS, District(id="empty", name="Huyện Trống", hub="none"))
    found = report(month.figures, replace(inventory(areas), report=month.inventory.report))
    assert "Huyện Trống" not in {one.line.name for one in found.districts}
