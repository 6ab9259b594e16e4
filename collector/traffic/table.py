"""Prints reports of lines for people: a day a row, or a line a row, and what is missing beside it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from collector.ledger.traffic import RULE_DAYS, Day, Direction, Figures, Mark, Way
from collector.model import Doubt
from collector.traffic.report import LineReport, Period, left_by_doubt, local_time

_NOTHING = "–"
_MARKS = {
    Mark.OVER: "above 90 %",
    Mark.WITHIN: "",
    Mark.NOT_COUNTED: "not counted",
    Mark.NO_CAPACITY: "no capacity",
    Mark.RUNNING: "running",
}
_UNITS = "rates in Mbit/s, in is towards the site"
_WIDTH = 110
"""Columns where the output is no terminal."""

_SIMULATED = "SIMULATED: a laboratory's traffic, not a real network's"


def print_line(found: LineReport) -> None:
    """Print one line's report."""
    console = _console()
    subject = found.subject
    console.print(
        Text(f"{subject.name} ({subject.device}), {found.period.name}; {_UNITS}", "bold"), soft_wrap=True
    )
    if subject.simulated:
        console.print(Text(_SIMULATED, "yellow"), soft_wrap=True)
    table = _table("", "P95 in", "P95 out", "max in", "max out", ">80 %", "missing", "")
    if not found.period.single:
        for day in found.days:
            table.add_row(*_cells(f"{day.day:%d.%m. %a}", day.figures), _marks(day))
        table.add_section()
    table.add_row(*_cells("all", found.whole), "")
    console.print(table)
    console.print(Text(_volume(found.whole)), soft_wrap=True)
    _print_rule(console, found)
    _print_left_out(console, found)


def print_lines(reports: Sequence[LineReport], period: Period, *, top: int) -> None:
    """Print the lines whose P95 is nearest to what was subscribed, the fullest first."""
    console = _console()
    shown = min(top, len(reports))
    console.print(
        Text(f"The {shown} fullest of {len(reports)} lines, {period.name}; {_UNITS}", "bold"), soft_wrap=True
    )
    if any(one.subject.simulated for one in reports):
        console.print(Text(_SIMULATED, "yellow"), soft_wrap=True)
    table = _table("line", "P95 in", "P95 out", ">80 %", "missing", "rule")
    for one in reports[:top]:
        longest = max((streak.days for streak in one.streaks), default=0)
        table.add_row(
            Text.assemble(one.subject.name, (f" {one.subject.device}", "dim")),
            *(_p95(one.whole.ways[direction]) for direction in Direction),
            _hours(one.whole),
            _missing(one.whole),
            Text(f"{longest} days above", "red" if one.breaks_rule else "") if longest else "",
        )
    console.print(table)


def megabits(bps: int | None) -> str:
    """Return a rate in Mbit/s, to three figures or so; never in powers of ten."""
    if bps is None:
        return _NOTHING
    rate = bps / 1_000_000
    return f"{rate:.0f}" if rate >= 100 else f"{rate:.1f}" if rate >= 10 else f"{rate:.2f}"


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_WIDTH)


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, head in enumerate(heads):
        words = place in (0, len(heads) - 1)
        table.add_column(head, justify="left" if words else "right", no_wrap=not words)
    return table


def _cells(head: str, found: Figures) -> list[str]:
    ways = [found.ways[direction] for direction in Direction]
    peaks = [megabits(way.max_bps) for way in ways]
    return [head, *map(_p95, ways), *peaks, _hours(found), _missing(found)]


def _p95(way: Way) -> str:
    return megabits(way.p95_bps) + ("" if way.p95_ratio is None else f" {100 * way.p95_ratio:3.0f}%")


def _hours(found: Figures) -> str:
    busy = [found.ways[direction].busy_ms for direction in Direction]
    return " / ".join(_NOTHING if ms is None else f"{ms / 3_600_000:.1f}" for ms in busy) + " h"


def _missing(found: Figures) -> str:
    return f"{found.missing}/{found.expected}"


def _marks(day: Day) -> str:
    told = {direction: _MARKS[day.mark(direction)] for direction in Direction}
    words = set(told.values())
    if len(words) == 1:
        return words.pop()
    return ", ".join(f"{direction} {word}" for direction, word in told.items() if word)


def _volume(found: Figures) -> str:
    into, out = (found.ways[direction].bytes for direction in Direction)
    return f"carried: {into / 1e9:.3f} GB towards the site, {out / 1e9:.3f} GB from it"


def _print_rule(console: Console, found: LineReport) -> None:
    for streak in found.streaks:
        broken = f": breaks the rule of {RULE_DAYS} days (TT 06/2026 art. 5.6)" if streak.breaks_rule else ""
        text = (
            f"P95 {streak.direction} above 90 % of capacity on {streak.days} days running, "
            f"{streak.first:%d.%m.} to {streak.last:%d.%m.}{broken}"
        )
        console.print(Text(text, "red" if streak.breaks_rule else "yellow"), soft_wrap=True)
    if not found.streaks:
        console.print(Text("P95 above 90 % of capacity: on no day"), soft_wrap=True)
    windows = found.broken_windows
    if windows:
        days = ", ".join(f"{day:%d.%m.}" for day in windows)
        console.print(Text(f"P95 over seven days as one above 90 %, ending: {days}", "red"), soft_wrap=True)


def _print_left_out(console: Console, found: LineReport) -> None:
    for doubt, (times, ms, into, out) in left_by_doubt(found.left_out).items():
        least = "exactly" if doubt is Doubt.GAP else "at least"
        text = (
            f"left out ({doubt}): {times} times, {ms / 1000:,.0f} s, "
            f"{least} {into / 1e9:.3f} GB in and {out / 1e9:.3f} GB out"
        )
        console.print(Text(text, "yellow"), soft_wrap=True)
    if found.period.single:
        zone = found.subject.timezone
        for row in found.left_out:
            times_of = (local_time(ms, zone) for ms in (row.first_ms, row.last_ms))
            console.print(
                Text("  " + " to ".join(f"{at:%H:%M:%S}" for at in times_of) + f" {row.doubt}"),
                soft_wrap=True,
            )
