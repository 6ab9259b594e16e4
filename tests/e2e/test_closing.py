"""A month is closed, checked, backed up and restored while a real collector writes its ledger."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from collector.clock import LedgerClock
from collector.exits import Exit
from collector.figures.period import Period, month_at, month_before
from collector.inventory.report_values import PeriodKind
from collector.ledger.reader import LedgerReader
from tests.e2e.rig import Running, collecting, device, entry, router
from tests.unit.closing.evidence import HOUR_MS, Network, local_ms

ZONE = "Asia/Ho_Chi_Minh"


@pytest.fixture(scope="module")
def last() -> Period:
    """Return the month that is over, as far as it can be closed by now."""
    now_ms = LedgerClock().now_ms()
    running = month_at(now_ms, PeriodKind.MONTH, ZONE)
    if now_ms - running.start_ms < 5 * HOUR_MS:
        pytest.skip("the month has just begun: with hourly polls the last one cannot be closed yet")
    return month_before(running)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, last: Period) -> Iterator[Running]:
    """Return a collector that took over a ledger with the last two days of last month."""
    directory = tmp_path_factory.mktemp("closing")
    network = Network(directory / "ledger.sqlite", since_ms=local_ms(last.last - timedelta(days=1)))
    network.watch(last.end_ms, silent=lambda name, ms: name == "hub" and ms % (24 * HOUR_MS) < 3 * HOUR_MS)
    network.stop()
    with (
        device(router(lambda: 5_000)) as port,
        collecting(directory, [entry("good", port)]) as found,
    ):
        found.wait_for(lambda: found.states() == {"good": "up"}, seconds=30)
        yield found


def haidang(*arguments: object) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).with_name("haidang"))
    command = [program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_a_month_is_closed_backed_up_and_restored_beside_the_collector(
    running: Running, last: Period, tmp_path: Path
) -> None:
    """The restored copy gives the same figures and the same seal; nothing needs the collector to stop."""
    sample = f'haidang_period_closed{{period="{last.name}"}}'
    running.wait_for(lambda: f"{sample} 0.0" in running.get("/metrics"))
    end = f'haidang_period_end_timestamp_seconds{{period="{last.name}"}} '
    assert end in running.get("/metrics")
    here = ("-i", running.inventory)
    closed = haidang("month", "close", last.name, "--author", "Nguyễn Văn An", *here)
    assert closed.returncode == Exit.OK, closed.stderr
    seal = closed.stdout.splitlines()[-1].removeprefix("Seal: ")
    figures = haidang("month", "show", last.name, "--json", *here).stdout
    assert '"device":"dong-hai"' in figures
    checked = haidang("ledger", "check", *here)
    assert (checked.returncode, "1 closed periods: as they were written" in checked.stdout) == (Exit.OK, True)
    saved = haidang("ledger", "backup", tmp_path / "b.tar", *here)
    assert saved.returncode == Exit.OK, saved.stderr
    assert seal in saved.stdout
    other = tmp_path / "elsewhere" / "ledger.db"
    other.parent.mkdir()
    restored = haidang("ledger", "restore", tmp_path / "b.tar", other)
    assert restored.returncode == Exit.OK, restored.stderr
    verified = haidang("month", "verify", last.name, "--seal", seal, "--ledger", other)
    assert verified.returncode == Exit.OK, verified.stderr
    assert haidang("month", "show", last.name, "--json", "--ledger", other).stdout == figures
    assert haidang("month", "verify", *here).returncode == Exit.OK
    with LedgerReader(running.directory / "ledger.sqlite") as mine, LedgerReader(other) as theirs:
        assert mine.meta() == theirs.meta()
    listed = haidang("audit", *here).stdout
    assert f"Nguyễn Văn An  {last.name} closed under the seal {seal}" in listed


@pytest.mark.all
def test_the_running_collector_learns_that_the_month_was_closed(running: Running, last: Period) -> None:
    """Within a minute, without a reload: the alert about an open month ends by itself."""
    haidang("month", "close", last.name, "-i", running.inventory)
    sample = f'haidang_period_closed{{period="{last.name}"}} 1.0'
    running.wait_for(lambda: sample in running.get("/metrics"), seconds=90)
