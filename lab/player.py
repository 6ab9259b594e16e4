"""Plays scenarios in a running lab: does each deed when its instant has come."""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections.abc import Callable

from lab.control import ControlError, Json
from lab.faults import FaultError
from lab.scenario import Deed, ScenarioError, parse, perform
from lab.world import World

_log = logging.getLogger(__name__)

_LONGEST_WAIT_S = 1.0


class Player:
    """Deeds that are still to be done; `changed` is called after those of an instant."""

    def __init__(self, world: World, now_ms: Callable[[], int], changed: Callable[[], None]) -> None:
        self._world, self._now_ms, self._changed = world, now_ms, changed
        self._pending: list[tuple[int, int, Deed]] = []
        self._number = 0
        self._wake = asyncio.Event()

    def play(self, text: str, name: str) -> Json:
        """Take up a scenario that begins now; raise ControlError with what is wrong with it."""
        now_ms = self._now_ms()
        try:
            deeds = parse(text, name).plan(self._world.province, now_ms)
        except ScenarioError as error:
            raise ControlError(str(error)) from None
        for deed in deeds:
            self._number += 1
            heapq.heappush(self._pending, (deed.at_ms, self._number, deed))
        self._wake.set()
        return {"at_ms": now_ms, "deeds": len(deeds), "until_ms": deeds[-1].at_ms}

    def about(self) -> Json | None:
        """Return how many deeds are pending and when the next and the last are due; None without any."""
        if not self._pending:
            return None
        return {
            "pending": len(self._pending),
            "next_ms": self._pending[0][0],
            "until_ms": max(at_ms for at_ms, _, _ in self._pending),
        }

    async def run(self) -> None:
        """Do what is due until cancelled."""
        while True:
            self._wake.clear()
            due = False
            while self._pending and self._pending[0][0] <= self._now_ms():
                self._do(heapq.heappop(self._pending)[2])
                due = True
            if due:
                self._changed()
            wait_s = (
                max(0.0, (self._pending[0][0] - self._now_ms()) / 1000) if self._pending else _LONGEST_WAIT_S
            )
            try:
                async with asyncio.timeout(min(wait_s, _LONGEST_WAIT_S)):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _do(self, deed: Deed) -> None:
        try:
            perform(self._world, Deed(at_ms=self._now_ms(), do=deed.do))
        except FaultError as error:
            # It was tried on a world without the faults that orders have made since.
            _log.warning("scenario: %s", error)
