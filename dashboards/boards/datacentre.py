"""The data centre: all servers beside each other, what is full and when the next disk will be."""

from __future__ import annotations

from grafana_foundation_sdk.models import dashboard as model

from collector.model import State
from dashboards import queries as q
from dashboards.board import Board
from dashboards.colours import BAD, CALM, FULLNESS, GOOD, NONE_IS_GOOD, WARN, state_mappings, steps
from dashboards.panels import Column, Look, Query, lines, stat, table
from dashboards.text import Texts

REAL = 'fstype!~"tmpfs|devtmpfs|overlay|squashfs|ramfs|iso9660"'
"""File systems that hold data."""
CPU = '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[$__rate_interval]))'
MEMORY = "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes"
DISK = f"1 - node_filesystem_avail_bytes{{{REAL}}} / node_filesystem_size_bytes{{{REAL}}}"
_NO_LINES = 'role!="commune"'
"""Names of communes need not be looked for at each point of time."""
_DAYS = 86_400


def fills_in(selector: str) -> str:
    """Return in how many seconds a file system will be full if it goes on as in the last day."""
    free = f"node_filesystem_avail_bytes{{{selector}}}"
    return f"({free} / -(deriv({free}[1d]) < -100))"


def datacentre(texts: Texts) -> Board:
    """Return the dashboard."""
    board = Board("datacentre", texts)
    servers = [
        Query(expr=q.in_state(State.UP, 'role="server"'), legend=texts("state_up")),
        Query(expr=q.count('haidang_device_serves{role="server"}'), legend=texts("of_all")),
    ]
    board.add("datacentre.up", stat(servers, Look()), 6, 4)
    busy = Query(expr=q.count(f"({CPU}) > 0.8"))
    board.add("datacentre.busy", stat([busy], Look(thresholds=steps(GOOD, (1, WARN)))), 4, 4)
    short = Query(expr=q.count(f"({MEMORY}) > 0.9"))
    board.add("datacentre.short", stat([short], Look(thresholds=steps(GOOD, (1, WARN)))), 4, 4)
    full = Query(expr=q.count(f"({DISK}) > 0.9"))
    board.add("datacentre.full", stat([full], Look(thresholds=NONE_IS_GOOD)), 4, 4)
    filling = Query(expr=q.count(f"{fills_in(REAL)} < {7 * _DAYS}"))
    board.add("datacentre.filling", stat([filling], Look(thresholds=steps(GOOD, (1, WARN)))), 6, 4)
    board.add("datacentre.servers", _servers(texts), 24, 13)
    board.row("row.load")
    ratio = Look(unit="percentunit", decimals=0, least=0, most=1, thresholds=FULLNESS, by_threshold=False)
    for key, expr in (("cpu", CPU), ("memory", MEMORY)):
        shown = lines([Query(expr=q.named(f"topk(10, {expr})", of=_NO_LINES), legend="{{name}}")], ratio)
        board.add(f"datacentre.{key}", shown, 12, 9)
    disks = f"topk(10, max by (instance, mountpoint) ({DISK}))"
    shown = lines([Query(expr=q.named(disks, of=_NO_LINES), legend="{{name}} {{mountpoint}}")], ratio)
    board.add("datacentre.disks", shown, 12, 9)
    network = 'sum by (instance) (rate(node_network_{way}_bytes_total{{device!="lo"}}[$__rate_interval])) * 8'
    rates = [
        Query(
            expr=q.named(f"topk(5, {network.format(way=way)})", of=_NO_LINES),
            legend=f"{{{{name}}}}, {texts(f'net_{way}')}",
        )
        for way in ("receive", "transmit")
    ]
    board.add("datacentre.network", lines(rates, Look(unit="bps", by_threshold=False)), 12, 9)
    return board


def _servers(texts: Texts) -> model.Panel:
    found = [
        Query(expr=q.named(q.state_code('role="server"')), table=True),
        Query(expr=CPU, table=True),
        Query(expr=f"max by (instance) ({MEMORY})", table=True),
        Query(expr=f"max by (instance) ({DISK})", table=True),
        Query(expr=f"min by (instance) ({fills_in(REAL)}) < {90 * _DAYS}", table=True),
        Query(
            expr='sum by (instance) (rate(node_network_receive_bytes_total{device!="lo"}[$__rate_interval])) * 8',
            table=True,
        ),
        Query(
            expr='sum by (instance) (rate(node_network_transmit_bytes_total{device!="lo"}[$__rate_interval])) * 8',
            table=True,
        ),
        Query(expr="max by (instance) (time() - node_boot_time_seconds)", table=True),
    ]
    columns = [
        Column(
            source="name",
            title=texts("server_name"),
            link=(texts("to_server"), "/d/haidang-server?var-device=${__data.fields.instance}"),
        ),
        Column(source="Value #A", title=texts("state"), mappings=state_mappings(texts)),
        Column(
            source="Value #B",
            title=texts("cpu"),
            thresholds=FULLNESS,
            bar=True,
            unit="percentunit",
            decimals=0,
        ),
        Column(
            source="Value #C",
            title=texts("memory"),
            thresholds=FULLNESS,
            bar=True,
            unit="percentunit",
            decimals=0,
        ),
        Column(
            source="Value #D",
            title=texts("fullest_disk"),
            thresholds=FULLNESS,
            bar=True,
            unit="percentunit",
            decimals=0,
        ),
        Column(
            source="Value #E",
            title=texts("full_in"),
            unit="dtdurations",
            decimals=0,
            thresholds=steps(BAD, (2 * _DAYS, WARN), (14 * _DAYS, CALM)),
        ),
        Column(source="Value #F", title=texts("received"), unit="bps", decimals=1),
        Column(source="Value #G", title=texts("sent"), unit="bps", decimals=1),
        Column(source="Value #H", title=texts("up_for"), unit="dtdurations", decimals=0),
    ]
    return table(found, columns, by="instance", sort=texts("fullest_disk"))
