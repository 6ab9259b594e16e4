"""Section I, the general situation, and the comparison over time that closes section II. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from collector.report.numbers import printed_ppm
from collector.report.paper.blocks import Block, Cell, Heading, Kind, Note, Paragraph, Picture, Row, Table
from collector.report.paper.cells import clock, columns, count, footnote, percent, text
from collector.report.paper.section import Section
from collector.report.values import MonthlyReport, MonthPoint
from collector.report.words.say import Words

_DEFAULT_TARGET_PPM = 995_000


def general(report: MonthlyReport, words: Words) -> tuple[Section, ...]:
    """Return section I."""
    return (
        Section(id="I", heading=Heading(level=1, text=words.say("h1")), blocks=_opening(report, words)),
        Section(id="I.1", heading=Heading(level=2, text=words.say("h1_1")), blocks=_scope(report, words)),
        Section(
            id="I.2",
            heading=Heading(level=2, text=words.say("h1_2")),
            blocks=tuple(Paragraph(text=words.say(f"method_{number}")) for number in (1, 2, 3)),
        ),
        Section(id="I.3", heading=Heading(level=2, text=words.say("h1_3")), blocks=_brief(report, words)),
    )


def over_time(report: MonthlyReport, words: Words, pictures: Mapping[str, Picture]) -> Section:
    """Return the section that holds the month against those before it."""
    blocks: list[Block] = [_against_before(report, words)]
    if "trend" in pictures:
        blocks.append(pictures["trend"])
    blocks += [_trend(report, words), Note(text=words.say("trend_note"))]
    return Section(id="II.7", heading=Heading(level=2, text=words.say("h2_7")), blocks=tuple(blocks))


def target(report: MonthlyReport, words: Words) -> dict[str, str]:
    """Return the target and where it is laid down, for a phrase."""
    settings = report.settings
    by_default = settings.availability_target_ppm == _DEFAULT_TARGET_PPM
    source = settings.target_source or words.say("target_by_analogy" if by_default else "target_of_settings")
    return {"target": words.numbers.percent(settings.availability_target_ppm), "source": source}


def _opening(report: MonthlyReport, words: Words) -> tuple[Block, ...]:
    figures, closing, numbers = report.figures, report.closing, words.numbers
    blocks: list[Block] = []
    if figures.simulated:
        blocks.append(Note(text=words.say("simulated_note")))
    if report.draft:
        until = numbers.written_instant(figures.end_ms)
        blocks.append(Note(text=words.say("draft_note", until=until)))
    month = numbers.month(figures.name)
    blocks.append(Paragraph(text=words.say("opening", organisation=report.organisation.name, month=month)))
    if closing is not None and closing.revision > 1:
        restated = words.say(
            "restated",
            revision=closing.revision,
            at=numbers.written_instant(closing.at_ms),
            author=closing.author,
            reason=closing.reason,
            seal=closing.first_seal,
        )
        blocks.append(Paragraph(text=restated))
    return tuple(blocks)


def _scope(report: MonthlyReport, words: Words) -> tuple[Block, ...]:
    scope, numbers = report.scope, words.numbers
    days = (report.last - report.first).days + 1
    period = words.say(
        "period",
        first=numbers.written_day(report.first),
        last=numbers.written_day(report.last),
        days=numbers.count(days),
        hours=numbers.count(days * 24),
        working=numbers.hours(report.figures.working_ms),
    )
    watched = words.say(
        "scope",
        devices=numbers.count(scope.devices),
        units=numbers.count(scope.units),
        units_called=words.say("units_called"),
        hubs=numbers.count(scope.hubs),
        centre=numbers.count(scope.centre),
        services=words.say("scope_services", services=numbers.count(scope.services))
        if scope.services
        else "",
        agencies=numbers.count(scope.agencies),
    )
    coverage = report.province.coverage_ppm
    blocks: list[Block] = [Paragraph(text=period), Paragraph(text=watched)]
    if coverage is None or report.province.up_ms + report.province.lost_ms == 0:
        blocks.append(Paragraph(text=words.say("coverage_none")))
    else:
        blocks.append(Paragraph(text=words.say("coverage", coverage=numbers.percent(coverage))))
    if scope.absences:
        absences = words.say(
            "absences", count=numbers.count(scope.absences), length=numbers.duration(scope.absence_ms)
        )
        blocks.append(Paragraph(text=absences))
    return (*blocks, Paragraph(text=words.say("target", **target(report, words))))


def _brief(report: MonthlyReport, words: Words) -> tuple[Block, ...]:
    now, before = report.now, report.before
    rows = (
        _share_row("i_network", "end_to_end_ppm", now, before, words, mark=report.network.line.mark),
        _share_row("i_attributable", "attributable_ppm", now, before, words, mark=report.network.line.mark),
        _share_row("i_centre", "centre_ppm", now, before, words, mark=report.centre_whole.mark),
        _share_row("i_services", "services_ppm", now, before, words, mark=report.services_whole.mark),
        _share_row("i_coverage", "coverage_ppm", now, before, words),
        _row("i_outages", words, (now, before), lambda point: count(point.outages), _change(now, before)),
        _row("i_mttr", words, (now, before), lambda point: clock(point.mttr_ms), text("")),
        _row("i_lost", words, (now, before), lambda point: clock(point.lost_ms), text("")),
    )
    table = Table(
        id="brief",
        caption=words.say("brief"),
        columns=columns(
            words,
            ("indicator", 58, "<"),
            ("this_month", 16, ">"),
            ("last_month", 16, ">"),
            ("change", 14, ">"),
        ),
        rows=rows,
    )
    return (table, *footnote(words, report.network.line))


def _share_row(
    phrase: str, field: str, now: MonthPoint, before: MonthPoint | None, words: Words, *, mark: bool = False
) -> Row:
    new: int | None = getattr(now, field)
    old: int | None = None if before is None else getattr(before, field)
    points = None if new is None or old is None else printed_ppm(new) - printed_ppm(old)
    cells = (percent(new, mark=mark), percent(old), Cell(kind=Kind.POINTS, value=points))
    return Row(cells=(text(words.say(phrase)), *cells))


def _row(
    phrase: str,
    words: Words,
    points: tuple[MonthPoint, MonthPoint | None],
    cell: Callable[[MonthPoint], Cell],
    change: Cell,
) -> Row:
    now, before = points
    old = text("–") if before is None else cell(before)
    return Row(cells=(text(words.say(phrase)), cell(now), old, change))


def _change(now: MonthPoint, before: MonthPoint | None) -> Cell:
    if before is None or now.outages is None or before.outages is None:
        return text("–")
    return Cell(kind=Kind.SIGNED, value=now.outages - before.outages)


def _against_before(report: MonthlyReport, words: Words) -> Paragraph:
    now, before, numbers = report.now, report.before, words.numbers
    if before is None or now.end_to_end_ppm is None or before.end_to_end_ppm is None:
        return Paragraph(text=words.say("nothing_before"))
    more = (now.outages or 0) - (before.outages or 0)
    outages = words.say(
        "more_by" if more > 0 else "fewer_by" if more else "as_many", count=numbers.count(abs(more))
    )
    points = printed_ppm(now.end_to_end_ppm) - printed_ppm(before.end_to_end_ppm)
    if points == 0:
        return Paragraph(text=words.say("against_before_same", outages=outages))
    direction = words.say("rose" if points > 0 else "fell")
    shown = numbers.points(abs(points)).lstrip("+")
    return Paragraph(text=words.say("against_before", direction=direction, points=shown, outages=outages))


def _trend(report: MonthlyReport, words: Words) -> Table:
    rows = tuple(
        Row(
            cells=(
                text(words.numbers.short_month(point.name)),
                text(words.say(f"source_{point.source}")),
                percent(point.end_to_end_ppm),
                percent(point.centre_ppm),
                percent(point.services_ppm),
                percent(point.coverage_ppm),
                count(point.outages),
                clock(point.mttr_ms),
            )
        )
        for point in report.months
    )
    return Table(
        id="trend",
        caption=words.say("trend"),
        columns=columns(
            words,
            ("month", 12, "|"),
            ("source", 11, "|"),
            ("c_network", 15, ">"),
            ("c_centre", 15, ">"),
            ("c_services", 13, ">"),
            ("c_coverage", 13, ">"),
            ("c_outages", 11, ">"),
            ("c_mttr", 14, ">"),
        ),
        rows=rows,
    )
