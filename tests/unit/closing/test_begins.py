"""Closed months that an outage reaches into from evidence that is removed: all but its begin is compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from collector.closing.chain import closing_sha256, seal_of
from collector.closing.close import close
from collector.closing.closed import Closed, closings
from collector.closing.computed import FromRows, figures_of
from collector.closing.figures_text import packed, sha256_of_text, unpacked
from collector.closing.retention import MARGIN_MS
from collector.closing.verify import Verified, Verifier
from collector.figures.document import to_json
from collector.ledger.reader import LedgerReader
from collector.ledger.removal import REMOVABLE
from collector.register.access import open_beside
from collector.register.entries import EvidenceRemoved
from tests.unit.closing.conftest import By, period
from tests.unit.closing.evidence import HOUR_MS, Network, local_ms
from tests.unit.register.samples import meddle

JULY, AUGUST = period("2026-07"), period("2026-08")
REMOVED_MS = AUGUST.start_ms - MARGIN_MS
SEPTEMBER_MS = local_ms(date(2026, 9, 2))


@pytest.fixture
def ledger(tmp_path: Path, by: By) -> Path:
    """Return a ledger whose August is closed, and whose July is removed but for its last week.

    In an-khe's outage, 20 July to 3 August, lies the border of what was removed; dong-hai has one of its own.
    """
    ledger = tmp_path / "ledger.db"
    network = Network(ledger, since_ms=local_ms(date(2026, 7, 18)))

    def silent(device: str, ms: int) -> bool:
        if device == "dong-hai":
            return local_ms(date(2026, 8, 4)) <= ms < local_ms(date(2026, 8, 4)) + 3 * HOUR_MS
        return device == "an-khe" and local_ms(date(2026, 7, 20)) <= ms < local_ms(date(2026, 8, 3))

    network.watch(local_ms(date(2026, 8, 5)), silent=silent)
    network.stop()
    network = Network(ledger, since_ms=SEPTEMBER_MS - 2 * HOUR_MS, session="s2")
    network.watch(SEPTEMBER_MS)
    network.stop()
    for one in (JULY, AUGUST):
        close(ledger, one, by(now_ms=SEPTEMBER_MS))
    with open_beside(ledger, create=SEPTEMBER_MS) as register:
        gone = EvidenceRemoved(before_ms=REMOVED_MS, months_kept=3, periods=("2026-07",))
        register.append("haidang", gone, SEPTEMBER_MS)
    for of in REMOVABLE:
        meddle(ledger, f"DELETE FROM {of.table.name} WHERE {of.ended} < ?", REMOVED_MS)
    return ledger


def look(ledger: Path, change: int = 0) -> Verified:
    """Verify August; its sealed figures say `change` ms more of dong-hai's outage than the rows."""
    with LedgerReader(ledger) as reader, open_beside(ledger) as register:
        entries = tuple(register.entries())
        august = closings(entries)[-1]
        verifier = Verifier(reader, entries, source=FromRows(), version="test")
        return verifier.verify(altered(august, change, reader.meta().ledger_id) if change else august)


def altered(closed: Closed, change: int, ledger_id: str) -> Closed:
    figures = figures_of(unpacked(closed.closing.figures, closed.closing.figures_sha256))
    outages = tuple(
        replace(one, down_ms=one.down_ms + change) if one.device == "dong-hai" else one
        for one in figures.outages
    )
    text = to_json(replace(figures, outages=outages))
    closing = replace(closed.closing, figures=packed(text), figures_sha256=sha256_of_text(text))
    sha256 = closing_sha256(closing, ledger_id, reason="", accepted=())
    return replace(closed, closing=replace(closing, sha256=sha256, seal=seal_of(sha256)))


def test_a_begin_that_was_removed_is_no_fault(ledger: Path) -> None:
    """The rest of the figures is as it was sealed, and what was left out is said."""
    found = look(ledger)
    assert found.faults == ()
    assert found.seal == found.closed.closing.seal
    assert "the figures were compared without that" in found.notes[0]


def test_every_other_figure_is_still_compared(ledger: Path) -> None:
    """An outage that began before the removal excuses no other difference."""
    found = look(ledger, change=1)
    assert found.faults == ("2026-08: the figures computed from the rows are not the sealed ones",)
    assert found.seal != found.closed.closing.seal
