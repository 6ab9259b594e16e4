"""Prints the calendar of planned work for people, and what comes of an entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from collector.inventory.fields.repeats import show_repeat
from collector.inventory.fields.units import show_duration
from collector.inventory.values import Inventory
from collector.planning.agenda import Item, Phase
from collector.planning.covered import covered
from collector.planning.standing import Standing
from collector.planning.wall import minute
from collector.planning.work import works_of
from collector.register.telling import in_one_line

_SIMULATED = "SIMULATED: a laboratory's calendar, not a real network's"
_WIDTH = 132
_SHOWN = 6
_STYLES = {Phase.RUNNING: "bold green", Phase.COMING: "", Phase.NOT_IN_USE: "yellow"}


def print_agenda(items: Sequence[Item], zone: tzinfo, *, hidden: int, simulated: bool) -> None:
    """Print the windows: when, whom, why and by whom, below each other, so that it fits any terminal."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(width=_WIDTH, highlight=False)
    if simulated:
        console.print(Text(_SIMULATED, "yellow"), soft_wrap=True)
    if items:
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        table.add_column(overflow="fold", ratio=1)
        for item in items:
            table.add_row(
                str(item.phase),
                item.standing.window.id,
                "\n".join(_told(item, zone)),
                style=_STYLES.get(item.phase, "dim"),
            )
        console.print(table)
    else:
        console.print(Text("No maintenance is planned."))
    if hidden:
        console.print(Text(f"{hidden} more that are long over or never began: --all", "dim"), soft_wrap=True)


def _told(item: Item, zone: tzinfo) -> Iterator[str]:
    window, until_ms = item.standing.window, item.until_ms
    over_ms = item.end_ms if until_ms is None else max(item.start_ms, min(item.end_ms, until_ms))
    ended = " (ended)" if over_ms < item.end_ms else ""
    again = "" if window.repeat is None else f", {show_repeat(window.repeat)}"
    yield f"{minute(item.start_ms, zone)} to {minute(over_ms, zone)}{ended}{again}"
    named = ", ".join(in_one_line(name) for name in (*window.devices, *window.areas))
    devices = "1 device" if len(item.covers) == 1 else f"{len(item.covers)} devices"
    yield f"{named}: {devices}"
    late = f", {show_duration(item.late_ms // 1000 * 1000)} recorded late" if _is_late(item) else ""
    yield f"{in_one_line(window.reason)} ({in_one_line(window.author)}; {item.standing.source}{late})"


def _is_late(item: Item) -> bool:
    return item.late_ms >= 1000 and item.phase is not Phase.NOT_IN_USE


def entered(standing: Standing, inventory: Inventory, repeat: str | None) -> Iterator[str]:
    """Yield what to say of a new entry: when, whom it covers, and what of it comes too late."""
    window, zone = standing.window, ZoneInfo(standing.timezone)
    start_ms, end_ms = (round(moment.timestamp() * 1000) for moment in (window.start, window.end))
    again = f", {repeat}" if repeat else ""
    yield (
        f"maintenance {window.id}: {minute(start_ms, zone)} to {minute(end_ms, zone)} "
        f"({show_duration(max(1000, (end_ms - start_ms) // 1000 * 1000))}){again}"
    )
    who = sorted(covered(inventory.devices, named=window.devices, areas=window.areas))
    more = f" and {len(who) - _SHOWN} more" if len(who) > _SHOWN else ""
    devices = "1 device" if len(who) == 1 else f"{len(who)} devices"
    yield f"covers {devices}: {', '.join(who[:_SHOWN])}{more}" if who else "covers no device"
    late = [work.late for work in works_of(standing, 0, standing.known_from_ms + 1) if work.late is not None]
    if late:
        times = f"{minute(late[0][0], zone)} to {minute(late[-1][1], zone)}"
        of = f"{len(late)} times from " if len(late) > 1 else ""
        yield (
            f"entered after its begin: {of}{times} is recorded late. It stays in the figures as it was seen; "
            f"it counts only by a restatement of the month, with --accept-late {window.id}"
        )
