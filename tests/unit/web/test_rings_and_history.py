"""What is remembered of a day, and what is read of thirty: bounded, once, off the loop."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path

import pytest

from collector.figures.tally import Piece
from collector.inventory.values import Probe
from collector.model import Echoes, Fault, Outcome, Reason, Reply, State
from collector.traffic.buckets import Bucket
from collector.web import history as of_history
from collector.web.history import AT_ONCE, KEPT_MS, Histories, read_apart
from collector.web.past import History, from_text, to_text
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


async def test_a_ledger_that_cannot_be_read_is_said_not_raised(tmp_path: Path) -> None:
    """The page shows the reason where the history would be."""
    found = await read_apart(tmp_path / "none.db", "a", NOW_MS)
    assert "none.db" in (found.failed or "")


async def test_a_reading_process_that_dies_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With its exit code, instead of an error page."""
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    found = await read_apart(tmp_path / "none.db", "a", NOW_MS)
    assert found.failed == "the reading process ended with code 1"


async def test_one_reading_serves_all_and_few_run_at_once() -> None:
    """A hundred readings of four devices are four, two at a time; a minute later they are read anew."""
    running, most, read = 0, 0, []
    both = asyncio.Event()

    async def slow(_ledger: Path, device: str, now_ms: int) -> History:
        nonlocal running, most
        running += 1
        most = max(most, running)
        read.append(device)
        if running == AT_ONCE:
            both.set()
        await both.wait()
        running -= 1
        return History(device=device, end_ms=now_ms)

    histories = Histories(Path("x"), slow)
    found = await asyncio.gather(*(histories.of(device, NOW_MS) for device in "abcd" for _ in range(25)))
    assert all(one is not None for one in found)
    assert sorted(read) == ["a", "b", "c", "d"]
    assert most == AT_ONCE
    await histories.of("a", NOW_MS + KEPT_MS - 1)
    assert len(read) == 4
    await histories.of("a", NOW_MS + KEPT_MS)
    assert len(read) == 5


async def test_a_reading_that_takes_long_leaves_the_page_without_history(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And ends with the collector."""
    monkeypatch.setattr(of_history, "WAIT_S", 0.01)

    async def endless(_ledger: Path, _device: str, _now_ms: int) -> History:
        await asyncio.Event().wait()
        raise AssertionError

    histories = Histories(Path("x"), endless)
    assert await histories.of("a", NOW_MS) is None
    await histories.close()


def test_a_history_travels_as_text_and_is_the_same() -> None:
    """What the process writes is what the page shows."""
    piece = Piece(start_ms=1, end_ms=5, state=State.DOWN, possible=frozenset({State.DOWN}))
    bucket = Bucket(start_ms=300_000, in_bytes=7, out_bytes=8, covered_ms=299_000)
    history = History(device="a", end_ms=9, pieces=(piece,), buckets=(bucket,), failed=None)
    assert from_text(to_text(history).encode()) == history
