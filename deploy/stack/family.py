"""The processes below a process: some give up its group and outlive it, as the sessions of sshd do."""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Process:
    """A process: its id, and when it began (proc(5), clock ticks since boot), since ids come round again."""

    pid: int
    began: int


def descendants(of: int, proc: Path = Path("/proc")) -> frozenset[Process]:
    """Return all processes below this one; nothing where there is no proc(5)."""
    children: dict[int, list[Process]] = {}
    for stat in proc.glob("[0-9]*/stat"):
        found = _read(stat)
        if found is not None:
            process, parent = found
            children.setdefault(parent, []).append(process)
    below: set[Process] = set()
    look = [of]
    while look:
        for process in children.get(look.pop(), ()):
            if process not in below:
                below.add(process)
                look.append(process.pid)
    return frozenset(below)


def end(processes: frozenset[Process], proc: Path = Path("/proc")) -> None:
    """End those that are still there, at once: who began them is gone."""
    for process in processes:
        found = _read(proc / str(process.pid) / "stat")
        if found is not None and found[0] == process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process.pid, signal.SIGKILL)


def _read(stat: Path) -> tuple[Process, int] | None:
    try:
        # The name may hold blanks and brackets; what follows the last bracket is state, parent, and so on.
        fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return Process(int(stat.parent.name), int(fields[19])), int(fields[1])
    except (OSError, ValueError, IndexError):
        return None
