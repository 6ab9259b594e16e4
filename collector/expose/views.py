"""What is current as plain values for JSON: the answers of /api/v1/. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from collector.current import View

Json = dict[str, Any]


def devices(views: Iterable[View], *, now_ms: int) -> Json:
    """Return all devices in short, with how many are in each state."""
    shown = [short(view) for view in views]
    return {
        "now_ms": now_ms,
        "states": dict(Counter(entry["state"] for entry in shown)),
        "devices": shown,
    }


def short(view: View) -> Json:
    """Return one device as a row of a table."""
    device = view.device
    return {
        "id": device.id,
        "name": device.name,
        "role": device.role,
        "area": device.area,
        "address": device.address,
        "state": str(view.state),
        "since_ms": view.since_ms,
        "evidence_ms": view.evidence_ms,
        "serves": device.serves,
        "probes": {
            str(probe.probe): {
                "ok": probe.reason is None,
                "rtt_s": probe.rtt_s,
                "reason": None if probe.reason is None else str(probe.reason),
                "detail": probe.detail,
            }
            for probe in view.probes
        },
    }


def detail(view: View, *, samples: list[str]) -> Json:
    """Return one device with its settings and the exposition lines that show it now."""
    device = view.device
    return {
        **short(view),
        "parents": list(device.parents),
        "reachability": [str(probe) for probe in device.reachability],
        "interval_s": device.interval_ms / 1000,
        "deadline_s": device.deadline_ms / 1000,
        "samples": samples,
    }
