"""Runs polls: one task for each device that is due, all its probes at once, exactly one Outcome for each."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from collector.credentials import Unusable
from collector.inventory.values import Probe
from collector.model import Check, Fault, Outcome, Reason
from collector.poll.base import Note, Poller, Timing
from collector.schedule import Due, Schedule
from collector.targets import Request, Target

log = logging.getLogger(__name__)

_GRACE_S = 1.0
"""A poller that has not ended this long after its deadline is cut off: a bug, not the device's fault."""

_LONGEST_SLEEP_S = 0.5

_AT_ONCE = 64
"""Polls that begin in one turn of the event loop."""


class Runner:
    """Turns what is due into polls.

    `prepare` gives a device's target and requests (None: it has left the inventory), `ended` takes outcomes,
    `stalled_since` tells how long at most the event loop has looked at nothing since an instant.
    """

    def __init__(
        self,
        *,
        mono: Callable[[], float],
        schedule: Schedule,
        pollers: Mapping[Probe, Poller[Any]],
        prepare: Callable[[str, float], tuple[Target, Mapping[Probe, Request]] | None],
        ended: Callable[[Outcome], None],
        skipped: Callable[[Due], None],
        stalled_since: Callable[[float], float],
    ) -> None:
        self._mono = mono
        self._schedule = schedule
        self._pollers = pollers
        self._prepare = prepare
        self._ended = ended
        self._skipped = skipped
        self._stalled_since = stalled_since
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()

    @property
    def running(self) -> int:
        """How many polls are under way."""
        return len(self._tasks)

    def wake(self) -> None:
        """Look at the schedule again now: it has changed."""
        self._changed.set()

    async def run(self) -> None:
        """Poll until cancelled."""
        try:
            while True:
                for number, due in enumerate(self._schedule.due(self._mono()), start=1):
                    if due.skipped:
                        self._skipped(due)
                    else:
                        self._start(self._poll(due))
                    if number % _AT_ONCE == 0:
                        # Answers are read between: a thousand devices that come back are no stall.
                        await asyncio.sleep(0)
                await self._sleep()
        finally:
            await self._stop()

    def _start(self, poll: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(poll)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _sleep(self) -> None:
        next_at = self._schedule.next_at()
        left = _LONGEST_SLEEP_S if next_at is None else min(next_at - self._mono(), _LONGEST_SLEEP_S)
        self._changed.clear()
        if left > 0:
            # Not wait_for: before Python 3.12 it loses a cancellation that meets the event.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._changed.wait()

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _poll(self, due: Due) -> None:
        started_at = self._mono()
        try:
            prepared = self._prepare(due.device, started_at)
            if prepared is None:
                return
            target, requests = prepared
            outcome = await poll_once(
                target,
                requests,
                self._pollers,
                due_at=due.due_at,
                mono=self._mono,
                stalled_since=self._stalled_since,
            )
            self._schedule.finish(due.device)
            self._ended(outcome)
        except Exception:
            log.exception("%s: the poll failed by an error of the collector's own", due.device)
        finally:
            self._schedule.finish(due.device)


async def poll_once(
    target: Target,
    requests: Mapping[Probe, Request],
    pollers: Mapping[Probe, Poller[Any]],
    *,
    due_at: float,
    mono: Callable[[], float],
    stalled_since: Callable[[float], float] = lambda _since: 0.0,
    note: Note | None = None,
) -> Outcome:
    """Ask all of a device's probes at once and return what came of it; raises nothing but cancellation."""
    started_at = mono()
    timing = Timing(started_at=started_at, deadline_at=started_at + target.pace.deadline)
    checks = await asyncio.gather(
        *(
            _check(probe, request, pollers[probe], timing=timing, mono=mono, note=note)
            for probe, request in requests.items()
        )
    )
    return Outcome(
        device=target.device.id,
        revision=target.revision,
        due_at=due_at,
        started_at=started_at,
        done_at=mono(),
        checks=tuple(checks),
        stalled_s=stalled_since(started_at),
    )


async def _check(
    probe: Probe,
    request: Request,
    poller: Poller[Any],
    *,
    timing: Timing,
    mono: Callable[[], float],
    note: Note | None,
) -> Check:
    if isinstance(request, Unusable):
        return _fault(probe, Reason.NO_SECRET, request.why, timing, mono)
    named = None if note is None else (lambda text: note(f"{probe}: {text}"))
    try:
        async with asyncio.timeout(timing.deadline_at - mono() + _GRACE_S):
            return await poller.poll(request, timing, named)
    except TimeoutError:
        log.exception("%s poller outlived its deadline", probe)
        return _fault(probe, Reason.INTERNAL, "the poller outlived its deadline", timing, mono)
    except Exception as error:
        # A bug in one poller must not take the other probes' answers along.
        log.exception("%s poller failed", probe)
        return _fault(probe, Reason.INTERNAL, f"{type(error).__name__}: {error}", timing, mono)


def _fault(probe: Probe, reason: Reason, why: str, timing: Timing, mono: Callable[[], float]) -> Fault:
    return Fault(probe=probe, reason=reason, detail=why, sent_at=timing.started_at, done_at=mono())
