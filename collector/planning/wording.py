"""Values of an inventory as short words, for people who compare two of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from collector.inventory.fields.repeats import show_repeat
from collector.inventory.fields.times import WEEKDAYS
from collector.inventory.fields.units import show_duration, show_rate
from collector.inventory.planning_values import Repeat, RepeatUnit
from collector.register.telling import in_one_line

_NONE = "none"
_LONGEST = 160
_INSTANTS = frozenset({"start", "end", "commissioned", "withdrawn"})


def worded(key: str, value: Any, zone: tzinfo) -> str:
    """Return the value of a key as canonical JSON has it, in words; instants in local time."""
    if key in _INSTANTS and isinstance(value, str) and "T" in value:
        text = f"{datetime.fromisoformat(value).astimezone(zone):%Y-%m-%d %H:%M}"
    elif key == "repeat" and isinstance(value, Mapping):
        text = show_repeat(_repeat(value))
    else:
        text = _words(key, value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _words(key: str, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return _NONE
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int):
        return _number(key, value)
    if isinstance(value, list):
        days = key == "weekdays"
        return ", ".join(WEEKDAYS[item] if days else _item(item) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(
            f"{name.removesuffix('_ms').removesuffix('_bps')} {_words(name, item)}"
            for name, item in value.items()
            if item is not None and item not in ([], {})
        )
    return in_one_line(str(value))


def _number(key: str, value: int) -> str:
    if key.endswith("_ms"):
        return show_duration(value)
    if key.endswith("_bps"):
        return show_rate(value)
    if key.endswith("_ppm"):
        return f"{value / 10_000:.4f}".rstrip("0").rstrip(".") + " %"
    return str(value)


def _repeat(value: Mapping[str, Any]) -> Repeat:
    return Repeat(
        unit=RepeatUnit(value["unit"]),
        every=value["every"],
        weekdays=tuple(value["weekdays"]),
        nth=value["nth"],
        month_day=value["month_day"],
        last=None if value["last"] is None else date.fromisoformat(value["last"]),
    )


def _item(value: Any) -> str:
    if isinstance(value, list):
        return "-".join(_words("", part) for part in value)
    text = _words("", value)
    return f"({text})" if isinstance(value, Mapping) else text
