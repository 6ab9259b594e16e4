"""The runner: turns what is due into polls, and ends when it is told to."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable

import pytest

from collector.runner import Runner
from collector.schedule import Schedule


def runner(schedule: Schedule, prepare: Callable[[str, float], None] = lambda _device, _now: None) -> Runner:
    return Runner(
        mono=time.monotonic,
        schedule=schedule,
        pollers={},
        prepare=prepare,
        ended=lambda _outcome: None,
        skipped=lambda _due: None,
        stalled_since=lambda _since: 0.0,
    )


@pytest.mark.parametrize("turns", range(5))
def test_a_stop_is_not_lost_beside_a_wake(turns: int) -> None:
    """Whatever the number of turns of the loop between a wake and the cancellation, the runner ends."""

    async def scenario() -> bool:
        running = runner(Schedule())
        task = asyncio.create_task(running.run())
        await asyncio.sleep(0.01)
        running.wake()
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task], timeout=0.2)
        ended = task.done()
        while not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=0.2)
        return ended

    assert asyncio.run(scenario())


def test_a_thousand_devices_due_at_once_leave_the_loop_time_between() -> None:
    """So that answers are read, and scrapes served, while they begin."""

    async def scenario() -> Counter[int]:
        turn = 0
        begun: Counter[int] = Counter()

        def prepare(_device: str, _now: float) -> None:
            begun[turn] += 1

        schedule = Schedule()
        schedule.replace(((f"d{n}", 300.0) for n in range(1_000)), time.monotonic())
        for n in range(1_000):
            schedule.expedite(f"d{n}", time.monotonic())
        task = asyncio.create_task(runner(schedule, prepare).run())
        while begun.total() < 1_000:
            turn += 1
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return begun

    assert max(asyncio.run(scenario()).values()) <= 64
