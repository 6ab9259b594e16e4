"""The annexes: figures per unit, outages, traffic, method and definitions, the seal. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from collector.report.numbers import NONE
from collector.report.paper.blocks import Block, Note, Paragraph, Row, Table
from collector.report.paper.cells import (
    bounds,
    clock,
    columns,
    count,
    gigabytes,
    instant,
    mark_note,
    megabits,
    percent,
    text,
)
from collector.report.paper.general import target
from collector.report.paper.incidents import cause_name
from collector.report.values import District, Line, MonthlyReport, OutageRow
from collector.report.words.say import Words

_METHOD = ("states", "e", "a", "coverage", "bounds", "resolution", "groups", "rounding", "working", "mttr",
           "causes", "maintenance", "traffic", "pictures", "target")  # fmt: skip
_PPM = 1_000_000


def annexes(report: MonthlyReport, words: Words) -> Iterator[tuple[str, tuple[Block, ...]]]:
    """Yield each annex: the phrase of its title, and what is in it."""
    yield "annex_units", _units(report, words)
    yield "annex_outages", _outages(report, words)
    yield "annex_traffic", _traffic(report, words)
    yield "annex_method", _method(report, words)
    yield "annex_seal", _seal(report, words)


def groups(report: MonthlyReport, words: Words) -> Iterator[tuple[str, tuple[Line, ...]]]:
    """Yield every district with its hub and its units, then the data centre and the services."""
    for one in in_file_order(report):
        area = one.line.name
        hubs = [hub for hub in report.hubs if hub.area == area]
        yield area, (*hubs, *(unit for unit in report.units if unit.area == area))
    yield words.say("centre_group"), report.centre
    yield words.say("services_group"), report.services


def in_file_order(report: MonthlyReport) -> list[District]:
    """Return the districts in the order in which the inventory lists them."""
    by_id = {one.line.id: one for one in report.districts}
    return [by_id[group.id] for group in report.figures.groups.get("area", ()) if group.id in by_id]


def method(report: MonthlyReport, words: Words) -> list[str]:
    """Return the sentences on method and definitions."""
    resolution = words.numbers.duration(report.scope.resolution_ms)
    return [words.say(f"m_{name}", resolution=resolution, **target(report, words)) for name in _METHOD]


def seal(report: MonthlyReport, words: Words) -> list[str]:
    """Return the sentences on how the month was closed."""
    closing, numbers = report.closing, words.numbers
    said: list[str] = []
    if closing is None:
        said.append(words.say("s_open"))
    else:
        closed = words.say(
            "s_closed",
            month=numbers.month(report.figures.name),
            at=numbers.instant_to_the_second(closing.at_ms),
            author=closing.author,
            revision=closing.revision,
        )
        said += [words.say("s_seal", seal=closing.seal), closed]
        if closing.revision > 1:
            said.append(words.say("s_reason", reason=closing.reason))
            said.append(words.say("s_first", seal=closing.first_seal))
        said.append(words.say("s_verify", name=report.figures.name))
    version = report.software if closing is None else closing.software
    return [
        *said,
        words.say("s_software", version=version),
        words.say("s_ledger", ledger=report.figures.ledger_id),
    ]


def _units(report: MonthlyReport, words: Words) -> tuple[Block, ...]:
    rows: list[Row] = []
    number = 0
    for name, members in groups(report, words):
        if not members:
            continue
        rows.append(Row(cells=(), group=name))
        for line in members:
            number += 1
            rows.append(_unit(number, line))
    table = Table(
        id="units",
        caption="",
        columns=columns(
            words,
            ("ordinal", 7, "|"),
            ("unit", 31, "<"),
            ("c_e_short", 11, ">"),
            ("c_bounds", 17, "|"),
            ("c_a_short", 12, ">"),
            ("c_w_short", 11, ">"),
            ("c_n_short", 7, ">"),
            ("c_lost_short", 14, ">"),
            ("c_mttr_short", 13, ">"),
            ("c_cov_short", 11, ">"),
        ),
        rows=tuple(rows),
        small=True,
    )
    lines = [line for _, members in groups(report, words) for line in members]
    note = Note(text=words.say("clock_note"))
    return table, note, *mark_note(words, lines, here=True)


def _unit(number: int, line: Line) -> Row:
    return Row(
        cells=(
            count(number),
            text(line.name),
            percent(line.end_to_end.ppm, mark=line.mark),
            bounds(line.end_to_end),
            percent(line.attributable.ppm, mark=line.mark),
            percent(line.working.ppm),
            count(line.outages),
            clock(line.lost_ms),
            clock(line.mttr_ms),
            percent(line.coverage_ppm),
        )
    )


def _outages(report: MonthlyReport, words: Words) -> tuple[Block, ...]:
    if not report.outages.rows:
        return (Paragraph(text=words.say("no_rows")),)
    table = Table(
        id="outages",
        caption="",
        columns=columns(
            words,
            ("ordinal", 8, "|"),
            ("device", 24, "<"),
            ("c_begin", 19, "|"),
            ("c_end", 19, "|"),
            ("c_length", 13, ">"),
            ("c_own", 14, "|"),
            ("c_found", 28, "<"),
            ("c_said", 16, "<"),
            ("c_note", 17, "<"),
        ),
        rows=tuple(_outage(number, row, words) for number, row in enumerate(report.outages.rows, start=1)),
        small=True,
    )
    return (table,)


def _outage(number: int, row: OutageRow, words: Words) -> Row:
    begin = words.numbers.instant(row.start_ms)
    return Row(
        cells=(
            count(number),
            text(row.name),
            text(words.say("begun_before", at=begin)) if row.begun_before else instant(row.start_ms),
            text(words.say("not_over")) if row.end_ms is None else instant(row.end_ms),
            clock(row.down_ms + row.upstream_ms),
            text(words.say("own" if row.own else "not_own")),
            text(found_cause(row, words)),
            text(cause_name(row.cause, words) if row.by_person else NONE),
            text("; ".join(part for part in (row.responsible, row.note) if part) or NONE),
        )
    )


def found_cause(row: OutageRow, words: Words) -> str:
    """Return the cause that was found, and why none was where none was."""
    name = cause_name(row.found, words)
    return name if row.undecided is None else f"{name} ({words.say(f'undecided_{row.undecided}')})"


def _traffic(report: MonthlyReport, words: Words) -> tuple[Block, ...]:
    if not report.traffic.measured:
        return (Paragraph(text=words.say("traffic_none")),)
    table = Table(
        id="traffic",
        caption="",
        columns=columns(
            words,
            ("ordinal", 8, "|"),
            ("unit", 23, "<"),
            ("x_capacity_in", 13, ">"),
            ("x_capacity_out", 13, ">"),
            ("x_p95_in", 13, ">"),
            ("x_p95_out", 13, ">"),
            ("c_full", 11, ">"),
            ("x_max_in", 13, ">"),
            ("x_max_out", 13, ">"),
            ("x_bytes_in", 14, ">"),
            ("x_bytes_out", 14, ">"),
            ("c_missing", 10, ">"),
        ),
        rows=tuple(
            Row(
                cells=(
                    count(number),
                    text(row.name),
                    megabits(row.capacity_in_bps),
                    megabits(row.capacity_out_bps),
                    megabits(row.p95_in_bps),
                    megabits(row.p95_out_bps),
                    percent(row.fullness_ppm),
                    megabits(row.max_in_bps),
                    megabits(row.max_out_bps),
                    gigabytes(row.in_bytes),
                    gigabytes(row.out_bytes),
                    percent(row.missing * _PPM // row.expected if row.expected else None),
                )
            )
            for number, row in enumerate(report.traffic.rows, start=1)
        ),
        small=True,
    )
    return (table,)


def _method(report: MonthlyReport, words: Words) -> tuple[Block, ...]:
    return tuple(Paragraph(text=sentence, item=True) for sentence in method(report, words))


def _seal(report: MonthlyReport, words: Words) -> tuple[Block, ...]:
    said: Iterable[Block] = (Paragraph(text=sentence) for sentence in seal(report, words))
    closing = report.closing
    if closing is None or closing.revision == 1:
        return tuple(said)
    if not closing.changes:
        return (*said, Paragraph(text=words.say("no_changes")))
    table = Table(
        id="changes",
        caption=words.say("t_changes"),
        columns=columns(words, ("device", 60, "<"), ("c_before", 20, ">"), ("c_after", 20, ">")),
        rows=tuple(
            Row(cells=(text(change.name), percent(change.before_ppm), percent(change.after_ppm)))
            for change in closing.changes
        ),
    )
    return *said, table
