"""Section II.3: what lines carried, and which are too full or too empty. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from collector.report.paper.blocks import Block, Heading, Paragraph, Picture, Row, Table
from collector.report.paper.cells import clock, columns, count, percent, rate, text
from collector.report.paper.section import Section
from collector.report.traffic_values import TrafficRow
from collector.report.values import MonthlyReport
from collector.report.words.say import Words

_EXAMPLES = 3
_NAMED = 5


def load(report: MonthlyReport, words: Words, pictures: Mapping[str, Picture]) -> Section:
    """Return the section on traffic and capacity."""
    heading = Heading(level=2, text=words.say("h2_3"))
    part, numbers = report.traffic, words.numbers
    if not part.measured:
        return Section(id="II.3", heading=heading, blocks=(Paragraph(text=words.say("traffic_none")),))
    said = [
        words.say(
            "traffic",
            measured=numbers.count(part.measured),
            into=numbers.size(part.in_bytes),
            out=numbers.size(part.out_bytes),
        ),
        words.say(f"rule_{report.settings.capacity_rule}"),
        _several("breaking", part.breaking, words) or words.say("breaking_none"),
        _several("saturated", part.saturated, words),
        words.say("busy", count=numbers.count(len(part.busy))) if part.busy else "",
        _idle(part.idle, words),
        words.say("traffic_sparse", count=numbers.count(part.sparse)) if part.sparse else "",
        words.say("traffic_no_capacity", count=numbers.count(part.without_capacity))
        if part.without_capacity
        else "",
    ]
    blocks: list[Block] = [Paragraph(text=sentence) for sentence in said if sentence]
    if "traffic" in pictures:
        blocks.append(pictures["traffic"])
    if part.fullest:
        blocks.append(_fullest(part.fullest, words))
    return Section(id="II.3", heading=heading, blocks=tuple(blocks))


def capacity(row: TrafficRow, words: Words) -> str:
    """Return what is subscribed: one rate, or both where they differ."""
    into, out = words.numbers.rate(row.capacity_in_bps), words.numbers.rate(row.capacity_out_bps)
    return into if into == out else words.say("capacity_both", into=into, out=out)


def _several(phrase: str, rows: tuple[TrafficRow, ...], words: Words) -> str:
    if not rows:
        return ""
    names = words.listed((row.name for row in rows[:_NAMED]), len(rows))
    return words.say(phrase, count=words.numbers.count(len(rows)), names=names)


def _idle(rows: tuple[TrafficRow, ...], words: Words) -> str:
    if not rows:
        return ""
    examples = "; ".join(
        words.say(
            "idle_example",
            name=row.name,
            capacity=capacity(row, words),
            used=words.numbers.rate(max(row.p95_in_bps or 0, row.p95_out_bps or 0)),
        )
        for row in rows[:_EXAMPLES]
    )
    return words.say("idle", count=words.numbers.count(len(rows)), example=examples)


def _fullest(rows: tuple[TrafficRow, ...], words: Words) -> Table:
    return Table(
        id="fullest",
        caption=words.say("t_traffic"),
        columns=columns(
            words,
            ("unit", 32, "<"),
            ("c_capacity", 18, ">"),
            ("c_p95_in", 17, ">"),
            ("c_p95_out", 17, ">"),
            ("c_full", 12, ">"),
            ("c_busy", 16, ">"),
            ("c_streak", 13, ">"),
        ),
        rows=tuple(
            Row(
                cells=(
                    text(row.name),
                    text(capacity(row, words)),
                    rate(row.p95_in_bps),
                    rate(row.p95_out_bps),
                    percent(row.fullness_ppm),
                    clock(max(row.busy_in_ms or 0, row.busy_out_ms or 0)),
                    count(row.streak_days),
                )
            )
            for row in rows
        ),
    )
