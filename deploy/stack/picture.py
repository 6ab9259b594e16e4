"""The live picture of `haidang up`: counts, a line an area, what is not well; fits its terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

Json = dict[str, Any]

SIGNS = {
    "up": ("●", "green"),
    "down": ("✖", "bold red"),
    "upstream": ("▲", "magenta"),
    "unknown": ("?", "yellow"),
    "maintenance": ("◆", "cyan"),
    "out_of_service": ("–", "dim"),
}
"""A sign and a colour for each state: nobody has to tell red from green."""

_MOST_URGENT = ("down", "unknown", "up", "upstream", "maintenance", "out_of_service")
_EVERY_DEVICE = 24
"""Up to so many devices, each has a line of its own."""
_FEWEST_ROWS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Something to open in a browser."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the picture is drawn into: columns and rows of the terminal, and the areas' names by id."""

    width: int
    height: int
    areas: Mapping[str, str]


def screen(found: Json | None, places: Sequence[Place], frame: Frame) -> RenderableType:
    """Return the whole picture. `found` is what /api/v1/devices says, None while nobody answers."""
    foot = [Text(f"{place.name:<14}{place.url}", "dim") for place in places]
    foot.append(Text("Ctrl-C stops everything", "dim"))
    if found is None:
        return Group(Text("waiting for the collector …", "yellow"), *foot)
    devices = found["devices"]
    parts: list[RenderableType] = [_counts(found)]
    if len(devices) <= _EVERY_DEVICE:
        parts.append(_table(found, devices, frame))
        return Group(*parts, *foot)
    areas = _by_area(devices, frame)
    # Counts, two headers, the line that says how many more there are, and one to spare.
    room = frame.height - areas.row_count - len(foot) - 5
    blank = [Text()] if room - 3 >= _FEWEST_ROWS else []
    parts += [*blank, areas]
    listed = _noteworthy(found, max(_FEWEST_ROWS, room - 3 * len(blank)), frame)
    return Group(*parts, *(blank if listed else []), *listed, *blank, *foot)


def clock(found: Json | None) -> str:
    """Return the collector's time of day, in this machine's time zone."""
    if found is None:
        return "--:--:--"
    return datetime.fromtimestamp(found["now_ms"] / 1000).astimezone().strftime("%H:%M:%S")


def probes(device: Json) -> Text:
    """Return each probe's round trip, or why it has none."""
    return Text("  ").join(_probe(name, probe) for name, probe in device["probes"].items())


def _counts(found: Json) -> Text:
    text = Text(f"{clock(found)}  ")
    for state, (sign, style) in SIGNS.items():
        number = found["states"].get(state, 0)
        if number:
            text.append(f"{sign} {number} {state}   ", style)
    return text


def _by_area(devices: Sequence[Json], frame: Frame) -> Table:
    """Return how many devices of each area are in which state, in the inventory's order of areas."""
    counts: dict[str | None, Counter[str]] = {area: Counter() for area in (*frame.areas, None)}
    for device in devices:
        counts.setdefault(device["area"], Counter())[device["state"]] += 1
    states = [state for state in SIGNS if any(count[state] for count in counts.values())]
    out = Table(box=None, pad_edge=False, header_style="bold")
    out.add_column("area", no_wrap=True, overflow="ellipsis", max_width=max(12, frame.width - 40))
    for state in states:
        sign, style = SIGNS[state]
        out.add_column(f"{sign} {state}", justify="right", style=style, no_wrap=True)
    for area, count in counts.items():
        if count:
            name = "(no area)" if area is None else frame.areas.get(area, area)
            out.add_row(Text(name), *(str(count[state] or "") for state in states))
    return out


def _noteworthy(found: Json, rows: int, frame: Frame) -> list[RenderableType]:
    """Return a table of what is not up, or up with a fault; those that are only cut off come last."""
    chosen = [device for device in found["devices"] if device["state"] != "up" or _faulty(device)]
    if not chosen:
        return []
    chosen.sort(key=lambda device: _MOST_URGENT.index(device["state"]))
    shown = chosen[:rows]
    parts: list[RenderableType] = [_table(found, shown, frame)]
    if len(chosen) > len(shown):
        left = Counter(device["state"] for device in chosen[rows:])
        parts.append(
            Text("… " + ", ".join(f"{number} more {state}" for state, number in left.items()), "dim")
        )
    return parts


def _table(found: Json, devices: Sequence[Json], frame: Frame) -> Table:
    wide = frame.width >= 90
    out = Table(box=None, pad_edge=False, header_style="bold")
    out.add_column("", no_wrap=True)
    out.add_column("device", no_wrap=True, overflow="ellipsis", max_width=frame.width // 3)
    if wide:
        out.add_column("name", no_wrap=True, overflow="ellipsis", max_width=frame.width // 4)
    out.add_column("state", no_wrap=True)
    out.add_column("for", no_wrap=True)
    out.add_column("probes", no_wrap=True, overflow="ellipsis")
    for device in devices:
        sign, style = SIGNS.get(device["state"], ("?", ""))
        cells = [Text(sign, style), Text(device["id"])]
        if wide:
            cells.append(Text(device["name"]))
        told = probes(device) if wide else Text(" ").join(_narrow(device))
        out.add_row(*cells, Text(device["state"], style), Text(_age(found, device)), told)
    return out


def _faulty(device: Json) -> bool:
    return any(not probe["ok"] for probe in device["probes"].values())


def _narrow(device: Json) -> list[Text]:
    """Return failed probes only: that the others answer is what the state says."""
    return [_probe(name, probe) for name, probe in device["probes"].items() if not probe["ok"]]


def _probe(name: str, probe: Json) -> Text:
    if probe["ok"]:
        milliseconds = probe["rtt_s"] * 1000
        return Text(f"{name} {milliseconds:.{0 if milliseconds >= 10 else 2}f} ms", "green")
    return Text(f"{name} {probe['reason']}", "red")


def _age(found: Json, device: Json) -> str:
    if device["since_ms"] is None:
        return "–"
    seconds = max(0, found["now_ms"] - device["since_ms"]) // 1000
    days, rest = divmod(seconds, 86_400)
    time = f"{rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02}"
    return f"{days} d {time}" if days else time
