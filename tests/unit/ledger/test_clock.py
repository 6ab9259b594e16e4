"""The ledger clock: never back, every jump told, no jump invented."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from collector.clock import SYSTEM, ClockJump, JumpKind, LedgerClock, ManualClock, Sources

START_MS = 1_790_000_000_000
HOUR_MS = 3_600_000

NO_EVIDENCE = "the ledger has no evidence of that stretch"
HOLDS_STILL = "nothing is booked until it has caught up; polls, alerts and metrics go on"
WHAT_TO_DO = (
    "If the clock is wrong now, set it (timedatectl set-ntp true); if it was wrong before, wait, or begin a "
    "new ledger by naming another file as collector.ledger"
)


def listening(clock: LedgerClock) -> list[ClockJump]:
    """Return the list that the clock's jumps will appear in."""
    jumps: list[ClockJump] = []
    clock.listen(jumps.append)
    return jumps


def test_follows_the_wall_clock_while_nothing_happens() -> None:
    """Time that passes shows on the ledger clock to the millisecond, and is no jump."""
    clock = ManualClock(START_MS)
    jumps = listening(clock)
    clock.advance(86_400.25)
    assert clock.now_ms() == START_MS + 86_400_250
    assert jumps == []


def test_a_step_forward_is_followed_and_told() -> None:
    """After the wall clock is set forward the ledger clock shows it, and the stretch is a discontinuity."""
    clock = ManualClock(START_MS)
    jumps = listening(clock)
    clock.advance(10)
    clock.step(HOUR_MS)
    assert clock.now_ms() == START_MS + 10_000 + HOUR_MS
    assert jumps == [
        ClockJump(
            kind=JumpKind.STEP_FORWARD,
            from_ms=START_MS,
            to_ms=START_MS + 10_000 + HOUR_MS,
            size_ms=HOUR_MS,
        )
    ]


def test_after_a_step_back_it_holds_still_until_the_wall_clock_has_caught_up() -> None:
    """An hour set back costs an hour of ledger time; no instant is given out twice after it."""
    clock = ManualClock(START_MS)
    jumps = listening(clock)
    assert clock.now_ms() == START_MS
    clock.step(-HOUR_MS)
    assert [jump.kind for jump in jumps] == []
    assert clock.now_ms() == START_MS
    assert jumps == [ClockJump(kind=JumpKind.STEP_BACK, from_ms=START_MS, to_ms=START_MS, size_ms=-HOUR_MS)]
    clock.advance(1800)
    assert (clock.now_ms(), clock.behind_ms()) == (START_MS, HOUR_MS // 2)
    clock.advance(1801)
    assert (clock.now_ms(), clock.behind_ms()) == (START_MS + 1000, 0)
    assert len(jumps) == 1


def test_a_suspend_is_told_with_its_length() -> None:
    """A machine that slept 90 s has a gap of 90 s in its evidence, and the wall clock was not stepped."""
    clock = ManualClock(START_MS)
    jumps = listening(clock)
    clock.suspend(90)
    assert clock.now_ms() == START_MS + 90_000
    assert jumps == [
        ClockJump(kind=JumpKind.SUSPEND, from_ms=START_MS, to_ms=START_MS + 90_000, size_ms=90_000)
    ]


def test_a_step_on_waking_up_is_told_beside_the_suspend() -> None:
    """NTP that corrects the clock right after a suspend gives two discontinuities over the same stretch."""
    clock = ManualClock(START_MS)
    jumps = listening(clock)
    clock.suspend(60)
    clock.step(5_000)
    assert clock.now_ms() == START_MS + 65_000
    assert [(jump.kind, jump.size_ms) for jump in jumps] == [
        (JumpKind.SUSPEND, 60_000),
        (JumpKind.STEP_FORWARD, 5_000),
    ]
    assert {(jump.from_ms, jump.to_ms) for jump in jumps} == {(START_MS, START_MS + 65_000)}


@pytest.mark.parametrize("slew_ppm", [500, -500])
@pytest.mark.parametrize("look_every_s", [0.1, 10, 600, 86_400])
def test_slewing_is_no_step(slew_ppm: int, look_every_s: float) -> None:
    """NTP's fastest slew of 500 ppm is followed for three days without a word, however seldom one looks."""
    clock = ManualClock(START_MS)
    jumps = listening(clock)
    looks = min(3_000, int(3 * 86_400 / look_every_s))
    for _ in range(looks):
        clock.advance(look_every_s, slew_ppm=slew_ppm)
        clock.now_ms()
    assert jumps == []


@pytest.mark.parametrize(("step_ms", "told"), [(250, 0), (251, 1), (-250, 0), (-251, 1)])
def test_the_tolerance_is_a_quarter_of_a_second(step_ms: int, told: int) -> None:
    """A difference up to the tolerance is lived with, one millisecond more is a step."""
    clock = ManualClock(START_MS)
    jumps = listening(clock)
    clock.step(step_ms)
    clock.now_ms()
    assert len(jumps) == told


def test_small_steps_back_do_not_move_it_back() -> None:
    """Also steps too small to be told never make an instant smaller than the one before."""
    clock = ManualClock(START_MS)
    seen = []
    for _ in range(50):
        clock.step(-200)
        clock.advance(0.1)
        seen.append(clock.now_ms())
    assert all(before <= after for before, after in pairwise(seen))


def test_a_ledger_from_the_future_holds_it() -> None:
    """With a last entry two hours ahead it stands there, says so, and goes on with the wall clock."""
    clock = ManualClock(START_MS)
    clock.not_before(START_MS + 2 * HOUR_MS)
    jumps = listening(clock)
    assert jumps == [
        ClockJump(
            kind=JumpKind.BEHIND_LEDGER,
            from_ms=START_MS + 2 * HOUR_MS,
            to_ms=START_MS + 2 * HOUR_MS,
            size_ms=-2 * HOUR_MS,
        )
    ]
    assert (clock.now_ms(), clock.behind_ms()) == (START_MS + 2 * HOUR_MS, 2 * HOUR_MS)
    clock.advance(2 * 3600 + 5)
    assert (clock.now_ms(), clock.behind_ms()) == (START_MS + 2 * HOUR_MS + 5_000, 0)
    assert len(jumps) == 1


def test_an_ordinary_ledger_changes_nothing() -> None:
    """A last entry in the past, or ahead by less than the tolerance, is no jump."""
    clock = ManualClock(START_MS)
    jumps = listening(clock)
    clock.not_before(0)
    assert clock.now_ms() == START_MS
    clock.not_before(START_MS + 200)
    assert clock.now_ms() == START_MS + 200
    assert jumps == []


def test_jumps_before_anybody_listens_are_kept() -> None:
    """What happened between the clock's making and the ledger's opening is told once there is a listener."""
    clock = ManualClock(START_MS)
    clock.step(HOUR_MS)
    clock.now_ms()
    assert [jump.kind for jump in listening(clock)] == [JumpKind.STEP_FORWARD]
    assert listening(clock) == []


def test_the_listener_hears_of_a_jump_before_an_instant_after_it_is_given_out() -> None:
    """The ledger closes its rows before evidence from after the jump can exist."""
    clock = ManualClock(START_MS)
    order: list[str] = []
    clock.listen(lambda jump: order.append(jump.kind))
    clock.step(HOUR_MS)
    order.append(str(clock.now_ms()))
    assert order == ["step_forward", str(START_MS + HOUR_MS)]


def test_monotonic_instants_are_mapped_as_the_clock_stood_then() -> None:
    """A poll begun before a step and ended after it has its begin before the step and its end after it."""
    clock = ManualClock(START_MS)
    began = clock.mono()
    clock.advance(2)
    assert clock.ms_at(began) == START_MS
    clock.step(HOUR_MS)
    clock.now_ms()
    clock.advance(3)
    ended = clock.mono()
    assert clock.ms_at(began) == START_MS
    assert clock.ms_at(ended) == clock.now_ms() == START_MS + HOUR_MS + 5_000
    assert clock.ms_at(ended - 1) == START_MS + HOUR_MS + 4_000


def test_monotonic_instants_of_a_hold_are_the_held_instant() -> None:
    """Whatever began while the clock stood still is placed at the instant where it stood."""
    clock = ManualClock(START_MS)
    clock.step(-10_000)
    clock.now_ms()
    clock.advance(4)
    held = clock.mono()
    clock.advance(20)
    assert clock.ms_at(held) == START_MS
    assert clock.ms_at(clock.mono()) == clock.now_ms() == START_MS + 14_000


def test_instants_older_than_all_jumps_kept_stay_before_them() -> None:
    """After more jumps than are remembered an old instant is still not placed after any of them."""
    clock = ManualClock(START_MS)
    began = clock.mono()
    for _ in range(40):
        clock.advance(1)
        clock.step(60_000)
        clock.now_ms()
    assert clock.ms_at(began) <= clock.now_ms() - 15 * 60_000


def test_a_thread_held_up_between_two_readings_is_no_step() -> None:
    """If the process stalls between reading the wall clock and the monotonic one, no jump is made of it."""
    now = {"wall": START_MS * 1_000_000, "mono": 0, "stall": 0}

    def wall() -> int:
        value = now["wall"]
        if now["stall"] > 0:
            now["stall"] -= 1
            now["wall"] += 900_000_000
            now["mono"] += 900_000_000
        return value

    clock = LedgerClock(Sources(wall_ns=wall, boot_ns=lambda: now["mono"], mono_ns=lambda: now["mono"]))
    jumps = listening(clock)
    for stalls in (1, 2, 10, 0):
        now["stall"] = stalls
        now["wall"] += 1_000_000_000
        now["mono"] += 1_000_000_000
        clock.now_ms()
    now["stall"] = 0
    assert clock.now_ms() == now["wall"] // 1_000_000
    assert jumps == []


@pytest.mark.parametrize(
    ("kind", "size_ms", "sentence"),
    [
        (JumpKind.STEP_FORWARD, 12_500, f"the wall clock was set forward by 12.5 s; {NO_EVIDENCE}"),
        (JumpKind.STEP_BACK, -3_600_000, f"the wall clock was set back by 3600.0 s; {HOLDS_STILL}"),
        (JumpKind.SUSPEND, 60_000, f"this machine slept for 60.0 s; {NO_EVIDENCE}"),
        (
            JumpKind.BEHIND_LEDGER,
            -25_200_000,
            f"the wall clock is 25200.0 s behind the ledger's last entry; {HOLDS_STILL}. {WHAT_TO_DO}",
        ),
    ],
)
def test_each_jump_is_told_in_words(kind: JumpKind, size_ms: int, sentence: str) -> None:
    """The log says what happened to the clock and what follows from it."""
    assert ClockJump(kind=kind, from_ms=0, to_ms=0, size_ms=size_ms).describe() == sentence


def test_the_system_clock_agrees_with_the_wall_clock() -> None:
    """With the system's own sources the ledger clock is the wall clock, and monotonic is time.monotonic."""
    clock = LedgerClock(SYSTEM)
    before, now, after = time.time_ns(), clock.now_ms(), time.time_ns()
    assert before // 1_000_000 <= now <= after // 1_000_000
    assert time.monotonic() - 1 < clock.mono() <= time.monotonic()
    assert abs(clock.ms_at(time.monotonic()) - clock.now_ms()) <= 50
