"""A ledger that a collector polled into, for commands about planned work."""

from __future__ import annotations

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
from collector.ledger.rows import Session
from collector.ledger.store import open_store
from collector.ledger.writer import LedgerWriter
from tests.unit.planning.windows import HEAD

Haidang = Callable[..., Result]
Poll = Callable[..., None]
DAY_MS = 86_400_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return an inventory file with a ledger path beside it and no ledger yet."""
    path = tmp_path / "inventory.yaml"
    path.write_text(HEAD + "collector: {ledger: ledger.db}\n", encoding="utf-8")
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
