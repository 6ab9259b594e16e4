"""Reads what lines carried in a month out of a ledger, one line's rows in memory at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from collector.figures.period import Period
from collector.figures.values import PeriodFigures
from collector.inventory.report_values import CapacityRule
from collector.inventory.values import Capacity, Inventory
from collector.ledger.days import midnight_ms
from collector.ledger.reader import LedgerReader
from collector.ledger.rows import Traffic
from collector.ledger.tables import TRAFFIC
from collector.ledger.traffic import RULE_DAYS
from collector.ledger.traffic_rows import merged
from collector.report.places import places_of
from collector.report.traffic_month import month
from collector.report.traffic_part import Carried, traffic_row
from collector.report.traffic_values import TrafficRow
from collector.traffic.buckets import bucket_start
from collector.traffic.report import Period as TrafficPeriod
from collector.traffic.report import Subject, report


def traffic_rows(
    reader: LedgerReader,
    inventory: Inventory,
    figures: PeriodFigures,
    period: Period,
    progress: Callable[[str, int, int], None],
) -> Iterator[TrafficRow]:
    """Yield each line's row."""
    places = places_of(figures, inventory)
    areas = {one.device: places.area_of(one) for one in figures.devices}
    rule, now_ms = inventory.report.capacity_rule, min(reader.latest_ms(), period.end_ms)
    # A week before is enough to know whether the rule was broken within the period.
    from_ms = midnight_ms(period.first - timedelta(days=RULE_DAYS), ZoneInfo(period.timezone))
    of = max(1, len(areas))
    rows = reader.rows(TRAFFIC, from_ms, period.end_ms)
    for number, (device, of_device) in enumerate(groupby(rows, key=lambda row: row.device)):
        progress("traffic", min(number, of), of)
        if device not in areas:
            continue
        known = inventory.device(device)
        capacities = () if known is None else known.capacities
        found = carried(tuple(of_device), period, capacities, rule, now_ms=now_ms)
        yield traffic_row(
            device, found, name=places.label[device], area=areas[device], place=places.place[device]
        )


def carried(
    rows: Sequence[Traffic],
    period: Period,
    capacities: tuple[Capacity, ...],
    rule: CapacityRule,
    *,
    now_ms: int,
) -> Carried:
    """Return what one line carried, the fast way where its rows allow it."""
    zone = ZoneInfo(period.timezone)
    before = [period.first - timedelta(days=number) for number in range(RULE_DAYS, 0, -1)]
    days = (*before, *period.days, period.last + timedelta(days=1))
    edges = tuple(pairwise(midnight_ms(day, zone) for day in days))
    upto_ms = max(period.start_ms, min(period.end_ms, bucket_start(now_ms)))
    if rule is CapacityRule.EACH_DAY:
        found = month(rows, edges, capacities, zone, first=period.first, upto_ms=upto_ms, now_ms=now_ms)
        if found is not None:
            whole, streaks = found
            broken = any(streak.breaks_rule for streak in streaks)
            return Carried(whole=whole, streaks=streaks, breaks_rule=broken)
    buckets = merged(rows)
    subject = Subject(
        device="", name="", capacities=capacities, timezone=zone, now_ms=now_ms, simulated=False
    )
    asked = TrafficPeriod(name=period.name, first=period.first, last=period.last)
    inside = {start: buckets[start] for start in sorted(buckets) if edges[0][0] <= start < period.end_ms}
    slow = report(subject, asked, inside, (), windows=rule is CapacityRule.SEVEN_DAYS)
    broken = bool(slow.broken_windows) if rule is CapacityRule.SEVEN_DAYS else slow.breaks_rule
    return Carried(whole=slow.whole, streaks=slow.streaks, breaks_rule=broken)
