"""The wall of the duty room: the province in one look, 1920×1080 without scrolling, readable from four metres."""

from __future__ import annotations

from grafana_foundation_sdk.models import dashboard as model

from collector.model import State
from dashboards import queries as q
from dashboards.board import Board
from dashboards.colours import (
    AVAILABILITY,
    CAPACITY,
    COVERAGE,
    NONE_IS_GOOD,
    PLAIN,
    WARN,
    state_mappings,
    steps,
)
from dashboards.panels import SITE_LINK, SOURCE, Column, Look, Query, bars, panel, stat, table, tiles
from dashboards.text import Texts

_NO_TILES = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
"""A clear picture of one pixel in the place of map tiles: nothing is fetched from anywhere."""


def wall(texts: Texts) -> Board:
    """Return the dashboard."""
    board = Board("wall", texts, since="now-6h", refresh="10s")
    board.area_variable(hidden=True)
    _figures(board)
    board.add("wall.map", _map(texts), 7, 13)
    board.add("wall.outages", outages(texts, ""), 10, 13)
    full = q.named(f"topk(8, {q.fullness('day')})")
    look = Look(unit="percentunit", decimals=0, least=0, most=1, thresholds=CAPACITY)
    board.add(
        "wall.lines", bars(Query(expr=f"sort_desc({full})", legend="{{name}}", instant=True), look), 7, 6
    )
    monthly = q.group("haidang_group_availability_ratio", _POINT)
    look = Look(unit="percentunit", decimals=2, least=0.98, most=1, thresholds=AVAILABILITY)
    board.beside(
        "wall.areas", bars(Query(expr=f"sort({monthly})", legend="{{area_name}}", instant=True), look), 7, 7
    )
    look = Look(mappings=state_mappings(texts), link=(texts("to_site"), SITE_LINK))
    tile = Query(expr=q.named(q.state_code('area=~"$area"')), legend="{{name}}", instant=True)
    shown = tiles(tile, look)
    shown.repeat_direction = "h"
    board.add("wall.tiles", shown, 5, 5, repeat="area", per_row=5)
    return board


_POINT = 'figure="end_to_end",hours="all",bound="point"'


def _figures(board: Board) -> None:
    units = [
        Query(expr=q.count(f"{q.cut_off()} and on (instance) {q.units()}"), legend=board.texts("cut_off")),
        Query(expr=q.count(q.units()), legend=board.texts("of_all")),
    ]
    board.add("wall.units", stat(units, Look(thresholds=PLAIN), first=NONE_IS_GOOD), 5, 4)
    served = 'haidang_device_serves{role!="service"}'
    agencies = [
        Query(
            expr=q.or_none(f"sum({served} and on (instance) {q.cut_off()})"), legend=board.texts("cut_off")
        ),
        Query(expr=f"sum({served})", legend=board.texts("of_all")),
    ]
    board.add("wall.agencies", stat(agencies, Look(thresholds=PLAIN), first=NONE_IS_GOOD), 5, 4)
    running = Query(expr=q.count(q.running_outages()))
    board.add("wall.running", stat([running], Look(thresholds=NONE_IS_GOOD), coloured=True), 3, 4)
    servers = [
        Query(expr=q.in_state(State.UP, 'role="server"'), legend=board.texts("state_up")),
        Query(expr=q.count('haidang_device_serves{role="server"}'), legend=board.texts("of_all")),
    ]
    board.add("wall.servers", stat(servers, Look()), 4, 4)
    unknown = Query(expr='haidang_devices{state="unknown"}')
    board.add("wall.unknown", stat([unknown], Look(thresholds=steps("#2f9c76", (1, WARN)))), 2, 4)
    month = Query(expr=f'haidang_group_availability_ratio{{group="province",{_POINT}}}')
    look = Look(unit="percentunit", decimals=2, thresholds=AVAILABILITY)
    board.add("wall.month", stat([month], look), 3, 4)
    coverage = Query(expr='haidang_group_coverage_ratio{group="province",hours="all"}')
    look = Look(unit="percentunit", decimals=1, thresholds=COVERAGE)
    board.add("wall.coverage", stat([coverage], look), 2, 4)


def outages(texts: Texts, selector: str) -> model.Panel:
    """Return the outages of now, and those that have just ended, with what is known of their cause."""
    inner = f"{{{selector}}}" if selector else ""
    start = f"haidang_outage_start_timestamp_seconds{inner}"
    found = [
        Query(expr=f"max by (instance, name, area_name) (time() - {start})", table=True),
        Query(expr=f"sum by (instance) (haidang_outage_cut_off_units{inner})", table=True),
        Query(expr=f"max by (instance) (haidang_outage_cut_off_agencies{inner})", table=True),
        Query(expr=f"max by (instance, fault) (haidang_outage_info{inner})", table=True),
        Query(expr=f"max by (instance, cause) (haidang_outage_length_seconds{inner})", table=True),
    ]
    columns = [
        Column(
            source="name",
            title=texts("device"),
            link=(texts("to_site"), "/d/haidang-site?var-device=${__data.fields.instance}"),
        ),
        Column(source="area_name", title=texts("area")),
        Column(source="Value #A", title=texts("for"), unit="dtdurations", decimals=0),
        Column(source="Value #B", title=texts("units_behind"), decimals=0, thresholds=NONE_IS_GOOD, width=90),
        Column(source="Value #C", title=texts("agencies"), decimals=0, width=80),
        Column(source="fault", title=texts("fault"), width=110),
        Column(source="cause", title=texts("cause"), width=130),
    ]
    return table(found, columns, by="instance", sort=texts("units_behind"))


def _map(texts: Texts) -> model.Panel:
    cut = f"sum by (area) (max by (instance, area) (haidang_device_state{{{q.CUT_OFF}}}) and on (instance) {q.units()})"
    found = [
        Query(expr=f"{cut} * on (area) group_left (area_name) haidang_area_latitude_degrees ^ 0", table=True),
        Query(expr="max by (area) (haidang_area_latitude_degrees)", table=True),
        Query(expr="max by (area) (haidang_area_longitude_degrees)", table=True),
    ]
    names = {
        "area_name": texts("area"),
        "Value #A": texts("cut_off"),
        "Value #B": texts("latitude"),
        "Value #C": texts("longitude"),
    }
    style = {
        "color": {"field": texts("cut_off"), "fixed": "dark-green"},
        "opacity": 0.85,
        "rotation": {"fixed": 0, "max": 360, "min": -360, "mode": "mod"},
        "size": {"fixed": 14, "max": 24, "min": 8},
        "symbol": {"fixed": "img/icons/marker/circle.svg", "mode": "fixed"},
        "text": {"field": texts("area"), "fixed": "", "mode": "field"},
        "textConfig": {
            "fontSize": 14,
            "offsetX": 0,
            "offsetY": -22,
            "textAlign": "center",
            "textBaseline": "middle",
        },
    }
    options = {
        "view": {"id": "fit", "allLayers": True, "lat": 0, "lon": 0, "zoom": 15, "padding": 25},
        "controls": {
            "showZoom": False,
            "mouseWheelZoom": False,
            "showAttribution": True,
            "showScale": False,
            "showMeasure": False,
            "showDebug": False,
        },
        "basemap": {
            "type": "xyz",
            "name": texts("no_tiles"),
            "config": {"url": _NO_TILES, "attribution": texts("geonames")},
        },
        "layers": [
            {
                "type": "markers",
                "name": texts("area"),
                "config": {"showLegend": False, "style": style},
                "location": {
                    "mode": "coords",
                    "latitude": texts("latitude"),
                    "longitude": texts("longitude"),
                },
                "tooltip": True,
            }
        ],
        "tooltip": {"mode": "details"},
    }
    made = panel(
        "geomap",
        found,
        Look(thresholds=NONE_IS_GOOD),
        options=options,
        transformations=[
            ("joinByField", {"byField": "area", "mode": "outer"}),
            ("organize", {"excludeByName": {}, "indexByName": {}, "renameByName": names}),
        ],
    )
    made.datasource = SOURCE
    return made
