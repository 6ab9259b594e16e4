"""Shows the devices while the stack runs: a live picture on a terminal, lines of changes elsewhere."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from rich.console import Console
from rich.live import Live

from deploy.stack.picture import Frame, Json, Place, clock, probes, screen
from deploy.stack.prometheus import open_here

_PERIOD_S = 1.0
_EACH = 3
"""More devices of one area that change to one state at once are told in one line."""
_FEW = 24
"""Where there are more devices, those that come up for the first time are only counted."""


class Ended(Exception):  # noqa: N818 - not an error of this module: a child of the stack has ended
    """One of the processes that are watched has ended; the text says which and why."""


class Supervisor(Protocol):
    """Whoever started the processes."""

    def check(self) -> None:
        """Raise Ended if one of them has ended."""
        ...


def fetch(url: str) -> Json | None:
    """Return the collector's list of devices, None while it does not answer."""
    try:
        with open_here(url, seconds=2.0) as response:
            found = json.load(response)
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def watch(
    devices: Callable[[], Json | None],
    places: Sequence[Place],
    supervisor: Supervisor,
    console: Console,
    *,
    areas: Mapping[str, str],
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Show the devices until interrupted (KeyboardInterrupt) or until a process ends (Ended).

    `areas` are the areas' names by id, in the order in which they are shown.
    """
    if console.is_terminal:
        with Live(console=console, auto_refresh=False, screen=False) as live:
            while True:
                frame = Frame(width=console.width, height=console.height, areas=areas)
                live.update(screen(devices(), places, frame), refresh=True)
                supervisor.check()
                sleep(_PERIOD_S)
    for place in places:
        console.print(f"{place.name}: {place.url}", highlight=False, soft_wrap=True)
    shown: dict[str, str] = {}
    while True:
        for line in changes(devices(), shown, areas):
            console.print(line, highlight=False, soft_wrap=True)
        supervisor.check()
        sleep(_PERIOD_S)


def changes(found: Json | None, shown: dict[str, str], areas: Mapping[str, str]) -> list[str]:
    """Return lines for the devices whose state is not the one shown last, and note it as shown.

    A few have a line each; many of one area that went the same way share one.
    """
    groups: dict[tuple[str | None, str], list[Json]] = {}
    devices = (found or {}).get("devices", [])
    started = 0
    for device in devices:
        before, now = shown.get(device["id"], "unknown"), device["state"]
        if shown.get(device["id"]) == now:
            continue
        shown[device["id"]] = now
        if len(devices) > _FEW and before == "unknown" and now in ("unknown", "up"):
            started += 1
        else:
            groups.setdefault((device["area"], now), []).append(device)
    lines = []
    if started:
        up = sum(device["state"] == "up" for device in devices)
        lines.append(f"{clock(found)} {up} of {len(devices)} devices up")
    for (area, state), group in groups.items():
        # Whoever is only cut off is told of by its number: the device that cuts it off has a line.
        if len(group) > _EACH or (len(devices) > _FEW and state == "upstream"):
            where = "no area" if area is None else areas.get(area, area)
            counted = f"{len(group)} device{'s' if len(group) > 1 else ''}"
            lines.append(f"{clock(found)} {where}: {counted} {state}")
            continue
        lines += [f"{clock(found)} {one['id']}: {state}  {probes(one).plain}".rstrip() for one in group]
    return lines
