"""`haidang month`: closing, restating, showing, comparing and verifying on the command line."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from collector.cli import app
from collector.closing.closed import closings
from collector.exits import Exit
from collector.figures.document import from_json
from collector.register.access import open_beside
from collector.register.entries import MonthRestated, OutageAnnotated
from collector.register.store import register_of
from tests.unit.closing.conftest import NOW_MS, OCTOBER, add_late_work
from tests.unit.closing.evidence import HOUR_MS
from tests.unit.register.samples import meddle

pytestmark = pytest.mark.usefixtures("third_of_november")

HOUR_OF_OUTAGE_MS = OCTOBER.start_ms + 2 * 24 * HOUR_MS + 9 * HOUR_MS


def month(ledger: Path, *arguments: str) -> Result:
    command = ["month", *arguments, "-i", str(ledger.with_name("inventory.yaml"))]
    return CliRunner().invoke(app, command, env={"HAIDANG_AUTHOR": "Nguyễn Văn An"})


@pytest.fixture
def october(ledger: Path) -> Path:
    """Return a ledger whose October is closed too."""
    result = month(ledger, "close", "2026-10")
    assert result.exit_code == Exit.OK, result.stderr
    return ledger


def test_a_closed_month_prints_its_seal_and_shows_the_same(ledger: Path) -> None:
    """What is shown later is what was sealed, figures included."""
    closed = month(ledger, "close", "2026-10")
    assert closed.exit_code == Exit.OK, closed.stderr
    first, second = closed.stdout.splitlines()
    assert first == "2026-10 is closed by Nguyễn Văn An."
    seal = second.removeprefix("Seal: ")
    shown = month(ledger, "show", "2026-10")
    assert shown.exit_code == Exit.OK, shown.stderr
    assert f"* revision 1  {seal}  " in shown.stdout
    assert "province (Tỉnh Thử Nghiệm, 3 devices): end to end 9" in shown.stdout
    figures = from_json(month(ledger, "show", "2026-10", "--json").stdout)
    assert (figures.name, figures.whole, len(figures.devices)) == ("2026-10", True, 3)
    assert month(ledger, "verify", "2026-10", "--seal", seal.lower().replace("-", " ")).exit_code == Exit.OK


def test_verify_without_a_month_looks_at_all_of_them(october: Path) -> None:
    """One line a month that is as it was sealed."""
    result = month(october, "verify")
    assert result.exit_code == Exit.OK, result.stderr
    assert [line.partition(",")[0] for line in result.stdout.splitlines()] == ["2026-09", "2026-10"]
    assert "as it was sealed" in result.stdout


def test_a_changed_row_ends_verify_with_its_own_code(october: Path) -> None:
    """The place is on standard error."""
    meddle(october, "UPDATE run SET polls = polls + 1 WHERE first_sent_ms = ?", OCTOBER.start_ms)
    result = month(october, "verify", "2026-10")
    assert result.exit_code == Exit.ALTERED
    assert (
        "2026-10, day 2026-10-01, table run: a row does not match its checksum (device hub" in result.stderr
    )
    assert "2026-10, day 2026-10-01, table run: its rows are not the ones that were sealed" in result.stderr
    wrong = month(october, "verify", "2026-09", "--seal", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA")
    assert wrong.exit_code == Exit.ALTERED
    assert "ledger and register are not those that were sealed" in wrong.stderr


def test_late_maintenance_counts_only_by_a_restatement(october: Path) -> None:
    """Entered it changes nothing; restated, the difference is shown, and the old revision is kept."""
    add_late_work(october)
    assert month(october, "verify").exit_code == Exit.OK
    old = month(october, "show", "2026-10", "--json").stdout
    result = month(
        october, "restate", "2026-10", "--reason", "Ghi muộn, có biên bản", "--accept-late", "thay-ups"
    )
    assert result.exit_code == Exit.OK, result.stderr
    assert "2026-10, revision 2 is closed by Nguyễn Văn An." in result.stdout
    assert "recorded late and accepted: thay-ups" in result.stdout
    hub = next(line for line in result.stdout.splitlines() if line.startswith("hub (Trạm huyện): "))
    assert re.search(r" down .+ → ", hub)
    assert "maintenance 0:00:00 → 4 days, 0:00:00" in hub
    assert month(october, "show", "2026-10", "--revision", "1", "--json").stdout == old
    new = from_json(month(october, "show", "2026-10", "--json").stdout)
    assert [(work.id, work.accepted) for work in new.planned] == [("thay-ups", True)]
    verified = month(october, "verify")
    assert verified.exit_code == Exit.OK, verified.stderr
    assert "2026-10, revision 2: as it was sealed" in verified.stdout
    with open_beside(october) as register:
        last = list(register.entries())[-1].payload
    assert isinstance(last, MonthRestated)
    assert (last.reason, last.accepted) == ("Ghi muộn, có biên bản", ("thay-ups",))


def test_a_month_is_restated_by_the_days_it_was_closed_by(october: Path) -> None:
    """Whatever the inventory says of periods and time zones by then."""
    add_late_work(october)
    file = october.with_name("inventory.yaml")
    text = file.read_text(encoding="utf-8").replace("Asia/Ho_Chi_Minh", "Asia/Tokyo")
    file.write_text(f"{text}report: {{period: 15-14}}\n", encoding="utf-8")
    result = month(october, "restate", "2026-10", "--reason", "x", "--accept-late", "thay-ups")
    assert result.exit_code == Exit.OK, result.stderr
    with open_beside(october) as register:
        _, first, again = (one.closing for one in closings(register.entries()))
    assert (again.kind, again.timezone) == (first.kind, first.timezone) == ("month", "Asia/Ho_Chi_Minh")
    assert (again.start_ms, again.end_ms) == (first.start_ms, first.end_ms)
    assert month(october, "verify").exit_code == Exit.OK


def test_the_paper_of_an_earlier_revision_is_told_from_a_forgery(october: Path) -> None:
    """Whoever holds last month's report learns that it was restated since."""
    with open_beside(october) as register:
        seal = list(register.entries())[-1].payload.closing.seal  # type: ignore[union-attr]
    add_late_work(october)
    month(october, "restate", "2026-10", "--reason", "x", "--accept-late", "thay-ups")
    result = month(october, "verify", "2026-10", "--seal", seal)
    assert result.exit_code == Exit.OK, result.stderr
    assert (
        "the paper carries the seal of revision 1; it was restated since: haidang month diff 2026-10 1 2"
        in (result.stdout)
    )


def test_diff_names_what_changed_for_whom(october: Path) -> None:
    """For people and for programs; a note on an outage is no change of a figure."""
    none = month(october, "diff", "2026-10")
    assert (none.exit_code, "was never restated" in none.stderr) == (Exit.NOT_CLOSED, True)
    add_late_work(october)
    month(october, "restate", "2026-10", "--reason", "Ghi muộn", "--accept-late", "thay-ups")
    found = json.loads(month(october, "diff", "2026-10", "--json").stdout)
    assert (found["before"], found["after"], found["reason"]) == (1, 2, "Ghi muộn")
    changes = {(one["subject"], one["figure"]): (one["before"], one["after"]) for one in found["changes"]}
    assert changes["hub", "maintenance"] == (0, 4 * 24 * HOUR_MS)
    assert changes["area dong-hung", "maintenance"] == (0, 2 * 4 * 24 * HOUR_MS)
    assert changes["province", "maintenance"] == (0, 3 * 4 * 24 * HOUR_MS)
    assert ("services", "maintenance") not in changes
    assert "2026-10: revision 1 → 2, by Nguyễn Văn An: Ghi muộn" in month(october, "diff", "2026-10").stdout
    assert month(october, "diff", "2026-10", "1", "3").exit_code == Exit.NOT_CLOSED


def test_a_note_on_an_outage_can_be_restated_into_the_figures(october: Path) -> None:
    """It changes no figure, and that is said."""
    figures = from_json(month(october, "show", "2026-10", "--json").stdout)
    outage = figures.outages[0]
    note = OutageAnnotated(
        device=outage.device,
        at_ms=int(outage.start_gap_ms[1]),
        cause="power",
        note="mất điện",
        responsible="Điện lực",
    )
    with open_beside(october, create=NOW_MS) as register:
        register.append("an", note, NOW_MS + 24 * HOUR_MS)
    assert month(october, "verify").exit_code == Exit.OK
    result = month(october, "restate", "2026-10", "--reason", "thêm nguyên nhân")
    assert result.exit_code == Exit.OK, result.stderr
    assert "no figure has changed" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("close", "2026-10"), Exit.NOT_CLOSED, "2026-10 is closed already"),
        (("close", "2026-13"), Exit.USAGE, "'2026-13' is no month; write it as 2026-10"),
        (("close", "2026-08"), Exit.NOT_CLOSED, "2026-08"),
        (
            ("show", "2026-08"),
            Exit.NOT_CLOSED,
            "is not closed; `haidang month close 2026-08` closes it",
        ),
        (("show", "2026-10", "--revision", "2"), Exit.NOT_CLOSED, "2026-10 has no revision 2; there is 1"),
        (("verify", "2026-08"), Exit.NOT_CLOSED, "2026-08 is not closed"),
        (("verify", "2026-10", "--seal", "ABC"), Exit.USAGE, "a seal has five groups of five letters"),
        (("verify", "--seal", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA"), Exit.USAGE, "name the month"),
        (("restate", "2026-10", "--reason", " "), Exit.USAGE, "say why the month is restated"),
        (("restate", "2026-10", "--reason", "x"), Exit.NOT_CLOSED, "nothing of 2026-10 has changed"),
        (
            ("restate", "2026-10", "--reason", "x", "--accept-late", "y"),
            Exit.NOT_CLOSED,
            "no maintenance 'y' was recorded late in 2026-10: there is none",
        ),
        (("close", "2026-10", "--author", "a\nb"), Exit.LEDGER, "is no name of an author: say --author NAME"),
    ],
)
def test_what_cannot_be_done_is_said(
    october: Path, arguments: tuple[str, ...], code: Exit, words: str
) -> None:
    """In a sentence, with its own exit code and no traceback."""
    result = month(october, *arguments)
    assert (result.exit_code, words in " ".join(result.stderr.split())) == (code, True), result.stderr


def test_without_a_register_no_month_is_closed(ledger: Path) -> None:
    """Also where it was taken away, which looks the same."""
    for file in ledger.parent.glob("ledger-register.db*"):
        file.unlink()
    for arguments in (("verify",), ("show", "2026-09")):
        result = month(ledger, *arguments)
        assert result.exit_code == Exit.NOT_CLOSED
        assert "no period is closed: " in result.stderr
        assert "restore it from a backup" in result.stderr


def test_an_auditor_needs_the_two_files_only(october: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """On another machine, without an inventory: times are in the ledger's own time zone."""
    other = tmp_path_factory.mktemp("auditor") / "ledger.db"
    shutil.copy(october, other)
    shutil.copy(register_of(october), register_of(other))
    runner = CliRunner()
    for command in (["audit"], ["month", "verify"], ["month", "show", "2026-10"], ["ledger", "check"]):
        result = runner.invoke(app, [*command, "--ledger", str(other)])
        assert result.exit_code == Exit.OK, (command, result.stderr)
    lines = runner.invoke(app, ["audit", "--ledger", str(other)]).stdout.splitlines()
    assert lines[-1].startswith(
        "    2  2026-11-03 00:00:00 +0700  Nguyễn Văn An  2026-10 closed under the seal "
    )
    missing = runner.invoke(app, ["audit", "--ledger", str(other.with_name("no.db"))])
    assert (missing.exit_code, "no.db: No such file" in missing.stderr) == (Exit.LEDGER, True)
