"""What every device stands at, at the end of a period: its state, since when, and the outage it is in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict
from zoneinfo import ZoneInfo

from rich.text import Text

from collector.figures import shown
from collector.figures.compute import Computed
from collector.figures.outage_values import Outage
from collector.figures.table import console, plain_table
from collector.figures.values import DeviceFigures
from collector.model import State

_STYLES = {
    State.UP: "green",
    State.DOWN: "bold red",
    State.UPSTREAM: "yellow",
    State.UNKNOWN: "magenta",
    State.MAINTENANCE: "cyan",
    State.OUT_OF_SERVICE: "dim",
}
_STALE_MS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """One device: its state since `since_ms` (at the latest: the period's begin), and its running outage."""

    device: DeviceFigures
    state: State
    since_ms: int
    outage: Outage | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that were asked for, at `at_ms`."""

    at_ms: int
    timezone: str
    simulated: bool
    devices: tuple[Stands, ...]


class DeviceValues(TypedDict):
    """A row for programs."""

    device: str
    name: str
    role: str
    area: str | None
    state: str
    since_ms: int
    outage: str | None


class StandingValues(TypedDict):
    """All rows, and the instant they are of."""

    at_ms: int
    simulated: bool
    devices: list[DeviceValues]


def standing(found: Computed, devices: Sequence[DeviceFigures]) -> Standing:
    """Return where these devices stand at the end of what was computed."""
    running = {one.device: one for one in found.figures.outages if one.end_ms is None}
    stands = []
    for one in devices:
        pieces = found.booked[one.device].pieces
        last = pieces[-1]
        since_ms = last.start_ms
        for piece in reversed(pieces):
            if piece.state is not last.state:
                break
            since_ms = piece.start_ms
        outage = running.get(one.device) if last.state in (State.DOWN, State.UPSTREAM) else None
        if outage is not None and not (outage.down_ms and outage.upstream_ms):
            since_ms = min(since_ms, outage.start_ms)
        stands.append(Stands(device=one, state=last.state, since_ms=since_ms, outage=outage))
    figures = found.figures
    return Standing(
        at_ms=figures.end_ms,
        timezone=figures.timezone,
        simulated=figures.simulated,
        devices=tuple(stands),
    )


def as_values(now: Standing) -> StandingValues:
    """Return all of it for JSON."""
    return {
        "at_ms": now.at_ms,
        "simulated": now.simulated,
        "devices": [
            {
                "device": one.device.device,
                "name": one.device.name,
                "role": one.device.role,
                "area": one.device.area,
                "state": str(one.state),
                "since_ms": one.since_ms,
                "outage": None if one.outage is None else one.outage.id,
            }
            for one in now.devices
        ],
    }


def print_standing(now: Standing, *, everything: bool, real_now_ms: int) -> None:
    """Print counts, then what is not up; everything if asked for."""
    out = console()
    zone = ZoneInfo(now.timezone)
    counts = Counter(one.state for one in now.devices)
    told = Text(f"{shown.local(now.at_ms, zone):%Y-%m-%d %H:%M:%S} {now.timezone}: ", "bold")
    for state in State:
        if counts[state]:
            told.append(f"{counts[state]} {str(state).replace('_', ' ')}  ", _STYLES[state])
    out.print(told, soft_wrap=True)
    if now.simulated:
        out.print(Text("SIMULATED: a laboratory's evidence, not a real network's", "yellow"))
    elif real_now_ms - now.at_ms > _STALE_MS:
        age = shown.duration(real_now_ms - now.at_ms)
        out.print(Text(f"That was {age} ago: the collector does not run, or cannot write", "bold red"))
    rows = [one for one in now.devices if everything or one.state is not State.UP]
    if not rows:
        return
    table = plain_table("device", "state", "since", "for", "area")
    for one in sorted(rows, key=lambda one: (list(State).index(one.state), one.since_ms, one.device.device)):
        table.add_row(
            Text.assemble(one.device.name, (f" {one.device.device}", "dim")),
            Text(str(one.state).replace("_", " "), _STYLES[one.state]),
            f"{shown.local(one.since_ms, zone):%d.%m. %H:%M:%S}",
            shown.duration(now.at_ms - one.since_ms),
            one.device.area or shown.NOTHING,
        )
    out.print(table)
