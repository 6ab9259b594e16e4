"""`haidang report` on a real ledger: drafts, closed and restated months, additions, and what it refuses."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import signal
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from collector.cli import app
from collector.exits import Exit
from collector.figures.document import to_json
from collector.figures.period import month_period
from collector.figures.values import PeriodFigures
from collector.inventory.report_values import PeriodKind
from collector.ledger.reader import LedgerReader
from collector.model import Verdict
from collector.register.entries import Closing, MonthClosed, MonthRestated, OutageAnnotated
from collector.register.store import Register, register_of
from collector.report import fonts
from tests.unit.collector.report.reading import docx, plain, squeezed, text_of
from tests.unit.figures.ledgers import TIMEZONE, at, device, inventory, make, uptimes
from tests.unit.figures.polled import INTERVAL, MINUTE, poll

HOUR = 60 * MINUTE
FIRST, LAST = at("2026-10-05 22:00"), at("2026-10-06 14:00")
GONE = (at("2026-10-06 08:00"), at("2026-10-06 10:00"))
INVENTORY = """
organisation: {name: Sở Thông tin và Truyền thông, superior: UBND tỉnh Thái Bình, place: Thái Bình}
areas: [{id: district, name: Huyện Vũ Thư, hub: hub}]
devices:
  - {id: hub, name: Điểm tập trung, area: district, role: hub, parents: [], address: 127.34.0.1, icmp: true}
  - {id: a, name: Xã A, area: district, address: 127.34.0.2, icmp: true}
  - {id: b, name: Xã B, area: district, address: 127.34.0.3, icmp: true}
report: {symbol: BC-STTTT, addressees: [Ủy ban nhân dân tỉnh]}
"""

Run = Callable[..., Result]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with an inventory and a ledger: a hub cut for two hours, a commune down at the end."""
    (tmp_path / "inventory.yaml").write_text(INVENTORY)
    polls = []
    for ms in range(FIRST, LAST, INTERVAL):
        cut = GONE[0] <= ms < GONE[1]
        for name, silent in (("hub", cut), ("a", cut), ("b", cut or ms >= LAST - HOUR)):
            polls.append(poll(name, ms, Verdict.SILENT if silent else Verdict.ANSWERED))
    read = uptimes(
        "hub", FIRST - HOUR, [ms for ms in range(FIRST, LAST, INTERVAL) if not GONE[0] <= ms < GONE[1]]
    )
    devices = [device("hub", role="hub", serves=0), device("a", ["hub"]), device("b", ["hub"])]
    make(tmp_path / "l.db", {FIRST: inventory(devices)}, polls, read=read, beats=range(FIRST, LAST, 20_000))
    return tmp_path


@pytest.fixture
def run(place: Path) -> Run:
    """Run the command on it."""

    def invoke(*words: str) -> Result:
        given = [
            "-i",
            str(place / "inventory.yaml"),
            "--ledger",
            str(place / "l.db"),
            "-o",
            str(place / "out"),
        ]
        return CliRunner().invoke(app, ["report", *words, *given])

    return invoke


def figures(place: Path) -> PeriodFigures:
    from collector.figures.compute import compute

    with LedgerReader(place / "l.db") as reader:
        return compute(reader, month_period("2026-10", PeriodKind.MONTH, TIMEZONE)).figures


def close(
    place: Path, found: PeriodFigures, *, revision: int = 1, reason: str = "", seal: str = "AAAA"
) -> None:
    """Put a closing with these figures into the register."""
    text = to_json(found).encode()
    closing = Closing(
        period="2026-10",
        kind="month",
        timezone=TIMEZONE,
        start_ms=found.start_ms,
        end_ms=found.end_ms,
        revision=revision,
        previous_period="",
        previous_sha256="",
        days=(),
        standing=(),
        figures=base64.b64encode(zlib.compress(text)).decode(),
        figures_sha256=hashlib.sha256(text).hexdigest(),
        register_number=0,
        register_sha256="",
        version="1.0",
        sha256="",
        seal=seal,
    )
    payload = MonthClosed(closing=closing)
    again = MonthRestated(closing=closing, reason=reason, accepted=())
    with Register.open(register_of(place / "l.db"), "0" * 32, create=LAST) as register:
        register.append("Trực ban", again if reason else payload, at("2026-11-02 08:00"))


def known(place: Path, name: str = "bao-cao-2026-10.json") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((place / "out" / name).read_text())
    return found


def test_a_draft_has_the_figures_of_the_availability_command(place: Path, run: Run) -> None:
    """The same document, byte for byte of its content; all four files are written and named."""
    result = run("2026-10", "--draft")
    assert result.exit_code == Exit.OK, result.output
    names = [f"bao-cao-2026-10.{kind}" for kind in ("docx", "xlsx", "json", "pdf")]
    assert result.stdout.splitlines() == [str(place / "out" / name) for name in names]
    assert sorted(path.name for path in (place / "out").iterdir()) == sorted(names)
    options = [
        "--month",
        "2026-10",
        "--json",
        "-i",
        str(place / "inventory.yaml"),
        "--ledger",
        str(place / "l.db"),
    ]
    shown = CliRunner().invoke(app, ["availability", *options])
    assert known(place)["figures"] == json.loads(shown.stdout)
    assert known(place)["report"]["draft"] is True


def test_an_open_month_is_refused_without_draft(place: Path, run: Run) -> None:
    """With what to do."""
    result = run("2026-10")
    assert result.exit_code == Exit.REPORT
    assert result.stderr == (
        "haidang: 2026-10 is not closed: close it with haidang month close 2026-10, or make a draft with "
        "--draft\n"
    )
    assert not (place / "out").exists()


def test_a_closed_month_is_the_same_bytes_whatever_comes_later(place: Path, run: Run) -> None:
    """Later notes, and later evidence, change nothing of it."""
    close(place, figures(place))
    assert run("2026-10").exit_code == Exit.OK
    first = {path.name: path.read_bytes() for path in (place / "out").iterdir()}
    note = OutageAnnotated(device="b", at_ms=GONE[0], cause="power", note="x", responsible="y")
    with Register.open(register_of(place / "l.db"), "0" * 32, create=LAST) as register:
        register.append("Trực ban", note, at("2026-11-03 08:00"))
    assert run("2026-10").exit_code == Exit.OK
    assert {path.name: path.read_bytes() for path in (place / "out").iterdir()} == first
    assert known(place)["report"]["draft"] is False
    dates = {
        entry.date_time for entry in zipfile.ZipFile(io.BytesIO(first["bao-cao-2026-10.docx"])).infolist()
    }
    assert dates == {(1980, 1, 1, 0, 0, 0)}
    assert (
        docx(first["bao-cao-2026-10.docx"]).core_properties.created.isoformat() == "2026-11-02T01:00:00+00:00"
    )


def test_a_restated_month_names_what_changed(place: Path, run: Run) -> None:
    """Of which device, from what to what."""
    from dataclasses import replace

    found = figures(place)
    close(place, found, seal="FIRST")
    b = next(one for one in found.devices if one.device == "b")
    tally = b.all_hours.tally
    better = replace(tally, up_ms=tally.up_ms + tally.down_ms, down_ms=0)
    changed = replace(b, all_hours=replace(b.all_hours, tally=better))
    devices = tuple(changed if one.device == "b" else one for one in found.devices)
    close(place, replace(found, devices=devices), revision=2, reason="Bảo trì", seal="SECOND")
    assert run("2026-10", "--format", "json").exit_code == Exit.OK
    closing = known(place)["report"]["closing"]
    assert (closing["seal"], closing["first_seal"], closing["revision"], closing["reason"]) == (
        "SECOND",
        "FIRST",
        2,
        "Bảo trì",
    )
    assert [(one["device"], one["before_ppm"], one["after_ppm"]) for one in closing["changes"]] == [
        ("b", tally.end_to_end.ppm, better.end_to_end.ppm)
    ]


def test_closed_figures_that_were_tampered_with_are_refused(place: Path, run: Run) -> None:
    """With the month, and what to do."""
    from dataclasses import replace

    found = figures(place)
    text = to_json(replace(found, name="2026-10")).encode()
    other = base64.b64encode(zlib.compress(text + b" ")).decode()
    close(place, found)
    with Register.open(register_of(place / "l.db"), "0" * 32, create=LAST) as register:
        (entry,) = register.entries()
        assert isinstance(entry.payload, MonthClosed)
        bad = replace(entry.payload.closing, figures=other, revision=2)
        register.append("x", MonthRestated(closing=bad, reason="r", accepted=()), at("2026-11-03 08:00"))
    result = run("2026-10")
    assert result.exit_code == Exit.REPORT
    assert result.stderr == (
        "haidang: 2026-10, revision 2: the stored figures do not match their hash; run haidang month verify "
        "2026-10\n"
    )


def test_an_operators_text_is_in_every_format(place: Path, run: Run) -> None:
    """Where it belongs; English has a file of its own, and says so if there is none."""
    (place / "report").mkdir()
    (place / "report" / "2026-10.md").write_text("## V (thay)\nĐề nghị cấp kinh phí.\n")
    assert run("2026-10", "--draft").exit_code == Exit.OK
    out = place / "out"
    texts = [plain(p.text) for p in docx((out / "bao-cao-2026-10.docx").read_bytes()).paragraphs]
    assert texts[texts.index("V. KIẾN NGHỊ, ĐỀ XUẤT") + 1] == "Đề nghị cấp kinh phí./."
    assert squeezed("Đề nghị cấp kinh phí./.") in text_of((out / "bao-cao-2026-10.pdf").read_bytes())
    assert known(place)["additions"] == [
        {"section": "V", "instead": True, "paragraphs": ["Đề nghị cấp kinh phí."]}
    ]
    import openpyxl

    book = openpyxl.load_workbook(out / "bao-cao-2026-10.xlsx")
    assert book["Bổ sung"]["A4"].value == "V: Đề nghị cấp kinh phí."
    result = run("2026-10", "--draft", "--lang", "en", "--format", "json")
    assert result.stderr == (
        f"haidang: {place}/report/2026-10.md is in Vietnamese; write 2026-10.en.md beside it to add to this "
        "one\n"
    )
    assert known(place, "report-2026-10.json")["additions"] == []


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("2026-13", "--draft"), Exit.USAGE, "'2026-13' is no month; write it as 2026-10"),
        (("2026-10", "--format", "odt"), Exit.USAGE, "--format odt: write some of docx, pdf, xlsx, json"),
        (("2026-10", "--lang", "fr"), Exit.USAGE, "--lang fr: write vi or en"),
        (("2026-10", "--date", "3.11."), Exit.USAGE, "--date 3.11.: write a day as 2026-11-03"),
        (
            ("2026-08", "--draft"),
            Exit.NO_FIGURES,
            "haidang: of 2026-08 there is no evidence: the ledger begins after it",
        ),
    ],
)
def test_what_is_refused(run: Run, words: tuple[str, ...], code: Exit, message: str) -> None:
    """With its reason on standard error, and its own exit code."""
    result = run(*words)
    assert result.exit_code == code
    assert message in " ".join(result.stderr.replace("│", " ").split())


def test_additions_that_fit_nowhere_are_refused(place: Path, run: Run) -> None:
    """Before anything is computed."""
    (place / "report").mkdir()
    (place / "report" / "2026-10.md").write_text("## Kết luận\nx\n")
    result = run("2026-10", "--draft")
    assert result.exit_code == Exit.REPORT
    assert result.stderr.startswith(f"haidang: {place}/report/2026-10.md:1: '## Kết luận' names no section")


def test_a_place_that_cannot_be_written_to_is_said(place: Path, run: Run) -> None:
    """A file where the folder should be."""
    (place / "out").write_text("")
    result = run("2026-10", "--draft", "--format", "json")
    assert result.exit_code == Exit.REPORT
    assert result.stderr == f"haidang: the report cannot be written to {place}/out: File exists\n"


def killed(_html: str, _sheet: str) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def test_a_process_that_is_killed_is_said(place: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the kernel does when memory is short: nobody waits for ever, and there is no half a file."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr("collector.report.pdf.write.draw", killed)
    result = run("2026-10", "--draft")
    assert result.exit_code == Exit.REPORT
    assert result.stderr.splitlines()[-1] == (
        "haidang: a process that worked on it was killed, perhaps for want of memory: "
        "try one format at a time"
    )
    assert not [path for path in (place / "out").iterdir() if path.suffix in (".pdf", ".part")]


def test_without_a_typeface_it_says_which_to_install(
    place: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DOCX and PDF need one, the others do not."""
    monkeypatch.setattr(fonts, "_folders", lambda: [tmp_path / "none"])
    result = run("2026-10", "--draft")
    assert result.exit_code == Exit.REPORT
    assert result.stderr == (
        "haidang: no typeface for the report: neither Times New Roman nor Tinos is installed; install a "
        "complete one: apt-get install fonts-croscore\n"
    )
    assert run("2026-10", "--draft", "--format", "xlsx,json").exit_code == Exit.OK


def test_a_typeface_that_lacks_letters_is_no_typeface(tmp_path: Path) -> None:
    """How many it lacks is said."""
    import shutil

    import matplotlib as mpl

    small = Path(mpl.get_data_path()) / "fonts" / "ttf" / "cmr10.ttf"
    shutil.copy(small, tmp_path / "Tinos-Regular.ttf")
    with pytest.raises(fonts.FontError, match=r"Tinos lacks \d+ Vietnamese letters"):
        fonts.typeface([tmp_path])
    assert len(fonts.vietnamese_letters()) == 2 * (12 * 6 + 17)
