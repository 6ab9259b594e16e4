"""Reads which machine this is, and how much of it wants a CPU."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from agent.probe.guard import guarded
from agent.probe.instant import Instant
from agent.probe.text import printable, read_text
from agent.wire_sections import Host


@guarded
def read_host(instant: Instant, etc: Path = Path("/etc")) -> Host:
    """Return name, system and load. The boot time follows the wall clock when that is set."""
    system = os.uname()
    load = _load()
    return Host(
        hostname=printable(socket.gethostname()),
        os=printable(_pretty_name(etc) or system.sysname),
        kernel=printable(f"{system.sysname} {system.release}"),
        machine=printable(system.machine),
        boot_ms=max(0, instant.wall_ms - instant.uptime_ms),
        load_1=load[0],
        load_5=load[1],
        load_15=load[2],
    )


def _load() -> tuple[float | None, float | None, float | None]:
    try:
        return os.getloadavg()
    except OSError:
        return None, None, None


def _pretty_name(etc: Path) -> str | None:
    try:
        lines = read_text(etc / "os-release", limit=65_536).splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith("PRETTY_NAME="):
            return line.partition("=")[2].strip().strip("\"'") or None
    return None
