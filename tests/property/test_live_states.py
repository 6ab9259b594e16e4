"""Live states and schedule together, over random networks, cuts, mute hubs and failures of our own."""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field

import pytest

from collector.live import LiveStates, Pace, Sight, Transition
from collector.model import State, Verdict
from collector.schedule import Schedule
from collector.topology import Topology

UP, DOWN, UPSTREAM = State.UP, State.DOWN, State.UPSTREAM
INTERVALS = ((30.0,), (10.0, 60.0), (60.0, 300.0))


@dataclass
class World:
    """A random network, polled as its schedule and its live states want it, on a virtual clock."""

    seed: int
    dead: set[str] = field(default_factory=set)
    mute: set[str] = field(default_factory=set)
    local: set[str] = field(default_factory=set)
    now: float = 0.0
    polls: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.network: list[tuple[str, tuple[str, ...], bool]] = []
        for number in range(self.random.randint(3, 14)):
            some = min(number, self.random.choice((0, 1, 1, 1, 1, 1, 2, 3)))
            parents = tuple(sorted(f"d{n}" for n in self.random.sample(range(number), some)))
            self.network.append((f"d{number}", parents, self.random.random() > 0.1))
        self.parents = {device: parents for device, parents, _ in self.network}
        self.topology = Topology.build(self.network)
        intervals = self.random.choice(INTERVALS)
        self.pace = {
            device: Pace(
                interval=(interval := self.random.choice(intervals)), deadline=min(10.0, interval * 0.8)
            )
            for device in self.topology.parents
        }
        self.slowest = max((pace.interval for pace in self.pace.values()), default=10.0)
        self.live, self.schedule = LiveStates(), Schedule()
        self.live.replace(self.topology, self.pace, lambda _device, _now: None, 0.0)
        self.schedule.replace(((device, pace.interval) for device, pace in self.pace.items()), 0.0)
        self.running: list[tuple[float, int, Sight]] = []
        self.moves: list[tuple[float, Transition]] = []

    def reachable(self, device: str) -> bool:
        if device in self.dead:
            return False
        return not self.parents[device] or any(map(self.reachable, self.parents[device]))

    def answers(self, device: str) -> bool:
        return self.reachable(device) and device not in self.mute

    def proven(self) -> set[str]:
        """Return who is proven to forward: by its own answer or by one from behind it alone."""
        answering = {d for d in self.pace if self.answers(d) and d not in self.local}
        return answering | {gate for device in answering for gate in self.topology.gates[device]}

    def cut(self, device: str, proven: set[str]) -> bool:
        """Return True if nobody above lets the device through, as far as polls can tell."""
        above = self.topology.parents[device]
        return device not in self.topology.at_root and bool(above) and not any(p in proven for p in above)

    def sight(self, device: str) -> Sight:
        if device in self.local:
            verdict, took = Verdict.LOCAL, 0.001
        elif self.answers(device):
            verdict, took = Verdict.ANSWERED, self.random.uniform(0.005, 0.3)
        else:
            verdict, took = Verdict.SILENT, min(self.random.uniform(1.5, 8.0), self.pace[device].deadline)
        return Sight(device=device, verdict=verdict, started_at=self.now, done_at=self.now + took)

    def run(self, seconds: float) -> None:
        until, tick_at = self.now + seconds, self.now + 1.0
        while True:
            ends_at = self.running[0][0] if self.running else until
            self.now = max(self.now, min(self.schedule.next_at() or until, ends_at, tick_at))
            if self.now >= until:
                self.now = until
                return
            changes = []
            while self.running and self.running[0][0] <= self.now:
                sight = heapq.heappop(self.running)[2]
                self.schedule.finish(sight.device)
                changes.append(self.live.observe(sight))
                if sight.verdict is Verdict.ANSWERED:
                    assert self.live[sight.device].state is UP
            if tick_at <= self.now:
                changes.append(self.live.tick(self.now))
                tick_at += 1.0
            for change in changes:
                self.moves += [(self.now, move) for move in change.transitions]
                for ask in change.asks:
                    self.schedule.expedite(ask.device, self.now + ask.after)
            for due in self.schedule.due(self.now):
                if not due.skipped:
                    self.polls += 1
                    sight = self.sight(due.device)
                    heapq.heappush(self.running, (sight.done_at, self.polls, sight))

    def hurt(self) -> None:
        """Kill, silence and disable some devices at random, and mend all others."""

        def some(share: float, often: float) -> set[str]:
            if self.random.random() > often:
                return set()
            return {device for device in self.pace if self.random.random() < share}

        self.dead, self.mute, self.local = some(0.2, 0.8), some(0.15, 0.6), some(0.1, 0.3)

    def states(self) -> dict[str, State]:
        return {device: live.state for device, live in self.live.items()}

    def expected(self) -> dict[str, State]:
        """Return what polls can tell by now; nothing is said of who hangs on one that cannot be asked."""
        proven = self.proven()
        found: dict[str, State] = {}
        for device in self.pace:
            if self.local & {device, *self.above(device)}:
                continue
            if device in proven:
                found[device] = UP
            else:
                found[device] = UPSTREAM if self.cut(device, proven) else DOWN
        return found

    def above(self, device: str) -> set[str]:
        parents = self.topology.parents[device]
        return {*parents, *(one for parent in parents for one in self.above(parent))}


@pytest.mark.parametrize("seed", range(60))
def test_whatever_happens_the_states_come_to_what_the_polls_can_tell(seed: int) -> None:
    """They settle, stay without a cause to change, cost few polls beside the schedule, and heal."""
    world = World(seed)
    world.run(world.slowest + 30.0)
    assert set(world.states().values()) <= {UP}
    for _ in range(3):
        world.hurt()
        world.run(5 * world.slowest + 120.0)
        before, expected = len(world.moves), world.expected()
        polls, now = world.polls, world.now
        assert {device: world.states()[device] for device in expected} == expected
        world.run(4 * world.slowest + 120.0)
        assert {device: world.states()[device] for device in expected} == expected
        assert [move for _, move in world.moves[before:] if move.device in expected] == []
        turns = sum((world.now - now) / pace.interval for pace in world.pace.values())
        assert world.polls - polls <= 1.6 * turns + len(world.pace)
    world.dead, world.mute, world.local = set(), set(), set()
    world.run(world.slowest + 30.0)
    assert set(world.states().values()) <= {UP}


@pytest.mark.parametrize("seed", range(30))
def test_behind_a_gate_that_dies_nobody_healthy_is_ever_shown_as_down(seed: int) -> None:
    """Whoever was up when its only way was cut goes to upstream without having been down."""
    world = World(1_000 + seed)
    world.run(world.slowest + 30.0)
    gates = sorted({gate for device in world.pace for gate in world.topology.gates[device]})
    for gate in gates:
        world.dead = {gate}
        began = len(world.moves)
        world.run(3 * world.slowest + 120.0)
        behind = {device for device in world.pace if gate in world.topology.gates[device]}
        assert {world.states()[device] for device in behind} == {UPSTREAM}
        assert world.states()[gate] is DOWN
        world.dead = set()
        world.run(world.slowest + 60.0)
        assert set(world.states().values()) == {UP}
        downs = {move.device for _, move in world.moves[began:] if move.after is DOWN}
        assert downs == {gate}
