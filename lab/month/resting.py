"""Live states and turns of places at rest: what must not be seen stale, which polls are left out. Pure."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from collector.live import Changes, LiveStates, Pace
from collector.model import State
from collector.schedule import Schedule
from collector.topology import Topology

_NEVER = float("-inf")


class RestingSchedule(Schedule):
    """A schedule in which devices can rest: they have no turns until somebody asks for them.

    `disturbed(device)` is called before an extra poll of any device is taken up.
    """

    def __init__(self, epoch: float = 0.0) -> None:
        super().__init__(epoch)
        self.disturbed: Callable[[str], None] = lambda _device: None
        self._extra_at: dict[str, float] = {}

    def expedite(self, device: str, at: float) -> None:
        """Ask for one poll beside the regular turns."""
        self.disturbed(device)
        self._extra_at[device] = max(at, self._extra_at.get(device, _NEVER))
        super().expedite(device, at)

    def free(self, device: str, now: float) -> bool:
        """Return True if the device has nothing before it but its turns."""
        turn = self._turns[device]
        return not turn.running and not turn.again and self._extra_at.get(device, _NEVER) < now

    def rest(self, device: str, until: float) -> float:
        """Take away the device's turns before an instant; return when the first of them would have been."""
        turn = self._turns[device]
        turn_at = turn.next_at
        if until == math.inf:
            turn.next_at = math.inf
            return turn_at
        while turn.next_at < until:
            turn.next_at += turn.interval
        self._push(device, turn.next_at)
        return turn_at

    def resume(self, device: str, turn_at: float, *, began_at: float | None, running: bool) -> None:
        """Give the device its turns again; `running`: the poll that began at `began_at` has not ended."""
        turn = self._turns[device]
        turn.next_at, turn.running = turn_at, running
        if began_at is not None:
            turn.began_at = began_at
        self._push(device, turn_at)

    def _push(self, device: str, turn_at: float) -> None:
        heapq.heappush(self._heap, (turn_at, device, False))


class RestingLives(LiveStates):
    """Live states of which some are told by whoever reckons the polls of devices at rest."""

    def __init__(self) -> None:
        super().__init__()
        self.resting: Collection[str] = ()
        self._ancestors: dict[str, frozenset[str]] = {}
        self._below: dict[str, frozenset[str]] = {}

    def replace(
        self,
        topology: Topology,
        pace: Mapping[str, Pace],
        planned: Callable[[str, float], State | None],
        now: float,
    ) -> Changes:
        """Follow a new inventory."""
        self._ancestors, self._below = {}, {}
        return super().replace(topology, pace, planned, now)

    def tick(self, now: float) -> Changes:
        """Let time pass for all that are not at rest: with those nothing can grow old."""
        for device in self._lives:
            if device not in self.resting:
                self._judge(device, now)
        return self._changes()

    def polled(self, device: str, *, answered: bool, at: float, done_at: float, polls: int) -> None:
        """Take in polls that changed nothing, the last of them from `at` to `done_at`."""
        live = self._lives[device]
        if not answered:
            self._lives[device] = replace(
                live, last_started_at=at, evidence_at=done_at, silent_count=live.silent_count + polls
            )
            return
        self._lives[device] = replace(
            live, last_started_at=at, evidence_at=done_at, passed_at=max(live.passed_at, at)
        )
        for gate in self._topology.way[device]:
            before = self._lives[gate]
            if at > before.passed_at:
                self._lives[gate] = replace(before, passed_at=at)

    def well(self, device: str) -> bool:
        """Return True if the device is up without a doubt."""
        live = self._lives[device]
        return live.state is State.UP and live.silent_since is None

    def settled(self, device: str) -> bool:
        """Return True if another poll like the last one would tell nothing new."""
        live = self._lives[device]
        if live.state is State.UP:
            return live.silent_since is None
        return live.state in (State.DOWN, State.UPSTREAM) and live.confirmed_silent

    def gates(self, device: str) -> tuple[str, ...]:
        """Return who forwards every packet of the device."""
        return self._topology.way[device]

    def ancestors(self, device: str) -> frozenset[str]:
        """Return all that the device hangs on."""
        found = self._ancestors.get(device)
        if found is None:
            parents = self._topology.parents[device]
            found = frozenset(parents).union(*(self.ancestors(parent) for parent in parents))
            self._ancestors[device] = found
        return found

    def below(self, device: str) -> frozenset[str]:
        """Return all that hangs on the device."""
        found = self._below.get(device)
        if found is None:
            found = self._below[device] = frozenset(self._topology.below(device))
        return found

    def concerned(self, device: str) -> set[str]:
        """Return whose polls may matter when the silence of a device is judged."""
        above = self.ancestors(device)
        near = self._topology.parents[device] if all(map(self.well, above)) else above
        return {*above, *self.below(device)}.union(*map(self.below, near))
