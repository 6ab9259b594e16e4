"""Prints what another inventory changes, and its effect on the running month, for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import tzinfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from collector.inventory.fields.units import show_duration
from collector.planning.changes import Change, ChangeKind
from collector.planning.effect import Of, Rest, Shown, SoFar
from collector.planning.foresight import Foresight
from collector.planning.wall import minute
from collector.register.telling import in_one_line

_SIMULATED = "SIMULATED: a laboratory's figures, not a real network's"
_WIDTH = 132
_MOST = 40
_ALIKE = 5
_NOTHING = "–"
_STYLES = {
    ChangeKind.ADDED: "green",
    ChangeKind.REMOVED: "red",
    ChangeKind.HISTORY_CUT: "bold red",
}


def print_changes(against: str, found: Sequence[Change]) -> None:
    """Print the changes, a line each."""
    console = _console()
    console.print(Text(f"against {against}", "bold"), soft_wrap=True)
    if not found:
        console.print("nothing changes")
        return
    lines = list(_lines(found))
    for kind, line in lines[:_MOST]:
        console.print(Text(line, _STYLES.get(kind, "")), soft_wrap=True)
    _more(console, len(lines))
    counted = Counter(f"{change.section} {change.kind}" for change in found)
    console.print(Text(", ".join(f"{number} × {what}" for what, number in counted.items()), "dim"))


def _lines(found: Sequence[Change]) -> Iterator[tuple[ChangeKind, str]]:
    """Yield a line a change; what is the same at many entries is one line."""
    alike: dict[Change, list[str]] = {}
    for change in found:
        alike.setdefault(replace(change, id=""), []).append(change.id)
    told: set[Change] = set()
    for change in found:
        shared = replace(change, id="")
        names = alike[shared]
        if change.kind is not ChangeKind.CHANGED or len(names) < _ALIKE:
            yield change.kind, _sentence(change)
        elif shared not in told:
            told.add(shared)
            listed = f"{', '.join(names[:3])} and {len(names) - 3} more"
            yield change.kind, f"{_sentence(shared)} ({len(names)}: {listed})"


def _sentence(change: Change) -> str:
    what = f"{change.section} {change.id}".rstrip()
    match change.kind:
        case ChangeKind.ADDED:
            return f"+ {what}: {change.after or 'new'}"
        case ChangeKind.REMOVED:
            kept = "; its history stays under this id" if change.section == "device" else ""
            return f"- {what}: {change.before or 'gone'}{kept}"
        case ChangeKind.HISTORY_CUT:
            return (
                f"! {what}: asked at the same place as {change.before}, which goes: history cut; keep the id "
                f"{change.before} if it is the same line or machine"
            )
        case ChangeKind.RENAMED:
            return f"~ {what}: name {change.before} → {change.after} (same id: history kept)"
        case ChangeKind.CHANGED:
            return f"~ {what}: {change.key} {change.before} → {change.after}"


def print_foresight(seen: Foresight, zone: tzinfo) -> None:
    """Print the effect: on the figures so far, and on what is planned of the rest."""
    console = _console()
    console.print()
    if seen.simulated:
        console.print(Text(_SIMULATED, "yellow"), soft_wrap=True)
    until = minute(seen.until_ms, zone)
    console.print(
        Text(f"Figures of {seen.period} up to {until}, before → after; outages stay as booked", "bold"),
        soft_wrap=True,
    )
    if seen.why_none:
        console.print(Text(f"none: {seen.why_none}"), soft_wrap=True)
    else:
        table = _table("", "devices", "end to end %", "attributable %", "coverage %", "outages")
        lines = [line for line in seen.so_far if line.of is Of.PROVINCE or line.before != line.after]
        for line in lines[:_MOST]:
            table.add_row(_whose(line), *_cells(line.before, line.after))
        console.print(table)
        _more(console, len(lines))
        if len(lines) == 1 and lines[0].before == lines[0].after:
            console.print("nothing changes")
    console.print()
    title = f"Planned from {until} to the end of {seen.period}, before → after; the rest is service time"
    console.print(Text(title, "bold"), soft_wrap=True)
    if not seen.rest:
        console.print("nothing changes")
        return
    table = _table("device", "maintenance", "out of service")
    for one in seen.rest[:_MOST]:
        table.add_row(*_planned(one))
    console.print(table)
    _more(console, len(seen.rest))


def _whose(line: SoFar) -> str:
    shown = line.after or line.before
    name = "" if shown is None or shown.name == line.id else in_one_line(shown.name)
    return f"{line.of} {line.id if line.of in (Of.AREA, Of.DEVICE) else ''} {name}".replace("  ", " ").strip()


def _cells(before: Shown | None, after: Shown | None) -> Iterator[str]:
    yield _pair(str(before.devices) if before else _NOTHING, str(after.devices) if after else _NOTHING)
    for of in ("end_to_end_ppm", "attributable_ppm", "coverage_ppm"):
        yield _pair(percent(getattr(before, of, None)), percent(getattr(after, of, None)))
    yield _pair(str(before.outages) if before else _NOTHING, str(after.outages) if after else _NOTHING)


def _planned(one: Rest) -> Iterator[str]:
    yield one.device
    yield _pair(_span(one.before.maintenance_ms), _span(one.after.maintenance_ms))
    yield _pair(_span(one.before.out_of_service_ms), _span(one.after.out_of_service_ms))


def percent(ppm: int | None) -> str:
    """Return millionths in per cent with three decimals, cut down."""
    return _NOTHING if ppm is None else f"{ppm // 10_000}.{ppm % 10_000 // 10:03}"


def _pair(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _span(ms: int) -> str:
    return show_duration(ms // 1000 * 1000)


def _more(console: Console, number: int) -> None:
    if number > _MOST:
        console.print(Text(f"and {number - _MOST} more: --json has them all", "dim"), soft_wrap=True)


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="left" if place == 0 else "right", overflow="fold")
    return table


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(width=_WIDTH, highlight=False)
