"""Every figure is the same in DOCX, PDF, XLSX and JSON, and the JSON's are the availability command's."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from pypdf import PdfReader

from collector.figures.document import to_document
from collector.report.side_by_side import side_by_side
from tests.unit.collector.report.making import ZONE, Month, ordinary, report
from tests.unit.collector.report.reading import (
    Files,
    clock,
    docx,
    files,
    percent,
    plain,
    squeezed,
    table_after,
    text_of,
)


@pytest.fixture(scope="module")
def month() -> Month:
    return ordinary()


@pytest.fixture(scope="module")
def written(month: Month) -> Files:
    return files(report(month.figures, month.inventory, traffic=month.traffic, months=month.months))


@pytest.fixture(scope="module")
def known(written: Files) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(written.json)
    return found


def lines(known: dict[str, Any]) -> list[dict[str, Any]]:
    said = known["report"]
    return [*said["hubs"], *said["units"], *said["centre"], *said["services"]]


def row_of(line: dict[str, Any]) -> list[str]:
    """Return a unit's row of annex I, but for its number, from the JSON alone."""
    share, mark = line["end_to_end"], "*" if line["mark"] else ""
    high = share["high_ppm"]
    up = percent(high + 99) if high is not None else "–"
    if high is not None and high < 1_000_000 and up.startswith("100"):
        up = f"{high // 10_000},{high % 10_000:04d}"
    bounds = "–" if high is None else f"{percent(share['low_ppm'])}–{up}"
    starred = [percent(share["ppm"]), percent(line["attributable"]["ppm"])]
    e, a = (one + mark if one != "–" else one for one in starred)
    return [
        line["name"],
        e,
        bounds,
        a,
        percent(line["working"]["ppm"]),
        str(line["outages"]),
        clock(line["lost_ms"]),
        clock(line["mttr_ms"]),
        percent(line["coverage_ppm"]),
    ]


def test_the_jsons_figures_are_the_availability_commands(month: Month, known: dict[str, Any]) -> None:
    """The same document, whole; and what the report builds on it follows from it."""
    assert known["figures"] == json.loads(json.dumps(to_document(month.figures)))
    devices = {one["device"]: one for one in known["figures"]["devices"]}
    for line in lines(known):
        tally = devices[line["id"]]["all_hours"]["tally"]
        point = tally["end_to_end"]["point"]
        assert line["end_to_end"]["ppm"] == (None if point is None else round(point * 1_000_000))
        assert line["lost_ms"] == tally["down_ms"] + tally["upstream_ms"]
        assert line["unknown_ms"] == tally["unknown_ms"]
    assert {line["id"] for line in lines(known)} == set(devices)


def test_annex_one_of_the_docx_is_the_json(written: Files, known: dict[str, Any]) -> None:
    """Every unit's row, figure by figure."""
    reference = "(Kèm theo Báo cáo số /BC-STTTT ngày tháng 11 năm 2026 của Sở Thông tin và Truyền thông)"
    table = table_after(docx(written.docx), reference)
    found = {row[1]: row[1:] for row in table[1:] if len(row) == 10}
    expected = {line["name"]: row_of(line) for line in lines(known)}
    assert found == expected


def test_annex_one_of_the_pdf_is_the_json(written: Files, known: dict[str, Any]) -> None:
    """Every unit's row, its cells one after the other."""
    text = text_of(written.pdf)
    for line in lines(known):
        assert squeezed("".join(row_of(line))) in text, line["name"]


def test_the_text_of_docx_and_pdf_is_the_same(written: Files) -> None:
    """Every paragraph and every cell of the one stands in the other."""
    text = text_of(written.pdf)
    document = docx(written.docx)
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    said = {squeezed(paragraph.text) for paragraph in document.paragraphs} | {squeezed(one) for one in cells}
    assert len(said) > 150
    assert [one for one in said if one not in text] == []


def test_the_files_are_the_same_however_many_processes_draw(written: Files, month: Month) -> None:
    """Byte for byte, the PDF too; its annexes are outlined in order, and it says what it is and by whom."""
    whole = report(month.figures, month.inventory, traffic=month.traffic, months=month.months)
    with side_by_side(3) as able:
        again = files(whole, able=able)
    assert again == written
    reader = PdfReader(io.BytesIO(written.pdf))
    titles = [str(one.title) for one in reader.outline if not isinstance(one, list)]
    assert [one for one in titles if one.startswith("Phụ lục")] == [
        f"Phụ lục {number}" for number in ("I", "II", "III", "IV", "V")
    ]
    assert reader.metadata is not None
    assert reader.metadata.author == month.inventory.organisation.name
    assert reader.metadata.title == docx(written.docx).core_properties.title
    assert str(reader.root_object["/Lang"]) == "vi"


def test_sentences_state_the_jsons_figures(written: Files, known: dict[str, Any]) -> None:
    """Those that a committee reads first."""
    said = known["report"]
    network, province = said["network"]["line"], said["province"]
    texts = " ".join(plain(paragraph.text) for paragraph in docx(written.docx).paragraphs)
    for words in (
        f"là {percent(network['end_to_end']['ppm'])}% (khoảng giá trị",
        f"tự chịu trách nhiệm là {percent(network['attributable']['ppm'])}%",
        f"Tỷ lệ có số liệu giám sát: {percent(province['coverage_ppm'])}%",
        f"Trong kỳ có {said['outages']['own']} sự cố",
        f"Có {said['below_target']} trên {said['scope']['units']} đường truyền chưa đạt mục tiêu",
    ):
        assert words in texts


def sheet(written: Files, number: int, *, values: bool = True) -> Any:
    book = openpyxl.load_workbook(io.BytesIO(written.xlsx), data_only=values)
    return book.worksheets[number]


def number_of(value: Any) -> float:
    """Return a cell's number; a duration's milliseconds."""
    return ms_of(value) if isinstance(value, timedelta) else float(value or 0)


def ms_of(value: Any) -> int:
    """Return a duration that openpyxl read, in milliseconds."""
    return round((value if isinstance(value, timedelta) else timedelta()) / timedelta(milliseconds=1))


def rows(page: Any) -> tuple[list[str], list[list[Any]], list[Any]]:
    """Return heads, rows and the row of totals."""
    found = [[cell.value for cell in row] for row in page.iter_rows(min_row=4)]
    return [str(one) for one in found[0]], found[1:-1], found[-1]


def test_the_workbook_holds_the_jsons_figures_as_numbers(written: Files, known: dict[str, Any]) -> None:
    """Shares as printed, durations as parts of a day, exact to the millisecond."""
    heads, found, totals = rows(sheet(written, 1))
    by_id = {row[0]: dict(zip(heads, row, strict=True)) for row in found}
    assert set(by_id) == {line["id"] for line in lines(known)}
    for line in lines(known):
        row = by_id[line["id"]]
        ppm = line["end_to_end"]["ppm"]
        assert row["Độ khả dụng (%)"] == pytest.approx(ppm // 100 / 10_000, abs=1e-12)
        for head, name in (
            ("Hoạt động", "up_ms"),
            ("Gián đoạn (tự chịu)", "down_ms"),
            ("Gián đoạn (tuyến trên)", "upstream_ms"),
            ("Không có dữ liệu", "unknown_ms"),
            ("Bảo trì", "maintenance_ms"),
        ):
            assert ms_of(row[head]) == line[name]
        assert (row["Số sự cố"], row["Sự cố tự chịu"]) == (line["outages"], line["own_outages"])
    summed = dict(zip(heads, totals, strict=True))
    assert ms_of(summed["Hoạt động"]) == sum(line["up_ms"] for line in lines(known))
    assert summed["Số sự cố"] == sum(line["outages"] for line in lines(known))


def test_totals_are_formulas_that_come_to_their_values(written: Files) -> None:
    """Sums over the rows above, shares as quotients of sums; reckoned anew here from the cells."""
    _, found, totals = rows(sheet(written, 1))
    _, _, formulas = rows(sheet(written, 1, values=False))
    for number, (formula, value) in enumerate(zip(formulas, totals, strict=True)):
        if isinstance(formula, str) and formula.startswith("=SUBTOTAL(109"):
            column = sum(number_of(row[number]) for row in found)
            assert number_of(value) == pytest.approx(column, abs=1)
    heads = rows(sheet(written, 1))[0]
    up, down, upstream = (
        number_of(totals[heads.index(name)])
        for name in ("Hoạt động", "Gián đoạn (tự chịu)", "Gián đoạn (tuyến trên)")
    )
    share = totals[heads.index("Độ khả dụng (%)")]
    assert share == int(up / (up + down + upstream) * 10_000) / 10_000
    assert "ROUNDDOWN" in str(formulas[heads.index("Độ khả dụng (%)")])


def test_outages_are_real_dates_with_filters_and_frozen_heads(written: Files, known: dict[str, Any]) -> None:
    """So that people can sort and filter them."""
    page = sheet(written, 2)
    _, found, _ = rows(page)
    assert [row[0] for row in found] == [row["id"] for row in known["report"]["outages"]["rows"]]
    assert all(isinstance(row[3], datetime) for row in found)
    first = known["report"]["outages"]["rows"][0]
    local = datetime.fromtimestamp(first["start_ms"] / 1000, ZoneInfo(ZONE)).replace(tzinfo=None)
    assert abs(found[0][3] - local) < timedelta(milliseconds=1)
    for number in (0, 1, 2, 3):
        assert sheet(written, number).freeze_panes == "C5"
        assert sheet(written, number).auto_filter.ref.startswith("A4:")
    assert len(openpyxl.load_workbook(io.BytesIO(written.xlsx)).worksheets) == 6


def test_both_languages_state_the_same_figures(month: Month, written: Files) -> None:
    """Only words and the way of writing numbers differ."""
    english = files(
        report(month.figures, month.inventory, traffic=month.traffic, months=month.months), "en", pdf=False
    )
    ours, theirs = json.loads(written.json), json.loads(english.json)
    assert ours["report"] == theirs["report"]
    assert ours["figures"] == theirs["figures"]
    vi, en = docx(written.docx), docx(english.docx)
    assert len(vi.tables) == len(en.tables)
    for mine, other in zip(vi.tables[2:-1], en.tables[2:-1], strict=True):
        for row, beside in zip(mine.rows[1:], other.rows[1:], strict=True):
            figures = [cell.text for cell in row.cells if cell.text[:1].isdigit() and "/" not in cell.text]
            shown = [cell.text for cell in beside.cells]
            swapped = [one.translate(str.maketrans(",.", ".,")) for one in figures]
            assert [one for one in swapped if one not in shown] == []


def test_the_same_report_is_the_same_bytes(month: Month, written: Files) -> None:
    """DOCX, XLSX, JSON, and with this maker the PDF too."""
    again = files(report(month.figures, month.inventory, traffic=month.traffic, months=month.months))
    assert again.docx == written.docx
    assert again.xlsx == written.xlsx
    assert again.json == written.json
    assert again.pdf == written.pdf
