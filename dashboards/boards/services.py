"""Services as users meet them: do they work, how fast, how long are their certificates good."""

from __future__ import annotations

from grafana_foundation_sdk.models import dashboard as model

from collector.model import State
from dashboards import queries as q
from dashboards.board import Board
from dashboards.boards.wall import outages
from dashboards.colours import AVAILABILITY, BAD, CALM, GOOD, NONE_IS_GOOD, WARN, state_mappings, steps
from dashboards.panels import Column, Look, Query, lines, stat, states, table
from dashboards.text import Texts

_THEM = 'role="service"'
_DAY = 86_400


def services(texts: Texts) -> Board:
    """Return the dashboard."""
    board = Board("services", texts)
    board.device_variable(_THEM, many=True, label="service")
    chosen = f'instance=~"$device",{_THEM}'
    board.outages(chosen)
    up = [
        Query(expr=q.in_state(State.UP, chosen), legend=texts("state_up")),
        Query(expr=q.count(f"haidang_device_serves{{{chosen}}}"), legend=texts("of_all")),
    ]
    board.add("services.up", stat(up, Look()), 6, 4)
    down = Query(expr=q.count(f'haidang_device_state{{state=~"down|upstream",{chosen}}} == 1'))
    board.add("services.down", stat([down], Look(thresholds=NONE_IS_GOOD), coloured=True), 5, 4)
    expiry = Query(expr="min(probe_ssl_earliest_cert_expiry - time())")
    look = Look(unit="dtdurations", decimals=0, thresholds=_certificate())
    board.add("services.expiry", stat([expiry], look), 6, 4)
    month = Query(
        expr='haidang_group_availability_ratio{group="services",figure="end_to_end",hours="all",bound="point"}'
    )
    look = Look(unit="percentunit", decimals=2, thresholds=AVAILABILITY)
    board.add("services.month", stat([month], look), 7, 4)
    history = Query(expr=q.named(q.state_code(chosen), of=chosen), legend="{{name}}")
    board.add("services.states", states(history, Look(mappings=state_mappings(texts))), 24, 6)
    board.add("services.table", _table(texts), 24, 8)
    duration = Query(
        expr=q.named(
            'probe_duration_seconds and on (instance) haidang_device_info{instance=~"$device"}',
            of='instance=~"$device"',
        ),
        legend="{{name}}",
    )
    board.add("services.duration", lines([duration], Look(unit="s", by_threshold=False)), 12, 9)
    phases = Query(
        expr='avg by (phase) (probe_http_duration_seconds and on (instance) haidang_device_info{instance=~"$device"})',
        legend="{{phase}}",
    )
    board.add("services.phases", lines([phases], Look(unit="s", by_threshold=False), stacked=True), 12, 9)
    board.add("services.outages", outages(texts, chosen), 24, 7)
    return board


def _certificate() -> model.ThresholdsConfig:
    return steps(BAD, (7 * _DAY, WARN), (30 * _DAY, GOOD))


def _table(texts: Texts) -> model.Panel:
    found = [
        Query(expr=q.named(q.state_code('instance=~"$device",role="service"')), table=True),
        Query(expr="max by (instance) (probe_duration_seconds)", table=True),
        Query(expr="max by (instance) (probe_http_status_code)", table=True),
        Query(expr="max by (instance) (probe_ssl_earliest_cert_expiry - time())", table=True),
        Query(expr='max by (instance, reason) (haidang_probe_fault{probe=~"http|tls|tcp|dns"})', table=True),
        Query(
            expr='haidang_availability_ratio{role="service",figure="end_to_end",hours="all",bound="point"}',
            table=True,
        ),
    ]
    columns = [
        Column(source="name", title=texts("service_name")),
        Column(source="Value #A", title=texts("state"), mappings=state_mappings(texts)),
        Column(source="reason", title=texts("fault")),
        Column(source="Value #B", title=texts("took"), unit="s"),
        Column(source="Value #C", title=texts("status"), unit="none", thresholds=steps(CALM, (400, BAD))),
        Column(
            source="Value #D",
            title=texts("certificate"),
            unit="dtdurations",
            decimals=0,
            thresholds=_certificate(),
        ),
        Column(
            source="Value #F",
            title=texts("end_to_end"),
            unit="percentunit",
            decimals=2,
            thresholds=AVAILABILITY,
        ),
    ]
    return table(found, columns, by="instance", sort=texts("service_name"), down=False)
