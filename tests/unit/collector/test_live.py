"""The live state machine, told as stories of polls: who is shown as what, and who is asked again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from collector.live import Ask, Live, LiveStates, Pace, Sight, Transition
from collector.model import State, Verdict
from collector.topology import Topology

INTERVAL, DEADLINE = 30.0, 4.0
UP, DOWN, UPSTREAM, UNKNOWN = State.UP, State.DOWN, State.UPSTREAM, State.UNKNOWN
Network = list[tuple[str, tuple[str, ...], bool]]

TREE: Network = [
    ("core", (), True),
    ("hub", ("core",), True),
    ("c1", ("hub",), True),
    ("c2", ("hub",), True),
    ("c3", ("hub",), True),
]


@dataclass
class Story:
    """A network in which whoever is not in `dead` answers; polls come every 30 s and where asked for."""

    network: Network
    dead: set[str] = field(default_factory=set)
    mute: set[str] = field(default_factory=set)  # forward, but do not answer for themselves
    local: set[str] = field(default_factory=set)  # we cannot send
    now: float = 0.0
    planned: Callable[[str, float], State | None] = lambda _device, _now: None
    intervals: dict[str, float] = field(default_factory=dict)
    polls: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.live = LiveStates()
        polled = [device for device, _, is_polled in self.network if is_polled]
        self.live.replace(
            Topology.build(self.network),
            {
                device: Pace(interval=self.intervals.get(device, INTERVAL), deadline=DEADLINE)
                for device in polled
            },
            self.plan,
            self.now,
        )
        self.turns = {device: 1.0 + number for number, device in enumerate(polled)}
        self.extra: list[tuple[float, str]] = []
        self.parents = {device: parents for device, parents, _ in self.network}
        self.moves: list[Transition] = []

    def plan(self, device: str, now: float) -> State | None:
        return self.planned(device, now)

    def reachable(self, device: str) -> bool:
        if device in self.dead:
            return False
        parents = self.parents[device]
        return not parents or any(self.reachable(parent) for parent in parents)

    def poll(self, device: str, at: float) -> None:
        self.polls[device] += 1
        answers = self.reachable(device) and device not in self.mute
        verdict = Verdict.ANSWERED if answers else Verdict.SILENT
        if device in self.local:
            verdict = Verdict.LOCAL
        took = 0.01 if answers else 1.5
        changes = self.live.observe(Sight(device=device, verdict=verdict, started_at=at, done_at=at + took))
        self.moves += changes.transitions
        self.extra += [(at + took + ask.after, ask.device) for ask in changes.asks]

    def run(self, until: float) -> None:
        while True:
            at, device = min([(turn, device) for device, turn in self.turns.items()] + self.extra)
            if at > until:
                break
            if (at, device) in self.extra:
                self.extra.remove((at, device))
            else:
                self.turns[device] += self.intervals.get(device, INTERVAL)
            self.now = max(self.now, at)
            self.poll(device, self.now)
            self.moves += self.live.tick(self.now).transitions
        self.now = until
        self.moves += self.live.tick(until).transitions

    def state(self, device: str) -> State:
        return self.live[device].state

    def states(self) -> dict[str, State]:
        return {device: live.state for device, live in self.live.items()}

    def ever(self, device: str) -> list[State]:
        return [move.after for move in self.moves if move.device == device]


def test_everything_is_unknown_until_it_was_asked() -> None:
    """Nothing is taken for granted at the start."""
    story = Story(TREE)
    assert set(story.states().values()) == {UNKNOWN}
    story.run(40.0)
    assert set(story.states().values()) == {UP}


def test_one_lost_poll_changes_nothing() -> None:
    """A device that misses a single poll stays up."""
    story = Story(TREE)
    story.run(60.0)
    story.dead = {"c1"}
    story.poll("c1", 61.0)
    story.dead = set()
    story.run(150.0)
    assert story.ever("c1") == [UP]


def test_the_first_silence_is_asked_about_after_5_and_10_seconds_the_parent_too() -> None:
    """Confirmation polls go to the device and to its parent, none to strangers."""
    story = Story(TREE)
    story.run(60.0)
    changes = story.live.observe(Sight(device="c1", verdict=Verdict.SILENT, started_at=61.0, done_at=62.5))
    assert set(changes.asks) == {
        Ask(device=device, after=after) for device in ("c1", "hub") for after in (5.0, 10.0)
    }
    again = story.live.observe(Sight(device="c1", verdict=Verdict.SILENT, started_at=67.5, done_at=69.0))
    assert again.asks == ()


def test_a_line_that_is_cut_is_down_within_a_minute_of_the_cut() -> None:
    """One commune's cut makes exactly that commune down, since its first silent poll."""
    story = Story(TREE)
    story.run(60.0)
    story.dead = {"c1"}
    story.run(120.0)
    assert story.states() == {"core": UP, "hub": UP, "c1": DOWN, "c2": UP, "c3": UP}
    (move,) = [move for move in story.moves if move.after is DOWN]
    assert move.at == 63.0
    assert move.at <= 60.0 + INTERVAL + 2 * DEADLINE


def test_a_hub_that_is_cut_is_down_and_its_communes_are_upstream() -> None:
    """No commune behind a dead hub is ever shown as down."""
    story = Story(TREE)
    story.run(60.0)
    story.dead = {"hub"}
    story.run(160.0)
    assert story.states() == {"core": UP, "hub": DOWN, "c1": UPSTREAM, "c2": UPSTREAM, "c3": UPSTREAM}
    assert all(DOWN not in story.ever(commune) for commune in ("c1", "c2", "c3"))


def test_the_core_that_is_cut_takes_everything_upstream() -> None:
    """Two levels below a dead core are upstream, the hub included."""
    story = Story(TREE)
    story.run(60.0)
    story.dead = {"core"}
    story.run(180.0)
    assert story.states() == {
        "core": DOWN,
        "hub": UPSTREAM,
        "c1": UPSTREAM,
        "c2": UPSTREAM,
        "c3": UPSTREAM,
    }


def test_a_hub_that_comes_back_leaves_no_false_alarm_behind() -> None:
    """Communes go from upstream to up, never through down, however their polls fall."""
    story = Story(TREE)
    story.run(60.0)
    story.dead = {"hub"}
    story.run(200.0)
    story.dead = set()
    story.run(300.0)
    assert set(story.states().values()) == {UP}
    assert all(story.ever(commune) == [UP, UPSTREAM, UP] for commune in ("c1", "c2", "c3"))


def test_a_commune_that_stays_dead_after_its_hub_came_back_becomes_down() -> None:
    """Upstream ends with the cause; what remains is the commune's own outage, confirmed anew."""
    story = Story(TREE)
    story.run(60.0)
    story.dead = {"hub", "c2"}
    story.run(200.0)
    assert story.state("c2") is UPSTREAM
    story.dead = {"c2"}
    story.run(300.0)
    assert story.states() == {"core": UP, "hub": UP, "c1": UP, "c2": DOWN, "c3": UP}


def test_a_commune_that_was_down_is_upstream_while_its_hub_is_dead_too() -> None:
    """The hub's outage goes before the commune's, and the commune is down again after it."""
    story = Story(TREE)
    story.run(60.0)
    story.dead = {"c1"}
    story.run(150.0)
    assert story.state("c1") is DOWN
    story.dead = {"c1", "hub"}
    story.run(300.0)
    assert story.state("c1") is UPSTREAM
    story.dead = {"c1"}
    story.run(450.0)
    assert story.state("c1") is DOWN


def test_a_hub_that_is_mute_but_forwards_is_up() -> None:
    """A child's answer proves that its only parent forwards, so nobody is called down or upstream."""
    story = Story(TREE)
    story.run(60.0)
    story.mute = {"hub"}
    story.run(400.0)
    assert set(story.states().values()) == {UP}
    assert DOWN not in story.ever("hub")


def test_a_commune_behind_a_mute_hub_can_still_be_down() -> None:
    """The way past a mute hub is proved by the siblings, so a silent commune answers for itself."""
    story = Story(TREE)
    story.run(60.0)
    story.mute = {"hub"}
    story.run(200.0)
    story.dead = {"c3"}
    story.run(400.0)
    assert story.states() == {"core": UP, "hub": UP, "c1": UP, "c2": UP, "c3": DOWN}


def test_a_mute_hub_that_dies_is_down_and_its_communes_upstream() -> None:
    """When nothing behind a mute hub answers any more, it is the hub that is down."""
    story = Story(TREE)
    story.run(60.0)
    story.mute = {"hub"}
    story.run(300.0)
    story.dead = {"hub"}
    story.run(600.0)
    assert story.states() == {"core": UP, "hub": DOWN, "c1": UPSTREAM, "c2": UPSTREAM, "c3": UPSTREAM}


def test_with_a_second_way_up_a_commune_stays_up_and_a_dead_one_is_down() -> None:
    """Upstream needs every way to be cut."""
    network: Network = [
        ("core", (), True),
        ("h1", ("core",), True),
        ("h2", ("core",), True),
        ("two-ways", ("h1", "h2"), True),
        ("dead-one", ("h1", "h2"), True),
        ("one-way", ("h1",), True),
    ]
    story = Story(network)
    story.run(60.0)
    story.dead = {"h1", "dead-one"}
    story.run(200.0)
    assert story.states() == {
        "core": UP,
        "h1": DOWN,
        "h2": UP,
        "two-ways": UP,
        "dead-one": DOWN,
        "one-way": UPSTREAM,
    }
    story.dead = {"h1", "h2"}
    story.run(400.0)
    assert story.state("two-ways") is UPSTREAM


def test_not_being_able_to_look_is_unknown_and_not_down() -> None:
    """When we cannot send, a device becomes unknown after 2 intervals and a deadline, never down."""
    story = Story(TREE)
    story.run(60.0)
    story.local = {"c1"}
    last_evidence = story.live["c1"].evidence_at
    story.run(last_evidence + 2 * INTERVAL + DEADLINE)
    assert story.state("c1") is UP
    story.run(last_evidence + 2 * INTERVAL + DEADLINE + 1.0)
    assert story.state("c1") is UNKNOWN
    assert story.live["c1"].since == last_evidence
    assert DOWN not in story.ever("c1")
    story.local = set()
    story.run(200.0)
    assert story.state("c1") is UP


def test_a_silent_child_of_a_parent_that_cannot_be_asked_is_unknown_not_down() -> None:
    """Where it cannot be decided who is cut off, the answer is unknown."""
    story = Story(TREE)
    story.local = {"hub"}
    story.dead = {"c1", "c2", "c3"}
    story.run(400.0)
    assert story.state("c1") is UNKNOWN
    assert {DOWN, UPSTREAM}.isdisjoint(story.ever("c1"))


def test_silences_before_and_after_a_gap_of_evidence_are_not_counted_together() -> None:
    """Two silent polls, an hour in which nothing could be sent, one lost poll: that is no outage."""
    story = Story(TREE)
    story.run(60.0)
    story.dead = {"c1"}
    story.poll("c1", 61.0)
    story.poll("c1", 67.5)
    story.extra.clear()
    story.local = set(story.turns)
    story.run(3_600.0)
    story.local = set()
    story.poll("c1", 3_601.0)
    assert DOWN not in story.ever("c1")
    story.run(3_660.0)
    assert story.state("c1") is DOWN
    assert story.live["c1"].since >= 3_600.0


@pytest.mark.parametrize(("hub", "commune"), [(10.0, 60.0), (60.0, 300.0)])
def test_a_mute_hub_that_is_polled_more_often_than_its_communes_does_not_flap(
    hub: float, commune: float
) -> None:
    """Before the proof that a mute hub forwards grows old, who gave it is asked again."""
    story = Story(TREE, intervals={"hub": hub, "c1": commune, "c2": commune, "c3": commune})
    story.dead = {"c1", "c2"}
    story.run(1_000.0)
    story.mute = {"hub"}
    story.run(5_000.0)
    assert story.ever("hub") == [UP]
    assert story.states() == {"core": UP, "hub": UP, "c1": DOWN, "c2": DOWN, "c3": UP}


def test_behind_a_hub_that_cannot_be_asked_outages_are_judged_and_nobody_is_asked_more_than_needed() -> None:
    """Answers through a hub of unknown state do not restart the confirmation of who is dead behind it."""
    network: Network = [
        ("hub", (), True),
        ("sub", ("hub",), True),
        ("dead", ("sub",), True),
        ("near", ("hub",), True),
        ("nearer", ("hub",), True),
    ]
    story = Story(network)
    story.local = {"hub"}
    story.run(100.0)
    story.dead = {"sub", "dead"}
    story.run(300.0)
    assert story.state("sub") is DOWN
    assert story.state("dead") is UPSTREAM
    story.polls.clear()
    story.run(900.0)
    assert story.polls["dead"] == 20
    story.dead = {"dead"}
    story.run(1_000.0)
    assert story.state("sub") is UP
    assert story.state("dead") is DOWN


def test_a_doubt_that_the_collector_died_with_is_resolved_within_seconds_of_its_start() -> None:
    """A device whose first silent poll was the last before a restart is asked again after 5 and 10 s."""
    story = Story([("a", (), True)], now=1_000.0)
    story.live.restore(
        "a",
        Live(
            verdict=Verdict.SILENT,
            last_started_at=990.0,
            evidence_at=991.5,
            silent_since=990.0,
            silent_count=1,
        ),
    )
    assert set(story.live.tick(1_000.0).asks) == {Ask(device="a", after=after) for after in (5.0, 10.0)}


def test_planned_work_goes_before_everything_else() -> None:
    """A device in maintenance is shown so whether it answers or not, and is judged anew afterwards."""
    story = Story(TREE)
    story.planned = lambda device, now: (
        State.MAINTENANCE if device == "hub" and 100.0 <= now < 300.0 else None
    )
    story.run(60.0)
    story.dead = {"hub"}
    story.run(290.0)
    assert story.state("hub") is State.MAINTENANCE
    assert story.state("c1") is UPSTREAM
    story.dead = set()
    story.run(400.0)
    assert set(story.states().values()) == {UP}


def test_an_ancestor_out_of_service_is_transparent() -> None:
    """Whether a device behind it is cut off is decided by what lies above: as if it were not there."""
    chain = [("core", (), True), ("hub", ("core",), True), ("old", ("hub",), True), ("c", ("old",), True)]
    alone = Story(chain, planned=lambda device, _now: State.OUT_OF_SERVICE if device == "old" else None)
    alone.run(60.0)
    alone.dead = {"c"}
    alone.run(160.0)
    assert (alone.state("old"), alone.state("c")) == (State.OUT_OF_SERVICE, State.DOWN)
    cut = Story(chain, planned=lambda device, _now: State.OUT_OF_SERVICE if device == "old" else None)
    cut.run(60.0)
    cut.dead = {"hub"}
    cut.run(160.0)
    assert (cut.state("hub"), cut.state("c")) == (State.DOWN, UPSTREAM)


def test_a_root_out_of_service_cuts_nobody_off() -> None:
    """With nothing above it that could be asked, what is silent behind it is down by itself."""
    pair = [("old", (), True), ("c", ("old",), True)]
    story = Story(pair, planned=lambda device, _now: State.OUT_OF_SERVICE if device == "old" else None)
    story.run(60.0)
    story.dead = {"old"}
    story.run(160.0)
    assert story.state("c") is State.DOWN


def test_a_device_that_leaves_and_comes_back_starts_anew() -> None:
    """What is known of a device goes with it; who stays keeps what is known."""
    story = Story(TREE)
    story.run(60.0)
    smaller = [entry for entry in TREE if entry[0] != "c3"]
    pace = {device: Pace(interval=INTERVAL, deadline=DEADLINE) for device, _, _ in smaller}
    story.live.replace(Topology.build(smaller), pace, lambda _d, _n: None, 60.0)
    assert "c3" not in story.states()
    assert story.state("c1") is UP
    changes = story.live.observe(Sight(device="c3", verdict=Verdict.SILENT, started_at=61.0, done_at=62.0))
    assert changes.asks == ()
    assert changes.transitions == ()


@pytest.mark.parametrize("parent_up", [True, False])
def test_restored_evidence_is_judged_before_the_first_new_poll(parent_up: bool) -> None:
    """A device that was silent before a restart is down or upstream at once, by its parent's evidence."""
    story = Story(TREE, now=1_000.0)
    answered = Live(
        state=UP,
        since=0.0,
        verdict=Verdict.ANSWERED,
        last_started_at=995.0,
        evidence_at=995.1,
        passed_at=995.0,
        passing_since=0.0,
    )
    silent = Live(
        since=900.0,
        verdict=Verdict.SILENT,
        last_started_at=994.0,
        evidence_at=996.0,
        silent_since=900.0,
        silent_count=4,
    )
    story.live.restore("core", answered)
    story.live.restore("hub", answered if parent_up else silent)
    story.live.restore("c1", silent)
    story.live.tick(1_000.0)
    assert story.state("c1") is (DOWN if parent_up else UPSTREAM)
    assert story.live["c1"].since == 900.0
