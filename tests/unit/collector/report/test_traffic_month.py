"""The fast way to a line's month gives what the plain one gives, and steps back where it cannot."""

from __future__ import annotations

import json
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.figures.period import Period
from collector.inventory.report_values import CapacityRule, PeriodKind
from collector.inventory.values import Capacity
from collector.ledger.days import midnight_ms
from collector.ledger.rows import Ended, Traffic
from collector.ledger.traffic import Direction
from collector.ledger.traffic_rows import merged
from collector.report.places import Place
from collector.report.traffic_part import traffic_part, traffic_row
from collector.report.traffic_reading import carried
from collector.traffic.buckets import BUCKET_MS, bucket_start
from collector.traffic.report import Period as TrafficPeriod
from collector.traffic.report import Subject, report

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST = date(2026, 10, 3)
PERIOD = Period(
    name="2026-10", kind=PeriodKind.MONTH, first=FIRST, last=FIRST + timedelta(days=8), timezone=str(ZONE)
)
DAY_BUCKETS = 288
MEGA = 1_000_000


def row(day: date, first: int, rates: list[int], missed: list[int]) -> Traffic:
    """Return a row from the day's `first` bucket on, rates in Mbit/s over the covered time."""
    start = midnight_ms(day, ZONE) + first * BUCKET_MS
    carried_ = [
        rate * MEGA // 8 * (BUCKET_MS - gone) // 1_000 for rate, gone in zip(rates, missed, strict=True)
    ]
    return Traffic(
        device="a",
        interface="wan0",
        session="s",
        start_ms=start,
        end_ms=start + len(rates) * BUCKET_MS,
        covered_ms=sum(BUCKET_MS - gone for gone in missed),
        in_bytes=json.dumps(carried_),
        out_bytes=json.dumps([count // 3 for count in carried_]),
        missed_ms=json.dumps(missed),
        ended=Ended.MIDNIGHT,
    )


@st.composite
def days(draw: st.DrawFn) -> list[Traffic]:
    """Return rows of some days before and in the period, whole or torn in two by a restart."""
    found = []
    for number in range(-8, 10):
        if draw(st.booleans()):
            continue
        day = FIRST + timedelta(days=number)
        high = draw(st.sampled_from([1, 20, 47, 60]))
        length = draw(st.sampled_from([DAY_BUCKETS, DAY_BUCKETS - 3, 40]))
        gone = draw(st.sampled_from([0, 60_000, 60_001, BUCKET_MS]))
        rates = [(place * 7 + number) % high + 1 for place in range(length)]
        missed = [gone if place % 5 == 0 else 0 for place in range(length)]
        cut = draw(st.sampled_from([0, length // 2]))
        if cut:
            found.append(row(day, 0, rates[:cut], missed[:cut]))
        found.append(row(day, cut, rates[cut:], missed[cut:]))
    return found


CAPACITIES = st.sampled_from(
    [
        (),
        (Capacity(in_bps=50 * MEGA, out_bps=50 * MEGA),),
        (
            Capacity(in_bps=50 * MEGA, out_bps=10 * MEGA, end=date(2026, 10, 6)),
            Capacity(in_bps=20 * MEGA, out_bps=20 * MEGA, start=date(2026, 10, 6)),
        ),
        (Capacity(in_bps=33 * MEGA + 7, out_bps=5 * MEGA, start=date(2026, 10, 8)),),
    ]
)


@given(days(), CAPACITIES, st.sampled_from([0, 3 * 86_400_000 + 1_234_567, 30 * 86_400_000]))
@settings(max_examples=40, deadline=None)
def test_the_fast_way_gives_what_the_plain_one_gives(
    rows: list[Traffic], capacities: tuple[Capacity, ...], after_ms: int
) -> None:
    """Figures and streaks, for whole, torn and missing days, for a period that still runs, any capacity."""
    now_ms = PERIOD.start_ms + after_ms
    found = carried(rows, PERIOD, capacities, CapacityRule.EACH_DAY, now_ms=now_ms)
    subject = Subject(
        device="", name="", capacities=capacities, timezone=ZONE, now_ms=now_ms, simulated=False
    )
    asked = TrafficPeriod(name=PERIOD.name, first=PERIOD.first, last=PERIOD.last)
    from_ms = midnight_ms(FIRST - timedelta(days=7), ZONE)
    buckets = {start: one for start, one in sorted(merged(rows).items()) if start >= from_ms}
    plain = report(subject, asked, buckets, (), windows=False)
    assert found.whole == plain.whole
    assert sorted(found.streaks, key=str) == sorted(plain.streaks, key=str)
    assert found.breaks_rule == plain.breaks_rule
    assert found.whole.end_ms == max(PERIOD.start_ms, min(PERIOD.end_ms, bucket_start(now_ms)))


def test_rows_that_overlap_are_added_up_as_ever() -> None:
    """Two collectors' parts of the same buckets: the plain way joins them."""
    halves = [
        row(FIRST, 0, [10] * 20, [150_000] * 20),
        row(FIRST, 0, [10] * 20, [150_000] * 20),
    ]
    found = carried(halves, PERIOD, (), CapacityRule.EACH_DAY, now_ms=PERIOD.end_ms)
    assert found.whole.expected - found.whole.missing == 20
    assert found.whole.ways[Direction.IN].p95_bps == 10 * MEGA


def test_seven_days_as_one_may_break_the_rule_where_single_days_do_not() -> None:
    """Three days far above and four far below: P95 over all seven is above, no seven single days are."""
    full = (Capacity(in_bps=50 * MEGA, out_bps=50 * MEGA),)
    rows = [
        row(FIRST + timedelta(days=number), 0, [49 if number < 3 else 5] * DAY_BUCKETS, [0] * DAY_BUCKETS)
        for number in range(7)
    ]
    assert carried(rows, PERIOD, full, CapacityRule.SEVEN_DAYS, now_ms=PERIOD.end_ms).breaks_rule
    assert not carried(rows, PERIOD, full, CapacityRule.EACH_DAY, now_ms=PERIOD.end_ms).breaks_rule


def test_only_leased_lines_are_full_or_idle() -> None:
    """A server's link within the data centre is in the annex, and proposes nothing."""
    full = (Capacity(in_bps=1_000 * MEGA, out_bps=1_000 * MEGA),)
    rows = [row(FIRST + timedelta(days=n), 0, [3] * DAY_BUCKETS, [0] * DAY_BUCKETS) for n in range(9)]
    found = carried(rows, PERIOD, full, CapacityRule.EACH_DAY, now_ms=PERIOD.end_ms)
    made = [
        traffic_row(str(place), found, name=str(place), area="", place=place)
        for place in (Place.UNIT, Place.HUB, Place.CENTRE)
    ]
    part = traffic_part(made)
    assert [one.device for one in part.idle] == ["hub", "unit"]
    assert len(part.rows) == 3
    assert part.measured == 2
    assert part.in_bytes == made[0].in_bytes
