"""From closing to paper: the report of a month that the command closed, and of the same month restated."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from collector.cli import app
from collector.exits import Exit
from tests.unit.closing.conftest import add_late_work
from tests.unit.collector.report.reading import squeezed, text_of

SEAL = re.compile(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){4}")


def haidang(ledger: Path, *arguments: str) -> Result:
    command = [*arguments, "-i", str(ledger.with_name("inventory.yaml"))]
    result = CliRunner().invoke(app, command, env={"HAIDANG_AUTHOR": "Nguyễn Văn An"})
    assert result.exit_code == Exit.OK, result.stderr
    return result


def report(ledger: Path, name: str) -> dict[str, bytes]:
    """Return the files of the report of October, by their endings."""
    folder = ledger.parent / name
    haidang(ledger, "report", "2026-10", "-o", str(folder))
    return {path.suffix: path.read_bytes() for path in folder.iterdir()}


def content(files: dict[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files[".json"])
    return found


def test_a_closed_months_report_is_the_closings_until_it_is_restated(
    ledger: Path, third_of_november: None
) -> None:
    """The same bytes whatever is entered later; restated, it carries both seals and what changed for whom."""
    closed = haidang(ledger, "month", "close", "2026-10")
    seal = closed.stdout.splitlines()[-1].removeprefix("Seal: ")
    first = report(ledger, "first")
    assert sorted(first) == [".docx", ".json", ".pdf", ".xlsx"]
    stored = json.loads(haidang(ledger, "month", "show", "2026-10", "--json").stdout)
    assert content(first)["figures"] == stored
    assert SEAL.findall(text_of(first[".pdf"])) == [seal]
    add_late_work(ledger)
    assert report(ledger, "again") == first
    reason = "Ghi muộn, có biên bản"
    haidang(ledger, "month", "restate", "2026-10", "--reason", reason, "--accept-late", "thay-ups")
    second = report(ledger, "second")
    closing = content(second)["report"]["closing"]
    assert (closing["revision"], closing["first_seal"], closing["reason"]) == (2, seal, reason)
    diff = json.loads(haidang(ledger, "month", "diff", "2026-10", "--json").stdout)
    changed = {one["subject"] for one in diff["changes"]} & {"hub", "an-khe", "dong-hai"}
    assert {one["device"] for one in closing["changes"]} == changed != set()
    printed = text_of(second[".pdf"])
    assert sorted(set(SEAL.findall(printed))) == sorted([seal, closing["seal"]])
    assert squeezed(reason) in printed
    haidang(ledger, "month", "verify", "2026-10", "--seal", closing["seal"])
