"""A device's history out of a real ledger: the same pieces as the figures, read by a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.figures.compute import compute
from collector.ledger.reader import LedgerReader
from collector.model import State
from collector.web.history import read_apart
from collector.web.reading import read
from tests.unit.figures.ledgers import device, inventory, make
from tests.unit.figures.test_compute import DAY, HOUR, NIGHT, NOON, polled


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A hub that was silent for two hours, a commune behind it that was silent with it and an hour longer."""
    hub = polled("hub", NIGHT, NIGHT + 24 * HOUR, lambda ms: NOON <= ms < NOON + 2 * HOUR)
    commune = polled("a", NIGHT, NIGHT + 24 * HOUR, lambda ms: NOON <= ms < NOON + 3 * HOUR)
    path = tmp_path / "ledger.sqlite"
    make(path, {NIGHT: inventory([device("hub"), device("a", ["hub"])])}, [*hub, *commune])
    return path


def test_a_history_is_what_the_figures_are_made_from(ledger: Path) -> None:
    """Piece by piece, as far as both go; what was upstream for the figures is upstream on the page."""
    found = read(ledger, "a", NIGHT + 24 * HOUR)
    assert found.failed is None
    with LedgerReader(ledger) as reader:
        booked = compute(reader, DAY, now_ms=DAY.end_ms).booked["a"].pieces

    def inside(pieces: object) -> list[tuple[int, int, State]]:
        return [
            (max(one.start_ms, NIGHT), one.end_ms, one.state)
            for one in pieces  # type: ignore[attr-defined]
            if one.end_ms > NIGHT and one.state is not State.UNKNOWN
        ]

    assert inside(found.pieces) == inside(booked)
    states = {one.state for one in found.pieces}
    assert {State.UP, State.DOWN, State.UPSTREAM} <= states


def test_a_device_that_is_not_in_the_ledger_has_no_history(ledger: Path) -> None:
    """And a page without a strip, not an error."""
    assert read(ledger, "nobody", NIGHT + 24 * HOUR).pieces == ()


async def test_the_process_of_its_own_brings_the_same(ledger: Path) -> None:
    """Through its standard output."""
    now_ms = NIGHT + 24 * HOUR
    apart = await read_apart(ledger, "hub", now_ms)
    here = read(ledger, "hub", now_ms)
    assert apart.failed is None
    assert [(one.start_ms, one.state) for one in apart.pieces] == [
        (one.start_ms, one.state) for one in here.pieces
    ]
