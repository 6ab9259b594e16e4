"""Reads the work that whole disks have done."""

from __future__ import annotations

import re
from pathlib import Path

import psutil

from agent.probe.guard import Absent, guarded
from agent.probe.text import printable
from agent.wire_sections import Disk, Disks, Unavailability

_MAX_DISKS = 256
_NO_DISK = re.compile(r"(loop|ram|zram|fd|sr)[0-9]+")


@guarded
def read_disks(sys: Path = Path("/sys")) -> Disks:
    """Return the counters of whole disks by name; partitions, loops and memory disks are left out."""
    # nowrap would hide a wrap or reset by adding up on this side; the collector decides on raw counters.
    counters = psutil.disk_io_counters(perdisk=True, nowrap=False) or {}
    block = sys / "block"
    whole = {entry.name for entry in block.iterdir()} if block.is_dir() else set(counters)
    # In /sys a name such as cciss/c0d0 is written with an exclamation mark.
    names = sorted(
        name for name in counters if name.replace("/", "!") in whole and not _NO_DISK.fullmatch(name)
    )
    if not names:
        raise Absent(Unavailability.MISSING, "the system lists no disk")
    return Disks(
        disks=tuple(
            Disk(
                name=printable(name),
                reads=one.read_count,
                writes=one.write_count,
                read_bytes=one.read_bytes,
                written_bytes=one.write_bytes,
                read_s=_seconds(getattr(one, "read_time", None)),
                write_s=_seconds(getattr(one, "write_time", None)),
                busy_s=_seconds(getattr(one, "busy_time", None)),
            )
            for name, one in ((name, counters[name]) for name in names[:_MAX_DISKS])
        ),
        omitted=max(0, len(names) - _MAX_DISKS),
    )


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
