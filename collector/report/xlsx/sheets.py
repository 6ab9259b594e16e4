"""What each sheet of the workbook holds: typed values, and which columns are added up. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from collector.report.numbers import printed_ppm
from collector.report.paper.annexes import found_cause, groups, in_file_order, method, seal
from collector.report.paper.blocks import Paragraph
from collector.report.paper.incidents import cause_name
from collector.report.paper.section import Addition
from collector.report.traffic_values import TrafficRow
from collector.report.values import District, Line, MonthlyReport, OutageRow
from collector.report.words.say import Words


class Format(StrEnum):
    """How a column's values are shown."""

    TEXT = "text"
    COUNT = "count"
    PERCENT = "percent"
    CLOCK = "clock"
    INSTANT = "instant"
    MEGABITS = "megabits"
    GIGABYTES = "gigabytes"


class Total(StrEnum):
    """What stands below a column: its sum, or a share of the sums of others."""

    NONE = ""
    SUM = "sum"
    END_TO_END = "end_to_end"
    ATTRIBUTABLE = "attributable"
    COVERAGE = "coverage"
    REPAIR = "repair"


Value = str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: title, width in characters, format, what is below it; `name` for totals that use it."""

    title: str
    width: int
    format: Format = Format.TEXT
    total: Total = Total.NONE
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet: its name, a title, a table with totals, and sentences below or instead."""

    name: str
    title: str
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Value, ...], ...] = ()
    sentences: tuple[str, ...] = ()


_TIMES = ("up", "down", "upstream", "unknown", "maintenance", "out_of_service")


def sheets(report: MonthlyReport, words: Words, additions: Sequence[Addition] = ()) -> Iterator[Sheet]:
    """Yield the workbook's sheets: a summary, one for each annex, and one for an operator's additions."""
    yield _summary(report, words)
    yield _units(report, words)
    yield _outages(report, words)
    yield _traffic(report, words)
    sentences = tuple(method(report, words))
    yield Sheet(name=words.say("sheet_method"), title=words.say("annex_method"), sentences=sentences)
    yield _seal(report, words)
    if additions:
        added = tuple(
            f"{one.section}: {block.text}"
            for one in additions
            for block in one.blocks
            if isinstance(block, Paragraph)
        )
        name = words.say("sheet_additions")
        yield Sheet(name=name, title=name, sentences=added)


def _figures(words: Words) -> tuple[Column, ...]:
    """Return the columns that districts and units share."""
    shares = (
        ("c_e", Total.END_TO_END),
        ("x_low", Total.NONE),
        ("x_high", Total.NONE),
        ("c_a", Total.ATTRIBUTABLE),
        ("c_working", Total.NONE),
        ("c_cov", Total.COVERAGE),
    )
    return (
        *(
            Column(title=words.say(title), width=12, format=Format.PERCENT, total=total)
            for title, total in shares
        ),
        *(
            Column(title=words.say(f"x_{name}"), width=13, format=Format.CLOCK, total=Total.SUM, name=name)
            for name in _TIMES
        ),
        Column(title=words.say("c_outages"), width=10, format=Format.COUNT, total=Total.SUM),
        Column(title=words.say("x_own"), width=10, format=Format.COUNT, total=Total.SUM),
        Column(
            title=words.say("x_repaired"), width=11, format=Format.COUNT, total=Total.SUM, name="repaired"
        ),
        Column(title=words.say("x_repair"), width=13, format=Format.CLOCK, total=Total.SUM, name="repair"),
        Column(title=words.say("c_mttr"), width=13, format=Format.CLOCK, total=Total.REPAIR),
    )


def _values(line: Line) -> tuple[Value, ...]:
    share = line.end_to_end
    return (
        _printed(share.ppm),
        _printed(share.low_ppm),
        share.high_ppm,
        _printed(line.attributable.ppm),
        _printed(line.working.ppm),
        _printed(line.coverage_ppm),
        line.up_ms,
        line.down_ms,
        line.upstream_ms,
        line.unknown_ms,
        line.maintenance_ms,
        line.out_of_service_ms,
        line.outages,
        line.own_outages,
        line.repaired,
        line.repair_ms,
        line.mttr_ms,
    )


def _printed(ppm: int | None) -> int | None:
    """Return a share as documents print it, so that no spreadsheet rounds it up to 100."""
    return None if ppm is None else printed_ppm(ppm)


def _summary(report: MonthlyReport, words: Words) -> Sheet:
    columns = (
        Column(title=words.say("district"), width=34),
        Column(title=words.say("c_lines"), width=10, format=Format.COUNT, total=Total.SUM),
        Column(title=words.say("c_below"), width=10, format=Format.COUNT, total=Total.SUM),
        *_figures(words),
    )
    rows = tuple(_district(one) for one in in_file_order(report))
    return Sheet(name=words.say("sheet_summary"), title=words.say("t_districts"), columns=columns, rows=rows)


def _district(one: District) -> tuple[Value, ...]:
    return (one.line.name, one.line.devices, one.below_target, *_values(one.line))


def _units(report: MonthlyReport, words: Words) -> Sheet:
    columns = (
        Column(title=words.say("x_id"), width=22),
        Column(title=words.say("unit"), width=34),
        Column(title=words.say("district"), width=26),
        Column(title=words.say("x_serves"), width=9, format=Format.COUNT),
        *_figures(words),
    )
    rows = tuple(
        (line.id, line.name, area, line.serves, *_values(line))
        for area, members in groups(report, words)
        for line in members
    )
    return Sheet(name=words.say("sheet_units"), title=words.say("annex_units"), columns=columns, rows=rows)


def _outages(report: MonthlyReport, words: Words) -> Sheet:
    given: tuple[tuple[str, int, Format, Total], ...] = (
        ("x_outage", 40, Format.TEXT, Total.NONE),
        ("device", 34, Format.TEXT, Total.NONE),
        ("district", 26, Format.TEXT, Total.NONE),
        ("c_begin", 19, Format.INSTANT, Total.NONE),
        ("c_end", 19, Format.INSTANT, Total.NONE),
        ("x_down", 13, Format.CLOCK, Total.SUM),
        ("x_upstream", 13, Format.CLOCK, Total.SUM),
        ("c_own", 11, Format.TEXT, Total.NONE),
        ("c_found", 30, Format.TEXT, Total.NONE),
        ("c_said", 24, Format.TEXT, Total.NONE),
        ("c_responsible", 24, Format.TEXT, Total.NONE),
        ("x_note", 40, Format.TEXT, Total.NONE),
    )
    return Sheet(
        name=words.say("sheet_outages"),
        title=words.say("annex_outages"),
        columns=_columns(words, given),
        rows=tuple(_outage(row, words) for row in report.outages.rows),
    )


def _outage(row: OutageRow, words: Words) -> tuple[Value, ...]:
    return (
        row.id,
        row.name,
        row.area,
        row.start_ms,
        row.end_ms,
        row.down_ms,
        row.upstream_ms,
        words.say("own" if row.own else "not_own"),
        found_cause(row, words),
        cause_name(row.cause, words) if row.by_person else "",
        row.responsible,
        row.note,
    )


def _traffic(report: MonthlyReport, words: Words) -> Sheet:
    given: tuple[tuple[str, int, Format, Total], ...] = (
        ("x_id", 22, Format.TEXT, Total.NONE),
        ("unit", 34, Format.TEXT, Total.NONE),
        ("district", 26, Format.TEXT, Total.NONE),
        ("x_capacity_in", 13, Format.MEGABITS, Total.NONE),
        ("x_capacity_out", 13, Format.MEGABITS, Total.NONE),
        ("x_p95_in", 13, Format.MEGABITS, Total.NONE),
        ("x_p95_out", 13, Format.MEGABITS, Total.NONE),
        ("c_full", 11, Format.PERCENT, Total.NONE),
        ("x_max_in", 13, Format.MEGABITS, Total.NONE),
        ("x_max_out", 13, Format.MEGABITS, Total.NONE),
        ("x_bytes_in", 13, Format.GIGABYTES, Total.SUM),
        ("x_bytes_out", 13, Format.GIGABYTES, Total.SUM),
        ("x_busy_in", 13, Format.CLOCK, Total.SUM),
        ("x_busy_out", 13, Format.CLOCK, Total.SUM),
        ("c_streak", 11, Format.COUNT, Total.NONE),
        ("x_expected", 10, Format.COUNT, Total.SUM),
        ("x_missing", 10, Format.COUNT, Total.SUM),
    )
    return Sheet(
        name=words.say("sheet_traffic"),
        title=words.say("annex_traffic"),
        columns=_columns(words, given),
        rows=tuple(_carried(row) for row in report.traffic.rows),
    )


def _carried(row: TrafficRow) -> tuple[Value, ...]:
    return (
        row.device,
        row.name,
        row.area,
        row.capacity_in_bps,
        row.capacity_out_bps,
        row.p95_in_bps,
        row.p95_out_bps,
        _printed(row.fullness_ppm),
        row.max_in_bps,
        row.max_out_bps,
        row.in_bytes,
        row.out_bytes,
        row.busy_in_ms,
        row.busy_out_ms,
        row.streak_days,
        row.expected,
        row.missing,
    )


def _seal(report: MonthlyReport, words: Words) -> Sheet:
    changes = () if report.closing is None else report.closing.changes
    given: tuple[tuple[str, int, Format, Total], ...] = (
        ("device", 60, Format.TEXT, Total.NONE),
        ("c_before", 14, Format.PERCENT, Total.NONE),
        ("c_after", 14, Format.PERCENT, Total.NONE),
    )
    return Sheet(
        name=words.say("sheet_seal"),
        title=words.say("annex_seal"),
        columns=_columns(words, given) if changes else (),
        rows=tuple(
            (change.name, _printed(change.before_ppm), _printed(change.after_ppm)) for change in changes
        ),
        sentences=tuple(seal(report, words)),
    )


def _columns(words: Words, given: Iterable[tuple[str, int, Format, Total]]) -> tuple[Column, ...]:
    return tuple(
        Column(title=words.say(title), width=width, format=shown, total=total)
        for title, width, shown, total in given
    )
