"""Whatever is polled, lost or planned: every millisecond is booked once, and the truth lies within bounds."""

from __future__ import annotations

from datetime import UTC
from itertools import pairwise
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.figures.partition import Booked, Evidence, partition
from collector.figures.pieces import tally
from collector.figures.sightings import of_runs
from collector.figures.spans import Span, intersect, total, union
from collector.figures.ways import Planned, Slice
from collector.ledger.evidence import Evidence as Poll
from collector.ledger.rows import Run
from collector.ledger.runs import RunBook
from collector.model import State, Verdict
from collector.topology import Topology
from tests.unit.figures.polled import INTERVAL, MINUTE, SECOND, START, booked, poll, runs

LARGE = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)

END = START + 20 * MINUTE
PERIOD: Span = (START, END)

TOPOLOGIES = (
    {"core": (), "hub": ("core",), "a": ("hub",), "b": ("hub",)},
    {"core": (), "hub": ("core",), "a": ("hub", "core"), "b": ("hub",)},
    {"core": (), "hub": (), "a": ("hub",), "b": ("a", "hub")},
)
DEVICES = ("core", "hub", "a", "b")

verdicts = st.sampled_from([Verdict.ANSWERED] * 6 + [Verdict.SILENT] * 3 + [Verdict.LOCAL])
instants = st.integers(START - 5 * MINUTE, END + 5 * MINUTE)
span = st.tuples(instants, instants).map(lambda two: (min(two), max(two)))
spans = st.lists(span, max_size=2).map(union)


@st.composite
def any_polls(draw: st.DrawFn) -> list[Poll]:
    """Polls at any instants with any verdicts, none of a device before the one before it was over."""
    found = []
    for device in DEVICES:
        at_ms = START - draw(st.integers(0, 4 * MINUTE))
        while at_ms < END + 3 * MINUTE:
            found.append(poll(device, at_ms, draw(verdicts)))
            at_ms += draw(st.sampled_from([6 * SECOND, INTERVAL, INTERVAL, 2 * INTERVAL, 4 * MINUTE]))
    return found


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Evidence, list[Run]]:
    """Evidence with polls, plans, a change of who hangs on whom, and jumps of the clock."""
    breaks = sorted(draw(st.lists(instants, max_size=2)))
    rows = runs(draw(any_polls()), breaks=breaks)
    first, second = draw(st.sampled_from(TOPOLOGIES)), draw(st.sampled_from(TOPOLOGIES))
    change = draw(instants)
    slices = tuple(
        Slice(
            start_ms=start,
            end_ms=end,
            topology=Topology.build((device, parents[device], True) for device in DEVICES),
        )
        for start, end, parents in ((-(2**62), change, first), (change, 2**62, second))
    )
    planned = {device: Planned(out_of_service=draw(spans), maintenance=draw(spans)) for device in DEVICES}
    return evidence_of(rows, slices, planned, tuple((at, at) for at in breaks)), rows


def evidence_of(
    rows: list[Run], slices: tuple[Slice, ...], planned: dict[str, Planned], breaks: tuple[Span, ...]
) -> Evidence:
    return Evidence(
        own={device: of_runs(row for row in rows if row.device == device) for device in DEVICES},
        slices=slices,
        planned=planned,
        breaks=breaks,
        breaks_of={},
        upto_ms=END + 5 * MINUTE,
    )


def pieces_of(found: dict[str, Booked]) -> dict[str, list[tuple[int, int, State, frozenset[State]]]]:
    return {
        device: [(p.start_ms, p.end_ms, p.state, p.possible) for p in booked_one.pieces]
        for device, booked_one in found.items()
    }


@LARGE
@given(worlds())
def test_the_six_states_add_up_for_every_device(world: tuple[Evidence, list[Run]]) -> None:
    """The pieces follow each other without gap or overlap, and what is booked is among what is possible."""
    evidence, _ = world
    for found in partition(evidence, *PERIOD, DEVICES).values():
        at_ms = START
        for piece in found.pieces:
            assert piece.start_ms == at_ms < piece.end_ms
            assert piece.state in piece.possible
            at_ms = piece.end_ms
        assert at_ms == END
        summed = tally(found.pieces, (PERIOD,))
        assert summed.period_ms == END - START
        for share in (summed.end_to_end, summed.attributable):
            if share.ppm is not None and share.low_ppm is not None and share.high_ppm is not None:
                assert 0 <= share.low_ppm <= share.ppm <= share.high_ppm <= 1_000_000


@LARGE
@given(worlds(), st.lists(st.integers(START + 1, END - 1), min_size=1, max_size=3, unique=True))
def test_splitting_a_period_changes_nothing(world: tuple[Evidence, list[Run]], cuts: list[int]) -> None:
    """The sums of the parts are the sum of the whole, for booked states and for bounds."""
    evidence, _ = world
    whole = partition(evidence, *PERIOD, DEVICES)
    edges = [START, *sorted(cuts), END]
    for device in DEVICES:
        parts = [
            tally(partition(evidence, start, end, (device,))[device].pieces, ((start, end),))
            for start, end in pairwise(edges)
        ]
        summed = parts[0]
        for part in parts[1:]:
            summed += part
        assert summed == tally(whole[device].pieces, (PERIOD,))


@LARGE
@given(worlds(), st.integers(0, 2**32))
def test_the_order_in_which_evidence_arrives_does_not_matter(
    world: tuple[Evidence, list[Run]], seed: int
) -> None:
    """Rows in any order give the same partition."""
    evidence, rows = world
    mixed = list(rows)
    Random(seed).shuffle(mixed)
    again = evidence_of(mixed, tuple(evidence.slices), dict(evidence.planned), tuple(evidence.breaks))
    assert pieces_of(partition(again, *PERIOD, DEVICES)) == pieces_of(partition(evidence, *PERIOD, DEVICES))


@LARGE
@given(any_polls())
def test_replaying_twice_is_replaying_once(evidence: list[Poll]) -> None:
    """Polls that are handed over again are known already."""
    book, twice = RunBook("s", UTC), RunBook("s", UTC)
    once_rows: dict[tuple[str, int], Run] = {}
    twice_rows: dict[tuple[str, int], Run] = {}
    for one in evidence:
        once_rows |= {(row.device, row.first_sent_ms): row for row in book.feed(one)}
        for again in (one, one):
            twice_rows |= {(row.device, row.first_sent_ms): row for row in twice.feed(again)}
    for one in evidence:
        assert twice.feed(one) == ()
    assert twice_rows == once_rows


CELL = 70 * SECOND
"""Longer than the time between an answered poll's sending and the end of the silent one after it."""


@st.composite
def truths(draw: st.DrawFn) -> dict[str, tuple[Span, ...]]:
    """When each device was truly gone by itself; nothing is shorter than the polls can see."""
    shift = draw(st.integers(-CELL, 0))
    cells = range(START + shift, END + CELL, CELL)
    return {
        device: union((at, at + CELL) for at in cells if draw(st.integers(0, 2)) == 0) for device in DEVICES
    }


@LARGE
@given(truths(), st.sampled_from(TOPOLOGIES[:1]), st.integers(0, 29), st.data())
def test_the_truth_lies_within_the_bounds(
    own: dict[str, tuple[Span, ...]], parents: dict[str, tuple[str, ...]], phase: int, data: st.DataObject
) -> None:
    """For interruptions not shorter than the resolution, whenever each device is polled, or nobody looks."""
    gone = {device: own[device] for device in DEVICES}
    for device in DEVICES:
        gone[device] = union((*own[device], *(s for parent in parents[device] for s in gone[parent])))
    away = data.draw(span)
    evidence = []
    for number, device in enumerate(DEVICES):
        at_ms = START - MINUTE + (phase + 7 * number) % 30 * SECOND
        while at_ms < END + MINUTE:
            silent = any(start <= at_ms < end for start, end in gone[device])
            if not away[0] <= at_ms < away[1]:
                evidence.append(poll(device, at_ms, Verdict.SILENT if silent else Verdict.ANSWERED))
            at_ms += INTERVAL
    found = booked(runs(evidence), parents, PERIOD, upto_ms=END + MINUTE)
    for device in DEVICES:
        summed = tally(found[device].pieces, (PERIOD,))
        up = END - START - total(intersect(gone[device], (PERIOD,)))
        above = union(s for parent in parents[device] for s in gone[parent])
        upstream = total(intersect(intersect(gone[device], above), (PERIOD,)))
        down = END - START - up - upstream
        assert summed.up_min_ms <= up <= summed.service_ms - summed.down_min_ms - summed.upstream_min_ms
        assert summed.down_min_ms <= down <= summed.maybe_down_ms
        assert summed.upstream_min_ms <= upstream
        true_e, true_a = up * 1_000_000 // (END - START), up * 1_000_000 // max(1, up + down)
        low, high = summed.end_to_end.low_ppm, summed.end_to_end.high_ppm
        assert low is not None and high is not None and low <= true_e <= high  # noqa: PT018
        low, high = summed.attributable.low_ppm, summed.attributable.high_ppm
        if low is not None and high is not None:
            assert low <= true_a <= high
