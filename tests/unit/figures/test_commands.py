from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from collector.cli import app
from collector.exits import Exit
from collector.figures.document import from_json
from collector.ledger.reader import LedgerReader
from collector.ledger.tables import META
from collector.model import Verdict
from collector.register.entries import OutageAnnotated
from collector.register.store import Register, register_of
from tests.unit.figures.ledgers import at, device, inventory, make, uptimes
from tests.unit.figures.polled import INTERVAL, MINUTE, poll

HOUR = 60 * MINUTE
FIRST, LAST = at("2026-10-05 22:00"), at("2026-10-06 14:00")
GONE = (at("2026-10-06 08:00"), at("2026-10-06 10:00"))

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub and two communes; the hub is cut for two hours, and one commune is down at the end."""
    polls = []
    for ms in range(FIRST, LAST, INTERVAL):
        cut = GONE[0] <= ms < GONE[1]
        for name, silent in (("hub", cut), ("a", cut), ("b", cut or ms >= LAST - HOUR)):
            polls.append(poll(name, ms, Verdict.SILENT if silent else Verdict.ANSWERED))
    read = uptimes(
        "hub", FIRST - HOUR, [ms for ms in range(FIRST, LAST, INTERVAL) if not GONE[0] <= ms < GONE[1]]
    )
    devices = [device("hub", role="hub", serves=0), device("a", ["hub"]), device("b", ["hub"])]
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    return make(path, {FIRST: inventory(devices)}, polls, read=read, beats=range(FIRST, LAST, 20_000))


@pytest.fixture
def run(ledger: Path) -> Run:
    """Run a command on the ledger."""

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--ledger", str(ledger)])

    return invoke


def test_availability_shows_province_areas_and_the_worst(run: Run) -> None:
    """With bounds, what was seen, and how many units were cut off."""
    result = run("availability", "--from", "2026-10-06")
    assert result.exit_code == Exit.OK, result.output
    assert "2026-10-06: availability, all hours; 2026-10-06 00:00 to 2026-10-07 00:00" in result.output
    assert "Cut off at some time: 2 of 2 units, 2 of 2 agencies; at most 2 units at once" in result.output
    assert "The bounds hold for interruptions of 35 s and longer." in result.output
    assert "SIMULATED" not in result.output


def test_one_devices_figures_stand_for_all_hours_and_for_working_hours(run: Run) -> None:
    """And the six states are there with their sum."""
    result = run("availability", "a", "--from", "2026-10-06")
    rows = {line.split("  ")[0]: line for line in result.output.splitlines()}
    assert "2 h 00 min" in rows["upstream"]
    assert "1 d 0 h" in rows["together"]


def test_json_is_the_document_of_the_period(run: Run) -> None:
    """What programs read is what a month closes on."""
    result = run("availability", "--from", "2026-10-06", "--json")
    figures = from_json(result.output.strip())
    assert {one.device for one in figures.devices} == {"hub", "a", "b"}
    told = json.loads(result.output)
    assert told["province"]["all_hours"]["tally"]["end_to_end"]["point"] < 1


def test_csv_has_a_row_a_device(run: Run) -> None:
    """With seconds by state and ratios, for all hours and for working hours."""
    rows = list(csv.DictReader(io.StringIO(run("availability", "--csv", "--from", "2026-10-06").output)))
    assert [row["device"] for row in rows] == ["hub", "a", "b"]
    states = ("up_s", "down_s", "upstream_s", "unknown_s", "maintenance_s", "out_of_service_s")
    assert sum(float(rows[1][state]) for state in states) == 86_400
    assert abs(float(rows[1]["upstream_s"]) - 7_200) <= 30
    assert float(rows[1]["working_upstream_s"]) > 7_000


def test_outages_tell_the_cause_and_who_is_cut_off_by_whom(run: Run, ledger: Path) -> None:
    """The hub's line, and its communes upstream; a note of a person is shown beside it."""
    with LedgerReader(ledger) as reader:
        (meta,) = reader.all(META)
    note = OutageAnnotated(device="hub", at_ms=GONE[0], cause="fibre_cut", note="", responsible="")
    with Register.open(register_of(ledger), meta.ledger_id, create=LAST) as register:
        register.append("An", note, LAST)
    result = run("outages", "--from", "2026-10-06")
    lines = result.output.splitlines()
    assert any("hub@20261006T010000Z" in line and "line; An: " in line for line in lines)
    assert sum("upstream" in line for line in lines[2:]) == 2
    own = json.loads(run("outages", "--own", "--from", "2026-10-06", "--json").output)
    assert [one["device"] for one in own] == ["hub", "b"]
    assert own[0]["evidence"][0]["source"] == "sysUpTime"
    assert own[0]["annotations"][0]["author"] == "An"
    rows = list(csv.DictReader(io.StringIO(run("outages", "--csv", "--from", "2026-10-06").output)))
    assert len(rows) == 4
    assert {row["noted_by"] for row in rows if row["device"] == "hub"} == {"An"}


def test_status_is_the_state_at_the_ledgers_end(run: Run) -> None:
    """And says that the collector does not run."""
    result = run("status")
    assert "2 up  1 down" in result.output
    assert "the collector does not run, or cannot write" in result.output
    told = json.loads(run("status", "--json").output)
    states = {one["device"]: one["state"] for one in told["devices"]}
    assert states == {"hub": "up", "a": "up", "b": "down"}
    b = next(one for one in told["devices"] if one["device"] == "b")
    assert abs(b["since_ms"] - (LAST - HOUR)) <= INTERVAL
    assert b["outage"].startswith("b@")
    assert "b,Xã b,commune,district,down" in run("status", "--csv").output


@pytest.mark.parametrize(
    ("words", "message", "code"),
    [
        (("availability", "--month", "2026-13"), "'2026-13' is no month; write it as 2026-10", Exit.USAGE),
        (("availability", "--from", "5.10."), "--from 5.10.: write a day as 2026-10-05", Exit.USAGE),
        (("outages", "--to", "2026-10-05"), "--to needs --from", Exit.USAGE),
        (("outages", "--json", "--csv"), "choose --json or --csv, not both", Exit.USAGE),
        (
            ("availability", "--month", "2025-01"),
            "haidang: of 2025-01 there is no evidence: the ledger begins after it",
            Exit.NO_FIGURES,
        ),
        (
            ("availability", "hup", "--from", "2026-10-06"),
            "haidang: 2026-10-06 has no device 'hup'; did you mean hub?",
            Exit.NO_DEVICE,
        ),
        (
            ("status", "--role", "x"),
            "has no role 'x'; it begins with commune, hub",
            Exit.NO_DEVICE,
        ),
    ],
)
def test_mistakes_are_answered_in_words(run: Run, words: tuple[str, ...], message: str, code: Exit) -> None:
    """What is wrong and what there is instead, on standard error, with an exit code of its own."""
    result = run(*words)
    assert result.exit_code == code
    assert message in " ".join(result.stderr.replace("│", " ").split())


def test_a_missing_ledger_is_said(tmp_path: Path) -> None:
    """With the exit code of ledgers."""
    result = CliRunner().invoke(app, ["status", "--ledger", str(tmp_path / "none.db")])
    assert result.exit_code == Exit.LEDGER
    assert str(tmp_path / "none.db") in result.stderr
