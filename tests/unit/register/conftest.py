"""A register with an entry of every kind, and how somebody with SQLite would change it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from collector.register.store import Register, register_of
from tests.unit.register.samples import LEDGER_ID, NOW_MS, PAYLOADS, meddle


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the test's register lies."""
    return register_of(tmp_path / "ledger.db")


@pytest.fixture
def filled(path: Path) -> Path:
    """Return a register with an entry of every kind."""
    with Register.open(path, LEDGER_ID, create=NOW_MS) as register:
        for number, payload in enumerate(PAYLOADS):
            register.append("Nguyễn Văn An", payload, NOW_MS + 1000 * number)
    return path


@pytest.fixture(name="meddle")
def _meddle() -> Callable[..., None]:
    """Return how somebody who knows SQLite changes a register: the triggers go first."""
    return meddle
