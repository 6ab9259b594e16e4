"""Sections II.4 and II.5: outages with their causes and repair, and planned maintenance. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from collector.report.numbers import NONE
from collector.report.paper.blocks import Block, Heading, Note, Paragraph, Picture, Row, Table
from collector.report.paper.cells import clock, columns, count, instant, text
from collector.report.paper.section import Section
from collector.report.values import MonthlyReport, OutageRow, Tallied, WorkRow
from collector.report.words.say import Words

_NAMED = 3


def outages(report: MonthlyReport, words: Words, pictures: Mapping[str, Picture]) -> Section:
    """Return the section on outages."""
    heading = Heading(level=2, text=words.say("h2_4"))
    found, numbers = report.outages, words.numbers
    if not found.rows:
        return Section(id="II.4", heading=heading, blocks=(Paragraph(text=words.say("outages_none")),))
    said = [
        words.say(
            "outages",
            own=numbers.count(found.own),
            upstream=numbers.count(found.upstream),
            repaired=numbers.count(found.repaired),
            mttr=numbers.duration(found.mttr_ms),
        ),
        _longest(found.longest, words),
        words.say("lasting", count=numbers.count(found.lasting)) if found.lasting else "",
        *_cut_off(report, words),
    ]
    blocks: list[Block] = [Paragraph(text=sentence) for sentence in said if sentence]
    if found.causes:
        blocks.append(_tallied("causes", "c_cause", found.causes, words))
        if any(row.by_person for row in found.rows):
            blocks.append(Note(text=words.say("cause_said")))
    blocks += [pictures[name] for name in ("causes", "hours") if name in pictures]
    if any(one.key for one in found.responsible):
        blocks.append(_tallied("responsible", "c_responsible", found.responsible, words))
    return Section(id="II.4", heading=heading, blocks=tuple(blocks))


def planned(report: MonthlyReport, words: Words) -> Section:
    """Return the section on planned maintenance."""
    heading = Heading(level=2, text=words.say("h2_5"))
    numbers = words.numbers
    if not report.planned:
        return Section(id="II.5", heading=heading, blocks=(Paragraph(text=words.say("planned_none")),))
    said = words.say(
        "planned",
        count=numbers.count(len(report.planned)),
        length=numbers.duration(report.province.maintenance_ms),
    )
    late = sum(work.late_ms > 0 for work in report.planned)
    blocks: list[Block] = [Paragraph(text=said)]
    if late:
        blocks.append(Paragraph(text=words.say("late", count=numbers.count(late))))
    return Section(id="II.5", heading=heading, blocks=(*blocks, _works(report.planned, words)))


def cause_name(key: str, words: Words) -> str:
    """Return a cause in words; one that has none is printed as it was recorded."""
    name = f"cause_{key}"
    return words.say(name) if words.has(name) else key


def _longest(longest: OutageRow | None, words: Words) -> str:
    if longest is None:
        return ""
    return words.say(
        "longest" if longest.end_ms is not None else "longest_lasting",
        name=longest.name,
        start=words.numbers.written_instant(longest.start_ms),
        length=words.numbers.duration(longest.length_ms),
    )


def _cut_off(report: MonthlyReport, words: Words) -> list[str]:
    cut, numbers = report.figures.province.cut_off, words.numbers
    if not cut.of_units:
        return []
    said = [
        words.say(
            "cut_off",
            units=numbers.count(cut.units),
            of_units=numbers.count(cut.of_units),
            agencies=numbers.count(cut.agencies),
            of_agencies=numbers.count(cut.of_agencies),
        )
    ]
    if cut.most_at_ms is not None:
        most = words.say(
            "cut_off_most",
            most=numbers.count(cut.most),
            agencies=numbers.count(cut.most_agencies),
            at=numbers.written_instant(cut.most_at_ms),
        )
        said.append(most)
    return said


def _tallied(key: str, title: str, found: tuple[Tallied, ...], words: Words) -> Table:
    rows = [
        Row(
            cells=(
                text(cause_name(one.key, words) if one.key else words.say("responsible_none")),
                count(one.outages),
                clock(one.lost_ms),
            )
        )
        for one in found
    ]
    total = (
        text(words.say("total")),
        count(sum(one.outages for one in found)),
        clock(sum(one.lost_ms for one in found)),
    )
    return Table(
        id=key,
        caption=words.say(f"t_{key}"),
        columns=columns(words, (title, 50, "<"), ("c_count", 18, ">"), ("c_time", 32, ">")),
        rows=(*rows, Row(cells=total, strong=True)),
    )


def _works(works: tuple[WorkRow, ...], words: Words) -> Table:
    return Table(
        id="planned",
        caption=words.say("t_planned"),
        columns=columns(
            words,
            ("c_reason", 27, "<"),
            ("c_where", 23, "<"),
            ("c_from", 18, "|"),
            ("c_until", 18, "|"),
            ("c_author", 18, "<"),
            ("c_late", 15, ">"),
        ),
        rows=tuple(
            Row(
                cells=(
                    text(work.reason),
                    text(words.listed(work.names[:_NAMED], len(work.names)) or NONE),
                    instant(work.start_ms),
                    instant(work.end_ms),
                    text(work.author),
                    clock(work.late_ms) if work.late_ms else text(NONE),
                )
            )
            for work in works
        ),
    )
