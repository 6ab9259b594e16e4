"""Removing evidence: only of closed months, on record first, little by little; no closed figure changes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from collector.closing.close import close, restate
from collector.closing.closed import closings, revisions
from collector.closing.computed import FromRows
from collector.closing.errors import ClosingError
from collector.closing.keeper import AUTHOR, Keeper, LastPeriod
from collector.closing.keeping import Keeping
from collector.closing.reading import shown
from collector.closing.retention import MARGIN_MS, removable_before_ms
from collector.closing.verify import Verified, Verifier
from collector.figures.period import month_before, month_period
from collector.inventory.load import load
from collector.inventory.loaded import Accepted
from collector.inventory.report_values import PeriodKind
from collector.inventory.values import Inventory
from collector.ledger.reader import LedgerReader
from collector.ledger.removal import REMOVABLE
from collector.ledger.rows import Session
from collector.ledger.store import open_store
from collector.ledger.tables import RUN, SESSION
from collector.ledger.writer import LedgerWriter, WriterSettings
from collector.register.access import open_beside
from collector.register.entries import EvidenceRemoved, Kind
from collector.register.store import register_of
from tests.unit.closing.conftest import By, period
from tests.unit.closing.evidence import DAY_MS, HANOI, HOUR_MS, inventory_in, local_ms, make, start_once

JUNE, DECEMBER = period("2026-06"), period("2026-12")
ALL_CLOSED = {f"2026-{month:02}" for month in range(1, 12)}


@pytest.mark.parametrize(
    ("kept", "closed", "first_kept", "gone"),
    [
        (3, ALL_CLOSED, "2026-09", ("2026-06", "2026-07", "2026-08")),
        (5, ALL_CLOSED, "2026-07", ("2026-06",)),
        (6, ALL_CLOSED, None, ()),
        (12, ALL_CLOSED, None, ()),
        (3, ALL_CLOSED - {"2026-07"}, "2026-07", ("2026-06",)),
        (3, ALL_CLOSED - {"2026-06"}, None, ()),
        (3, {"2026-06", "2026-07"}, "2026-07", ("2026-06",)),
        (3, {"2026-06"}, None, ()),
        (3, set(), None, ()),
    ],
)
def test_only_closed_periods_beyond_the_time_to_keep_them_go(
    kept: int, closed: set[str], first_kept: str | None, gone: tuple[str, ...]
) -> None:
    """From the first open one on all stays, and so does the one closed last, with a week before it."""
    spans = {name: (period(name).start_ms, period(name).end_ms) for name in closed}
    found = removable_before_ms(DECEMBER, months_kept=kept, closed=spans, evidence_from_ms=JUNE.start_ms)
    if first_kept is None:
        assert found is None
    else:
        assert found == (period(first_kept).start_ms - MARGIN_MS, gone)


def test_days_between_periods_of_two_kinds_stay_with_all_after_them() -> None:
    """Names go on from month to month where `report.period` was changed; what nothing sealed does not go."""
    mid = {f"2026-{n:02}": month_period(f"2026-{n:02}", PeriodKind.MID_MONTH, HANOI.key) for n in (6, 7)}
    whole = {name: period(name) for name in ("2026-08", "2026-09", "2026-10", "2026-11")}
    spans = {name: (one.start_ms, one.end_ms) for name, one in (mid | whole).items()}
    start_ms = mid["2026-06"].start_ms
    found = removable_before_ms(DECEMBER, months_kept=3, closed=spans, evidence_from_ms=start_ms)
    assert found == (local_ms(date(2026, 7, 15)) - MARGIN_MS, ("2026-06", "2026-07"))


@pytest.fixture(scope="module")
def half_year(tmp_path_factory: pytest.TempPathFactory, by: By) -> Path:
    """Return a ledger of June to October with a late rest of May; all but May are closed."""
    ledger = tmp_path_factory.mktemp("half") / "ledger.db"
    make(ledger, date(2026, 6, 1), 153)
    start_once(ledger, local_ms(date(2026, 11, 2)) - HOUR_MS)
    for number in range(6, 11):
        one = period(f"2026-{number:02}")
        close(ledger, one, by(now_ms=one.end_ms + 10 * HOUR_MS))
    return ledger


def inventory_of(ledger: Path, months: int) -> Inventory:
    loaded = load(inventory_in(ledger.parent))
    assert isinstance(loaded, Accepted)
    inventory = loaded.inventory
    return replace(inventory, collector=replace(inventory.collector, retention_months=months))


@pytest.fixture
def ledger(half_year: Path, tmp_path: Path) -> Path:
    shutil.copy(half_year, tmp_path / "ledger.db")
    shutil.copy(register_of(half_year), tmp_path / "ledger-register.db")
    return tmp_path / "ledger.db"


NOVEMBER_MS = local_ms(date(2026, 11, 2))


def look(ledger: Path, name: str) -> Verified:
    with LedgerReader(ledger) as reader, open_beside(ledger) as register:
        entries = tuple(register.entries())
        verifier = Verifier(reader, entries, source=FromRows(), version="test")
        return verifier.verify(revisions(closings(entries), name)[-1])


def ignore(before_ms: int) -> None:
    """Remove nothing."""


def ledger_id(ledger: Path) -> str:
    with LedgerReader(ledger) as reader:
        return reader.meta().ledger_id


def remove_all(ledger: Path, before_ms: int) -> int:
    """Run the collector's writer until all that is old is gone; return how many commits that took."""
    store, restored = open_store(ledger, now_ms=NOVEMBER_MS)
    writer = LedgerWriter(
        store,
        restored,
        session=Session(id="remover", started_ms=NOVEMBER_MS, version="test"),
        timezone=HANOI,
        mono=lambda: 0.0,
        settings=WriterSettings(flush_s=3_600),
    )
    writer.remove(before_ms)
    commits, rows = 0, -1
    while rows != (rows := count(ledger)) or commits < 2 * len(REMOVABLE):
        assert writer.flush()
        commits += 1
    assert writer.close().ok
    return commits


def count(ledger: Path) -> int:
    with LedgerReader(ledger) as reader:
        return sum(1 for of in REMOVABLE for _ in reader.all(of.table))


def test_no_closed_figure_changes_by_a_removal(ledger: Path) -> None:
    """What is left is verified row by row, what is gone by what was stored; both say which they are."""
    removed: list[int] = []
    keeper = Keeper(ledger, ledger_id(ledger), removed.append)
    before = {f"2026-{n:02}": shown(ledger, f"2026-{n:02}", None).text for n in range(6, 11)}
    keeper.look(NOVEMBER_MS, inventory_of(ledger, 3))
    assert removed == [period("2026-08").start_ms - MARGIN_MS]
    rows = count(ledger)
    remove_all(ledger, removed[0])
    assert count(ledger) < rows
    with LedgerReader(ledger) as reader:
        assert min(run.last_end_ms for run in reader.all(RUN)) >= removed[0]
        assert [one.id for one in reader.all(SESSION)] == ["s1", "later", "remover"]
    for name, text in before.items():
        assert shown(ledger, name, None).text == text
        found = look(ledger, name)
        assert found.faults == (), name
        assert found.seal == found.closed.closing.seal, name
    assert "the evidence of all of its days was removed" in look(ledger, "2026-06").notes[0]
    assert "the evidence of its days up to 2026-07-24 was removed" in look(ledger, "2026-07").notes[0]
    for name in ("2026-08", "2026-09", "2026-10"):
        assert look(ledger, name).notes == ()


def test_a_removed_month_is_not_restated(ledger: Path, by: By) -> None:
    """There is nothing to compute it from; its closed figures stay."""
    keeper = Keeper(ledger, ledger_id(ledger), ignore)
    keeper.look(NOVEMBER_MS, inventory_of(ledger, 3))
    with pytest.raises(ClosingError, match="2026-06 cannot be restated: its evidence was removed"):
        restate(ledger, "2026-06", by(now_ms=NOVEMBER_MS), reason="x")


def test_the_removal_is_on_record_before_a_row_is_touched(ledger: Path) -> None:
    """By the collector, once, with the setting it follows; a register that cannot be written stops it."""
    seen: list[tuple[int, int]] = []

    def remove(before_ms: int) -> None:
        with open_beside(ledger) as register:
            seen.append((before_ms, register.version()))

    keeper = Keeper(ledger, ledger_id(ledger), remove)
    keeper.look(NOVEMBER_MS, inventory_of(ledger, 3))
    keeper.look(NOVEMBER_MS + HOUR_MS, inventory_of(ledger, 3))
    keeper.look(NOVEMBER_MS + 2 * DAY_MS, inventory_of(ledger, 3))
    with open_beside(ledger) as register:
        (entry,) = register.entries(Kind.EVIDENCE_REMOVED)
    assert entry.author == AUTHOR
    assert entry.payload == EvidenceRemoved(
        before_ms=seen[0][0], months_kept=3, periods=("2026-06", "2026-07")
    )
    assert seen == [(entry.payload.before_ms, entry.number)] * 2
    register_of(ledger).write_bytes(b"x" * 5_000)
    with pytest.raises(Exception, match="damaged"):
        Keeper(ledger, ledger_id(ledger), seen.append).look(NOVEMBER_MS, inventory_of(ledger, 3))  # type: ignore[arg-type]
    assert len(seen) == 2


def test_twelve_months_are_kept_by_default(ledger: Path) -> None:
    """Nothing of half a year goes."""
    removed: list[int] = []
    loaded = load(inventory_in(ledger.parent))
    assert isinstance(loaded, Accepted)
    Keeper(ledger, ledger_id(ledger), removed.append).look(NOVEMBER_MS, loaded.inventory)
    assert removed == []


def last_seen(ledger: Path, now_ms: int) -> LastPeriod | None:
    """Return what a keeper that looks at this instant says of the last period."""
    keeper = Keeper(ledger, ledger_id(ledger), ignore)
    keeper.look(now_ms, inventory_of(ledger, 12))
    return keeper.last


def test_the_last_period_with_evidence_is_told_with_whether_it_is_closed(ledger: Path) -> None:
    """It is what the alert and the metric speak of."""
    october = LastPeriod(name="2026-10", end_ms=period("2026-10").end_ms, closed=True)
    assert last_seen(ledger, NOVEMBER_MS) == october
    assert last_seen(ledger, local_ms(date(2027, 1, 2))) is None
    register_of(ledger).unlink()
    assert last_seen(ledger, NOVEMBER_MS) == replace(october, closed=False)


async def test_a_file_that_fails_is_said_once_and_stops_nothing(
    ledger: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What was seen before stands."""
    keeping = Keeping(
        ledger,
        ledger_id(ledger),
        ignore,
        lambda: NOVEMBER_MS,
        lambda: inventory_of(ledger, 12),
    )
    await keeping.look()
    before = keeping.last
    assert before is not None
    register_of(ledger).write_bytes(b"x" * 5_000)
    await keeping.look()
    await keeping.look()
    assert keeping.last == before
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "closed periods cannot be looked at" in caplog.text


def test_old_rows_go_in_small_steps_and_new_evidence_first(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each commit is followed by one step at most, and no step takes more than its batch."""
    monkeypatch.setattr("collector.ledger.removal._BATCH", 40)
    monkeypatch.setattr("collector.ledger.removal._BULKY_BATCH", 10)
    before, removed_ms = count(ledger), period("2026-08").start_ms
    sizes: list[int] = []
    store, restored = open_store(ledger, now_ms=NOVEMBER_MS)
    writer = LedgerWriter(
        store,
        restored,
        session=Session(id="remover", started_ms=NOVEMBER_MS, version="test"),
        timezone=HANOI,
        mono=lambda: 0.0,
        settings=WriterSettings(flush_s=3_600),
    )
    assert writer.flush()
    start = count(ledger)
    writer.remove(removed_ms)
    for _ in range(6):
        assert writer.flush()
        writer.flush()
        sizes.append(start - count(ledger))
        start = count(ledger)
    assert writer.close().ok
    assert max(sizes) <= 2 * 40
    assert before - start > 0


def test_the_period_before_the_first_has_no_evidence(ledger: Path) -> None:
    """A closing begins the chain there without being told so."""
    with open_beside(ledger) as register:
        first = closings(register.entries())[0]
    assert first.closing.period == "2026-06"
    assert month_before(period("2026-06")).name == "2026-05"
