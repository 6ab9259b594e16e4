"""Maintenance windows and inventories for tests of planning."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from collector.inventory.fields.repeats import block, days, every
from collector.inventory.fields.times import day
from collector.inventory.load import load
from collector.inventory.loaded import Accepted
from collector.inventory.planning_values import MaintenanceWindow, Repeat
from collector.inventory.rules.repeating import repeat_of
from collector.inventory.values import Inventory

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")

HEAD = """
organisation: {name: Sở Thông tin và Truyền thông}
areas: [{id: "340", hub: hub}]
devices:
  - {id: core, address: 127.34.0.1, icmp: true}
  - {id: hub, address: 127.34.0.2, icmp: true, parents: [core], area: "340"}
  - {id: a, address: 127.34.0.3, icmp: true, area: "340"}
  - {id: b, address: 127.34.0.4, icmp: true, parents: [hub, core]}
"""


def at(text: str, zone: ZoneInfo = HANOI) -> int:
    """Return a local time as UTC milliseconds."""
    return round(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


def day_of_ms(ms: int) -> date:
    """Return the local day of an instant."""
    return datetime.fromtimestamp(ms / 1000, HANOI).date()


def local(ms: int, zone: ZoneInfo = HANOI) -> str:
    """Return an instant as its local date, time and offset."""
    return datetime.fromtimestamp(ms / 1000, zone).isoformat(timespec="minutes")


def repeating(text: str, start: datetime, end: datetime) -> Repeat:
    """Return the repeat that a text stands for."""
    keys = block(text)
    assert isinstance(keys, dict)
    return repeat_of(
        every(keys["every"]),
        days(keys["days"]) if "days" in keys else None,
        day(keys["to"]) if "to" in keys else None,
        start,
        end,
    )


def window(start: str, end: str, repeat: str = "", zone: ZoneInfo = HANOI) -> MaintenanceWindow:
    """Return a window with these local times."""
    first = datetime.fromisoformat(start).replace(tzinfo=zone)
    last = datetime.fromisoformat(end).replace(tzinfo=zone)
    return MaintenanceWindow(
        id="w",
        devices=("a",),
        areas=(),
        start=first,
        end=last,
        reason="thay cáp",
        author="Phòng Hạ tầng",
        repeat=repeating(repeat, first, last) if repeat else None,
    )


def inventory(folder: Path, text: str = "") -> Inventory:
    """Return a small inventory with these sections beside its devices."""
    file = folder / "inventory.yaml"
    file.write_text(HEAD + text, encoding="utf-8")
    loaded = load(file)
    assert isinstance(loaded, Accepted), loaded
    return loaded.inventory
