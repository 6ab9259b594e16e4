"""Availability: the running period by province, district and device, between its bounds, with its coverage."""

from __future__ import annotations

from grafana_foundation_sdk.models import dashboard as model

from dashboards import queries as q
from dashboards.board import Board
from dashboards.colours import AVAILABILITY, COVERAGE, state_mappings
from dashboards.panels import Column, Look, Query, bars, lines, stat, table
from dashboards.text import Texts

_SITE = "/d/haidang-site?var-device=${__data.fields.instance}"
_ROLE = 'role=~"$role",area=~"$area"'


def availability(texts: Texts) -> Board:
    """Return the dashboard."""
    board = Board("availability", texts, since="now-30d", refresh="5m")
    board.area_variable()
    board.label_variable("role", "label_values(haidang_availability_ratio, role)")
    _province(board)
    board.add("availability.areas", _areas(texts), 24, 11)
    board.row("row.worst")
    share = f'haidang_availability_ratio{{{_ROLE},figure="end_to_end",hours="all",bound="point"}}'
    look = Look(unit="percentunit", decimals=2, least=0.9, most=1, thresholds=AVAILABILITY)
    worst = Query(
        expr=f"sort({q.named(f'bottomk(10, max by (instance) ({share}))')})", legend="{{name}}", instant=True
    )
    board.add("availability.worst", bars(worst, look), 9, 11)
    board.add("availability.devices", _devices(texts), 15, 11)
    board.row("row.course")
    course = [
        Query(
            expr=f'haidang_group_availability_ratio{{group="province",figure="end_to_end",hours="all",bound="{bound}"}}',
            legend=texts(f"bound_{bound}"),
        )
        for bound in ("low", "point", "high")
    ]
    look = Look(unit="percentunit", decimals=3, thresholds=AVAILABILITY, by_threshold=False)
    board.add("availability.course", lines(course, look, fill=0), 12, 9)
    causes = Query(
        expr="count by (cause) (max by (instance, cause) (max_over_time(haidang_outage_length_seconds[$__range])))",
        legend="{{cause}}",
        instant=True,
    )
    board.add("availability.causes", bars(causes, Look(decimals=0)), 6, 9)
    sums = Query(
        expr=f"sum by (state) (haidang_period_seconds{{{_ROLE}}}) / scalar(sum(haidang_period_seconds{{{_ROLE}}}))",
        legend="{{state}}",
        instant=True,
    )
    board.add("availability.sums", bars(sums, Look(unit="percentunit", decimals=3, least=0, most=1)), 6, 9)
    return board


def _province(board: Board) -> None:
    texts = board.texts
    for figure, width in (("end_to_end", 7), ("attributable", 7)):
        shown = [
            Query(
                expr=f'haidang_group_availability_ratio{{group="province",figure="{figure}",hours="all",bound="{bound}"}}',
                legend=texts(f"bound_{bound}"),
            )
            for bound in ("low", "point", "high")
        ]
        look = Look(unit="percentunit", decimals=2, thresholds=AVAILABILITY)
        board.add(f"availability.{figure}", stat(shown, look), width, 5)
    working = Query(
        expr='haidang_group_availability_ratio{group="province",figure="end_to_end",hours="working",bound="point"}'
    )
    look = Look(unit="percentunit", decimals=2, thresholds=AVAILABILITY)
    board.add("availability.working", stat([working], look), 3, 5)
    coverage = Query(expr='haidang_group_coverage_ratio{group="province",hours="all"}')
    look = Look(unit="percentunit", decimals=2, thresholds=COVERAGE)
    board.add("availability.coverage", stat([coverage], look), 3, 5)
    age = Query(expr="time() - haidang_figures_timestamp_seconds")
    board.add("availability.age", stat([age], Look(unit="s", decimals=0)), 4, 5)


def _areas(texts: Texts) -> model.Panel:
    names = (
        'label_replace(max by (area, area_name) (haidang_device_info{area!=""}), "id", "$1", "area", "(.*)")'
    )
    found = [Query(expr=f"max by (id, area_name) ({names})", table=True)]
    wanted = [
        ("end_to_end", "all", "low"),
        ("end_to_end", "all", "point"),
        ("end_to_end", "all", "high"),
        ("attributable", "all", "point"),
        ("end_to_end", "working", "point"),
    ]
    found += [
        Query(
            expr=f'max by (id) (haidang_group_availability_ratio{{group="area",figure="{figure}",hours="{hours}",bound="{bound}"}})',
            table=True,
        )
        for figure, hours, bound in wanted
    ]
    found.append(
        Query(expr='max by (id) (haidang_group_coverage_ratio{group="area",hours="all"})', table=True)
    )
    found.append(Query(expr='max by (id) (haidang_group_cut_off_units{group="area"})', table=True))
    found.append(Query(expr='max by (id) (haidang_group_units{group="area"})', table=True))
    titles = ("bound_low", "end_to_end", "bound_high", "attributable", "working")
    columns = [Column(source="area_name", title=texts("area"))]
    columns += [
        Column(
            source=f"Value #{letter}",
            title=texts(title),
            unit="percentunit",
            decimals=2,
            thresholds=None if title.startswith("bound") else AVAILABILITY,
        )
        for letter, title in zip("BCDEF", titles, strict=True)
    ]
    columns += [
        Column(
            source="Value #G", title=texts("coverage"), unit="percentunit", decimals=1, thresholds=COVERAGE
        ),
        Column(source="Value #H", title=texts("cut_off_units"), decimals=0),
        Column(source="Value #I", title=texts("units"), decimals=0),
    ]
    return table(found, columns, by="id", sort=texts("end_to_end"), down=False)


def _devices(texts: Texts) -> model.Panel:
    point = f'{_ROLE},hours="all",bound="point"'
    found = [
        Query(
            expr=q.named(f'max by (instance) (haidang_availability_ratio{{figure="end_to_end",{point}}})'),
            table=True,
        ),
        Query(
            expr=f'max by (instance) (haidang_availability_ratio{{figure="attributable",{point}}})',
            table=True,
        ),
        Query(expr=f'max by (instance) (haidang_coverage_ratio{{{_ROLE},hours="all"}})', table=True),
        Query(expr=f'max by (instance) (haidang_period_outages{{{_ROLE},of="all"}})', table=True),
        Query(expr=f'max by (instance) (haidang_period_seconds{{{_ROLE},state="down"}})', table=True),
        Query(expr=f'max by (instance) (haidang_period_seconds{{{_ROLE},state="upstream"}})', table=True),
        Query(expr=q.state_code(_ROLE), table=True),
    ]
    ratio = "percentunit"
    columns = [
        Column(source="name", title=texts("device"), link=(texts("to_site"), _SITE)),
        Column(source="Value #A", title=texts("end_to_end"), unit=ratio, decimals=2, thresholds=AVAILABILITY),
        Column(source="Value #B", title=texts("attributable"), unit=ratio, decimals=2),
        Column(source="Value #C", title=texts("coverage"), unit=ratio, decimals=1, thresholds=COVERAGE),
        Column(source="Value #D", title=texts("outages"), decimals=0),
        Column(source="Value #E", title=texts("state_down"), unit="s", decimals=0),
        Column(source="Value #F", title=texts("state_upstream"), unit="s", decimals=0),
        Column(source="Value #G", title=texts("state"), mappings=state_mappings(texts)),
    ]
    return table(found, columns, by="instance", sort=texts("end_to_end"), down=False)
