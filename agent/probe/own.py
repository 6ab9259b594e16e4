"""Reads what this process itself takes."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import psutil

from agent.probe.guard import guarded


class Usage(NamedTuple):
    """Memory in bytes, CPU time in seconds since the start, threads and open files."""

    rss_bytes: int
    cpu_s: float
    threads: int
    open_files: int | None


@guarded
def read_usage() -> Usage:
    """Return this process's use of memory, CPU and files."""
    process = _process()
    cpu = process.cpu_times()
    num_fds = getattr(process, "num_fds", None)
    return Usage(
        rss_bytes=process.memory_info().rss,
        cpu_s=cpu.user + cpu.system,
        threads=process.num_threads(),
        open_files=None if num_fds is None else num_fds(),
    )


@cache
def _process() -> psutil.Process:
    return psutil.Process()
