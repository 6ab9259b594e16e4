"""The live picture and the lines of `haidang up`, for a few devices and for a province."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

import pytest
from rich.console import Console

from deploy.stack.picture import Frame, Place, screen
from deploy.stack.watch import changes

AREAS = {"dc": "Trung tâm Tích hợp dữ liệu", "340": "Huyện Đông Hưng", "341": "Huyện Thái Thụy"}
PLACES = [Place(name="Prometheus", url="http://127.0.0.1:9090")]


def device(name: str, area: str | None, state: str = "up", *, snmp: str | None = None) -> dict[str, Any]:
    silent = None if state == "up" else "timeout"
    return {
        "id": name,
        "name": f"Xã {name}",
        "area": area,
        "state": state,
        "since_ms": 1_700_000_000_000,
        "probes": {
            "icmp": {"ok": silent is None, "rtt_s": 0.00004, "reason": silent},
            "snmp": {"ok": (snmp or silent) is None, "rtt_s": 0.0006, "reason": snmp or silent},
        },
    }


def found(devices: list[dict[str, Any]]) -> dict[str, Any]:
    states = Counter(one["state"] for one in devices)
    return {"now_ms": 1_700_000_083_000, "states": states, "devices": devices}


def province(cut: int = 0) -> dict[str, Any]:
    devices = [device(f"srv-{n:02}", "dc") for n in range(23)]
    devices += [device(f"c-{n:03}", "340", "upstream" if n <= cut else "up") for n in range(1, 45)]
    devices += [device(f"d-{n:03}", "341") for n in range(48)]
    if cut:
        devices.append(device("hub-340", "340", "down"))
    return found(devices)


def drawn(shown: dict[str, Any] | None, *, width: int = 100, height: int = 40) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, width=width, height=height)
    console.print(screen(shown, PLACES, Frame(width=width, height=height, areas=AREAS)))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_a_few_devices_have_a_line_each() -> None:
    """With state, how long, and every probe."""
    lines = drawn(found([device("this-machine", "dc")]))
    assert lines[1].split() == ["device", "name", "state", "for", "probes"]
    assert lines[2].split("  ")[-2:] == ["icmp 0.04 ms", "snmp 0.60 ms"]
    assert "00:01:23" in lines[2]


def test_a_province_has_a_line_an_area() -> None:
    """With how many of its devices are in which state; nothing more while all is well."""
    lines = drawn(province())
    assert "● 115 up" in lines[0]
    assert lines[2].split() == ["area", "●", "up"]
    assert " ".join(lines[3].split()) == "Trung tâm Tích hợp dữ liệu 23"
    assert lines[6:] == ["", "Prometheus    http://127.0.0.1:9090", "Ctrl-C stops everything"]


def test_what_is_down_comes_before_what_is_cut_off() -> None:
    """The hub first; communes as far as there is room, the rest counted."""
    lines = drawn(province(cut=44), height=24)
    table = lines.index("") + 1
    assert lines[table + 2].split()[-2:] == ["1", "44"]
    listed = [line.split()[1] for line in lines if line.startswith(("✖", "▲"))]
    assert listed[:2] == ["hub-340", "c-001"]
    more = next(line for line in lines if line.startswith("…"))
    assert more == f"… {45 - len(listed)} more upstream"


@pytest.mark.parametrize(("width", "height"), [(60, 24), (60, 14), (80, 24), (120, 50)])
def test_it_fits_its_terminal(width: int, height: int) -> None:
    """No line is longer than the terminal is wide, and all of it is seen at once."""
    lines = drawn(province(cut=44), width=width, height=height)
    assert max(map(len, lines)) <= width
    assert len(lines) < height
    assert any(line.split()[-2:] == ["icmp timeout", "snmp timeout"] or "timeout" in line for line in lines)


def test_a_device_that_is_up_with_a_fault_is_listed() -> None:
    """A hub that forwards and does not answer SNMP is nobody's outage, but somebody's work."""
    shown = province()
    shown["devices"].append(device("hub-341", "341", snmp="timeout"))
    line = next(line for line in drawn(shown) if "hub-341" in line)
    assert "snmp timeout" in line


def test_while_nobody_answers_it_waits() -> None:
    """No table without data."""
    assert drawn(None)[0] == "waiting for the collector …"


def test_many_changes_of_one_area_share_a_line() -> None:
    """And each is told once; who comes up for the first time is only counted."""
    shown: dict[str, str] = {}
    lines = changes(province(cut=44), shown, AREAS)
    assert [line.partition(" ")[2] for line in lines] == [
        "71 of 116 devices up",
        "Huyện Đông Hưng: 44 devices upstream",
        "hub-340: down  icmp timeout  snmp timeout",
    ]
    assert changes(province(cut=44), shown, AREAS) == []
    assert [line.partition(" ")[2] for line in changes(province(), shown, AREAS)] == [
        "Huyện Đông Hưng: 44 devices up"
    ]


def test_a_few_changes_have_a_line_each() -> None:
    """With what the probes brought."""
    lines = changes(found([device("this-machine", "dc"), device("b", None, "down")]), {}, AREAS)
    assert [line.partition(" ")[2] for line in lines] == [
        "this-machine: up  icmp 0.04 ms  snmp 0.60 ms",
        "b: down  icmp timeout  snmp timeout",
    ]
