"""`haidang traffic` from a ledger: the table, its JSON and CSV, and what it says when it cannot."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner, Result

from collector.cli import app
from collector.exits import Exit
from collector.ledger.book import Book
from collector.ledger.evidence import LeftOutEvidence, TrafficEvidence
from collector.ledger.rows import Session
from collector.ledger.store import open_store
from collector.model import Doubt
from collector.traffic.buckets import BUCKET_MS, Bucket

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST_MS = 1_790_787_600_000  # 2026-10-01 00:00 in Hanoi
DAY_MS = 86_400_000
INVENTORY = """\
organisation: {name: Tỉnh, language: vi, timezone: Asia/Ho_Chi_Minh}
collector: {ledger: ledger.db}
credentials:
  routers: {type: snmpv3, user: haidang, auth_password: env:A, priv_password: env:P}
groups:
  commune: {snmp: {credential: routers}, uplink: {interface: wan0}, capacity: 10M}
devices:
  - {id: an-khe, name: Xã An Khê, group: commune, address: 127.0.0.1}
  - {id: dong-hai, name: Xã Đông Hải, group: commune, address: 127.0.0.2}
  - {id: printer, name: Printer, address: 127.0.0.3, icmp: {}}
"""


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an inventory beside a ledger of nine days: one line full since the second, the other idle."""
    folder = tmp_path_factory.mktemp("lines")
    store, restored = open_store(folder / "ledger.db", now_ms=FIRST_MS, simulated=False)
    book = Book(Session(id="s1", started_ms=FIRST_MS, version="test"), restored, HANOI)
    for place in range(9 * 288):
        full = 9.5 if place >= 288 else 1.0
        for device, rate in (("an-khe", full), ("dong-hai", 2.0)):
            if device == "dong-hai" and place % 288 < 100:
                continue
            size = round(rate * 37_500_000)
            bucket = Bucket(
                start_ms=FIRST_MS + place * BUCKET_MS,
                in_bytes=size,
                out_bytes=size // 10,
                covered_ms=BUCKET_MS,
            )
            book.traffic(TrafficEvidence(device=device, interface="wan0", bucket=bucket))
        if place % 288 == 0:
            book.left_out(
                LeftOutEvidence(
                    device="dong-hai",
                    interface="wan0",
                    doubt=Doubt.WRAP,
                    from_ms=FIRST_MS + place * BUCKET_MS,
                    to_ms=FIRST_MS + place * BUCKET_MS + 60_000,
                    in_bytes=1_000_000_000,
                    out_bytes=0,
                )
            )
    book.heartbeat(FIRST_MS + 9 * DAY_MS)
    book.stop()
    store.write(book.take().rows.values())
    store.close()
    file = folder / "inventory.yaml"
    file.write_text(INVENTORY, encoding="utf-8")
    return file


def run(inventory: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["traffic", *words, "-i", str(inventory)])


def test_the_months_table_says_what_breaks_the_rule(inventory: Path) -> None:
    """A day a row, the whole last, and the rule in words with its dates."""
    result = run(inventory, "an-khe")
    assert result.exit_code == 0
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert lines[0] == "Xã An Khê (an-khe), 2026-10; rates in Mbit/s, in is towards the site"
    assert lines[2] == "01.10. Thu 1.00 10% 0.10 1% 1.00 0.10 0.0 / 0.0 h 0/288"
    assert lines[3] == "02.10. Fri 9.50 95% 0.95 10% 9.50 0.95 24.0 / 0.0 h 0/288 in above 90 %"
    assert lines[11] == "all 9.50 95% 0.95 10% 9.50 0.95 192.0 / 0.0 h 0/2592"
    assert (
        "P95 in above 90 % of capacity on 8 days running, 02.10. to 09.10.: "
        "breaks the rule of 7 days (TT 06/2026 art. 5.6)"
    ) in lines
    assert any(line.startswith("P95 over seven days as one above 90 %, ending: ") for line in lines)


def test_what_is_missing_and_ambiguous_stands_beside_the_figures(inventory: Path) -> None:
    """A third of each day has no buckets: no day counts, and it is said why."""
    lines = [" ".join(line.split()) for line in run(inventory, "dong-hai").stdout.splitlines()]
    assert lines[2] == "01.10. Thu 2.00 20% 0.20 2% 2.00 0.20 0.0 / 0.0 h 100/288 not counted"
    assert "P95 above 90 % of capacity: on no day" in lines
    assert "left out (wrap): 9 times, 540 s, at least 9.000 GB in and 0.000 GB out" in lines
    day = run(inventory, "dong-hai", "--day", "2026-10-02").stdout
    assert "  00:00:00 to 00:01:00 wrap\n" in day


def test_without_a_device_the_fullest_lines_come_first(inventory: Path) -> None:
    """By their share of what is subscribed, over the last seven days and today."""
    result = run(inventory)
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert lines[0].startswith("The 2 fullest of 2 lines, 2026-10-03 to 2026-10-10; ")
    assert lines[2].startswith("Xã An Khê an-khe 9.50 95%")
    assert lines[2].endswith("8 days above")
    assert lines[3].startswith("Xã Đông Hải dong-hai 2.00 20%")
    assert len(run(inventory, "--top", "1").stdout.splitlines()) == 3


def test_json_has_every_figure_as_a_number(inventory: Path) -> None:
    """For programs: bit/s, seconds, and null for what is unknown."""
    told = json.loads(run(inventory, "an-khe", "--json").stdout)
    assert told["in"] == {
        "p95_bps": 9_500_000,
        "max_bps": 9_500_000,
        "bytes": 288 * 37_500_000 + 8 * 288 * 356_250_000,
        "capacity_bps": 10_000_000,
        "busy_seconds": 8 * 86_400,
    }
    assert told["rule"]["breaks"] is True
    assert [day["marks"]["in"] for day in told["days"]] == ["within", *["over"] * 8]
    assert (told["expected_buckets"], told["missing_buckets"]) == (9 * 288, 0)
    future = json.loads(run(inventory, "an-khe", "--month", "2026-09", "--json").stdout)
    assert future == []
    day = json.loads(run(inventory, "dong-hai", "--day", "2026-10-02", "--json").stdout)
    assert day["buckets"][0]["begin"] == "2026-10-02T08:20:00+07:00"
    assert len(day["buckets"]) == 188


def test_csv_is_a_day_a_row_or_a_bucket_a_row(inventory: Path) -> None:
    """For spreadsheets, with a head; an unknown number is an empty cell."""
    rows = list(csv.DictReader(io.StringIO(run(inventory, "an-khe", "--csv").stdout)))
    assert [row["in_mark"] for row in rows] == ["within", *["over"] * 8]
    assert rows[1]["in_p95_bps"] == "9500000"
    buckets = list(
        csv.DictReader(io.StringIO(run(inventory, "an-khe", "--csv", "--day", "2026-10-02").stdout))
    )
    assert len(buckets) == 288
    assert buckets[0] == {
        "begin": "2026-10-02T00:00:00+07:00",
        "in_bytes": "356250000",
        "out_bytes": "35625000",
        "covered_seconds": "300.0",
        "missing": "false",
        "in_bps": "9500000",
        "out_bps": "950000",
    }


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (
            ["nobody"],
            Exit.NO_DEVICE,
            "has no device 'nobody'; it begins with an-khe, dong-hai, printer",
        ),
        (["ankhe"], Exit.NO_DEVICE, "has no device 'ankhe'; did you mean an-khe?"),
        (["an-khe", "--day", "5"], Exit.USAGE, "--day 5: write a day as 2026-10-05"),
        (["an-khe", "--month", "10/2026"], Exit.USAGE, "--month 10/2026: write a month as 2026-10"),
        (
            ["an-khe", "--day", "2026-10-01", "--month", "2026-10"],
            Exit.USAGE,
            "choose --day or --month, not both",
        ),
        (["--csv"], Exit.USAGE, "--csv is for one DEVICE, and not together with --json"),
        (["--ledger", "nowhere.db"], Exit.LEDGER, "nowhere.db: No such file or directory"),
    ],
)
def test_mistakes_are_answered_in_words(inventory: Path, words: list[str], code: Exit, message: str) -> None:
    """What, where, what to do next, and an exit code of its own kind."""
    result = run(inventory, *words)
    assert result.exit_code == code
    assert message in " ".join(result.stderr.replace("│", " ").split())


def test_a_line_without_traffic_says_what_is_needed(inventory: Path) -> None:
    """Not an empty table."""
    result = run(inventory, "printer")
    assert result.exit_code == 0
    assert result.stdout == (
        "No traffic in 2026-10. A line is measured where the device has `uplink` and `snmp` in the "
        "inventory and its interface is found (metric haidang_line_found), from the collector's first whole "
        "five minutes on.\n"
    )


def test_a_simulated_ledger_says_so(inventory: Path, tmp_path: Path) -> None:
    """Wherever its figures show."""
    path = tmp_path / "month.db"
    store, restored = open_store(path, now_ms=FIRST_MS, simulated=True)
    book = Book(Session(id="s1", started_ms=FIRST_MS, version="test"), restored, HANOI)
    bucket = Bucket(start_ms=FIRST_MS, in_bytes=1, out_bytes=1, covered_ms=BUCKET_MS)
    book.traffic(TrafficEvidence(device="an-khe", interface="wan0", bucket=bucket))
    book.heartbeat(FIRST_MS + timedelta(days=1) // timedelta(milliseconds=1))
    store.write(book.take().rows.values())
    store.close()
    for words in ([], ["an-khe"]):
        assert "SIMULATED" in run(inventory, *words, "--ledger", str(path)).stdout
    assert json.loads(run(inventory, "an-khe", "--ledger", str(path), "--json").stdout)["simulated"] is True
