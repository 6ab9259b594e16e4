"""The lab's world, whatever is done to it: counters, flows and reachability against plain reckonings."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from lab import faults
from lab.condition import TrueState
from lab.days import DAY_MS, Days
from lab.faults import Fault
from lab.intervals import intervals
from lab.load_curve import KNOTS, STEP_MS, Demand, LoadCurve, Profile
from lab.place import Part, Province
from lab.province import fleet, reference
from lab.truth import Became, Began, Over, Truth
from lab.world import World

BEGAN_MS = 1_790_557_200_000
WHOLE = reference()
SMALL = WHOLE.part(
    ["srv-portal", *(c for area in ("tp-thai-binh", "tien-hai") for c in WHOLE.children[f"hub-{area}"][:3])]
)
"""Two hubs, one of them with a second line, three communes each, one server."""

TINY = fleet(9, interfaces=3)

demands = st.builds(
    Demand,
    in_bps=st.integers(0, 10**9),
    out_bps=st.integers(0, 10**9),
    limit_in_bps=st.integers(1, 10**9),
    limit_out_bps=st.integers(1, 10**9),
    profile=st.sampled_from(Profile),
)
spans = st.lists(st.integers(0, 12 * DAY_MS), min_size=2, max_size=12).map(sorted)


def curve(demand: Demand, seed: int) -> LoadCurve:
    return LoadCurve(demand, key="x", seed=seed, began_ms=BEGAN_MS, days=Days())


@given(demands, st.integers(0, 99), spans)
def test_octets_never_go_back_and_never_exceed_the_line(
    demand: Demand, seed: int, offsets: list[int]
) -> None:
    """Between any two instants: at least none, at most what the line carries in that time."""
    load = curve(demand, seed)
    carried = [load.carried(BEGAN_MS + offset) for offset in offsets]
    for (a, b), (then, now) in zip(pairwise(offsets), pairwise(carried), strict=True):
        for limit, less, more in zip((demand.limit_in_bps, demand.limit_out_bps), then, now, strict=True):
            assert 0 <= more - less <= Fraction(limit * (b - a), 8_000) + 1


@given(demands, st.integers(0, 99), st.permutations(range(0, 9 * DAY_MS, DAY_MS // 3)))
def test_the_order_of_questions_changes_no_answer(demand: Demand, seed: int, offsets: list[int]) -> None:
    """Days that were dropped from memory come back as they were."""
    load, other = curve(demand, seed), curve(demand, seed)
    asked = {offset: load.carried(BEGAN_MS + offset) for offset in offsets}
    assert asked == {offset: other.carried(BEGAN_MS + offset) for offset in sorted(offsets)}


@given(
    demands, st.integers(0, 99), st.integers(0, 5 * KNOTS), st.lists(st.integers(1, STEP_MS - 1), min_size=3)
)
def test_the_rate_is_linear_between_knots(demand: Demand, seed: int, knot: int, within: list[int]) -> None:
    """The integral over a step is a parabola: three points of it foretell the others, to the octet."""
    load = curve(demand, seed)
    start = BEGAN_MS + knot * STEP_MS
    first, half, last = (load.carried(start + x)[0] for x in (0, STEP_MS // 2, STEP_MS))
    for x in within:
        t = Fraction(x, STEP_MS)
        foretold = first + (last - first) * t + (first + last - 2 * half) * 2 * (t * t - t)
        # Floors at the three points and at this one: each less than one octet off.
        assert abs(load.carried(start + x)[0] - foretold) < 4


def some_fault(province: Province) -> st.SearchStrategy[Fault]:
    with_line = st.sampled_from([place.id for place in province.places if place.parents])
    any_place = st.sampled_from([place.id for place in province.places])
    return st.one_of(
        st.builds(faults.Cut, target=with_line),
        st.builds(faults.PowerOff, target=any_place),
        st.builds(faults.Reboot, target=any_place),
        st.builds(faults.OnBattery, target=any_place),
        st.builds(faults.Mute, target=any_place),
        st.builds(faults.Counter32Only, target=any_place),
    )


def stories(province: Province) -> st.SearchStrategy[list[tuple[int, Fault | str]]]:
    ids = st.sampled_from([place.id for place in province.places])
    return st.lists(
        st.tuples(st.integers(1, 400_000), some_fault(province) | ids), min_size=1, max_size=14
    ).map(_timed)


def _timed(story: list[tuple[int, Fault | str]]) -> list[tuple[int, Fault | str]]:
    at_ms, found = BEGAN_MS, []
    for after, what in story:
        at_ms += after
        found.append((at_ms, what))
    return found


def do(world: World, at_ms: int, what: Fault | str) -> None:
    if isinstance(what, str):
        world.restore(what, at_ms)
    else:
        world.apply(what, at_ms)


def forwards(world: World, place: str, at_ms: int) -> bool:
    """Walk up as a packet would, knowing only power, boot times and lines."""
    found = world.province.by_id[place]
    condition = world.condition(place, at_ms)
    if not condition.powered or condition.boot_ms <= at_ms < condition.boot_ms + found.boot_s * 1000:
        return False
    return not found.parents or any(
        line.oper_up and line.interface.peer is not None and forwards(world, line.interface.peer, at_ms)
        for line in condition.ports
        if line.interface.part is Part.LINE
    )


@settings(max_examples=60, deadline=None)
@given(stories(SMALL), st.lists(st.integers(0, 3_000_000), min_size=1, max_size=6))
def test_a_place_answers_if_a_packet_finds_a_way(story: list[tuple[int, Fault | str]], at: list[int]) -> None:
    """Reachability over every way, also at instants long past, equals a walk up the tree."""
    world = World(SMALL, seed=3, began_ms=BEGAN_MS)
    for at_ms, what in story:
        do(world, at_ms, what)
    for offset in at:
        for place in SMALL.by_id:
            at_ms = BEGAN_MS + offset
            assert world.condition(place, at_ms).reachable is forwards(world, place, at_ms)


@settings(max_examples=40, deadline=None)
@given(stories(SMALL), spans)
def test_a_hubs_line_carries_the_sum_of_what_hangs_on_it(
    story: list[tuple[int, Fault | str]], offsets: list[int]
) -> None:
    """Nothing is lost or doubled at a hub, both ends of a line agree, and octets never go back."""
    world = World(SMALL, seed=3, began_ms=BEGAN_MS)
    for at_ms, what in story:
        do(world, at_ms, what)
    lan = {
        place.id: next((i.name for i in place.interfaces if i.part is Part.LAN), None)
        for place in SMALL.places
    }
    before: dict[str, tuple[int, int]] = {}
    for offset in offsets:
        at_ms = BEGAN_MS + offset
        for place in SMALL.places:
            through = world.line_octets(place.id, at_ms)
            assert through >= before.get(place.id, (0, 0))
            before[place.id] = through
            by_line = [world.octets(place.id, i.name, at_ms) for i in place.interfaces if i.part is Part.LINE]
            if place.parents:
                assert tuple(map(sum, zip(*by_line, strict=True))) == through
            for line in place.interfaces:
                if line.part is Part.LINE and line.peer is not None:
                    far = SMALL.by_id[line.peer].interfaces
                    port = next(i.name for i in far if i.peer == place.id)
                    came, went = world.octets(place.id, line.name, at_ms)
                    assert world.octets(line.peer, port, at_ms) == (went, came)
            name = lan[place.id]
            if name is not None:
                below = [
                    world.octets(place.id, i.name, at_ms) for i in place.interfaces if i.part is Part.PORT
                ]
                own = world.octets(place.id, name, at_ms)
                total = tuple(map(sum, zip(*below, own, strict=True)))
                assert total == through[::-1]


@settings(max_examples=40, deadline=None)
@given(stories(TINY), st.lists(st.integers(0, 5_000_000), min_size=1, max_size=5))
def test_the_truth_log_says_what_the_world_was(story: list[tuple[int, Fault | str]], at: list[int]) -> None:
    """The intervals read back from the log equal the world's conditions at any instant."""
    truths: list[Truth] = [Began(at_ms=BEGAN_MS, seed=3, places=tuple(TINY.by_id))]
    world = World(TINY, seed=3, began_ms=BEGAN_MS, truth=truths.append)
    for at_ms, what in story:
        do(world, at_ms, what)
    end_ms = max(story[-1][0], BEGAN_MS + max(at)) + 1
    world.condition("core-switch", end_ms)
    parts = intervals([*truths, Over(at_ms=end_ms)])
    assert [t.at_ms for t in truths] == sorted(t.at_ms for t in truths)
    for offset in at:
        at_ms = BEGAN_MS + offset
        for place in TINY.by_id:
            (part,) = [p for p in parts[place] if p.from_ms <= at_ms < (p.to_ms or end_ms)]
            condition = world.condition(place, at_ms)
            assert (part.state, part.cut_off) == (condition.state, condition.cut_off)
            assert part.boot_ms in (None, condition.boot_ms)


@settings(max_examples=30, deadline=None)
@given(stories(TINY), spans)
def test_differences_of_counters_are_octets_while_nothing_restarts(
    story: list[tuple[int, Fault | str]], offsets: list[int]
) -> None:
    """Modulo their width, between two readings with the same boot, counters tell exactly what was carried."""
    world = World(TINY, seed=3, began_ms=BEGAN_MS)
    for at_ms, what in story:
        do(world, at_ms, what)
    for place in TINY.by_id:
        for a, b in pairwise(offsets):
            then, now = BEGAN_MS + a, BEGAN_MS + b
            before, after = world.condition(place, then), world.condition(place, now)
            if before.boot_ms != after.boot_ms:
                continue
            modulus = 2 ** min(before.counter_bits, after.counter_bits)
            for one, other in zip(world.readings(place, then), world.readings(place, now), strict=True):
                carried = world.octets(place, one.name, now)[0] - world.octets(place, one.name, then)[0]
                assert (other.in_octets - one.in_octets) % modulus == carried % modulus


def test_the_same_seed_is_the_same_world_and_another_is_not() -> None:
    """Traffic, ages and engine boots are drawn from the seed."""
    worlds = [World(TINY, seed=seed, began_ms=BEGAN_MS) for seed in (5, 5, 6)]
    shown = [
        [(w.condition(p, BEGAN_MS), w.readings(p, BEGAN_MS + DAY_MS)) for p in TINY.by_id] for w in worlds
    ]
    assert shown[0] == shown[1]
    assert shown[0] != shown[2]
    assert all(condition.state is TrueState.UP for condition, _ in shown[0])
    assert not any(isinstance(found, Became) for found in shown)
