"""Is the monitor itself well: polls in time, evidence on the disk, clock, inventory, credentials."""

from __future__ import annotations

from collector.model import State
from dashboards import queries as q
from dashboards.board import Board
from dashboards.colours import BAD, GOOD, NONE_IS_GOOD, WARN, steps, words
from dashboards.panels import Look, Query, lines, stat
from dashboards.text import Texts


def collector(texts: Texts) -> Board:
    """Return the dashboard."""
    board = Board("collector", texts)
    _well(board)
    board.row("row.polls")
    verdicts = Query(
        expr="sum by (verdict) (rate(haidang_polls_total[$__rate_interval]))", legend="{{verdict}}"
    )
    board.add("collector.polls", lines([verdicts], Look(unit="ops", by_threshold=False)), 8, 8)
    for key, metric in (
        ("lateness", "haidang_poll_start_lateness_seconds"),
        ("duration", "haidang_poll_duration_seconds"),
    ):
        shown = [
            Query(
                expr=f"histogram_quantile({share}, sum by (le) (rate({metric}_bucket[$__rate_interval])))",
                legend=name,
            )
            for share, name in ((0.5, texts("median")), (0.99, "P99"))
        ]
        board.add(f"collector.{key}", lines(shown, Look(unit="s", by_threshold=False)), 8, 8)
    troubles = [
        Query(expr=f"increase({metric}[$__rate_interval])", legend=texts(key))
        for key, metric in (
            ("skipped", "haidang_polls_skipped_total"),
            ("missed", "haidang_polls_missed_total"),
            ("stalls", "haidang_loop_stalls_total"),
            ("dropped", "haidang_replies_dropped_total"),
        )
    ]
    board.add("collector.troubles", lines(troubles, Look(decimals=0, by_threshold=False)), 12, 8)
    devices = [
        Query(expr=f'haidang_devices{{state="{state}"}}', legend=texts(f"state_{state}")) for state in State
    ]
    look = Look(decimals=0, by_threshold=False)
    board.add("collector.devices", lines(devices, look, stacked=True, fill=40), 12, 8)
    _ledger(board)
    return board


def _well(board: Board) -> None:
    texts = board.texts
    yes_no = words({"1": (texts("yes"), GOOD), "0": (texts("no"), BAD)})
    for key, expr in (
        ("ledger_ok", "haidang_ledger_ok"),
        ("inventory_ok", "haidang_inventory_reload_success"),
    ):
        shown = stat([Query(expr=expr)], Look(mappings=yes_no), coloured=True)
        board.add(f"collector.{key}", shown, 3, 4)
    unusable = Query(expr=q.count("haidang_credential_usable == 0"))
    board.add("collector.credentials", stat([unusable], Look(thresholds=NONE_IS_GOOD)), 3, 4)
    errors = Query(expr="increase(haidang_internal_errors_total[$__range])")
    board.add("collector.errors", stat([errors], Look(decimals=0, thresholds=NONE_IS_GOOD)), 3, 4)
    commit = Query(expr="time() - haidang_ledger_last_commit_timestamp_seconds")
    look = Look(unit="s", decimals=0, thresholds=steps(GOOD, (60, WARN), (300, BAD)))
    board.add("collector.commit", stat([commit], look), 3, 4)
    figures = Query(expr="time() - haidang_figures_timestamp_seconds")
    look = Look(unit="s", decimals=0, thresholds=steps(GOOD, (1_800, WARN), (7_200, BAD)))
    board.add("collector.figures", stat([figures], look), 3, 4)
    jumps = Query(expr=q.or_none("sum(increase(haidang_clock_jumps_total[$__range]))"))
    board.add("collector.jumps", stat([jumps], Look(decimals=0, thresholds=steps(GOOD, (1, WARN)))), 3, 4)
    version = Query(expr="haidang_build_info", legend="{{version}}", instant=True)
    shown = stat([version], Look())
    options = dict(shown.options) if isinstance(shown.options, dict) else {}
    shown.options = options | {"textMode": "name", "colorMode": "none"}
    board.add("collector.version", shown, 3, 4)


def _ledger(board: Board) -> None:
    texts = board.texts
    board.row("row.ledger")
    pending = Query(expr="haidang_ledger_pending_rows", legend=texts("pending"))
    board.add("collector.pending", lines([pending], Look(decimals=0, by_threshold=False)), 6, 8)
    seconds = Query(expr="haidang_ledger_commit_duration_seconds", legend=texts("took"))
    board.add("collector.commit_seconds", lines([seconds], Look(unit="s", by_threshold=False)), 6, 8)
    size = Query(expr="haidang_ledger_file_bytes", legend="{{file}}")
    board.add("collector.size", lines([size], Look(unit="bytes", by_threshold=False)), 6, 8)
    lost = Query(expr="increase(haidang_ledger_not_booked_total[$__rate_interval]) > 0", legend="{{why}}")
    board.add("collector.lost", lines([lost], Look(decimals=0, by_threshold=False)), 6, 8)
    board.row("row.process")
    cpu = Query(expr="rate(process_cpu_seconds_total[$__rate_interval])", legend=texts("cpu"))
    board.add("collector.cpu", lines([cpu], Look(unit="percentunit", by_threshold=False)), 8, 7)
    memory = Query(expr="process_resident_memory_bytes", legend=texts("memory"))
    board.add("collector.memory", lines([memory], Look(unit="bytes", by_threshold=False)), 8, 7)
    files = [
        Query(expr="process_open_fds", legend=texts("open_files")),
        Query(expr="process_max_fds", legend=texts("most_files")),
    ]
    board.add("collector.files", lines(files, Look(decimals=0, by_threshold=False)), 8, 7)
