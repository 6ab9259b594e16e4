"""One line and what is behind it: state, round trip, loss, traffic against capacity, interfaces, figures."""

from __future__ import annotations

from grafana_foundation_sdk.models import dashboard as model

from dashboards import queries as q
from dashboards.board import Board
from dashboards.colours import (
    AVAILABILITY,
    BAD,
    CALM,
    CAPACITY,
    DELAY,
    GOOD,
    LOSS,
    WARN,
    state_mappings,
    steps,
    words,
)
from dashboards.panels import Column, Look, Query, lines, stat, states, table
from dashboards.text import Texts

_ONE = 'instance=~"$device"'


def site(texts: Texts) -> Board:
    """Return the dashboard."""
    board = Board("site", texts)
    board.area_variable()
    board.device_variable('area=~"$area",role!="service"')
    board.outages(_ONE)
    _now(board)
    history = Query(expr=q.named(q.state_code(_ONE), of=_ONE), legend="{{name}}")
    board.add("site.states", states(history, Look(mappings=state_mappings(texts))), 24, 5)
    _quality(board)
    _line(board)
    board.row("row.device")
    board.add("site.interfaces", _interfaces(texts), 14, 9)
    failed = Query(
        expr=f"sum by (probe, reason) (increase(haidang_probe_failures_total{{{_ONE}}}[$__rate_interval])) > 0",
        legend="{{probe}}: {{reason}}",
    )
    board.add("site.failures", lines([failed], Look(decimals=0, by_threshold=False)), 10, 9)
    return board


def _now(board: Board) -> None:
    texts = board.texts
    state = Query(expr=q.state_code(_ONE))
    board.add("site.state", stat([state], Look(mappings=state_mappings(texts)), coloured=True), 4, 4)
    since = Query(expr=f"haidang_device_state_since_timestamp_seconds{{{_ONE}}} * 1000")
    board.add("site.since", stat([since], Look(unit="dateTimeFromNow")), 4, 4)
    month = [
        Query(
            expr=f'haidang_availability_ratio{{{_ONE},figure="{figure}",hours="all",bound="point"}}',
            legend=texts(figure),
        )
        for figure in ("end_to_end", "attributable")
    ]
    look = Look(unit="percentunit", decimals=2, thresholds=AVAILABILITY)
    board.add("site.month", stat(month, look), 7, 4)
    coverage = Query(expr=f'haidang_coverage_ratio{{{_ONE},hours="all"}}')
    board.add("site.coverage", stat([coverage], Look(unit="percentunit", decimals=1)), 3, 4)
    outages = Query(expr=f'haidang_period_outages{{{_ONE},of="all"}}')
    board.add("site.outages", stat([outages], Look(decimals=0)), 3, 4)
    clear = words({"0": (texts("encrypted"), GOOD), "1": (texts("clear_text"), WARN)})
    crypt = Query(expr=f"haidang_device_unencrypted{{{_ONE}}}")
    board.add("site.crypt", stat([crypt], Look(mappings=clear)), 3, 4)


def _quality(board: Board) -> None:
    texts = board.texts
    board.row("row.quality")
    trips = [
        Query(expr=f"haidang_probe_rtt_seconds{{{_ONE}}}", legend="{{probe}}"),
        Query(expr=f'haidang_probe_rtt_max_seconds{{{_ONE},probe="icmp"}}', legend=texts("highest")),
    ]
    look = Look(unit="s", thresholds=DELAY, by_threshold=False)
    board.add("site.rtt", lines(trips, look), 10, 8)
    jitter = Query(expr=f"haidang_probe_jitter_seconds{{{_ONE}}}", legend=texts("jitter"))
    board.add("site.jitter", lines([jitter], Look(unit="s", by_threshold=False)), 7, 8)
    loss = Query(expr=f"haidang_probe_loss_ratio{{{_ONE}}}", legend=texts("loss"))
    look = Look(unit="percentunit", least=0, most=1, thresholds=LOSS, by_threshold=False)
    board.add("site.loss", lines([loss], look, fill=30), 7, 8)


def _line(board: Board) -> None:
    texts = board.texts
    board.row("row.lines")
    traffic = [
        Query(
            expr=f'haidang_line_bits_per_second{{{_ONE},direction="{way}"}}', legend=texts(f"direction_{way}")
        )
        for way in ("in", "out")
    ]
    capacity = Query(expr=f"max(haidang_line_capacity_bits_per_second{{{_ONE}}})", legend=texts("capacity"))
    dashed: dict[str, object] = {
        "color": {"mode": "fixed", "fixedColor": BAD},
        "custom.lineStyle": {"fill": "dash", "dash": [10, 10]},
        "custom.fillOpacity": 0,
    }
    look = Look(unit="bps", by_threshold=False)
    shown = lines([*traffic, capacity], look, overrides=[(texts("capacity"), dashed)])
    board.add("site.traffic", shown, 14, 9)
    p95 = [
        Query(
            expr=f'haidang_line_p95_bits_per_second{{{_ONE},direction="{way}",window="{window}"}} / on (instance, direction) haidang_line_capacity_bits_per_second',
            legend=f"{texts(f'direction_{way}')}, {texts(f'window_{window}')}",
        )
        for window in ("day", "7d")
        for way in ("in", "out")
    ]
    look = Look(unit="percentunit", decimals=0, thresholds=CAPACITY)
    board.add("site.p95", stat(p95, look), 6, 9)
    over = Query(
        expr=f"max by (direction) (haidang_line_over_capacity_days{{{_ONE}}})", legend="{{direction}}"
    )
    look = Look(decimals=0, thresholds=steps(GOOD, (1, WARN), (7, BAD)))
    board.add("site.over", stat([over], look), 4, 5)
    missing = Query(expr=f'haidang_line_missing_buckets{{{_ONE},window="day"}}')
    board.beside("site.missing", stat([missing], Look(decimals=0, thresholds=steps(CALM, (58, WARN)))), 4, 4)


def _interfaces(texts: Texts) -> model.Panel:
    by = "max by (instance, ifIndex, ifName, ifAlias)"
    found = [
        Query(expr=f"{by} (ifOperStatus{{{_ONE}}})", table=True),
        Query(expr=f"max by (ifIndex) (ifHighSpeed{{{_ONE}}}) * 1e6", table=True),
        Query(expr=f"sum by (ifIndex) (rate(ifHCInOctets{{{_ONE}}}[$__rate_interval])) * 8", table=True),
        Query(expr=f"sum by (ifIndex) (rate(ifHCOutOctets{{{_ONE}}}[$__rate_interval])) * 8", table=True),
        Query(
            expr=f"sum by (ifIndex) (increase(ifInErrors{{{_ONE}}}[$__range]) + increase(ifOutErrors{{{_ONE}}}[$__range]))",
            table=True,
        ),
    ]
    up = words(
        {"1": (texts("state_up"), GOOD), "2": (texts("if_down"), CALM), "7": (texts("if_lower"), CALM)}
    )
    columns = [
        Column(source="ifName", title=texts("interface")),
        Column(source="ifAlias", title=texts("alias")),
        Column(source="Value #A", title=texts("state"), mappings=up),
        Column(source="Value #B", title=texts("speed"), unit="bps"),
        Column(source="Value #C", title=texts("received"), unit="bps", decimals=1),
        Column(source="Value #D", title=texts("sent"), unit="bps", decimals=1),
        Column(source="Value #E", title=texts("errors"), decimals=0, thresholds=steps(CALM, (1, WARN))),
    ]
    return table(found, columns, by="ifIndex", sort=texts("interface"), down=False)
