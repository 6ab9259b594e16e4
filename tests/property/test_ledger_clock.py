"""The ledger clock under Hypothesis: never back, and what is told is what happened."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.clock import TOLERANCE_MS, ClockJump, JumpKind, LedgerClock, ManualClock, Sources

START_MS = 1_790_000_000_000
DAY_MS = 86_400_000

ADVANCE = st.tuples(st.just("advance"), st.integers(0, DAY_MS))
STEP = st.tuples(st.just("step"), st.integers(-DAY_MS, DAY_MS))
SUSPEND = st.tuples(st.just("suspend"), st.integers(0, DAY_MS))
LOOK = st.tuples(st.just("look"), st.just(0))
EVENTS = st.lists(st.one_of(ADVANCE, STEP, SUSPEND, LOOK), max_size=40)


def happen(clock: ManualClock, event: tuple[str, int]) -> None:
    """Let one event happen to the clock."""
    kind, ms = event
    if kind == "advance":
        clock.advance(ms / 1000)
    elif kind == "step":
        clock.step(ms)
    elif kind == "suspend":
        clock.suspend(ms / 1000)


@given(EVENTS)
@settings(deadline=None)
def test_it_never_goes_back_whatever_the_wall_clock_does(events: list[tuple[str, int]]) -> None:
    """Instants never fall, and jumps follow one another in ledger time."""
    clock = ManualClock(START_MS)
    jumps: list[ClockJump] = []
    clock.listen(jumps.append)
    seen = [clock.now_ms()]
    for event in events:
        happen(clock, event)
        seen.append(clock.now_ms())
    assert seen == sorted(seen)
    assert all(jump.from_ms <= jump.to_ms for jump in jumps)
    assert all(before.from_ms <= after.from_ms for before, after in pairwise(jumps))
    assert all(jump.to_ms in seen for jump in jumps)


@given(EVENTS)
@settings(deadline=None)
def test_each_step_and_suspend_beyond_the_tolerance_is_told_once(events: list[tuple[str, int]]) -> None:
    """One look after each event: exactly the large ones are discontinuities, of the right kind and size."""
    clock = ManualClock(START_MS)
    jumps: list[ClockJump] = []
    clock.listen(jumps.append)
    expected = []
    for event in events:
        happen(clock, event)
        clock.now_ms()
        kind, ms = event
        if kind == "suspend" and ms > TOLERANCE_MS:
            expected.append((JumpKind.SUSPEND, ms))
        if kind == "step" and abs(ms) > TOLERANCE_MS:
            expected.append((JumpKind.STEP_FORWARD if ms > 0 else JumpKind.STEP_BACK, ms))
    assert [(jump.kind, jump.size_ms) for jump in jumps] == expected


@given(EVENTS)
@settings(deadline=None)
def test_outside_of_jumps_ledger_time_is_the_wall_clock(events: list[tuple[str, int]]) -> None:
    """It differs only while it holds still, and says by how much."""
    clock = ManualClock(START_MS)
    wall_ms = START_MS
    for event in events:
        happen(clock, event)
        wall_ms += event[1]
        assert clock.now_ms() - clock.behind_ms() == min(clock.now_ms(), wall_ms)


@given(EVENTS, st.lists(st.integers(0, 40), min_size=2, max_size=6))
@settings(deadline=None)
def test_monotonic_instants_keep_their_order(events: list[tuple[str, int]], chosen: list[int]) -> None:
    """Of two instants the earlier is never placed after the later, nor any after now."""
    clock = ManualClock(START_MS)
    instants = [clock.mono()]
    for event in events:
        happen(clock, event)
        clock.now_ms()
        instants.append(clock.mono())
    taken = sorted(instants[min(index, len(instants) - 1)] for index in chosen)
    placed = [clock.ms_at(at) for at in taken]
    assert placed == sorted(placed)
    assert placed[-1] <= clock.now_ms()


@given(
    st.lists(st.tuples(st.integers(0, 3_000_000), st.integers(-900_000, 900_000)), min_size=3, max_size=60),
    st.lists(st.integers(0, 60), max_size=20),
)
@settings(deadline=None)
def test_an_instant_is_placed_once_and_for_all(looks: list[tuple[int, int]], again: list[int]) -> None:
    """With a wall clock that trembles by a millisecond, reading it anew changes no time given out before."""
    now = {"mono": 10**9, "wall": START_MS * 1_000_000}
    clock = LedgerClock(
        Sources(wall_ns=lambda: now["wall"], boot_ns=lambda: now["mono"], mono_ns=lambda: now["mono"])
    )
    placed: list[tuple[float, int]] = []
    for passed_ns, tremble_ns in looks:
        now["mono"] += passed_ns
        now["wall"] = START_MS * 1_000_000 + now["mono"] - 10**9 + tremble_ns
        placed.append((clock.mono(), clock.ms_at(clock.mono())))
        assert placed[-1][1] == clock.now_ms()
        for at in again:
            if at < len(placed):
                assert clock.ms_at(placed[at][0]) == placed[at][1]
    assert [ms for _, ms in placed] == sorted(ms for _, ms in placed)
