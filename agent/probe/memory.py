"""Reads main memory and swap as the kernel itself names them."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

from agent.probe.guard import guarded
from agent.probe.text import read_text
from agent.wire_sections import Memory


@guarded
def read_memory(proc: Path = Path("/proc")) -> Memory:
    """Return the sizes in /proc/meminfo; on a system without it, what psutil knows.

    psutil's own figures will not do where meminfo is there: it puts 0 for what is missing, and adds the
    reclaimable slabs to the page cache.
    """
    try:
        info = _table(proc / "meminfo")
    except FileNotFoundError:
        return _portable()
    available = _bytes(info, "MemAvailable:")
    swapped = _swapped(proc)
    return Memory(
        total_bytes=info["MemTotal:"] * 1024,
        available_bytes=psutil.virtual_memory().available if available is None else available,
        free_bytes=info["MemFree:"] * 1024,
        buffers_bytes=_bytes(info, "Buffers:"),
        cached_bytes=_bytes(info, "Cached:"),
        reclaimable_bytes=_bytes(info, "SReclaimable:"),
        shared_bytes=_bytes(info, "Shmem:"),
        slab_bytes=_bytes(info, "Slab:"),
        active_bytes=_bytes(info, "Active:"),
        inactive_bytes=_bytes(info, "Inactive:"),
        swap_total_bytes=_bytes(info, "SwapTotal:"),
        swap_free_bytes=_bytes(info, "SwapFree:"),
        swapped_in_bytes=swapped[0],
        swapped_out_bytes=swapped[1],
    )


def _portable() -> Memory:
    memory, swap = psutil.virtual_memory(), psutil.swap_memory()
    return Memory(
        total_bytes=memory.total,
        available_bytes=memory.available,
        free_bytes=memory.free,
        swap_total_bytes=swap.total,
        swap_free_bytes=swap.free,
        swapped_in_bytes=swap.sin,
        swapped_out_bytes=swap.sout,
    )


def _table(path: Path) -> dict[str, int]:
    """Parse lines of a name and a number, whatever follows."""
    table = {}
    for line in read_text(path).splitlines():
        words = line.split()
        if len(words) >= 2 and words[1].isdecimal():
            table[words[0]] = int(words[1])
    return table


def _bytes(info: dict[str, int], name: str) -> int | None:
    kibibytes = info.get(name)
    return None if kibibytes is None else kibibytes * 1024


def _swapped(proc: Path) -> tuple[int | None, int | None]:
    try:
        pages = _table(proc / "vmstat")
    except OSError:
        return None, None
    size = os.sysconf("SC_PAGE_SIZE")
    into, out = pages.get("pswpin"), pages.get("pswpout")
    return None if into is None else into * size, None if out is None else out * size
