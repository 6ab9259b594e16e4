"""Sections III to V: shortcomings, tasks and proposals, where figures call for them. Pure."""

from __future__ import annotations

from collector.report.paper.blocks import Heading, Paragraph
from collector.report.paper.incidents import cause_name
from collector.report.paper.section import Section
from collector.report.values import Finding, MonthlyReport
from collector.report.words.say import Words

_HEADINGS = {"III": "h3", "IV": "h4", "V": "h5"}


def outlook(report: MonthlyReport, words: Words) -> tuple[Section, ...]:
    """Return the three sections."""
    return (
        _section("III", "short", report.shortcomings, report, words),
        _section("IV", "task", report.tasks, report, words),
        _section("V", "prop", report.proposals, report, words),
    )


def _section(
    key: str, prefix: str, found: tuple[Finding, ...], report: MonthlyReport, words: Words
) -> Section:
    sentences = [_sentence(prefix, one, report, words) for one in found]
    if not sentences:
        sentences = [words.say(f"{prefix}_none")]
    alone = len(sentences) == 1
    return Section(
        id=key,
        heading=Heading(level=1, text=words.say(_HEADINGS[key])),
        blocks=tuple(Paragraph(text=sentence, item=not alone) for sentence in sentences),
    )


def _sentence(prefix: str, found: Finding, report: MonthlyReport, words: Words) -> str:
    numbers = words.numbers
    names = found.names
    if found.kind == "main_cause":
        names = tuple(cause_name(name, words) for name in names)
    return words.say(
        f"{prefix}_{found.kind}",
        count=numbers.count(found.number),
        names=words.listed(names, max(found.number, len(names))),
        target=numbers.percent(report.settings.availability_target_ppm),
        cause="".join(names).lower(),
        length=numbers.duration(found.value),
        coverage=numbers.percent(found.value),
    )
