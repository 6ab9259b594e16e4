"""The collector as a whole, in this process: what signals do to it."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from pathlib import Path

import pytest

from collector.app import Collector
from collector.inventory.load import load
from collector.inventory.loaded import Accepted
from collector.model import State
from collector.register.access import open_beside
from collector.register.entries import MaintenanceAdded, MaintenanceEnded

INVENTORY = """\
organisation: {name: Test, language: en, timezone: UTC}
collector: {ledger: ledger.db}
devices:
  - {id: a, name: A, role: server, address: 127.0.0.1, icmp: {packets: 1}}
"""


@pytest.fixture
def collector_file(tmp_path: Path) -> Path:
    path = tmp_path / "inventory.yaml"
    path.write_text(INVENTORY)
    return path


def make(path: Path) -> Collector:
    accepted = load(path)
    assert isinstance(accepted, Accepted), accepted
    return Collector(path, accepted, environ={}, listen=("127.0.0.1", 0))


def test_a_hangup_while_it_starts_is_a_reload_and_not_the_end(
    collector_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service manager may reload what it has just started."""
    unhandled: list[int] = []
    before = signal.signal(signal.SIGHUP, lambda number, _frame: unhandled.append(number))

    async def scenario() -> int:
        collector = make(collector_file)
        start = collector._http.start

        async def start_and_hang_up() -> None:
            os.kill(os.getpid(), signal.SIGHUP)
            await start()

        monkeypatch.setattr(collector._http, "start", start_and_hang_up)
        running = asyncio.create_task(collector.run())
        async with asyncio.timeout(10):
            while len(collector._in_use.targets) == 0 or collector._reloads:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            collector.stop()
            await running
        return collector._in_use.revision

    try:
        assert asyncio.run(scenario()) == 1
    finally:
        signal.signal(signal.SIGHUP, before)
    assert unhandled == []


def test_a_running_collector_follows_the_register(collector_file: Path) -> None:
    """Maintenance that somebody enters holds within seconds, and so does its end; nobody reloads anything."""

    async def shown(collector: Collector, state: State | None) -> None:
        async with asyncio.timeout(10):
            while collector._core.planned.states.get("a") is not state:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def scenario() -> bytes:
        collector = make(collector_file)
        running = asyncio.create_task(collector.run())
        async with asyncio.timeout(10):
            while len(collector._in_use.targets) == 0:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert dict(collector._core.planned.states) == {}
        now_ms = collector._clock.now_ms()
        added = MaintenanceAdded(
            id="m",
            devices=("a",),
            areas=(),
            start_ms=now_ms - 1_000,
            end_ms=now_ms + 3_600_000,
            repeat=None,
            reason="r",
        )
        ended = MaintenanceEnded(id="m", end_ms=now_ms)
        with open_beside(collector_file.with_name("ledger.db"), create=now_ms) as register:
            register.append("An", added, now_ms)
            await shown(collector, State.MAINTENANCE)
            register.append("An", ended, collector._clock.now_ms())
            await shown(collector, None)
        metrics = collector._facade.metrics(None)
        collector.stop()
        await running
        return metrics or b""

    assert b"haidang_register_ok 1.0" in asyncio.run(scenario())


def test_a_reload_by_signal_that_breaks_says_so_and_the_collector_goes_on(
    collector_file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An error of our own is not swallowed because nobody waits for the answer."""

    async def scenario() -> bool:
        collector = make(collector_file)

        async def broken() -> tuple[bool, object]:
            raise RuntimeError("a bug")

        monkeypatch.setattr(collector._facade, "reload", broken)
        running = asyncio.create_task(collector.run())
        async with asyncio.timeout(10):
            while len(collector._in_use.targets) == 0:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            os.kill(os.getpid(), signal.SIGHUP)
            while "a bug" not in caplog.text:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            alive = not running.done()
            collector.stop()
            await running
        return alive

    with caplog.at_level(logging.ERROR, "collector"):
        assert asyncio.run(scenario())
    assert "the reload failed by an error of the collector's own" in caplog.text
