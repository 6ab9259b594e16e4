"""The live state machine: what each device is shown as now. It never writes figures: the ledger has evidence.

A first silent poll is confirmed by two more (hold-down) before anybody is told, and a device is not called
down before its parents were asked after its own failure: children of a dead parent are `upstream`. An answer
proves that every device on the only way to it forwards, even one that does not answer for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from collector.model import State, Verdict
from collector.topology import Topology

CONFIRM_AFTER_S = (5.0, 10.0)
"""A silent device is asked again this long after its first silent poll ended."""

_WITNESSES = 2
"""Of those behind a silent device, so many are asked whether it still forwards."""

_NEVER = float("-inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often a device is polled and how long one poll may take, in seconds."""

    interval: float
    deadline: float

    @property
    def patience(self) -> float:
        """How long the last evidence may stand for the present (design: 2 × interval + deadline)."""
        return 2 * self.interval + self.deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One poll as the state machine sees it. `fault` stands beside an answer, `passed` beside silence."""

    device: str
    verdict: Verdict
    started_at: float
    done_at: float
    fault: str = ""
    passed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What is known of one device. `state` is what is shown, since `since`; times are monotonic seconds."""

    state: State = State.UNKNOWN
    since: float = _NEVER
    fault: str = ""
    verdict: Verdict | None = None
    last_started_at: float = _NEVER
    evidence_at: float = _NEVER
    silent_since: float | None = None
    silent_count: int = 0
    passed_at: float = _NEVER
    passing_since: float = _NEVER

    @property
    def confirmed_silent(self) -> bool:
        """True once enough polls in a row stayed without an answer."""
        return self.silent_since is not None and self.silent_count > len(CONFIRM_AFTER_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A change of what is shown. `at` is when the new state began, as far as the polls can tell."""

    device: str
    before: State
    after: State
    at: float
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A wish for a poll beside the schedule, `after` seconds from now."""

    device: str
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What one observation led to."""

    transitions: tuple[Transition, ...] = ()
    asks: tuple[Ask, ...] = ()


_Path = bool | None  # True: cut off above, False: a live way up exists, None: not known yet


class LiveStates:
    """All devices' live states. Feed polls with `observe` and the passing of time with `tick`."""

    def __init__(self) -> None:
        self._topology = Topology.build(())
        self._pace: dict[str, Pace] = {}
        self._lives: dict[str, Live] = {}
        self._planned: Callable[[str, float], State | None] = lambda _device, _now: None
        self._transitions: list[Transition] = []
        self._asks: dict[tuple[str, float], Ask] = {}

    def replace(
        self,
        topology: Topology,
        pace: Mapping[str, Pace],
        planned: Callable[[str, float], State | None],
        now: float,
    ) -> Changes:
        """Follow a new inventory; what is known of a device that stays is kept.

        `planned(device, now)` is maintenance, out_of_service or None.
        """
        self._topology, self._pace, self._planned = topology, dict(pace), planned
        self._lives = {device: self._lives.get(device, Live(since=now)) for device in self._pace}
        return self.tick(now)

    def restore(self, device: str, live: Live) -> None:
        """Set what the ledger still knew of a device at start; a doubt that it died with is resolved anew."""
        if device in self._lives:
            self._lives[device] = live
            if live.silent_since is not None and not live.confirmed_silent:
                self._ask(device, CONFIRM_AFTER_S)

    def __getitem__(self, device: str) -> Live:
        return self._lives[device]

    def items(self) -> list[tuple[str, Live]]:
        """Return all devices and what is known of them."""
        return list(self._lives.items())

    def observe(self, sight: Sight) -> Changes:
        """Take in one poll and return what changed and which polls would tell more."""
        live = self._lives.get(sight.device)
        if live is None:
            return Changes()
        if sight.verdict is Verdict.ANSWERED:
            self._answered(sight, live)
        elif sight.verdict is Verdict.SILENT:
            self._silent(sight, live)
        else:
            self._lives[sight.device] = replace(live, verdict=Verdict.LOCAL, last_started_at=sight.started_at)
        return self._changes()

    def tick(self, now: float) -> Changes:
        """Let time pass: evidence grows old, planned work begins and ends."""
        for device in self._lives:
            self._judge(device, now)
        return self._changes()

    def _changes(self) -> Changes:
        changes = Changes(transitions=tuple(self._transitions), asks=tuple(self._asks.values()))
        self._transitions, self._asks = [], {}
        return changes

    def _answered(self, sight: Sight, live: Live) -> None:
        self._lives[sight.device] = replace(
            live,
            verdict=Verdict.ANSWERED,
            fault=sight.fault,
            last_started_at=sight.started_at,
            evidence_at=sight.done_at,
            silent_since=None,
            silent_count=0,
        )
        for gate in (sight.device, *self._topology.way[sight.device]):
            self._passes(gate, sight)
        self._judge(sight.device, sight.done_at)

    def _passes(self, device: str, sight: Sight) -> None:
        """Note that the device forwarded a packet; if it was taken for dead, ask anew what hangs on it."""
        live = self._lives[device]
        was_dead = live.silent_since is not None and live.passed_at < live.silent_since
        was_unknown = sight.started_at - live.passed_at > self._pace[device].patience
        back = live.state in (State.DOWN, State.UPSTREAM) or (live.state is State.UNKNOWN and was_unknown)
        self._lives[device] = replace(
            live,
            passed_at=max(live.passed_at, sight.started_at),
            passing_since=sight.started_at if was_dead or back else live.passing_since,
        )
        if device != sight.device:
            self._judge(device, sight.done_at)
        for child in self._topology.below(device) if back else ():
            behind = self._lives[child]
            if behind.state is State.UPSTREAM:
                self._lives[child] = replace(behind, silent_count=0)
                self._ask(child, (0.0, *CONFIRM_AFTER_S))

    def _silent(self, sight: Sight, live: Live) -> None:
        # Silence before a long gap of evidence and silence after it are two.
        pace = self._pace[sight.device]
        goes_on = sight.started_at - live.evidence_at <= pace.patience
        since = live.silent_since if goes_on and live.silent_since is not None else sight.started_at
        self._lives[sight.device] = live = replace(
            live,
            verdict=Verdict.SILENT,
            fault=sight.fault,
            last_started_at=sight.started_at,
            evidence_at=sight.done_at,
            silent_since=since,
            silent_count=live.silent_count + 1 if goes_on else 1,
        )
        if since == sight.started_at:
            for device in (sight.device, *self._topology.parents[sight.device]):
                self._ask(device, CONFIRM_AFTER_S)
            self._ask_witnesses(sight.device, CONFIRM_AFTER_S)
        elif (
            self._forwards(sight.device) and sight.started_at - live.passed_at > pace.patience - pace.interval
        ):
            # The word of who is behind it will not last until its next poll.
            self._ask_witnesses(sight.device, (0.0, CONFIRM_AFTER_S[0]))
        for gate in self._topology.way[sight.device] if sight.passed else ():
            self._passes(gate, sight)
        below = self._topology.below(sight.device) if live.confirmed_silent else ()
        for device in (sight.device, *below):
            self._judge(device, sight.done_at)

    def _ask_witnesses(self, device: str, delays: tuple[float, ...]) -> None:
        """Ask who is behind the device and nowhere else, those that answered last time before the others."""
        behind = [child for child in self._topology.below(device) if device in self._topology.gates[child]]
        behind.sort(key=lambda child: self._lives[child].verdict is not Verdict.ANSWERED)
        for child in behind[:_WITNESSES]:
            self._ask(child, delays)

    def _ask(self, device: str, delays: tuple[float, ...]) -> None:
        for delay in delays:
            self._asks[device, delay] = Ask(device=device, after=delay)

    def _judge(self, device: str, now: float) -> None:
        live = self._lives[device]
        planned = self._planned(device, now)
        if planned is not None:
            self._show(device, planned, now)
            return
        if now - live.evidence_at > self._pace[device].patience:
            self._show(device, State.UNKNOWN, max(live.evidence_at, live.since))
        elif live.silent_since is None:
            self._show(device, State.UP, live.last_started_at if live.state is not State.UP else live.since)
        elif self._forwards(device):
            self._show(device, State.UP, live.passing_since)
        elif live.confirmed_silent:
            self._judge_silent(device, live, live.silent_since, now)
        elif live.state in (State.MAINTENANCE, State.OUT_OF_SERVICE):
            self._show(device, State.UNKNOWN, now)

    def _judge_silent(self, device: str, live: Live, silent_since: float, now: float) -> None:
        cut = self._cut_off(device, silent_since, live.last_started_at)
        if cut is None:
            undecided = now - silent_since > self._pace[device].patience + max(
                (self._pace[parent].patience for parent in self._topology.parents[device]), default=0.0
            )
            if undecided and live.state not in (State.DOWN, State.UPSTREAM):
                self._show(device, State.UNKNOWN, silent_since)
            return
        known_before = live.state in (State.DOWN, State.UPSTREAM, State.MAINTENANCE, State.OUT_OF_SERVICE)
        self._show(device, State.UPSTREAM if cut else State.DOWN, now if known_before else silent_since)

    def _forwards(self, device: str) -> bool:
        """Return True if a silent device lately let an answer of somebody behind it through."""
        live = self._lives[device]
        spoke = live.silent_since is not None and live.passed_at >= live.silent_since
        return spoke and live.last_started_at - live.passed_at <= self._pace[device].patience

    def _cut_off(self, device: str, since: float, last_started_at: float) -> _Path:
        """Judge every way up from a silent device by polls that began after its own failure."""
        if device in self._topology.at_root:
            return False
        ways = [self._way(parent, since, last_started_at) for parent in self._topology.parents[device]]
        if any(way is False for way in ways):
            return False
        return True if all(way is True for way in ways) else None

    def _way(self, parent: str, since: float, child_started_at: float) -> _Path:
        live = self._lives[parent]
        if live.state in (State.MAINTENANCE, State.OUT_OF_SERVICE):
            return live.state is State.MAINTENANCE or self._cut_off(parent, since, child_started_at)
        if live.silent_since is None or self._forwards(parent):
            if live.passed_at < since or child_started_at < live.passing_since:
                return None
            return False
        if live.confirmed_silent and live.last_started_at >= since:
            return True
        return self._cut_off(parent, since, child_started_at) or None

    def _show(self, device: str, state: State, at: float) -> None:
        live = self._lives[device]
        if live.state is state:
            return
        self._lives[device] = replace(live, state=state, since=at)
        moved = Transition(device=device, before=live.state, after=state, at=at, fault=live.fault)
        self._transitions.append(moved)
