from __future__ import annotations

import logging
from pathlib import Path
from time import monotonic

import pytest

from collector.expose.blocks import Blocks
from collector.expose.catalogue.all import DEVICE_FAMILIES
from collector.model import Verdict
from collector.reckoner import Reckoner
from tests.unit.figures.ledgers import at, device, inventory, make
from tests.unit.figures.polled import INTERVAL, MINUTE, poll

FIRST = at("2026-10-06 08:00")


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """An hour of one device, silent for ten minutes of it."""
    polls = [
        poll("a", ms, Verdict.SILENT if 10 <= (ms - FIRST) // MINUTE < 20 else Verdict.ANSWERED)
        for ms in range(FIRST, FIRST + 60 * MINUTE, INTERVAL)
    ]
    return make(tmp_path / "ledger.db", {FIRST: inventory([device("a")])}, polls)


async def test_the_running_periods_figures_become_metrics(ledger: Path) -> None:
    """Computed in a process of its own, and shown by device, area and province."""
    blocks = Blocks(DEVICE_FAMILIES)
    reckoner = Reckoner(ledger, blocks, monotonic)
    assert await reckoner.compute()
    assert reckoner.figures is not None
    assert [one.device for one in reckoner.figures.devices] == ["a"]
    text = blocks.render().decode()
    assert (
        'haidang_period_outages{instance="a",job="haidang",role="commune",area="district",of="own"} 1' in text
    )
    assert 'haidang_group_units{instance="figures",job="haidang",group="province",id="province"} 1' in text
    assert "haidang_figures_duration_seconds" in text
    of_area = blocks.render(frozenset({"a"})).decode()
    assert "haidang_group_units" not in of_area
    states = [line for line in text.splitlines() if line.startswith("haidang_period_seconds{")]
    whole_s = (reckoner.figures.end_ms - reckoner.figures.start_ms) / 1000
    assert sum(float(line.split()[-1]) for line in states) == pytest.approx(whole_s)


async def test_figures_that_cannot_be_had_are_one_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """However often it is tried, and the collector goes on."""
    reckoner = Reckoner(tmp_path / "none.db", Blocks(DEVICE_FAMILIES), monotonic)
    with caplog.at_level(logging.WARNING):
        assert not await reckoner.compute()
        assert not await reckoner.compute()
    assert len(caplog.records) == 1
    assert "none.db" in caplog.text
    assert reckoner.figures is None
