"""Bytes are neither lost nor doubled by edges, however polls fall; P95 is the plain nearest rank."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.inventory.values import Capacity, Uplink
from collector.ledger.evidence import LeftOutEvidence, TrafficEvidence
from collector.ledger.traffic import Direction, figures, p95, rate_of
from collector.traffic.buckets import BUCKET_MS, Bucket, shared
from collector.traffic.measure import Line, Traffic
from collector.traffic.rates import between
from collector.traffic.recent import Recent
from tests.unit.collector.line_readings import START_MS, reading

CAPACITY = (Capacity(in_bps=20_000_000, out_bps=20_000_000),)
LINE = Line(uplink=Uplink(interface="wan0"), capacities=(), limit_ms=BUCKET_MS)


@dataclass
class Books:
    """A sink that adds up."""

    buckets: dict[int, Bucket] = field(default_factory=dict)
    in_left: int = 0
    out_left: int = 0

    def traffic(self, evidence: TrafficEvidence) -> None:
        bucket = evidence.bucket
        before = self.buckets.get(bucket.start_ms)
        self.buckets[bucket.start_ms] = bucket if before is None else before.joined(bucket)

    def left_out(self, evidence: LeftOutEvidence) -> None:
        self.in_left += evidence.in_bytes
        self.out_left += evidence.out_bytes

    @property
    def in_bytes(self) -> int:
        return sum(bucket.in_bytes for bucket in self.buckets.values())

    @property
    def out_bytes(self) -> int:
        return sum(bucket.out_bytes for bucket in self.buckets.values())


gaps = st.lists(st.floats(min_value=0.5, max_value=900), min_size=1, max_size=40)
bits = st.sampled_from([32, 64])
deltas = st.integers(min_value=0, max_value=4_000_000)


@settings(deadline=None)
@given(
    st.integers(min_value=0, max_value=10**13),
    st.integers(min_value=1, max_value=3_000_000),
    st.integers(min_value=0, max_value=2**64),
    st.integers(min_value=0, max_value=2**64),
)
def test_the_parts_add_up_to_the_whole(start_ms: int, length: int, into: int, out: int) -> None:
    """Every byte and every millisecond of a pair of readings is in exactly one bucket."""
    parts = shared(start_ms, start_ms + length, into, out)
    assert sum(part.in_bytes for part in parts) == into
    assert sum(part.out_bytes for part in parts) == out
    assert sum(part.covered_ms for part in parts) == length
    assert all(part.start_ms % BUCKET_MS == 0 and 0 < part.covered_ms <= BUCKET_MS for part in parts)
    assert [b.start_ms - a.start_ms for a, b in pairwise(parts)] == [BUCKET_MS] * (len(parts) - 1)


@settings(deadline=None)
@given(gaps, st.lists(st.tuples(deltas, deltas, st.booleans()), min_size=40, max_size=40), bits)
def test_buckets_and_what_was_left_out_are_all_that_passed(
    steps: list[float], amounts: list[tuple[int, int, bool]], width: int
) -> None:
    """Over any polls, restarts among them: buckets + the least of what is left out = sum of deltas."""
    books = Books()
    traffic = Traffic(books)
    traffic.replace({"d": LINE}, UTC)
    at_s, into, out, uptime_s = 0.0, 10, 10, 1e6
    readings = [reading(at_s, into, out, bits=width)]
    for step, (more_in, more_out, restart) in zip(steps, amounts, strict=False):
        at_s += step
        uptime_s = -at_s + 1 if restart else uptime_s
        into, out = (0, 0) if restart else (into + more_in, out + more_out)
        readings.append(reading(at_s, into, out, bits=width, uptime_s=uptime_s))
    for one in readings:
        traffic.read("d", one, found=True)
    traffic.stop()
    told = [between(a, b) for a, b in pairwise(readings)]
    assert books.in_bytes + books.in_left == sum(one.received for one in told)
    assert books.out_bytes + books.out_left == sum(one.sent for one in told)
    covered = sum(bucket.covered_ms for bucket in books.buckets.values())
    assert covered <= readings[-1].at_ms - readings[0].at_ms
    assert all(bucket.covered_ms <= BUCKET_MS for bucket in books.buckets.values())


@settings(deadline=None)
@given(st.sets(st.integers(min_value=1, max_value=7_199), max_size=120), bits)
def test_any_split_of_polls_gives_the_same_totals(instants: set[int], width: int) -> None:
    """The line's true octets, read at any instants not too far apart, sum to the same, wraps or not."""
    base = {0, 7_200, *range(0, 7_200, 290)}

    def total(at: int) -> tuple[int, int]:
        return 2**32 - 5_000_000 + 12_345 * at + (at * at) % 977, 2**32 + 777 * at

    sums = set()
    for chosen in (base, base | instants):
        books = Books()
        traffic = Traffic(books)
        traffic.replace({"d": LINE}, UTC)
        for at in sorted(chosen):
            into, out = total(at)
            traffic.read(
                "d",
                reading(at, into, out, bits=width, speed_bps=10_000_000, packets=(2 * 10**9, 2 * 10**9)),
                found=True,
            )
        traffic.stop()
        assert (books.in_left, books.out_left) == (0, 0)
        sums.add((books.in_bytes, books.out_bytes))
    assert sums == {tuple(b - a for a, b in zip(total(0), total(7_200), strict=True))}


@settings(deadline=None)
@given(st.lists(st.integers(min_value=0, max_value=10**11)))
def test_p95_is_the_plain_nearest_rank(rates: list[int]) -> None:
    """The smallest of the values such that at least 95 % of them are not above it."""
    found = p95(rates)
    if not rates:
        assert found is None
        return
    assert found == sorted(rates)[math.ceil(0.95 * len(rates) - 1e-9) - 1]
    enough = [one for one in rates if 100 * sum(r <= one for r in rates) >= 95 * len(rates)]
    assert found == min(enough)


@st.composite
def gappy(draw: st.DrawFn) -> list[Bucket]:
    """Draw buckets of some days, many missing in part or altogether."""
    places = sorted(draw(st.sets(st.integers(min_value=0, max_value=9 * 288), max_size=80)))
    return [
        Bucket(
            start_ms=START_MS + place * BUCKET_MS,
            in_bytes=draw(st.integers(min_value=0, max_value=10**9)),
            out_bytes=draw(st.integers(min_value=0, max_value=10**9)),
            covered_ms=draw(st.sampled_from([1, 100_000, 239_999, 240_000, 300_000])),
        )
        for place in places
    ]


@settings(deadline=None)
@given(gappy())
def test_figures_of_gappy_data_are_those_of_what_is_there(buckets: list[Bucket]) -> None:
    """A bucket with less than 80 % covered is missing: it is in no percentile, and counted."""
    end_ms = START_MS + 9 * 288 * BUCKET_MS
    found = figures({b.start_ms: b for b in buckets}, START_MS, end_ms, (), UTC)
    there = [b for b in buckets if b.covered_ms >= 240_000 and b.start_ms < end_ms]
    assert found.missing == 9 * 288 - len(there)
    for direction in Direction:
        rates = sorted(rate_of(b, direction) for b in there)
        expected = rates[math.ceil(len(rates) * 0.95 - 1e-9) - 1] if rates else None
        assert found.ways[direction].p95_bps == expected
        assert found.ways[direction].max_bps == (rates[-1] if rates else None)


@settings(deadline=None)
@given(gappy())
def test_the_live_window_is_the_plain_percentile_of_the_last_seven_days(buckets: list[Bucket]) -> None:
    """Kept bucket by bucket, it equals what is reckoned anew from all of them."""
    recent = Recent(UTC)
    for place, bucket in enumerate(buckets):
        recent.add(bucket, ())
        window = [b for b in buckets[: place + 1] if b.start_ms > bucket.start_ms - 7 * 86_400_000]
        today = [b for b in window if b.start_ms // 86_400_000 == bucket.start_ms // 86_400_000]
        for direction in Direction:
            assert recent.p95_of_week(direction) == p95(
                rate_of(b, direction) for b in window if not b.missing
            )
            assert recent.p95_of_day(direction) == p95(rate_of(b, direction) for b in today if not b.missing)
