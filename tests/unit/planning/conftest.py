"""A ledger that a collector polled into, for commands about planned work."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner, Result

from collector.cli import app
from collector.clock import LedgerClock
from collector.inventory.canonical import canonical_json
from collector.inventory.load import load
from collector.inventory.loaded import Accepted
from collector.ledger.evidence import Evidence
from collector.ledger.rows import Session
from collector.ledger.store import open_store
from collector.ledger.writer import LedgerWriter
from collector.model import Reason, Verdict
from tests.unit.planning.windows import HEAD

Haidang = Callable[..., Result]
Poll = Callable[..., None]
DAY_MS = 86_400_000
INVENTORY = HEAD + "collector: {ledger: ledger.db}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return an inventory file with a ledger path beside it and no ledger yet."""
    path = tmp_path / "inventory.yaml"
    path.write_text(INVENTORY, encoding="utf-8")
    return path


@pytest.fixture
def take_up(file: Path) -> Poll:
    """Return what takes the inventory file up into the ledger, some days ago."""

    def run(*, days_ago: float = 1.0, simulated: bool = False, ledger: str = "ledger.db") -> None:
        now_ms = LedgerClock().now_ms() - round(days_ago * DAY_MS)
        store, restored = open_store(file.with_name(ledger), now_ms=now_ms, simulated=simulated)
        zone = ZoneInfo("Asia/Ho_Chi_Minh")
        session = Session(id=f"{now_ms:016x}", started_ms=now_ms, version="0")
        writer = LedgerWriter(store, restored, session=session, timezone=zone, mono=lambda: 0.0)
        loaded = load(file)
        assert isinstance(loaded, Accepted), loaded
        writer.revision(canonical_json(loaded.inventory), now_ms, zone)
        writer.heartbeat(now_ms)
        assert writer.close().ok

    return run


@pytest.fixture
def polled(file: Path, take_up: Poll) -> Path:
    """Return the inventory file, taken up into the ledger a day ago."""
    take_up()
    return file


@pytest.fixture
def haidang(file: Path) -> Haidang:
    """Return what runs `haidang` on that inventory."""

    def run(*arguments: str, **environment: str) -> Result:
        words = [*arguments[:2], "-i", str(file), *arguments[2:]]
        return CliRunner().invoke(app, words, env={"COLUMNS": "200", **environment})

    return run


START_MS = 1_794_502_800_000
"""2026-11-13 00:00 in Hanoi: no month ends for weeks."""

POLLS, EVERY_MS = 240, 60_000
SILENT = range(100, 120)
"""The numbers of the polls that `a` does not answer: 20 minutes."""


@pytest.fixture(scope="session")
def four_hours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a ledger with four hours of polls, made once."""
    file = tmp_path_factory.mktemp("four-hours") / "inventory.yaml"
    file.write_text(INVENTORY, encoding="utf-8")
    loaded = load(file)
    assert isinstance(loaded, Accepted), loaded
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    ledger = file.with_name("ledger.db")
    store, restored = open_store(ledger, now_ms=START_MS)
    session = Session(id="ab" * 8, started_ms=START_MS, version="0")
    writer = LedgerWriter(store, restored, session=session, timezone=zone, mono=lambda: 0.0)
    revision = writer.revision(canonical_json(loaded.inventory), START_MS, zone)
    for number in range(POLLS):
        sent_ms = START_MS + number * EVERY_MS
        writer.heartbeat(sent_ms)
        for device in loaded.inventory.devices:
            silent = device.id == "a" and number in SILENT
            writer.poll(_polled(device.id, revision, sent_ms, silent=silent))
    assert writer.close().ok
    return ledger


@pytest.fixture
def watched(file: Path, four_hours: Path) -> Path:
    """Return the inventory file with a ledger of four hours beside it, in which `a` had an outage."""
    shutil.copyfile(four_hours, file.with_name("ledger.db"))
    return file


def _polled(device: str, revision: int, sent_ms: int, *, silent: bool) -> Evidence:
    return Evidence(
        device=device,
        revision=revision,
        verdict=Verdict.SILENT if silent else Verdict.ANSWERED,
        reason=Reason.TIMEOUT if silent else None,
        sent_ms=sent_ms,
        done_ms=sent_ms + (5_000 if silent else 30),
        answered_ms=None if silent else sent_ms + 20,
        interval_ms=EVERY_MS,
        deadline_ms=20_000,
    )
