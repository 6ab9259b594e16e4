"""Prints figures, outages and states for people: tables as wide as the terminal, colour only in one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from collector.figures import shown
from collector.figures.outage_values import Outage
from collector.figures.tally import Sums
from collector.figures.values import DeviceFigures, GroupFigures, PeriodFigures

_WIDTH = 130
"""Columns where the output is no terminal."""

_SIMULATED = "SIMULATED: a laboratory's evidence, not a real network's"
_WRAPPED = {"cause", "device"}
_HEADS = ("", "end to end", "bounds", "attributable", "bounds", "seen", "down", "upstream", "outages", "MTTR")


def print_availability(
    figures: PeriodFigures, devices: Sequence[DeviceFigures], *, working: bool, top: int
) -> None:
    """Print the province, its areas and roles, and the devices that were up least."""
    out = console()
    _title(out, figures, f"availability, {'working hours' if working else 'all hours'}")
    table = plain_table(*_HEADS)
    for one in (figures.province, figures.services):
        if one.devices:
            _row(table, one.id, one.working if working else one.all_hours, style="bold")
    for kind in ("area", "role"):
        if figures.groups.get(kind):
            table.add_section()
        for group in figures.groups.get(kind, ()):
            _row(table, f"{kind} {group.name}", group.working if working else group.all_hours)
    out.print(table)
    _print_cut_off(out, figures.province)
    worst = sorted(devices, key=lambda one: _order(one.working if working else one.all_hours))[:top]
    out.print(Text(f"\nThe {len(worst)} of {len(devices)} devices that were up least", "bold"))
    print_devices(worst, working=working)
    out.print(Text(_resolution(figures.devices)), soft_wrap=True)


def print_devices(devices: Iterable[DeviceFigures], *, working: bool) -> None:
    """Print a row a device."""
    table = plain_table(*_HEADS)
    for one in devices:
        title = Text.assemble(one.name, (f" {one.device}", "dim"))
        _row(table, title, one.working if working else one.all_hours)
    console().print(table)


def print_device(figures: PeriodFigures, one: DeviceFigures) -> None:
    """Print all that is known of one device in a period."""
    out = console()
    _title(out, figures, f"{one.name} ({one.device})")
    table = plain_table("", "all hours", "working hours")
    pair = (one.all_hours, one.working)
    table.add_row("end to end", *(shown.percent(s.tally.end_to_end.ppm) for s in pair))
    table.add_row("  between", *(shown.bounds(s.tally.end_to_end) for s in pair))
    table.add_row("attributable", *(shown.percent(s.tally.attributable.ppm) for s in pair))
    table.add_row("  between", *(shown.bounds(s.tally.attributable) for s in pair))
    table.add_row("seen", *(shown.percent(s.tally.coverage_ppm) for s in pair))
    table.add_section()
    for name in ("up", "down", "upstream", "unknown", "maintenance", "out_of_service"):
        table.add_row(name.replace("_", " "), *(shown.duration(getattr(s.tally, f"{name}_ms")) for s in pair))
    table.add_row("together", *(shown.duration(s.tally.period_ms) for s in pair), style="bold")
    table.add_section()
    table.add_row("outages", *(str(s.outages) for s in pair))
    table.add_row("  its own", *(str(s.own_outages) for s in pair))
    table.add_row("MTTR", *(shown.duration(s.mttr_ms) for s in pair))
    table.add_row("MTBF", *(shown.duration(s.mtbf_ms) for s in pair))
    out.print(table)
    out.print(Text(_resolution([one])), soft_wrap=True)


def print_outages(figures: PeriodFigures, outages: Sequence[Outage], names: dict[str, str]) -> None:
    """Print outages, the earliest first."""
    out = console()
    _title(out, figures, f"{len(outages)} outages")
    zone = ZoneInfo(figures.timezone)
    table = plain_table("outage", "device", "from", "until", "down", "upstream", "cause")
    for one in outages:
        began = f"{shown.local(one.start_ms, zone):%d.%m. %H:%M:%S}"
        ended = "lasts" if one.end_ms is None else f"{shown.local(one.end_ms, zone):%d.%m. %H:%M:%S}"
        table.add_row(
            one.id,
            names.get(one.device, one.device),
            ("before " if one.begun_before else "") + began,
            Text(ended, "red" if one.end_ms is None else ""),
            shown.duration(one.down_ms) if one.down_ms else shown.NOTHING,
            shown.duration(one.upstream_ms) if one.upstream_ms else shown.NOTHING,
            shown.cause(one),
        )
    out.print(table)


def console() -> Console:
    """Return where tables go."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=_WIDTH)


def _title(out: Console, figures: PeriodFigures, what: str) -> None:
    zone = ZoneInfo(figures.timezone)
    span = " to ".join(f"{shown.local(ms, zone):%Y-%m-%d %H:%M}" for ms in (figures.start_ms, figures.end_ms))
    so_far = "" if figures.whole else ", so far"
    out.print(Text(f"{figures.name}{so_far}: {what}; {span}, {figures.timezone}", "bold"), soft_wrap=True)
    if figures.simulated:
        out.print(Text(_SIMULATED, "yellow"), soft_wrap=True)


def _row(table: Table, title: str | Text, sums: Sums, style: str = "") -> None:
    tally = sums.tally
    own = "" if sums.outages == sums.own_outages else f" ({sums.own_outages} own)"
    table.add_row(
        title,
        shown.percent(tally.end_to_end.ppm),
        shown.bounds(tally.end_to_end),
        shown.percent(tally.attributable.ppm),
        shown.bounds(tally.attributable),
        shown.percent(tally.coverage_ppm),
        shown.duration(tally.down_ms),
        shown.duration(tally.upstream_ms),
        f"{sums.outages}{own}",
        shown.duration(sums.mttr_ms),
        style=style,
    )


def _print_cut_off(out: Console, group: GroupFigures) -> None:
    found = group.cut_off
    if found.of_units:
        text = (
            f"Cut off at some time: {found.units} of {found.of_units} units, {found.agencies} of "
            f"{found.of_agencies} agencies; at most {found.most} units at once"
        )
        out.print(Text(text), soft_wrap=True)


def _resolution(devices: Sequence[DeviceFigures]) -> str:
    longest = max((one.resolution_ms for one in devices if one.resolution_ms is not None), default=None)
    if longest is None:
        return "There were no polls, so nothing is certain."
    return f"The bounds hold for interruptions of {shown.duration(longest)} and longer."


def _order(sums: Sums) -> tuple[int, int]:
    ppm = sums.tally.end_to_end.ppm
    return (1_000_001 if ppm is None else ppm, -sums.tally.down_ms)


def plain_table(*heads: str) -> Table:
    """Return an empty table without lines: words to the left, numbers to the right."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    words = {"", "outage", "from", "until", "cause", "device", "state", "since", "area"}
    for place, head in enumerate(heads):
        justify: Literal["left", "right"] = "left" if head in words else "right"
        table.add_column(
            head, justify=justify, no_wrap=head == "outage" or (place > 0 and head not in _WRAPPED)
        )
    return table
