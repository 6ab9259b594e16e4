"""A district: its units as tiles, what is down and since when, its lines, and what stands behind its month."""

from __future__ import annotations

from grafana_foundation_sdk.models import dashboard as model

from collector.model import State
from dashboards import queries as q
from dashboards.board import Board
from dashboards.boards.wall import outages
from dashboards.colours import AVAILABILITY, CAPACITY, DELAY, LOSS, NONE_IS_GOOD, PLAIN, state_mappings
from dashboards.panels import SITE_LINK, Column, Look, Query, lines, stat, states, table, tiles
from dashboards.text import Texts

_HERE = 'area=~"$area"'
_SITE = "/d/haidang-site?var-device=${__data.fields.instance}"


def district(texts: Texts) -> Board:
    """Return the dashboard."""
    board = Board("district", texts)
    board.area_variable(many=False)
    board.outages(_HERE)
    cut = [
        Query(
            expr=q.count(f"{q.cut_off(_HERE)} and on (instance) {q.units(_HERE)}"), legend=texts("cut_off")
        ),
        Query(expr=q.count(q.units(_HERE)), legend=texts("of_all")),
    ]
    board.add("district.units", stat(cut, Look(thresholds=PLAIN), first=NONE_IS_GOOD), 6, 5)
    up = Query(expr=q.in_state(State.UP, _HERE))
    board.add("district.up", stat([up], Look()), 4, 5)
    running = Query(expr=q.count(q.running_outages(_HERE)))
    board.add("district.running", stat([running], Look(thresholds=NONE_IS_GOOD)), 4, 5)
    month = [
        Query(
            expr=f'haidang_group_availability_ratio{{group="area",id=~"$area",figure="end_to_end",hours="all",bound="{bound}"}}',
            legend=texts(f"bound_{bound}"),
        )
        for bound in ("low", "point", "high")
    ]
    look = Look(unit="percentunit", decimals=2, thresholds=AVAILABILITY)
    board.add("district.month", stat(month, look), 10, 5)
    look = Look(mappings=state_mappings(texts), link=(texts("to_site"), SITE_LINK))
    tile = Query(expr=q.named(q.state_code(_HERE), of=_HERE), legend="{{name}}", instant=True)
    board.add("district.tiles", tiles(tile, look), 10, 9)
    board.add("district.outages", outages(texts, _HERE), 14, 9)
    board.row("row.day")
    down = q.latest(f'haidang_device_state{{state=~"down|upstream|unknown",{_HERE}}}')
    changed = f'(changes(haidang_device_state{{state="up",{_HERE}}}[$__range] @ end()) > 0 or {down} == 1)'
    history = q.named(q.state_code(_HERE, changed), of=_HERE)
    board.add(
        "district.states",
        states(Query(expr=history, legend="{{name}}"), Look(mappings=state_mappings(texts))),
        24,
        10,
    )
    board.add("district.devices", _devices(texts), 24, 12)
    board.row("row.lines")
    traffic = [
        Query(
            expr=f'sum(haidang_line_bits_per_second{{direction="{way}"}} and on (instance) haidang_device_info{{{_HERE},role!="hub"}})',
            legend=texts(f"direction_{way}"),
        )
        for way in ("in", "out")
    ]
    board.add("district.traffic", lines(traffic, Look(unit="bps", by_threshold=False)), 12, 9)
    in_area = q.latest(f"haidang_device_info{{{_HERE}}}")
    chosen = q.fullest(10, "day", f" and on (instance) {in_area}")
    full = q.named(q.fullness_of("day", chosen), of=_HERE, only=chosen)
    look = Look(unit="percentunit", decimals=0, thresholds=CAPACITY, by_threshold=False)
    board.add("district.full", lines([Query(expr=full, legend="{{name}}")], look, limit=True), 12, 9)
    return board


def _devices(texts: Texts) -> model.Panel:
    in_area = f"and on (instance) haidang_device_info{{{_HERE}}}"
    found = [
        Query(expr=q.named(q.state_code(_HERE), of=_HERE), table=True),
        Query(
            expr=f'max by (instance) (haidang_probe_rtt_seconds{{probe=~"icmp|snmp"}} {in_area})', table=True
        ),
        Query(expr=f"max by (instance) (haidang_probe_loss_ratio {in_area})", table=True),
        Query(expr=f"{q.fullness('day')} {in_area}", table=True),
        Query(
            expr='haidang_availability_ratio{area=~"$area",figure="end_to_end",hours="all",bound="point"}',
            table=True,
        ),
        Query(expr='haidang_coverage_ratio{area=~"$area",hours="all"}', table=True),
    ]
    columns = [
        Column(source="name", title=texts("device"), link=(texts("to_site"), _SITE)),
        Column(source="Value #A", title=texts("state"), mappings=state_mappings(texts)),
        Column(source="Value #B", title=texts("round_trip"), unit="s", thresholds=DELAY),
        Column(source="Value #C", title=texts("loss"), unit="percentunit", decimals=1, thresholds=LOSS),
        Column(
            source="Value #D", title=texts("p95_share"), unit="percentunit", decimals=0, thresholds=CAPACITY
        ),
        Column(
            source="Value #E",
            title=texts("end_to_end"),
            unit="percentunit",
            decimals=2,
            thresholds=AVAILABILITY,
        ),
        Column(source="Value #F", title=texts("coverage"), unit="percentunit", decimals=1),
    ]
    return table(found, columns, by="instance", sort=texts("end_to_end"), down=False)
