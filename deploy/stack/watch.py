"""Shows the devices while the stack runs: a live table on a terminal, a line for each change elsewhere."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

_SIGNS = {
    "up": ("●", "green"),
    "down": ("✖", "bold red"),
    "upstream": ("▲", "magenta"),
    "unknown": ("?", "yellow"),
    "maintenance": ("◆", "cyan"),
    "out_of_service": ("–", "dim"),
}
"""A sign and a colour for each state: nobody has to tell red from green."""

_PERIOD_S = 1.0
_ROWS = 40


class Ended(Exception):  # noqa: N818 - not an error of this module: a child of the stack has ended
    """One of the processes that are watched has ended; the text says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Something to open in a browser."""

    name: str
    url: str


class Supervisor(Protocol):
    """Whoever started the processes."""

    def check(self) -> None:
        """Raise Ended if one of them has ended."""
        ...


def fetch(url: str) -> dict[str, Any] | None:
    """Return the collector's list of devices, None while it does not answer."""
    try:
        with urllib.request.urlopen(url, timeout=2.0) as response:  # noqa: S310 - the stack's own address
            found = json.load(response)
    except (urllib.error.URLError, OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def watch(
    devices: Callable[[], dict[str, Any] | None],
    places: list[Place],
    supervisor: Supervisor,
    console: Console,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Show the devices until interrupted (KeyboardInterrupt) or until a process ends (Ended)."""
    if console.is_terminal:
        with Live(console=console, auto_refresh=False, screen=False) as live:
            while True:
                live.update(screen(devices(), places), refresh=True)
                supervisor.check()
                sleep(_PERIOD_S)
    for place in places:
        console.print(f"{place.name}: {place.url}", highlight=False, soft_wrap=True)
    shown: dict[str, str] = {}
    while True:
        for line in changes(devices(), shown):
            console.print(line, highlight=False, soft_wrap=True)
        supervisor.check()
        sleep(_PERIOD_S)


def changes(found: dict[str, Any] | None, shown: dict[str, str]) -> list[str]:
    """Return a line for each device whose state is not the one shown last, and note it as shown."""
    lines = []
    for device in (found or {}).get("devices", []):
        if shown.get(device["id"]) != device["state"]:
            shown[device["id"]] = device["state"]
            probes = "  ".join(_probe(name, probe).plain for name, probe in device["probes"].items())
            lines.append(f"{_clock(found)} {device['id']}: {device['state']}  {probes}".rstrip())
    return lines


def screen(found: dict[str, Any] | None, places: list[Place]) -> RenderableType:
    """Return the whole picture: a line of counts, the table, the addresses."""
    head = Text("waiting for the collector …", "yellow") if found is None else _counts(found)
    parts: list[RenderableType] = [head]
    if found is not None:
        parts.append(table(found))
    parts += [Text(f"{place.name:<14}{place.url}", "dim") for place in places]
    parts.append(Text("Ctrl-C stops everything", "dim"))
    return Group(*parts)


def table(found: dict[str, Any]) -> Table:
    """Return the devices as a table; those that are not up come first when there are too many to show."""
    devices = found["devices"]
    if len(devices) > _ROWS:
        devices = sorted(devices, key=lambda device: device["state"] == "up")
    out = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("", "device", "name", "state", "for", "probes"):
        out.add_column(title, no_wrap=title != "probes")
    for device in devices[:_ROWS]:
        sign, style = _SIGNS.get(device["state"], ("?", ""))
        out.add_row(
            Text(sign, style),
            Text(device["id"]),
            Text(device["name"]),
            Text(device["state"], style),
            Text(_age(found, device)),
            Text("  ").join(_probe(name, probe) for name, probe in device["probes"].items()),
        )
    if len(devices) > _ROWS:
        out.add_row("", Text(f"… {len(devices) - _ROWS} more", "dim"))
    return out


def _counts(found: dict[str, Any]) -> Text:
    text = Text(f"{_clock(found)}  ")
    for state, (sign, style) in _SIGNS.items():
        number = found["states"].get(state, 0)
        if number:
            text.append(f"{sign} {number} {state}   ", style)
    return text


def _probe(name: str, probe: dict[str, Any]) -> Text:
    if probe["ok"]:
        milliseconds = probe["rtt_s"] * 1000
        return Text(f"{name} {milliseconds:.{0 if milliseconds >= 10 else 2}f} ms", "green")
    return Text(f"{name} {probe['reason']}", "red")


def _age(found: dict[str, Any], device: dict[str, Any]) -> str:
    if device["since_ms"] is None:
        return "–"
    seconds = max(0, found["now_ms"] - device["since_ms"]) // 1000
    days, rest = divmod(seconds, 86_400)
    clock = f"{rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02}"
    return f"{days} d {clock}" if days else clock


def _clock(found: dict[str, Any] | None) -> str:
    if found is None:
        return "--:--:--"
    return datetime.fromtimestamp(found["now_ms"] / 1000).astimezone().strftime("%H:%M:%S")
