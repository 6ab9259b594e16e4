"""What is remembered of a day, and what is read of thirty: bounded, once, off the loop."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from collector.inventory.values import Probe
from collector.ledger.reader import LedgerReader
from collector.model import Echoes, Fault, Outcome, Reason, Reply
from collector.web import history as of_history
from collector.web.history import KEPT_MS, Histories
from collector.web.past import History
from collector.web.rings import CELL_MS, CELLS, Rings

NOW_MS = 1_795_000_200_000


def outcome(*rtts: float | None, device: str = "a", reason: Reason | None = None) -> Outcome:
    if reason is not None:
        check: Reply | Fault = Fault(probe=Probe.ICMP, reason=reason, detail="", sent_at=0, done_at=1)
    else:
        check = Reply(
            probe=Probe.ICMP,
            sent_at=0,
            answered_at=1,
            done_at=1,
            rtt_s=0.5,
            packets_sent=3,
            packets_received=3,
            payload=Echoes(rtts=rtts),
        )
    return Outcome(device=device, revision=1, due_at=0, started_at=0, done_at=1, checks=(check,))


def test_a_cell_holds_mean_highest_and_loss() -> None:
    """Each echo request counts, a silent poll counts as one lost, one that we could not send as none."""
    rings = Rings()
    rings.polled(outcome(0.01, None, 0.03), NOW_MS)
    rings.polled(outcome(reason=Reason.TIMEOUT), NOW_MS + 1)
    rings.polled(outcome(reason=Reason.NO_ROUTE), NOW_MS + 2)
    (cell,) = rings.day("a", NOW_MS)
    assert cell.mean_s == pytest.approx(0.02)
    assert cell.max_s == pytest.approx(0.03)
    assert (cell.lost, cell.asked) == (2, 4)


def test_a_day_is_a_day_and_old_cells_are_not_shown_as_new() -> None:
    """A cell of a day before in the same place is not taken for this one."""
    rings = Rings()
    rings.polled(outcome(0.01), NOW_MS)
    rings.polled(outcome(0.02), NOW_MS + CELL_MS)
    assert len(rings.day("a", NOW_MS + CELL_MS)) == 2
    assert rings.day("a", NOW_MS + CELLS * CELL_MS)[0].mean_s == pytest.approx(0.02)
    assert rings.day("a", NOW_MS + 2 * CELLS * CELL_MS) == ()
    rings.retain(["b"])
    assert rings.day("a", NOW_MS) == ()


def states(_reader: LedgerReader, _device: str, _start: int, _end: int) -> tuple[()]:
    return ()


def test_a_ledger_that_cannot_be_read_is_said_not_raised(tmp_path: Path) -> None:
    """The page shows the reason where the history would be."""

    async def run() -> History | None:
        return await Histories(tmp_path / "none.db", states).of("a", NOW_MS)

    found = asyncio.run(run())
    assert found is not None
    assert "none.db" in (found.failed or "")


def test_one_reading_serves_all_and_few_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred readers of one device are one reading; of many devices two at a time, none in the loop."""
    running, most, read = 0, 0, []
    lock = threading.Lock()
    gate = threading.Barrier(2, timeout=10)

    def slow(_ledger: Path, device: str, now_ms: int, _states: object) -> History:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            read.append(device)
        assert threading.current_thread() is not threading.main_thread()
        gate.wait()
        with lock:
            running -= 1
        return History(device=device, end_ms=now_ms)

    monkeypatch.setattr(of_history, "read", slow)

    async def run() -> None:
        histories = Histories(Path("x"), states)
        asks = [histories.of(device, NOW_MS) for device in "abcd" for _ in range(25)]
        found = await asyncio.gather(*asks)
        assert all(one is not None for one in found)
        assert sorted(read) == ["a", "b", "c", "d"]
        assert most == 2
        await histories.of("a", NOW_MS + KEPT_MS - 1)
        assert len(read) == 4

    asyncio.run(run())
