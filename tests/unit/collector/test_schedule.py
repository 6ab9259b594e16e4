"""The schedule: whose turn it is, spread, kept over restarts, never twice at once."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from collector.schedule import Due, Schedule, phase


def run(schedule: Schedule, until: float, step: float = 0.25, *, finish: bool = True) -> list[Due]:
    found: list[Due] = []
    now = 0.0
    while now <= until:
        for due in schedule.due(now):
            found.append(due)
            if finish:
                schedule.finish(due.device)
        now += step
    return found


def test_each_device_has_one_turn_per_interval() -> None:
    """In five minutes every device of a 30 s interval is polled ten times, evenly apart."""
    schedule = Schedule()
    schedule.replace([(f"d{n}", 30.0) for n in range(50)], now=0.0)
    found = run(schedule, 300.0)
    assert set(Counter(due.device for due in found).values()) == {10}
    times = [due.due_at for due in found if due.device == "d7"]
    assert {round(b - a, 6) for a, b in pairwise(times)} == {30.0}


def test_turns_are_spread_over_the_interval() -> None:
    """Of 1,000 devices no tenth of the interval has more than twice its share."""
    places = Counter(int(phase(f"device-{n}", 60.0) // 6) for n in range(1000))
    assert len(places) == 10
    assert max(places.values()) < 200


def test_a_device_keeps_its_place_over_a_restart() -> None:
    """Two schedules begun at different times poll a device at the same instants of UTC."""
    first, second = Schedule(epoch=0.0), Schedule(epoch=0.0)
    first.replace([("d", 30.0)], now=0.0)
    second.replace([("d", 30.0)], now=1_000.0)
    a = first.next_at()
    b = second.next_at()
    assert a is not None
    assert b is not None
    assert (b - a) % 30.0 == 0.0


def test_a_poll_that_still_runs_is_skipped_and_said_so() -> None:
    """While a poll has not finished, the next turns are due as skipped ones."""
    schedule = Schedule()
    schedule.replace([("slow", 10.0)], now=0.0)
    found = run(schedule, 35.0, finish=False)
    assert [due.skipped for due in found][:3] == [False, True, True]


def test_turns_that_nobody_looked_at_are_counted() -> None:
    """After a stall of 65 s a 10 s device is due once, with the turns that went by as missed."""
    schedule = Schedule()
    schedule.replace([("d", 10.0)], now=0.0)
    first = schedule.next_at()
    assert first is not None
    (due,) = schedule.due(first + 65.0)
    assert (due.due_at, due.missed) == (first, 6)
    assert schedule.next_at() == first + 70.0


def test_an_extra_poll_shifts_no_turn_and_merges_with_one_just_begun() -> None:
    """A confirmation poll comes beside the turns; two wishes within a second are one poll."""
    schedule = Schedule()
    schedule.replace([("d", 30.0)], now=0.0)
    regular = schedule.next_at()
    assert regular is not None
    assert len(schedule.due(regular)) == 1
    schedule.finish("d")
    schedule.expedite("d", regular + 5.0)
    schedule.expedite("d", regular + 5.2)
    assert [due.device for due in schedule.due(regular + 5.3)] == ["d"]
    schedule.finish("d")
    assert schedule.due(regular + 29.0) == []
    assert [due.due_at for due in schedule.due(regular + 30.0)] == [regular + 30.0]


def test_an_extra_poll_waits_for_the_end_of_one_that_still_runs() -> None:
    """Confirmations that fall into a slow poll are one poll at its end, not late, and then no more."""
    schedule = Schedule()
    schedule.replace([("d", 300.0)], now=0.0)
    regular = schedule.next_at()
    assert regular is not None
    assert len(schedule.due(regular)) == 1
    schedule.expedite("d", regular + 5.0)
    schedule.expedite("d", regular + 6.0)
    assert schedule.due(regular + 6.5) == []
    schedule.finish("d")
    schedule.finish("d")
    assert schedule.due(regular + 7.0) == [Due(device="d", due_at=regular + 7.0)]
    schedule.finish("d")
    assert schedule.due(regular + 299.0) == []


def test_an_extra_poll_merges_with_one_that_began_just_before_and_still_runs() -> None:
    """A wish within a second of a poll's begin is answered by that poll."""
    schedule = Schedule()
    schedule.replace([("d", 300.0)], now=0.0)
    regular = schedule.next_at()
    assert regular is not None
    assert len(schedule.due(regular)) == 1
    schedule.expedite("d", regular + 0.9)
    assert schedule.due(regular + 2.0) == []
    schedule.finish("d")
    assert schedule.due(regular + 299.0) == []


def test_who_leaves_is_not_polled_and_who_stays_keeps_the_turn() -> None:
    """A new inventory removes, adds and changes intervals without touching the others."""
    schedule = Schedule()
    schedule.replace([("stays", 30.0), ("leaves", 30.0), ("changes", 30.0)], now=0.0)
    before = run(schedule, 30.0)
    place = next(due.due_at for due in before if due.device == "stays")
    schedule.expedite("leaves", 31.0)
    schedule.replace([("stays", 30.0), ("changes", 10.0), ("comes", 30.0)], now=30.0)
    found: list[Due] = []
    now = 30.0
    while now <= 90.0:
        found += schedule.due(now)
        for device in ("stays", "changes", "comes"):
            schedule.finish(device)
        now += 0.25
    counts = Counter(due.device for due in found)
    assert counts == {"stays": 2, "comes": 2, "changes": 6}
    times = [due.due_at for due in found if due.device == "stays"]
    assert times == [place + 30.0, place + 60.0]


@given(
    interval=st.floats(min_value=1, max_value=600),
    looks=st.lists(st.floats(min_value=0.01, max_value=900), min_size=1, max_size=40),
)
def test_turns_are_never_lost_or_doubled_however_seldom_one_looks(
    interval: float, looks: list[float]
) -> None:
    """Turns found and turns missed together are exactly the turns that went by."""
    schedule = Schedule()
    schedule.replace([("d", interval)], now=0.0)
    first = schedule.next_at()
    assert first is not None
    now, seen = 0.0, 0
    for gap in looks:
        now += gap
        for due in schedule.due(now):
            seen += 1 + due.missed
            schedule.finish("d")
    upcoming = schedule.next_at()
    assert upcoming is not None
    assert seen == round((upcoming - first) / interval)
    assert upcoming > now or upcoming + interval > now
