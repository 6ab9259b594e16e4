"""The runner: turns what is due into polls, and ends when it is told to."""

from __future__ import annotations

import asyncio
import time

import pytest

from collector.runner import Runner
from collector.schedule import Schedule


def runner(schedule: Schedule) -> Runner:
    return Runner(
        mono=time.monotonic,
        schedule=schedule,
        pollers={},
        prepare=lambda _device, _now: None,
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
