"""Counts processes by their state, from one small file each."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

from agent.probe.guard import Absent, guarded
from agent.wire_sections import Processes, Unavailability


@guarded
def read_processes(proc: Path = Path("/proc")) -> Processes:
    """Return how many processes there are in each state (proc(5), /proc/PID/stat)."""
    states: Counter[str] = Counter()
    pids = process_ids(proc)
    for pid in pids:
        try:
            descriptor = os.open(f"{proc}/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended since the folder was listed
        try:
            line = os.read(descriptor, 512)
        except ProcessLookupError:
            continue
        finally:
            os.close(descriptor)
        # The name stands in brackets and may hold anything, further brackets included.
        states[line[line.rfind(b")") + 2 :][:1].decode("ascii", "replace")] += 1
    known = {"R", "S", "D", "T", "t", "Z", "I"}
    return Processes(
        total=states.total(),
        running=states["R"],
        sleeping=states["S"],
        disk_sleep=states["D"],
        stopped=states["T"] + states["t"],
        zombie=states["Z"],
        idle=states["I"],
        other=sum(count for state, count in states.items() if state not in known),
    )


def process_ids(proc: Path = Path("/proc")) -> list[int]:
    """Return the ids of all processes; raise Absent if the system hides those of others."""
    pids = [int(name) for name in os.listdir(proc) if name.isdecimal()]  # noqa: PTH208 - three times as fast
    # Number 1 is always there; it is out of sight if /proc is mounted with hidepid=2.
    if 1 not in pids:
        raise Absent(Unavailability.PERMISSION, f"{proc} hides the processes of other users (hidepid)")
    return pids
