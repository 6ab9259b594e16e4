"""What lines carry: the busiest, the fullest, and those that break the seven-day rule."""

from __future__ import annotations

from grafana_foundation_sdk.models import dashboard as model

from dashboards import queries as q
from dashboards.board import Board
from dashboards.colours import BAD, CALM, CAPACITY, GOOD, NONE_IS_GOOD, WARN, steps
from dashboards.panels import Column, Look, Query, lines, stat, table
from dashboards.text import Texts

_HERE = 'area=~"$area",role=~"$role"'
_THESE = f"and on (instance) haidang_device_info{{{_HERE}}}"


def traffic(texts: Texts) -> Board:
    """Return the dashboard."""
    board = Board("traffic", texts)
    board.area_variable()
    board.label_variable("role", "label_values(haidang_device_info, role)")
    over = Query(expr=q.count(f"max by (instance) (haidang_line_over_capacity_days {_THESE}) >= 7"))
    board.add("traffic.rule", stat([over], Look(thresholds=NONE_IS_GOOD), coloured=True), 5, 4)
    near = Query(expr=q.count(f"({q.fullness('day')} {_THESE}) > 0.8"))
    board.add("traffic.near", stat([near], Look(thresholds=steps(GOOD, (1, WARN)))), 5, 4)
    totals = [
        Query(
            expr=f'sum(haidang_line_bits_per_second{{direction="{way}"}} and on (instance) haidang_device_info{{{_HERE},role="commune"}})',
            legend=texts(f"direction_{way}"),
        )
        for way in ("in", "out")
    ]
    board.add("traffic.communes", stat(totals, Look(unit="bps", decimals=1)), 8, 4)
    lost = Query(expr=q.count(f"(max by (instance) (haidang_line_found) == 0) {_THESE}"))
    board.add("traffic.lost", stat([lost], Look(thresholds=NONE_IS_GOOD)), 6, 4)
    board.add("traffic.fullest", _fullest(texts), 24, 12)
    board.row("row.busiest")
    among = f" and on (instance) {q.latest(f'haidang_device_info{{{_HERE}}}')}"
    for way in ("in", "out"):
        rate = f'haidang_line_bits_per_second{{direction="{way}"}}'
        chosen = q.greatest(10, q.latest(rate), among)
        busiest = Query(expr=q.named(q.those(rate, chosen), only=chosen), legend="{{name}}")
        board.add(f"traffic.busiest_{way}", lines([busiest], Look(unit="bps", by_threshold=False)), 12, 10)
    board.row("row.doubt")
    doubt = Query(
        expr=f"sum by (reason) (increase(haidang_line_left_out_seconds_total[$__rate_interval]) {_THESE})",
        legend="{{reason}}",
    )
    board.add("traffic.doubt", lines([doubt], Look(unit="s", by_threshold=False), stacked=True), 12, 8)
    sparse = 'haidang_line_missing_buckets{window="7d"}'
    chosen = q.greatest(10, q.latest(sparse), among)
    missing = q.named(q.those(sparse, chosen), only=chosen)
    board.add(
        "traffic.missing",
        lines([Query(expr=missing, legend="{{name}}")], Look(decimals=0, by_threshold=False)),
        12,
        8,
    )
    return board


def _fullest(texts: Texts) -> model.Panel:
    week = q.named(f"{q.fullness('7d')} {_THESE}", "name", "area_name")
    found = [
        Query(expr=week, table=True),
        Query(expr=f"{q.fullness('day')} {_THESE}", table=True),
        Query(expr="max by (instance) (haidang_line_capacity_bits_per_second)", table=True),
        Query(expr="max by (instance) (haidang_line_over_capacity_days)", table=True),
        Query(expr="max by (instance) (haidang_line_busy_seconds)", table=True),
        Query(expr='max by (instance) (haidang_line_missing_buckets{window="7d"})', table=True),
    ]
    columns = [
        Column(
            source="name",
            title=texts("device"),
            link=(texts("to_site"), "/d/haidang-site?var-device=${__data.fields.instance}"),
        ),
        Column(source="area_name", title=texts("area")),
        Column(
            source="Value #A",
            title=texts("p95_week"),
            unit="percentunit",
            decimals=0,
            thresholds=CAPACITY,
            bar=True,
        ),
        Column(
            source="Value #B", title=texts("p95_day"), unit="percentunit", decimals=0, thresholds=CAPACITY
        ),
        Column(source="Value #C", title=texts("capacity"), unit="bps"),
        Column(
            source="Value #D",
            title=texts("days_over"),
            decimals=0,
            thresholds=steps(CALM, (1, WARN), (7, BAD)),
        ),
        Column(source="Value #E", title=texts("busy_time"), unit="s", decimals=0),
        Column(source="Value #F", title=texts("missing"), decimals=0),
    ]
    return table(found, columns, by="instance", sort=texts("p95_week"))
