"""A hub's change as all behind it saw it together, and silence too short to be anybody's for certain."""

from __future__ import annotations

from collector.figures.partition import Booked
from collector.model import State, Verdict
from tests.unit.figures.polled import (
    DEADLINE,
    HOUR,
    INTERVAL,
    MINUTE,
    SECOND,
    START,
    Answers,
    booked,
    polls,
    runs,
)

END = START + 3 * HOUR
CUT, BACK = START + HOUR + 7_300, START + 2 * HOUR + 21_700


def silent(*spans: tuple[int, int]) -> Answers:
    """Silent in these spans, else there."""
    return lambda at: Verdict.SILENT if any(s <= at < e for s, e in spans) else Verdict.ANSWERED


def a_district(children: int, *spans: tuple[int, int]) -> dict[str, Booked]:
    """A hub that is cut in these spans, with children asked at even distances."""
    parents = {"hub": (), **{f"c{number:02}": ("hub",) for number in range(children)}}
    evidence = polls("hub", silent(*spans), END, phase=11 * SECOND)
    for number, child in enumerate(name for name in parents if name != "hub"):
        evidence += polls(child, silent(*spans), END, phase=number * INTERVAL // children)
    return booked(runs(evidence), parents, (START, END))


def edges(found: Booked) -> list[tuple[int, int, int]]:
    return [(one.begin.at_ms, one.begin.from_ms, one.begin.to_ms) for one in found.stretches[2:4]]


def test_a_hubs_cut_is_booked_where_its_children_saw_it() -> None:
    """Thirty children, one a second: begin and end are within a second of the truth, for all of them."""
    found = a_district(30, (CUT, BACK))
    for device in ("hub", "c00", "c17", "c29"):
        (fell, _, _), (came, _, _) = edges(found[device])
        assert abs(fell - CUT) <= SECOND, device
        assert abs(came - BACK) <= SECOND, device


def test_the_gap_stays_as_the_evidence_has_it() -> None:
    """Silence behind a hub is no proof of its own: the bounds reach to the hub's own poll as before."""
    (_, fell_from, fell_to), (_, came_from, came_to) = edges(a_district(30, (CUT, BACK))["hub"])
    assert fell_to - fell_from > 5 * SECOND
    assert fell_from <= CUT <= fell_to
    assert came_from <= BACK <= came_to
    assert came_to - came_from > 5 * SECOND


def test_one_child_alone_moves_nothing() -> None:
    """It may have failed by itself: the hub's change is in the middle of its own evidence."""
    with_child, alone = a_district(1, (CUT, BACK))["hub"], a_district(0, (CUT, BACK))["hub"]
    (fell, from_ms, _), (came, _, to_ms) = edges(with_child)
    middle = polls("hub", silent((CUT, BACK)), END, phase=11 * SECOND)
    first = next(one.sent_ms for one in middle if one.verdict is Verdict.SILENT)
    assert from_ms < fell <= first
    assert abs(fell - (from_ms + first) // 2) <= SECOND
    assert edges(alone)[1][0] <= to_ms
    assert came <= to_ms


def test_silence_between_two_polls_of_the_hub_may_be_the_hubs() -> None:
    """Eleven seconds: who was asked in them is booked as down, but its own outage is not certain."""
    away = (START + HOUR + 12 * SECOND, START + HOUR + 23 * SECOND)
    found = a_district(30, away)
    hit = {
        device: [piece for piece in one.pieces if piece.state is State.DOWN]
        for device, one in found.items()
        if any(piece.state is State.DOWN for piece in one.pieces)
    }
    assert hit
    assert "hub" not in hit
    for pieces in hit.values():
        assert all(State.UPSTREAM in piece.possible for piece in pieces)


def test_silence_longer_than_the_hubs_gap_is_ones_own() -> None:
    """Three minutes of one child, with a hub that answers every half minute: down for certain."""
    parents = {"hub": (), "c": ("hub",), "d": ("hub",)}
    evidence = polls("hub", silent(), END, phase=11 * SECOND) + polls("d", silent(), END, phase=3 * SECOND)
    evidence += polls("c", silent((CUT, CUT + 3 * MINUTE)), END, phase=20 * SECOND)
    found = booked(runs(evidence), parents, (START, END))["c"]
    certain = [piece for piece in found.pieces if piece.possible == {State.DOWN}]
    assert sum(piece.end_ms - piece.start_ms for piece in certain) >= 3 * MINUTE - INTERVAL - 2 * DEADLINE
