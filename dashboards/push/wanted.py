"""What Grafana shall have: a data source, a folder, and the generated dashboards of one language."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from collector.inventory.values import Inventory

FOLDER = {"uid": "haidang", "title": "Hải Đăng"}
SOURCE_UID = "haidang-prometheus"


def data_source(url: str, inventory: Inventory) -> dict[str, Any]:
    """Return the Prometheus that scrapes the collector; its interval is the shortest poll interval."""
    return {
        "uid": SOURCE_UID,
        "name": "Hải Đăng",
        "type": "prometheus",
        "access": "proxy",
        "url": url,
        "jsonData": {"httpMethod": "POST", "timeInterval": interval(inventory)},
    }


def interval(inventory: Inventory) -> str:
    """Return the shortest poll interval of an inventory, in whole seconds."""
    shortest = min((device.interval_ms for device in inventory.devices), default=30_000)
    return f"{max(1, shortest // 1_000)}s"


def dashboards(language: str) -> list[dict[str, Any]]:
    """Return the generated dashboards of a language."""
    folder = files("dashboards") / "generated" / language
    found = [json.loads(one.read_text(encoding="utf-8")) for one in folder.iterdir()]
    return sorted(found, key=lambda dashboard: str(dashboard["uid"]))


def languages() -> list[str]:
    """Return the languages that there are dashboards in."""
    return sorted(one.name for one in (files("dashboards") / "generated").iterdir())
