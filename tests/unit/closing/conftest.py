"""Two months of a small network's evidence, the first of them closed; what a closing is asked with."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from collector.closing.close import Closer, close
from collector.closing.computed import FromRows
from collector.figures.period import Period, month_period
from collector.inventory.report_values import PeriodKind
from collector.register.access import open_beside
from collector.register.entries import MaintenanceAdded
from collector.register.store import register_of
from tests.unit.closing.evidence import HOUR_MS, inventory_in, local_ms, make, start_once

SEPTEMBER = month_period("2026-09", PeriodKind.MONTH, "Asia/Ho_Chi_Minh")
OCTOBER = month_period("2026-10", PeriodKind.MONTH, "Asia/Ho_Chi_Minh")
NOW_MS = local_ms(date(2026, 11, 2))
By = Callable[..., Closer]


@pytest.fixture(scope="session")
def by() -> By:
    """Return a maker of who closes when, by the program's own figures."""

    def maker(author: str = "Nguyễn Văn An", *, now_ms: int = NOW_MS, version: str = "test") -> Closer:
        return Closer(author=author, now_ms=now_ms, version=version, source=FromRows())

    return maker


@pytest.fixture(scope="session")
def two_months(tmp_path_factory: pytest.TempPathFactory, by: By) -> Path:
    """Return a ledger of September and October 2026; September is closed."""
    ledger = tmp_path_factory.mktemp("months") / "ledger.db"
    make(ledger, date(2026, 9, 1), 61)
    start_once(ledger, NOW_MS)
    close(ledger, SEPTEMBER, by(now_ms=local_ms(date(2026, 10, 2))))
    return ledger


@pytest.fixture
def ledger(two_months: Path, tmp_path: Path) -> Path:
    """Return a copy of it that may be changed, with its inventory beside it."""
    shutil.copy(two_months, tmp_path / "ledger.db")
    shutil.copy(register_of(two_months), tmp_path / "ledger-register.db")
    inventory_in(tmp_path)
    return tmp_path / "ledger.db"


@pytest.fixture
def third_of_november(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands run then."""
    monkeypatch.setattr("collector.clock.LedgerClock.now_ms", lambda _: NOW_MS + 24 * HOUR_MS)


def add_late_work(ledger: Path) -> None:
    """Enter, after the event, work that covers an outage of all devices."""
    work = MaintenanceAdded(
        id="thay-ups",
        devices=("hub",),
        areas=(),
        start_ms=OCTOBER.start_ms,
        end_ms=OCTOBER.start_ms + 4 * 24 * HOUR_MS,
        repeat=None,
        reason="Thay UPS",
    )
    with open_beside(ledger, create=NOW_MS) as register:
        register.append("Trần Thị Bình", work, NOW_MS + 24 * HOUR_MS)


def period(name: str) -> Period:
    """Return a calendar month in Hanoi."""
    return month_period(name, PeriodKind.MONTH, "Asia/Ho_Chi_Minh")
