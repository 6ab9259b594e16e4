"""Lines from readings to buckets: towards the site on whatever side, finished once, figures in step."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from collector.expose.blocks import Blocks
from collector.expose.catalogue.all import DEVICE_FAMILIES
from collector.inventory.values import Capacity, Side, Uplink
from collector.ledger.evidence import LeftOutEvidence, TrafficEvidence
from collector.ledger.traffic import Direction
from collector.model import Doubt
from collector.traffic.buckets import BUCKET_MS, Bucket
from collector.traffic.measure import Line, Traffic
from collector.traffic.recent import Recent
from collector.traffic.shown import LineShown
from tests.unit.collector.line_readings import START_MS, reading

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
LINE = Line(
    uplink=Uplink(interface="wan0"),
    capacities=(Capacity(in_bps=10_000_000, out_bps=5_000_000),),
    limit_ms=BUCKET_MS,
)


@dataclass
class Books:
    """A sink that keeps what it was given."""

    buckets: list[TrafficEvidence] = field(default_factory=list)
    lefts: list[LeftOutEvidence] = field(default_factory=list)

    def traffic(self, evidence: TrafficEvidence) -> None:
        self.buckets.append(evidence)

    def left_out(self, evidence: LeftOutEvidence) -> None:
        self.lefts.append(evidence)

    def all(self) -> list[tuple[int, int, int, int]]:
        return [
            ((b.start_ms - START_MS) // BUCKET_MS, b.in_bytes, b.out_bytes, b.covered_ms // 1000)
            for b in (evidence.bucket for evidence in self.buckets)
        ]


def made(line: Line = LINE) -> tuple[Traffic, Books]:
    books = Books()
    traffic = Traffic(books)
    traffic.replace({"d": line}, HANOI)
    return traffic, books


@pytest.mark.parametrize(("side", "expected"), [(Side.SITE, (600, 60)), (Side.PROVIDER, (60, 600))])
def test_in_is_towards_the_site_on_either_side_of_the_line(side: Side, expected: tuple[int, int]) -> None:
    """The site's router receives what the provider's router sends; swapped, every report would be wrong."""
    traffic, books = made(replace(LINE, uplink=Uplink(interface="wan0", side=side)))
    traffic.read("d", reading(0, 0, 0), found=True)
    traffic.read("d", reading(300, 600, 60), found=True)
    assert [(e.bucket.in_bytes, e.bucket.out_bytes) for e in books.buckets] == [expected]
    meter = traffic.meter("d")
    assert meter is not None
    assert meter.rates == {Direction.IN: expected[0] * 8 // 300, Direction.OUT: expected[1] * 8 // 300}


def test_left_out_bytes_have_the_sides_of_the_line_too() -> None:
    """What a wrap leaves ambiguous on the provider's side is turned round as well."""
    line = replace(LINE, uplink=Uplink(interface="wan0", side=Side.PROVIDER), capacities=())
    traffic, books = made(line)
    for at_s, received, sent in ((0, 0, 0), (60, 600, 60)):
        traffic.read("d", reading(at_s, received, sent, bits=32, speed_bps=10**9), found=True)
    assert [(left.in_bytes, left.out_bytes, left.doubt) for left in books.lefts] == [(60, 600, Doubt.WRAP)]


def test_bytes_are_shared_over_the_buckets_in_proportion_to_time() -> None:
    """A reading every 200 s: the second spans an edge, a half on either side."""
    traffic, books = made()
    for n in range(4):
        traffic.read("d", reading(200 * n, 1000 * n, 100 * n), found=True)
    assert books.all() == [(0, 1500, 150, 300), (1, 1500, 150, 300)]


def test_a_long_gap_is_known_in_bytes_and_not_in_time() -> None:
    """Nobody saw when within the hour they passed: a percentile must not be made of it."""
    traffic, books = made()
    traffic.read("d", reading(0, 0, 0), found=True)
    traffic.read("d", reading(3600, 10**9, 10**6), found=True)
    assert books.buckets == []
    (left,) = books.lefts
    assert (left.doubt, left.in_bytes, left.out_bytes) == (Doubt.GAP, 10**9, 10**6)
    assert (left.from_ms, left.to_ms) == (START_MS, START_MS + 3_600_000)


def test_a_bucket_of_a_device_that_went_silent_is_finished_by_time() -> None:
    """Once no reading can add to it any more, and only then."""
    traffic, books = made()
    traffic.read("d", reading(0, 0, 0), found=True)
    traffic.read("d", reading(120, 1200, 120), found=True)
    assert traffic.tick(START_MS + 600_000) == []
    assert traffic.tick(START_MS + 600_000 + BUCKET_MS // 5) == ["d"]
    assert books.all() == [(0, 1200, 120, 120)]


def test_a_stop_hands_over_what_is_not_finished() -> None:
    """An unfinished bucket survives a restart: the parts of both sessions add up."""
    traffic, books = made()
    traffic.read("d", reading(0, 0, 0), found=True)
    traffic.read("d", reading(120, 1200, 120), found=True)
    traffic.stop()
    later, more = made()
    later.read("d", reading(130, 1300, 130), found=True)
    later.read("d", reading(300, 3000, 300), found=True)
    parts = books.buckets + more.buckets
    assert parts[0].bucket.joined(parts[1].bucket) == Bucket(
        start_ms=START_MS, in_bytes=2900, out_bytes=290, covered_ms=290_000
    )


def test_the_days_before_a_restart_are_taken_up_before_what_was_seen_since() -> None:
    """The ledger is read beside the polls: buckets of this session may be there already."""
    traffic, _ = made()
    traffic.read("d", reading(0, 0, 0), found=True)
    traffic.read("d", reading(300, 300_000_000, 0), found=True)
    traffic.restore("d", [bucket(-2, 1.0), bucket(-1, 9.0), bucket(0, 0.0, covered_s=0)])
    meter = traffic.meter("d")
    assert meter is not None
    assert meter.recent.missing_of_week == 2016 - 3
    assert meter.recent.p95_of_week(Direction.IN) == 9_000_000
    assert meter.recent.p95_of_day(Direction.IN) == 8_000_000


def test_another_uplink_begins_anew_and_loses_nothing() -> None:
    """Counters of two interfaces are never compared; the old one's bucket is handed over."""
    traffic, books = made()
    traffic.read("d", reading(0, 0, 0), found=True)
    traffic.read("d", reading(60, 600, 60), found=True)
    traffic.replace({"d": replace(LINE, uplink=Uplink(interface="wan1"))}, HANOI)
    traffic.read("d", reading(120, 5, 5, interface="wan1"), found=True)
    traffic.read("d", reading(300, 95, 95, interface="wan1"), found=True)
    assert [(e.interface, e.bucket.in_bytes) for e in books.buckets] == [("wan0", 600), ("wan1", 90)]
    assert books.lefts == []


def test_a_reload_that_keeps_the_line_breaks_nothing() -> None:
    """Only what was subscribed has changed."""
    traffic, books = made()
    traffic.read("d", reading(0, 0, 0), found=True)
    traffic.replace({"d": replace(LINE, capacities=())}, HANOI)
    traffic.read("d", reading(300, 600, 60), found=True)
    assert books.all() == [(0, 600, 60, 300)]


def shown(traffic: Traffic, now_ms: int) -> list[str]:
    meter = traffic.meter("d")
    assert meter is not None
    names = LineShown("d")
    blocks = Blocks(DEVICE_FAMILIES)
    blocks.publish(("d", "line"), [names.rates(meter, now_ms)])
    blocks.publish(("d", "line_figures"), [names.figures(meter, now_ms)])
    text = (
        blocks.render()
        .decode()
        .replace('instance="d",job="haidang"', "")
        .replace("{,", "{")
        .replace("{}", "")
    )
    return [line.removeprefix("haidang_line_") for line in text.splitlines() if not line.startswith("#")]


def test_what_is_shown_of_a_line() -> None:
    """Rates, totals with the instant of their reading, and the figures of its days."""
    traffic, _ = made()
    traffic.read("d", reading(0, 0, 0), found=True)
    traffic.read("d", reading(300, 300_000_000, 30_000_000), found=True)
    at_ms = START_MS + 300_000
    assert set(shown(traffic, at_ms)) == {
        'bits_per_second{direction="in"} 8000000',
        'bits_per_second{direction="out"} 800000',
        f'bytes_total{{direction="in"}} 300000000 {at_ms}',
        f'bytes_total{{direction="out"}} 30000000 {at_ms}',
        'utilisation_ratio{direction="in"} 0.8',
        'utilisation_ratio{direction="out"} 0.16',
        'capacity_bits_per_second{direction="in"} 10000000',
        'capacity_bits_per_second{direction="out"} 5000000',
        'found{interface="wan0",side="site"} 1',
        "bucket_covered_ratio 1.0",
        'missing_buckets{window="day"} 0',
        'missing_buckets{window="7d"} 2015',
        'p95_bits_per_second{direction="in",window="day"} 8000000',
        'p95_bits_per_second{direction="out",window="day"} 800000',
        'p95_bits_per_second{direction="in",window="7d"} 8000000',
        'p95_bits_per_second{direction="out",window="7d"} 800000',
        'busy_seconds{direction="in"} 0.0',
        'busy_seconds{direction="out"} 0.0',
        'over_capacity_days{direction="in"} 0',
        'over_capacity_days{direction="out"} 0',
    }
    traffic.read("d", reading(360, 5, 5, uptime_s=-300), found=True)
    lines = shown(traffic, at_ms + 60_000)
    assert not [line for line in lines if line.startswith(("bits_per_second", "utilisation"))]
    assert 'left_out_seconds_total{reason="restart"} 60.0' in lines
    assert 'left_out_bytes_total{direction="in",reason="restart"} 0' in lines


def test_an_uplink_that_the_device_does_not_show_is_said() -> None:
    """A spelling mistake in the inventory is visible, not a line without traffic."""
    traffic, _ = made()
    assert traffic.read("d", None, found=False)
    assert 'found{interface="wan0",side="site"} 0' in shown(traffic, START_MS)


def bucket(n: int, in_mbps: float, *, covered_s: int = 300) -> Bucket:
    return Bucket(
        start_ms=START_MS + n * BUCKET_MS,
        in_bytes=round(in_mbps * 125_000 * covered_s),
        out_bytes=0,
        covered_ms=covered_s * 1000,
    )


def test_a_streak_counts_whole_local_days_and_is_ended_by_a_day_within() -> None:
    """Three days at 95 % of capacity, one half seen in between, one at 50 % before."""
    recent = Recent(HANOI)
    rates = [5.0, 9.5, 9.5, None, 9.5, 9.5]
    for day, rate in enumerate(rates):
        if rate is not None:
            for n in range(288):
                recent.add(bucket(day * 288 + n, rate), LINE.capacities)
        else:
            recent.add(bucket(day * 288, 1.0), LINE.capacities)
    assert recent.streak(Direction.IN) == 3
    assert recent.streak(Direction.OUT) == 0
    recent.add(bucket(len(rates) * 288, 1.0), LINE.capacities)
    assert recent.streak(Direction.IN) == 4
    assert recent.p95_of_day(Direction.IN) == 1_000_000
    assert recent.missing_of_day == 0
    assert recent.busy_ms(Direction.IN) == 0


def test_parts_of_a_bucket_on_either_side_of_a_restart_are_one() -> None:
    """Neither part is enough alone; together they are a bucket that counts."""
    recent = Recent(HANOI)
    recent.add(bucket(0, 9.0, covered_s=200), LINE.capacities)
    assert (recent.missing_of_day, recent.p95_of_day(Direction.IN)) == (1, None)
    recent.add(bucket(0, 9.0, covered_s=60), LINE.capacities)
    assert (recent.missing_of_day, recent.p95_of_day(Direction.IN)) == (0, 9_000_000)
    recent.add(bucket(0, 0.0, covered_s=40), LINE.capacities)
    assert recent.p95_of_day(Direction.IN) == 7_800_000
    assert recent.busy_ms(Direction.IN) == 0


def test_a_subscribed_rate_counts_on_its_own_days() -> None:
    """The same traffic is busy before the upgrade and not after it."""
    capacities = (
        Capacity(in_bps=10_000_000, out_bps=10_000_000, end=date(2026, 11, 24)),
        Capacity(in_bps=100_000_000, out_bps=100_000_000, start=date(2026, 11, 24)),
    )
    recent = Recent(HANOI)
    recent.add(bucket(0, 9.0), capacities)
    assert recent.busy_ms(Direction.IN) == BUCKET_MS
    recent.add(bucket(288, 9.0), capacities)
    assert recent.busy_ms(Direction.IN) == 0
