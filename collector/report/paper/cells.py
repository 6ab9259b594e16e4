"""Short ways to write the cells, columns and notes that several sections share. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from collector.figures.tally import Share
from collector.report.paper.blocks import Align, Block, Cell, Column, Kind, Note
from collector.report.values import Line
from collector.report.words.say import Words


def text(value: str) -> Cell:
    """Return a text."""
    return Cell(kind=Kind.TEXT, value=value)


def count(value: int | None) -> Cell:
    """Return a number of things."""
    return Cell(kind=Kind.COUNT, value=value)


def percent(ppm: int | None, *, mark: bool = False) -> Cell:
    """Return a share; `mark` where its coverage wants a footnote."""
    return Cell(kind=Kind.PERCENT, value=ppm, mark=mark and ppm is not None)


def bounds(share: Share) -> Cell:
    """Return what is certain to what is possible."""
    return Cell(kind=Kind.RANGE, value=(share.low_ppm, share.high_ppm))


def clock(ms: int | None) -> Cell:
    """Return a duration."""
    return Cell(kind=Kind.CLOCK, value=ms)


def instant(ms: int | None) -> Cell:
    """Return an instant."""
    return Cell(kind=Kind.INSTANT, value=ms)


def rate(bps: int | None) -> Cell:
    """Return a rate."""
    return Cell(kind=Kind.RATE, value=bps)


def megabits(bps: int | None) -> Cell:
    """Return a rate for a column headed Mbit/s."""
    return Cell(kind=Kind.MEGABITS, value=bps)


def gigabytes(count: int | None) -> Cell:
    """Return a number of bytes for a column headed GB."""
    return Cell(kind=Kind.GIGABYTES, value=count)


def columns(words: Words, *given: tuple[str, int, str]) -> tuple[Column, ...]:
    """Return columns of (phrase of the title, width, `<`, `|` or `>`)."""
    aligned = {"<": Align.LEFT, "|": Align.CENTRE, ">": Align.RIGHT}
    return tuple(
        Column(title=words.say(title), width=width, align=aligned[align]) for title, width, align in given
    )


def mark_note(words: Words, lines: Iterable[Line], *, here: bool = False) -> tuple[Block, ...]:
    """Return the footnote of a table in which a line's coverage is below 99 %."""
    if not any(line.mark for line in lines):
        return ()
    return (Note(text=words.say("mark_note_here" if here else "mark_note")),)


def footnote(words: Words, line: Line) -> tuple[Block, ...]:
    """Return the footnote of a sentence on a line whose coverage is below 99 %."""
    if not line.mark:
        return ()
    numbers = words.numbers
    found = words.say(
        "footnote",
        coverage=numbers.percent(line.coverage_ppm),
        bounds=numbers.range(line.end_to_end.low_ppm, line.end_to_end.high_ppm),
    )
    return (Note(text=found),)


def marked(words: Words, line: Line) -> str:
    """Return a line's availability for a sentence, with the footnote sign where it is due."""
    shown = words.numbers.percent(line.end_to_end.ppm)
    return shown + "*" if line.mark and line.end_to_end.ppm is not None else shown
