"""One server: processors, memory, disks and when they fill, network, temperatures, the agent itself."""

from __future__ import annotations

from grafana_foundation_sdk.models import dashboard as model

from dashboards import queries as q
from dashboards.board import Board
from dashboards.boards.datacentre import CPU, DISK, MEMORY, REAL, fills_in
from dashboards.colours import BAD, CALM, FULLNESS, GOOD, WARN, state_mappings, steps
from dashboards.panels import Column, Look, Query, lines, stat, table
from dashboards.text import Texts

_ONE = 'instance=~"$device"'
_RATIO = Look(unit="percentunit", decimals=0, least=0, most=1, thresholds=FULLNESS)


def of_one(expr: str) -> str:
    """Return an expression of all servers narrowed to the chosen one."""
    return f"({expr}) and on (instance) haidang_device_info{{{_ONE}}}"


def server(texts: Texts) -> Board:
    """Return the dashboard."""
    board = Board("server", texts)
    board.device_variable('role="server"', label="server")
    board.outages(_ONE)
    state = Query(expr=q.state_code(_ONE))
    board.add("server.state", stat([state], Look(mappings=state_mappings(texts)), coloured=True), 4, 4)
    board.add("server.cpu_now", stat([Query(expr=of_one(CPU))], _RATIO, spark=True), 4, 4)
    board.add("server.memory_now", stat([Query(expr=of_one(MEMORY))], _RATIO, spark=True), 4, 4)
    board.add("server.disk_now", stat([Query(expr=f"max({of_one(DISK)})")], _RATIO, spark=True), 4, 4)
    up = Query(expr=f"time() - node_boot_time_seconds{{{_ONE}}}")
    board.add("server.up", stat([up], Look(unit="dtdurations", decimals=0)), 4, 4)
    clock = Query(expr=f"abs(haidang_agent_clock_offset_seconds{{{_ONE}}})")
    look = Look(unit="s", thresholds=steps(GOOD, (0.5, WARN), (2, BAD)))
    board.add("server.clock", stat([clock], look), 4, 4)
    _load(board)
    board.row("row.disks")
    board.add("server.disks", _disks(texts), 14, 9)
    busy = Query(
        expr=f"rate(node_disk_io_time_seconds_total{{{_ONE}}}[$__rate_interval])", legend="{{device}}"
    )
    look = Look(unit="percentunit", least=0, most=1, by_threshold=False)
    board.add("server.io", lines([busy], look), 10, 9)
    _network(board)
    return board


def _load(board: Board) -> None:
    texts = board.texts
    modes = Query(
        expr=f'sum by (mode) (rate(node_cpu_seconds_total{{{_ONE},mode!="idle"}}[$__rate_interval])) / scalar(count(count by (cpu) (node_cpu_seconds_total{{{_ONE}}})))',
        legend="{{mode}}",
    )
    look = Look(unit="percentunit", least=0, by_threshold=False)
    board.add("server.cpu", lines([modes], look, stacked=True, fill=40), 8, 9)
    load = [
        Query(expr=f"node_load{minutes}{{{_ONE}}}", legend=f"{minutes} {texts('minutes')}")
        for minutes in (1, 5, 15)
    ]
    board.add("server.load", lines(load, Look(by_threshold=False)), 8, 9)
    parts = [
        Query(
            expr=f"node_memory_MemTotal_bytes{{{_ONE}}} - node_memory_MemAvailable_bytes{{{_ONE}}}",
            legend=texts("used"),
        ),
        Query(expr=f"node_memory_Cached_bytes{{{_ONE}}}", legend=texts("cache")),
        Query(
            expr=f"node_memory_SwapTotal_bytes{{{_ONE}}} - node_memory_SwapFree_bytes{{{_ONE}}}",
            legend=texts("swap"),
        ),
        Query(expr=f"node_memory_MemTotal_bytes{{{_ONE}}}", legend=texts("total")),
    ]
    board.add("server.memory", lines(parts, Look(unit="bytes", by_threshold=False)), 8, 9)


def _disks(texts: Texts) -> model.Panel:
    one = f"{_ONE},{REAL}"
    found = [
        Query(
            expr=f"max by (mountpoint, fstype) (1 - node_filesystem_avail_bytes{{{one}}} / node_filesystem_size_bytes{{{one}}})",
            table=True,
        ),
        Query(expr=f"max by (mountpoint) (node_filesystem_avail_bytes{{{one}}})", table=True),
        Query(expr=f"max by (mountpoint) (node_filesystem_size_bytes{{{one}}})", table=True),
        Query(expr=f"min by (mountpoint) ({fills_in(one)})", table=True),
        Query(
            expr=f"max by (mountpoint) (1 - node_filesystem_files_free{{{one}}} / node_filesystem_files{{{one}}})",
            table=True,
        ),
    ]
    columns = [
        Column(source="mountpoint", title=texts("mountpoint")),
        Column(source="fstype", title=texts("fstype")),
        Column(
            source="Value #A",
            title=texts("full"),
            unit="percentunit",
            decimals=0,
            thresholds=FULLNESS,
            bar=True,
        ),
        Column(source="Value #B", title=texts("free"), unit="bytes"),
        Column(source="Value #C", title=texts("size"), unit="bytes"),
        Column(
            source="Value #D",
            title=texts("full_in"),
            unit="dtdurations",
            decimals=0,
            thresholds=steps(BAD, (172_800, WARN), (1_209_600, CALM)),
        ),
        Column(source="Value #E", title=texts("inodes"), unit="percentunit", decimals=0),
    ]
    return table(found, columns, by="mountpoint", sort=texts("full"))


def _network(board: Board) -> None:
    texts = board.texts
    board.row("row.network")
    rates = [
        Query(
            expr=f'rate(node_network_{way}_bytes_total{{{_ONE},device!="lo"}}[$__rate_interval]) * 8',
            legend=f"{{{{device}}}}, {texts(f'net_{way}')}",
        )
        for way in ("receive", "transmit")
    ]
    board.add("server.network", lines(rates, Look(unit="bps", by_threshold=False)), 10, 9)
    errors = [
        Query(
            expr=f"sum by (device) (increase(node_network_{way}_{what}_total{{{_ONE}}}[$__rate_interval])) > 0",
            legend=f"{{{{device}}}}, {texts(f'net_{way}')} {what}",
        )
        for way in ("receive", "transmit")
        for what in ("errs", "drop")
    ]
    board.add("server.errors", lines(errors, Look(decimals=0, by_threshold=False)), 7, 9)
    heat = Query(expr=f"node_hwmon_temp_celsius{{{_ONE}}}", legend="{{chip}} {{sensor}}")
    board.add("server.heat", lines([heat], Look(unit="celsius", by_threshold=False)), 7, 9)
    board.row("row.agent")
    age = Query(expr=f"haidang_agent_snapshot_age_seconds{{{_ONE}}}", legend=texts("age"))
    board.add("server.agent_age", lines([age], Look(unit="s", by_threshold=False)), 8, 7)
    cost = Query(
        expr=f"rate(haidang_agent_cpu_seconds_total{{{_ONE}}}[$__rate_interval])", legend=texts("cpu")
    )
    board.add("server.agent_cpu", lines([cost], Look(unit="percentunit", by_threshold=False)), 8, 7)
    memory = Query(expr=f"haidang_agent_resident_memory_bytes{{{_ONE}}}", legend=texts("memory"))
    board.add("server.agent_memory", lines([memory], Look(unit="bytes", by_threshold=False)), 8, 7)
