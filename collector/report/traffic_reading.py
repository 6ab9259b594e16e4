"""Reads what lines carried in a month out of a ledger, one line's rows in a process's memory at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice, pairwise
from pathlib import Path
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
from collector.report.places import Places
from collector.report.traffic_month import month
from collector.report.traffic_part import Carried, traffic_row
from collector.report.traffic_values import TrafficRow
from collector.traffic.buckets import bucket_start
from collector.traffic.report import Period as TrafficPeriod
from collector.traffic.report import Subject, report

_LINES = 20
"""So many are read in one go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Some lines, with what is subscribed on each, and the time whose traffic is wanted."""

    ledger: Path
    capacities: Mapping[str, tuple[Capacity, ...]]
    period: Period
    rule: CapacityRule
    now_ms: int


def carried_by(asked: Asked) -> dict[str, Carried]:
    """Return what each of these lines carried, by its device; may run in a process of its own."""
    period = asked.period
    # A week before is enough to know whether the rule was broken within the period.
    from_ms = midnight_ms(period.first - timedelta(days=RULE_DAYS), ZoneInfo(period.timezone))
    found: dict[str, Carried] = {}
    with LedgerReader(asked.ledger) as reader:
        for device, capacities in asked.capacities.items():
            rows = tuple(reader.rows(TRAFFIC, from_ms, period.end_ms, device=device))
            if rows:
                found[device] = carried(rows, period, capacities, asked.rule, now_ms=asked.now_ms)
    return found


class TrafficReading:
    """What all lines carried, read while something else is done."""

    def __init__(self, reader: LedgerReader, inventory: Inventory, period: Period, able: Executor) -> None:
        """Begin."""
        capacities: dict[str, tuple[Capacity, ...]] = {}
        for device in reader.devices(TRAFFIC):
            known = inventory.device(device)
            capacities[device] = () if known is None else known.capacities
        self._parts: list[Future[dict[str, Carried]]] = []
        lines = iter(capacities.items())
        while some := dict(islice(lines, _LINES)):
            asked = Asked(
                ledger=reader.path,
                capacities=some,
                period=period,
                rule=inventory.report.capacity_rule,
                now_ms=min(reader.latest_ms(), period.end_ms),
            )
            self._parts.append(able.submit(carried_by, asked))

    def rows(
        self, figures: PeriodFigures, places: Places, progress: Callable[[str, int, int], None]
    ) -> Iterator[TrafficRow]:
        """Yield a row for each device that has figures and a line."""
        areas = {one.device: places.area_of(one) for one in figures.devices}
        for number, part in enumerate(self._parts):
            progress("traffic", number, len(self._parts))
            for device, found in part.result().items():
                if device in areas:
                    yield traffic_row(
                        device,
                        found,
                        name=places.label[device],
                        area=areas[device],
                        place=places.place[device],
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
