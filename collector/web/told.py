"""What a device's page takes from the device's exposition: its interfaces, and how it is asked. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST = 64

_UNENCRYPTED = "haidang_device_unencrypted{"
_LINE = re.compile(r"(ifOperStatus|ifHighSpeed)\{(.*)\} (\S+)(?: \d+)?$")
_LABEL = re.compile(r'([A-Za-z_]+)="((?:[^"\\]|\\.)*)"')
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One interface: `up` by its operational state; None for what the device does not tell."""

    index: int
    name: str
    alias: str
    up: bool | None
    speed_bps: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the lines of a device tell."""

    interfaces: tuple[Interface, ...] = ()
    unencrypted: bool = False


def told(lines: Sequence[str]) -> Told:
    """Return what these lines tell."""
    return Told(
        interfaces=_interfaces(lines),
        unencrypted=any(line.startswith(_UNENCRYPTED) and line.endswith(" 1") for line in lines),
    )


def _interfaces(lines: Sequence[str]) -> tuple[Interface, ...]:
    """Return the interfaces that these lines tell of, by their index, at most MOST."""
    labels: dict[int, dict[str, str]] = {}
    values: dict[int, dict[str, float]] = {}
    for line in lines:
        found = _LINE.match(line)
        if found is None:
            continue
        named = {key: _plain(value) for key, value in _LABEL.findall(found[2])}
        index = int(named.get("ifIndex", "0"))
        labels[index] = named
        values.setdefault(index, {})[found[1]] = float(found[3])
    return tuple(
        Interface(
            index=index,
            name=named.get("ifName") or named.get("ifDescr") or str(index),
            alias=named.get("ifAlias", ""),
            up=None if "ifOperStatus" not in values[index] else values[index]["ifOperStatus"] == 1,
            speed_bps=int(values[index].get("ifHighSpeed", 0) * 1_000_000) or None,
        )
        for index, named in sorted(labels.items())[:MOST]
    )


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], value)
