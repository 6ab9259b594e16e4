"""Closing a month: when it may be, that equal evidence gives equal bytes, what a stranger computes."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from collector.closing.close import close
from collector.closing.closed import Closed
from collector.closing.computed import FromRows
from collector.closing.errors import ClosingError
from collector.closing.figures_text import unpacked
from collector.closing.segments import BEGAN
from collector.figures.errors import FiguresError
from collector.figures.period import Period, month_period
from collector.inventory.report_values import PeriodKind
from collector.ledger.reader import LedgerReader
from collector.register.access import open_beside
from collector.register.entries import ClockStated, MaintenanceEnded
from collector.register.errors import RegisterMovedError
from collector.register.store import Register, register_of
from tests.unit.closing.conftest import NOW_MS, OCTOBER, SEPTEMBER, By, period
from tests.unit.closing.evidence import DAY_MS, HANOI, HOUR_MS, Network, local_ms, make, start_once
from tests.unit.register.samples import meddle

MINUTE_MS = 60_000
READY_MS = OCTOBER.end_ms + 2 * (2 * HOUR_MS + 20_000) + 10 * MINUTE_MS


def entry_of(ledger: Path, number: int) -> Closed:
    with LedgerReader(ledger) as reader:
        ledger_id = reader.meta().ledger_id
    with Register.open(register_of(ledger), ledger_id) as register:
        entry = list(register.entries())[number - 1]
    return Closed(entry=entry, closing=entry.payload.closing)  # type: ignore[union-attr]


def test_equal_evidence_gives_equal_bytes_on_any_machine(ledger: Path, tmp_path: Path, by: By) -> None:
    """Two copies closed by different people at different times agree in digests, figures and seal."""
    other = tmp_path / "other" / "copy.db"
    other.parent.mkdir()
    shutil.copy(ledger, other)
    shutil.copy(register_of(ledger), register_of(other))
    first = close(ledger, OCTOBER, by()).closing
    second = close(other, OCTOBER, by("Trần Thị Bình", now_ms=NOW_MS + 5 * DAY_MS)).closing
    assert first == second
    assert len(first.seal.replace("-", "")) == 25


def test_each_month_follows_the_one_closed_before(ledger: Path, by: By) -> None:
    """So whoever changes an old month must change every later one."""
    september = entry_of(ledger, 1)
    october = close(ledger, OCTOBER, by())
    assert (september.closing.previous_period, september.closing.previous_sha256) == ("", "")
    assert october.closing.previous_period == "2026-09"
    assert october.closing.previous_sha256 == september.closing.sha256
    assert october.closing.register_sha256 == september.entry.sha256
    assert october.entry.number == october.closing.register_number + 1


def test_the_closed_figures_are_those_of_the_whole_month(ledger: Path, by: By) -> None:
    """The six states of every device add up to it."""
    closing = close(ledger, OCTOBER, by()).closing
    with LedgerReader(ledger) as reader:
        found = by().source.figures(reader, (), OCTOBER, ())
    assert unpacked(closing.figures, closing.figures_sha256) == found.text
    assert found.figures.whole
    assert {one.all_hours.tally.period_ms for one in found.figures.devices} == {31 * DAY_MS}
    assert sum(outage.down_ms for outage in found.figures.outages) > 0


def sha256sum(text: bytes) -> str:
    return (
        subprocess.run(["sha256sum"], input=text, capture_output=True, check=True).stdout.split()[0].decode()
    )


def test_a_stranger_recomputes_the_seal_with_sqlite3_and_sha256sum(ledger: Path, by: By) -> None:
    """Every hash of docs/closing.md, from the rows to the seal, without a line of this program."""
    closing = close(ledger, OCTOBER, by()).closing

    def ask(query: str) -> bytes:
        command = ["sqlite3", "-separator", "\x1f", str(ledger), query]
        return subprocess.run(command, capture_output=True, check=True).stdout

    ledger_id = ask("SELECT ledger_id FROM meta").decode().strip()
    chain = ledger_id
    for number, day in enumerate(closing.days):
        if number >= 4:  # the rest in the same way; a process a table and day takes its time
            tables = [f"{one.table} {one.rows} {one.sha256}" for one in day.tables]
            chain = sha256sum("".join(f"{line}\n" for line in (chain, day.day, *tables)).encode())
            continue
        start = f"unixepoch('{day.day}', '-7 hours') * 1000"
        lines = [chain, day.day]
        for table, column in BEGAN:
            order = ", ".join(dict.fromkeys((column, *table.key)))
            rows = ask(
                f"SELECT * FROM {table.name} WHERE {column} >= {start} AND {column} < {start} + 86400000 "
                f"ORDER BY {order}"
            )
            lines.append(f"{table.name} {len(rows.splitlines())} {sha256sum(rows)}")
        chain = sha256sum("".join(f"{line}\n" for line in lines).encode())
        assert chain == day.chain, day.day
    standing = [
        f"{name} {len(rows.splitlines())} {sha256sum(rows)}"
        for name in ("meta", "revision", "document")
        for rows in (ask(f"SELECT * FROM {name}"),)
    ]
    lines = [
        "haidang closing 1",
        ledger_id,
        "2026-10 month Asia/Ho_Chi_Minh",
        f"{OCTOBER.start_ms} {OCTOBER.end_ms}",
        "revision 1",
        f"after 2026-09 {closing.previous_sha256}",
        *standing,
        f"days {chain}",
        f"figures {sha256sum(unpacked(closing.figures, closing.figures_sha256).encode())}",
        f"register 1 {closing.register_sha256}",
        "version test",
        'reason ""',
        "accepted []",
    ]
    found = sha256sum("".join(f"{line}\n" for line in lines).encode())
    assert found == closing.sha256
    base32 = subprocess.run(["base32"], input=bytes.fromhex(found), capture_output=True, check=True).stdout
    assert closing.seal == "-".join(base32.decode()[place : place + 5] for place in range(0, 25, 5))


def test_a_month_that_is_not_over_is_refused(ledger: Path, by: By) -> None:
    """With the minute from which on it can be closed."""
    for now_ms in (OCTOBER.end_ms - 1, OCTOBER.end_ms, READY_MS - 1):
        with pytest.raises(
            ClosingError, match=r"lasts until 2026-11-01 00:00, .*from 2026-11-01 \d\d:\d\d on"
        ):
            close(ledger, OCTOBER, by(now_ms=now_ms))
    with pytest.raises(ClosingError, match="from 2026-11-01 04:10 on"):
        close(ledger, OCTOBER, by(now_ms=READY_MS - 1))
    assert close(ledger, OCTOBER, by(now_ms=READY_MS)).closing.period == "2026-10"


def test_a_second_closing_is_refused_and_names_the_way(ledger: Path, by: By) -> None:
    """A correction is a restatement."""
    with pytest.raises(ClosingError, match=r"2026-09 is closed already .*haidang month restate 2026-09"):
        close(ledger, SEPTEMBER, by())


def test_an_open_month_before_it_is_refused_unless_said(tmp_path: Path, by: By) -> None:
    """A chain with a hole would let the open month be made up later."""
    ledger = tmp_path / "ledger.db"
    make(ledger, date(2026, 9, 28), 34)
    start_once(ledger, NOW_MS)
    with pytest.raises(ClosingError, match=r"2026-09 has evidence and is not closed. .*--first"):
        close(ledger, OCTOBER, by())
    assert close(ledger, OCTOBER, by(), first=True).closing.previous_period == ""


def test_days_that_a_change_of_periods_leaves_open_are_named(tmp_path: Path, by: By) -> None:
    """A predecessor is one by its days: the month of that name was closed up to the 14th."""
    ledger = tmp_path / "ledger.db"
    make(ledger, date(2026, 9, 10), 35)
    start_once(ledger, NOW_MS)
    september = month_period("2026-09", PeriodKind.MID_MONTH, HANOI.key)
    close(ledger, september, by())
    with pytest.raises(ClosingError, match=r"from 2026-09-15 00:00 to 2026-10-01 00:00 .*--first"):
        close(ledger, OCTOBER, by())
    with pytest.raises(ClosingError, match=r"closed already by other days, 2026-08-15 to 2026-09-14 \(seal"):
        close(ledger, SEPTEMBER, by())
    assert close(ledger, OCTOBER, by(), first=True).closing.revision == 1


def test_a_month_without_evidence_is_refused(ledger: Path, by: By) -> None:
    """Nothing is closed as if it had been watched."""
    with pytest.raises(FiguresError, match="2026-08"):
        close(ledger, period("2026-08"), by())


def test_what_a_killed_collector_left_open_is_refused(tmp_path: Path, by: By) -> None:
    """Its rows will still be ended by the next start; the message says so."""
    ledger = tmp_path / "ledger.db"
    network = Network(ledger, since_ms=local_ms(date(2026, 10, 1)))
    network.watch(local_ms(date(2026, 10, 3)))
    network.kill()
    with pytest.raises(ClosingError, match=r"last wrote at 2026-10-03 00:00 and did not stop.*start it"):
        close(ledger, OCTOBER, by())
    start_once(ledger, READY_MS)
    assert close(ledger, OCTOBER, by()).closing.revision == 1


def test_evidence_that_was_not_written_yet_is_refused(tmp_path: Path, by: By) -> None:
    """A running collector whose disk fails may hold the last days in memory."""
    ledger = tmp_path / "ledger.db"
    network = Network(ledger, since_ms=local_ms(date(2026, 10, 30)))
    network.watch(READY_MS - HOUR_MS)
    with pytest.raises(ClosingError, match="haidang_ledger_ok"):
        close(ledger, OCTOBER, by())
    network.watch(READY_MS + HOUR_MS)
    assert close(ledger, OCTOBER, by()).closing.revision == 1
    network.stop()


def test_a_clock_alone_does_not_end_a_month(tmp_path: Path, by: By) -> None:
    """After a stop the ledger itself, or a person on record, must say that the month is over."""
    ledger = tmp_path / "ledger.db"
    make(ledger, date(2026, 10, 1), 3)
    with pytest.raises(
        ClosingError, match=r"stopped at 2026-10-0\d .*Start the collector once.*--clock-is-right"
    ):
        close(ledger, OCTOBER, by())
    with open_beside(ledger, create=NOW_MS) as register:
        stated = register.append("an", ClockStated(reason="tắt máy từ ngày 4"), NOW_MS)
    closing = close(ledger, OCTOBER, by()).closing
    assert (closing.register_number, closing.register_sha256) == (stated.number, stated.sha256)


def test_a_garbled_row_is_refused(ledger: Path, by: By) -> None:
    """It is named, and nothing is sealed."""
    meddle(ledger, "UPDATE run SET polls = polls + 1 WHERE first_sent_ms >= ?", OCTOBER.start_ms)
    with pytest.raises(ClosingError, match="on 2026-10-01, 5 rows of table run are not what was written"):
        close(ledger, OCTOBER, by())


def test_an_entry_made_meanwhile_is_refused(ledger: Path, by: By) -> None:
    """The closing covers the register up to itself."""

    class Slow(FromRows):
        def margin_ms(self, reader: LedgerReader, of: Period) -> int:
            with open_beside(ledger, create=NOW_MS) as register:
                register.append("khác", MaintenanceEnded(id="a", end_ms=1), NOW_MS)
            return super().margin_ms(reader, of)

    with pytest.raises(RegisterMovedError, match="entry 3 was made meanwhile; do it again"):
        close(ledger, OCTOBER, replace(by(), source=Slow()))
    assert close(ledger, OCTOBER, by()).closing.register_number == 3


def test_a_period_from_the_15th_to_the_14th_is_closed_by_its_own_days(ledger: Path, by: By) -> None:
    """Its first day is the 15th of the month before."""
    mid = month_period("2026-10", PeriodKind.MID_MONTH, "Asia/Ho_Chi_Minh")
    closing = close(ledger, mid, by()).closing
    assert (closing.days[0].day, closing.days[-1].day) == ("2026-09-15", "2026-10-14")
    assert closing.kind == "15-14"
    assert HANOI.key == closing.timezone
    assert closing.end_ms - closing.start_ms == timedelta(days=30).total_seconds() * 1000


def test_the_page_names_every_table_with_its_column() -> None:
    """In the order of the digests."""
    page = (Path(__file__).parents[3] / "docs" / "closing.md").read_text(encoding="utf-8")
    section = page.partition("## Digests of a day\n")[2].partition("\n## ")[0]
    rows = [
        tuple(cell.strip(" `") for cell in line.strip("|").split("|"))
        for line in section.splitlines()
        if line.startswith("| `")
    ]
    assert rows == [(table.name, column) for table, column in BEGAN]
