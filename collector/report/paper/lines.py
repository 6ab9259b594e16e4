"""Sections II.1, II.2 and II.6: lines to units, the data centre, and the ranking. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from collector.report.paper.blocks import Block, Heading, Note, Paragraph, Picture, Row, Table
from collector.report.paper.cells import (
    clock,
    columns,
    count,
    footnote,
    mark_note,
    marked,
    percent,
    text,
)
from collector.report.paper.section import Section
from collector.report.values import District, Line, MonthlyReport
from collector.report.words.say import Words


def lines(report: MonthlyReport, words: Words, pictures: Mapping[str, Picture]) -> Section:
    """Return the section on lines to units."""
    heading = Heading(level=2, text=words.say("h2_1", units_called=words.say("units_called")))
    whole, numbers = report.network.line, words.numbers
    if whole.end_to_end.ppm is None:
        none = words.say("lines_none", units_called=words.say("units_called"))
        return Section(id="II.1", heading=heading, blocks=(Paragraph(text=none), *_districts(report, words)))
    first = words.say(
        "lines",
        e=marked(words, whole),
        bounds=numbers.range(whole.end_to_end.low_ppm, whole.end_to_end.high_ppm),
        a=numbers.percent(whole.attributable.ppm),
        working=numbers.percent(whole.working.ppm),
    )
    second = words.say(
        "lines_target",
        below=numbers.count(report.below_target),
        units=numbers.count(report.scope.units),
        target=numbers.percent(report.settings.availability_target_ppm),
        untouched=numbers.count(report.untouched),
    )
    blocks = (
        Paragraph(text=first),
        *footnote(words, whole),
        Paragraph(text=second),
        *_districts(report, words),
        *(pictures[name] for name in ("districts", "calendar") if name in pictures),
    )
    return Section(id="II.1", heading=heading, blocks=blocks)


def centre(report: MonthlyReport, words: Words) -> Section:
    """Return the section on the data centre's devices and the services."""
    whole, services, numbers = report.centre_whole, report.services_whole, words.numbers
    blocks: list[Block] = []
    if whole.devices:
        sentence = words.say(
            "centre",
            devices=numbers.count(whole.devices),
            e=marked(words, whole),
            bounds=numbers.range(whole.end_to_end.low_ppm, whole.end_to_end.high_ppm),
            working=numbers.percent(whole.working.ppm),
        )
        blocks += [Paragraph(text=sentence), *footnote(words, whole)]
        blocks.append(_table("roles", "role", report.centre_roles, report, words))
        blocks += mark_note(words, report.centre_roles)
    else:
        blocks.append(Paragraph(text=words.say("centre_none")))
    if services.devices:
        sentence = words.say("services", services=numbers.count(services.devices), e=marked(words, services))
        blocks += [Paragraph(text=sentence), *footnote(words, services)]
        blocks.append(_table("services", "service", report.services, report, words))
        blocks += mark_note(words, report.services)
    else:
        blocks.append(Paragraph(text=words.say("services_none")))
    return Section(id="II.2", heading=Heading(level=2, text=words.say("h2_2")), blocks=tuple(blocks))


def ranking(report: MonthlyReport, words: Words) -> Section:
    """Return the section that ranks districts and names the best and the worst units."""
    heading = words.say("h2_6", districts_called=words.say("districts_called"))
    blocks: list[Block] = [_ranking(report, words)]
    blocks += mark_note(words, (one.line for one in report.districts))
    if report.worst:
        blocks.append(_units("worst", report.worst, words))
        blocks += mark_note(words, report.worst)
    else:
        blocks.append(Paragraph(text=words.say("worst_none")))
    if report.best:
        best = words.say("best_note", untouched=words.numbers.count(report.untouched))
        blocks += [Paragraph(text=best), _units("best", report.best, words)]
        blocks += mark_note(words, report.best)
    return Section(id="II.6", heading=Heading(level=2, text=heading), blocks=tuple(blocks))


def role_name(report: MonthlyReport, role: str) -> str:
    """Return what a role is called in print."""
    return report.role_names.get(role, role)


def _districts(report: MonthlyReport, words: Words) -> tuple[Block, ...]:
    if not report.districts:
        return ()
    rows = [_district_row(one, one.line.name) for one in report.districts]
    rows.append(_district_row(report.network, words.say("total"), strong=True))
    table = Table(
        id="districts",
        caption=words.say("t_districts"),
        columns=columns(
            words,
            ("district", 28, "<"),
            ("c_lines", 13, ">"),
            ("c_e", 13, ">"),
            ("c_a", 15, ">"),
            ("c_working", 15, ">"),
            ("c_below", 13, ">"),
            ("c_cov", 13, ">"),
            ("c_lost", 18, ">"),
        ),
        rows=tuple(rows),
    )
    return table, *mark_note(words, (*(one.line for one in report.districts), report.network.line))


def _district_row(one: District, name: str, *, strong: bool = False) -> Row:
    line = one.line
    return Row(
        cells=(
            text(name),
            count(line.devices),
            percent(line.end_to_end.ppm, mark=line.mark),
            percent(line.attributable.ppm, mark=line.mark),
            percent(line.working.ppm),
            count(one.below_target),
            percent(line.coverage_ppm),
            clock(line.lost_ms),
        ),
        strong=strong,
    )


def _table(key: str, title: str, found: Iterable[Line], report: MonthlyReport, words: Words) -> Table:
    return Table(
        id=key,
        caption=words.say(f"t_{key}"),
        columns=columns(
            words,
            (title, 34, "<"),
            ("c_lines", 14, ">"),
            ("c_e", 14, ">"),
            ("c_working", 14, ">"),
            ("c_count", 14, ">"),
            ("c_cov", 13, ">"),
            ("c_lost", 18, ">"),
        ),
        rows=tuple(
            Row(
                cells=(
                    text(role_name(report, line.name)),
                    count(line.devices),
                    percent(line.end_to_end.ppm, mark=line.mark),
                    percent(line.working.ppm),
                    count(line.outages),
                    percent(line.coverage_ppm),
                    clock(line.lost_ms),
                )
            )
            for line in found
        ),
    )


def _ranking(report: MonthlyReport, words: Words) -> Table | Note:
    if not report.districts:
        return Note(text=words.say("no_rows"))
    return Table(
        id="ranking",
        caption=words.say("t_ranking"),
        columns=columns(
            words,
            ("c_rank", 10, "|"),
            ("district", 34, "<"),
            ("c_e", 14, ">"),
            ("c_a", 16, ">"),
            ("c_cut", 16, "|"),
            ("c_cov", 13, ">"),
        ),
        rows=tuple(
            Row(
                cells=(
                    count(number) if one.line.end_to_end.ppm is not None else text("–"),
                    text(one.line.name),
                    percent(one.line.end_to_end.ppm, mark=one.line.mark),
                    percent(one.line.attributable.ppm, mark=one.line.mark),
                    text(f"{words.numbers.count(one.units_cut)}/{words.numbers.count(one.units)}"),
                    percent(one.line.coverage_ppm),
                )
            )
            for number, one in enumerate(report.districts, start=1)
        ),
    )


def _units(key: str, found: tuple[Line, ...], words: Words) -> Table:
    return Table(
        id=key,
        caption=words.say(f"t_{key}", count=words.numbers.count(len(found))),
        columns=columns(
            words,
            ("ordinal", 9, "|"),
            ("unit", 30, "<"),
            ("district", 26, "<"),
            ("c_e", 13, ">"),
            ("c_times", 11, ">"),
            ("c_lost", 17, ">"),
            ("c_cov", 12, ">"),
        ),
        rows=tuple(
            Row(
                cells=(
                    count(number),
                    text(unit.name),
                    text(unit.area),
                    percent(unit.end_to_end.ppm, mark=unit.mark),
                    count(unit.outages),
                    clock(unit.lost_ms),
                    percent(unit.coverage_ppm),
                )
            )
            for number, unit in enumerate(found, start=1)
        ),
    )
