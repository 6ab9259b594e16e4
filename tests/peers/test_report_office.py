"""LibreOffice opens the report's DOCX and XLSX without complaint, and draws pages as the decree has them."""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader

from tests.unit.collector.report.making import ordinary, report
from tests.unit.collector.report.reading import Files, files, pages_of, text_of

pytestmark = pytest.mark.all

QUIET = re.compile(r"javaldx|^convert |^$")


@pytest.fixture(scope="module", params=["vi", "en"])
def written(request: pytest.FixtureRequest) -> Files:
    month = ordinary()
    found = report(month.figures, month.inventory, traffic=month.traffic, months=month.months, number=5)
    return files(found, request.param)


def convert(folder: Path, name: str, content: bytes, to: str) -> tuple[bytes, str]:
    """Let LibreOffice read a file and write it anew; return the new file and what it complained of."""
    (folder / name).write_bytes(content)
    profile = (folder / "profile").as_uri()
    done = subprocess.run(
        ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", to, "--outdir",
         str(folder / "out"), str(folder / name)],
        check=True, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    said = [line for line in (done.stdout + done.stderr).splitlines() if not QUIET.search(line)]
    return (folder / "out" / f"{Path(name).stem}.{to}").read_bytes(), "\n".join(said)


def test_writer_opens_the_docx_and_draws_what_the_pdf_shows(written: Files, tmp_path: Path) -> None:
    """Without complaint; the same words on A4, numbers from page 2, in a face with every letter."""
    drawn, said = convert(tmp_path, "report.docx", written.docx, "pdf")
    assert said == ""
    ours, theirs = text_of(written.pdf), text_of(drawn)
    words = {one for one in re.findall(r"[^\W\d_]{4,}", " ".join(pages_of(written.pdf))) if one.isalpha()}
    missing = [one for one in sorted(words) if one not in theirs]
    assert len(words) > 200
    assert len(missing) <= len(words) // 100, missing
    assert abs(len(ours) - len(theirs)) < len(ours) // 20
    reader = PdfReader(io.BytesIO(drawn))
    for page in reader.pages:
        assert [round(float(one) * 25.4 / 72) for one in page.mediabox[2:]] == [210, 297]
    lines = [text.strip().split("\n") for text in pages_of(drawn)]
    assert not lines[0][0].strip().isdigit()
    assert "2" in (lines[1][0].strip(), lines[1][-1].strip())
    names = {
        str(font.get_object()["/BaseFont"])
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    }
    assert not [name for name in names if "Liberation" in name]


def test_calc_opens_the_workbook_and_reckons_the_same_totals(written: Files, tmp_path: Path) -> None:
    """Without complaint; what its formulas come to is what we wrote as their values."""
    again, said = convert(tmp_path, "report.xlsx", written.xlsx, "xlsx")
    assert said == ""
    ours = openpyxl.load_workbook(io.BytesIO(written.xlsx), data_only=True)
    theirs = openpyxl.load_workbook(io.BytesIO(again), data_only=True)
    formulas = openpyxl.load_workbook(io.BytesIO(written.xlsx))
    assert ours.sheetnames == theirs.sheetnames
    checked = 0
    for name in ours.sheetnames:
        for row in formulas[name].iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    mine, other = ours[name][cell.coordinate].value, theirs[name][cell.coordinate].value
                    if hasattr(mine, "total_seconds"):
                        mine, other = mine.total_seconds(), other.total_seconds()
                    assert other == pytest.approx(mine, abs=1e-3), (name, cell.coordinate)
                    checked += 1
    assert checked > 20


def test_no_letter_is_lost_in_either_drawing(written: Files, tmp_path: Path) -> None:
    """Vietnamese letters of the names stand in both, as letters and not as boxes."""
    drawn, _ = convert(tmp_path, "report.docx", written.docx, "pdf")
    for letter in "ếĐẵ":
        assert letter in text_of(drawn)
        assert letter in text_of(written.pdf)
