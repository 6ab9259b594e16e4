"""One monthly report → the paper: letterhead, sections and additions, signature, annexes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from collector.inventory.report_values import PeriodKind
from collector.report.paper.annexes import annexes
from collector.report.paper.blocks import (
    Annex,
    Block,
    Heading,
    Letterhead,
    Paper,
    Paragraph,
    Picture,
    Signature,
    Table,
)
from collector.report.paper.general import general, over_time
from collector.report.paper.incidents import outages, planned
from collector.report.paper.lines import centre, lines, ranking
from collector.report.paper.load import load
from collector.report.paper.outlook import outlook
from collector.report.paper.section import Addition, Section
from collector.report.values import MonthlyReport
from collector.report.words.say import Words

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII")
_SYMBOL = "BC"
_ARCHIVE = "VT"
_NUMBER_LEFT_OPEN = "      "


def paper(
    report: MonthlyReport,
    words: Words,
    *,
    pictures: Mapping[str, Picture],
    additions: Sequence[Addition] = (),
) -> Paper:
    """Return the whole document, whichever program draws it."""
    body: list[Block] = []
    for section in _sections(report, words, pictures):
        body.append(section.heading)
        body += _with_additions(section, additions)
    head = _letterhead(report, words)
    return Paper(
        language=words.numbers.language,
        title=f"{head.kind.capitalize()} {head.subject[:1].lower()}{head.subject[1:]}",
        letterhead=head,
        body=_numbered(_ended(body, words), words),
        signature=_signature(report, words),
        annexes=_annexes(report, words),
        watermark=words.say("draft") if report.draft else "",
    )


def _sections(report: MonthlyReport, words: Words, pictures: Mapping[str, Picture]) -> tuple[Section, ...]:
    return (
        *general(report, words),
        Section(id="II", heading=Heading(level=1, text=words.say("h2"))),
        lines(report, words, pictures),
        centre(report, words),
        load(report, words, pictures),
        outages(report, words, pictures),
        planned(report, words),
        ranking(report, words),
        over_time(report, words, pictures),
        *outlook(report, words),
    )


def _with_additions(section: Section, additions: Iterable[Addition]) -> list[Block]:
    """Return what the figures say, and after it, or instead of it, what an operator wrote."""
    own = [addition for addition in additions if addition.section == section.id]
    blocks: list[Block] = [] if any(addition.instead for addition in own) else list(section.blocks)
    for addition in own:
        blocks += addition.blocks
    return blocks


def _ended(body: list[Block], words: Words) -> list[Block]:
    """Return the text with the sign that ends a document, after its last words."""
    sign = words.say("end")
    last = body[-1]
    if sign and isinstance(last, Paragraph):
        return [*body[:-1], replace(last, text=last.text.rstrip(".") + sign)]
    return body


def _numbered(body: Iterable[Block], words: Words) -> tuple[Block, ...]:
    """Return the blocks with their tables and pictures numbered."""
    tables = pictures = 0
    found: list[Block] = []
    for block in body:
        if isinstance(block, Table):
            tables += 1
            found.append(replace(block, caption=words.say("table", number=tables, title=block.caption)))
        elif isinstance(block, Picture):
            pictures += 1
            found.append(replace(block, caption=words.say("picture", number=pictures, title=block.caption)))
        else:
            found.append(block)
    return tuple(found)


def _letterhead(report: MonthlyReport, words: Words) -> Letterhead:
    organisation, settings, numbers = report.organisation, report.settings, words.numbers
    dated = numbers.letter_day(report.dated, _month_after(report))
    place = organisation.place
    calendar_month = report.settings.period is PeriodKind.MONTH
    subject = words.say(
        "subject_of" if calendar_month else "subject_of_period",
        subject=(settings.subject if numbers.vietnamese else None) or words.say("subject"),
        month=numbers.month(report.figures.name),
    )
    return Letterhead(
        superior=(organisation.superior or "").upper(),
        organisation=organisation.name.upper(),
        number=words.say("number", number=_number(report), symbol=settings.symbol or _SYMBOL),
        country=words.say("country"),
        motto=words.say("motto"),
        date=words.say("place_and_date", place=place, date=dated)
        if place
        else words.say("date_alone", date=dated),
        kind=words.say("kind"),
        subject=subject,
        to=words.say("to"),
        addressees=settings.addressees,
    )


def _number(report: MonthlyReport) -> str:
    """Return the number with its leading zero; where it is not given there is room for it."""
    return _NUMBER_LEFT_OPEN if report.number is None else f"{report.number:02}"


def _month_after(report: MonthlyReport) -> date:
    """Return the day after the period: a report that is not dated yet is signed in that month."""
    return report.last + timedelta(days=1)


def _signature(report: MonthlyReport, words: Words) -> Signature:
    settings = report.settings
    listed = [words.say("as_above")] if settings.addressees else []
    listed += settings.recipients
    recipients = [f"- {one};" for one in listed]
    recipients.append(f"- {words.say('archive', archive=settings.archive or _ARCHIVE)}.")
    signer = settings.signer
    return Signature(
        recipients_title=words.say("recipients"),
        recipients=tuple(recipients),
        authority=(signer.authority or "").upper(),
        office=(signer.office or words.say("office")).upper(),
        name=signer.name or words.say("dots"),
    )


def _annexes(report: MonthlyReport, words: Words) -> tuple[Annex, ...]:
    settings, numbers = report.settings, words.numbers
    reference = words.say(
        "annex_of",
        number=_number(report),
        symbol=settings.symbol or _SYMBOL,
        date=numbers.letter_day(report.dated, _month_after(report)),
        organisation=report.organisation.name,
    )
    return tuple(
        Annex(
            number=words.say("annex", numeral=numeral),
            title=words.say(title),
            reference=reference,
            blocks=blocks,
        )
        for numeral, (title, blocks) in zip(_ROMAN, annexes(report, words), strict=False)
    )
