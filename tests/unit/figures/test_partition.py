from __future__ import annotations

import pytest

from collector.figures.ways import Planned
from collector.model import State, Verdict
from tests.unit.figures.polled import (
    DEADLINE,
    HOUR,
    INTERVAL,
    MINUTE,
    RTT,
    SECOND,
    START,
    Answers,
    booked,
    poll,
    polls,
    runs,
    total,
)

END = START + 12 * HOUR
CUT, BACK = START + 3 * HOUR + 7 * SECOND, START + 9 * HOUR + 7 * SECOND


def cut(*spans: tuple[int, int]) -> Answers:
    """Silent in these spans, else there."""
    return lambda at: Verdict.SILENT if any(s <= at < e for s, e in spans) else Verdict.ANSWERED


def away(span: tuple[int, int], answers: Answers) -> Answers:
    """The collector polls nothing in this span."""
    return lambda at: None if span[0] <= at < span[1] else answers(at)


def test_a_cut_is_down_from_the_middle_of_its_gap() -> None:
    """Booked half way between the last evidence of the old and the first of the new."""
    rows = runs(polls("an-khe", cut((CUT, BACK)), END))
    found = booked(rows, {"an-khe": ()}, (START, END))["an-khe"]
    assert abs(total(found, State.DOWN) - 6 * HOUR) <= INTERVAL
    assert total(found, State.UP) + total(found, State.DOWN) + total(found, State.UNKNOWN) == END - START
    (begin, end) = (s.begin for s in found.stretches[2:4])
    assert begin.from_ms <= CUT <= begin.to_ms
    assert end.from_ms <= BACK <= end.to_ms
    assert begin.to_ms - begin.from_ms == INTERVAL + DEADLINE


def test_a_hubs_cut_is_upstream_for_its_children_and_nothing_else() -> None:
    """Their attributable downtime is 0 though each was asked at another time, before or after the hub."""
    children = {f"c{number}": ("hub",) for number in range(12)}
    evidence = polls("hub", cut((CUT, BACK)), END, phase=11 * SECOND)
    for number, child in enumerate(children):
        evidence += polls(child, cut((CUT, BACK)), END, phase=number * 2_700)
    found = booked(runs(evidence), {"hub": (), **children}, (START, END))
    assert abs(total(found["hub"], State.DOWN) - 6 * HOUR) <= INTERVAL
    for child in children:
        assert total(found[child], State.DOWN) == 0
        assert abs(total(found[child], State.UPSTREAM) - 6 * HOUR) <= INTERVAL
        assert total(found[child], State.UNKNOWN) <= INTERVAL + DEADLINE


def test_a_child_that_failed_before_the_hub_was_down_until_then() -> None:
    """Its own outage does not become the hub's."""
    own = CUT - HOUR
    evidence = polls("hub", cut((CUT, BACK)), END) + polls("c", cut((own, BACK)), END, phase=9 * SECOND)
    evidence += polls("other", cut((CUT, BACK)), END, phase=17 * SECOND)
    found = booked(runs(evidence), {"hub": (), "c": ("hub",), "other": ("hub",)}, (START, END))
    assert abs(total(found["c"], State.DOWN) - HOUR) <= INTERVAL
    assert abs(total(found["c"], State.UPSTREAM) - 6 * HOUR) <= INTERVAL
    assert total(found["other"], State.DOWN) == 0


def test_a_child_with_a_second_way_stays_up_and_its_siblings_are_upstream() -> None:
    """Its answers prove nothing of the hub that it does not need."""
    evidence = polls("core", cut(), END)
    evidence += polls("hub", cut((CUT, BACK)), END, phase=5 * SECOND)
    evidence += polls("twice", cut(), END, phase=9 * SECOND) + polls("once", cut((CUT, BACK)), END, phase=3)
    parents = {"core": (), "hub": ("core",), "twice": ("hub", "core"), "once": ("hub",)}
    found = booked(runs(evidence), parents, (START, END))
    assert total(found["twice"], State.UP) >= END - START - INTERVAL
    assert total(found["once"], State.DOWN) == 0
    assert abs(total(found["once"], State.UPSTREAM) - 6 * HOUR) <= INTERVAL
    assert abs(total(found["hub"], State.DOWN) - 6 * HOUR) <= INTERVAL


def test_a_hub_that_is_mute_but_forwards_is_up() -> None:
    """Its children answer through it."""
    evidence = polls("hub", cut((CUT, BACK)), END) + polls("c", cut(), END, phase=9 * SECOND)
    found = booked(runs(evidence), {"hub": (), "c": ("hub",)}, (START, END))
    assert total(found["hub"], State.DOWN) == 0
    assert total(found["hub"], State.UP) >= END - START - INTERVAL


def test_a_mute_hub_that_is_cut_later_is_down_from_then_on() -> None:
    """Its silence counts from where nobody behind it answers any more."""
    mute = CUT - 2 * HOUR
    evidence = polls("hub", cut((mute, BACK)), END) + polls("c", cut((CUT, BACK)), END, phase=9 * SECOND)
    found = booked(runs(evidence), {"hub": (), "c": ("hub",)}, (START, END))
    assert abs(total(found["hub"], State.DOWN) - 6 * HOUR) <= 2 * INTERVAL
    assert total(found["c"], State.DOWN) == 0


def test_time_that_nobody_looked_is_unknown() -> None:
    """Six hours away are six hours unknown, give or take one poll, for whoever was up or down."""
    span = (CUT, BACK)
    evidence = polls("up", away(span, cut()), END) + polls(
        "down", away(span, cut((START, END))), END, phase=7
    )
    found = booked(runs(evidence), {"up": (), "down": ()}, (START, END))
    for device in ("up", "down"):
        assert abs(total(found[device], State.UNKNOWN) - 6 * HOUR) <= INTERVAL + DEADLINE


def test_a_missed_poll_is_covered_and_two_are_not() -> None:
    """The time between two polls sent at most 2 × interval + deadline apart is covered by them."""
    one = [poll("d", START + n * INTERVAL, Verdict.ANSWERED) for n in range(20) if n != 7]
    two = [poll("d", START + n * INTERVAL, Verdict.ANSWERED) for n in range(20) if n not in (7, 8)]
    end = START + 19 * INTERVAL
    assert total(booked(runs(one), {"d": ()}, (START, end))["d"], State.UP) == end - START
    assert total(booked(runs(two), {"d": ()}, (START, end))["d"], State.UNKNOWN) == 3 * INTERVAL - RTT


def test_a_local_failure_is_not_looking() -> None:
    """A poll that could not be sent says nothing of the device."""
    answers = [Verdict.ANSWERED] * 9
    answers[4] = Verdict.LOCAL
    rows = runs([poll("d", START + n * INTERVAL, verdict) for n, verdict in enumerate(answers)])
    end = START + 8 * INTERVAL
    found = booked(rows, {"d": ()}, (START, end))["d"]
    assert total(found, State.DOWN) == 0
    assert abs(total(found, State.UNKNOWN) - INTERVAL) <= SECOND


def test_a_jump_of_the_clock_carries_nothing() -> None:
    """However close the polls on both sides of it are."""
    evidence = polls("d", cut(), START + HOUR)
    jump = START + 10 * MINUTE + 3 * SECOND
    found = booked(runs(evidence, breaks=[jump]), {"d": ()}, (START, START + HOUR), breaks=[jump])["d"]
    unknown = [piece for piece in found.pieces if piece.state is State.UNKNOWN]
    assert unknown[0].start_ms <= jump <= unknown[0].end_ms
    assert unknown[0].end_ms - unknown[0].start_ms == INTERVAL - RTT


@pytest.mark.parametrize("shift", [-HOUR, 0, HOUR])
def test_maintenance_stands_before_what_was_seen(shift: int) -> None:
    """It overlaps the outage at either end, or lies inside it; the rest stays down."""
    planned = {"d": Planned(maintenance=((CUT + shift, CUT + shift + 2 * HOUR),))}
    rows = runs(polls("d", cut((CUT, BACK)), END))
    found = booked(rows, {"d": ()}, (START, END), planned=planned)["d"]
    assert total(found, State.MAINTENANCE) == 2 * HOUR
    expected = 6 * HOUR - (2 * HOUR + min(0, shift))
    assert abs(total(found, State.DOWN) - expected) <= INTERVAL


def test_out_of_service_stands_before_maintenance() -> None:
    """A device that is not commissioned yet is not worked on."""
    planned = {
        "d": Planned(out_of_service=((START, START + 2 * HOUR),), maintenance=((START, START + 3 * HOUR),))
    }
    found = booked(runs(polls("d", cut(), END)), {"d": ()}, (START, END), planned=planned)["d"]
    assert (total(found, State.OUT_OF_SERVICE), total(found, State.MAINTENANCE)) == (2 * HOUR, HOUR)


def test_silence_behind_maintenance_is_not_the_childs() -> None:
    """A hub that is worked on takes its children with it, also those that hang on it and something cut."""
    evidence = polls("hub", cut((CUT, BACK)), END) + polls("c", cut((CUT, BACK)), END, phase=3 * SECOND)
    planned = {"hub": Planned(maintenance=((CUT - MINUTE, BACK + MINUTE),))}
    found = booked(runs(evidence), {"hub": (), "c": ("hub",)}, (START, END), planned=planned)
    assert total(found["hub"], State.DOWN) == 0
    assert total(found["c"], State.DOWN) == 0
    assert abs(total(found["c"], State.UPSTREAM) - 6 * HOUR) <= INTERVAL


def test_silence_is_undecided_where_nobody_could_ask_the_hub() -> None:
    """The child is silent, and all polls of the hub failed on this side."""

    def local(at: int) -> Verdict:
        return Verdict.LOCAL if CUT <= at < BACK else Verdict.ANSWERED

    evidence = polls("hub", local, END) + polls("c", cut((CUT, BACK)), END, phase=9 * SECOND)
    found = booked(runs(evidence), {"hub": (), "c": ("hub",)}, (START, END))
    assert total(found["c"], State.DOWN) <= INTERVAL
    assert abs(total(found["c"], State.UNKNOWN) - 6 * HOUR) <= 2 * INTERVAL


def test_an_ancestor_out_of_service_is_looked_through() -> None:
    """What hangs on it is judged by what is above it."""
    evidence = polls("core", cut(), END) + polls("old", cut((START, END)), END)
    evidence += polls("c", cut((CUT, BACK)), END, phase=9 * SECOND)
    parents = {"core": (), "old": ("core",), "c": ("old",)}
    planned = {"old": Planned(out_of_service=((START - HOUR, END + HOUR),))}
    found = booked(runs(evidence), parents, (START, END), planned=planned)
    assert abs(total(found["c"], State.DOWN) - 6 * HOUR) <= INTERVAL


def test_one_lost_poll_is_booked_and_certain_of_nothing() -> None:
    """Hold-down never removes silent time, and the bounds do not pretend to know how long it was."""
    lost = START + 20 * INTERVAL
    answers: Answers = lambda at: Verdict.SILENT if at == lost else Verdict.ANSWERED  # noqa: E731
    found = booked(runs(polls("d", answers, END)), {"d": ()}, (START, END))["d"]
    down = [piece for piece in found.pieces if piece.state is State.DOWN]
    assert 0 < total(found, State.DOWN) < INTERVAL
    assert all(State.UP in piece.possible for piece in down)
