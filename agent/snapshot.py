"""Runs all probes into one snapshot. Never raises; a probe that waits on its hardware does not hold it up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

from agent.probe.cpu import read_cpu
from agent.probe.diskio import read_disks
from agent.probe.filesystem import read_file_systems
from agent.probe.host import read_host
from agent.probe.instant import read_instant
from agent.probe.memory import read_memory
from agent.probe.net import read_interfaces
from agent.probe.process import read_processes
from agent.probe.temperature import read_temperatures
from agent.probe.timesync import read_clock
from agent.probe.users import read_users
from agent.wire_sections import NOT_SENT, Agent, Snapshot, Unavailability, Unavailable

_PATIENCE_S = 2.0

S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Roots:
    """Where the system's own files are."""

    proc: Path = Path("/proc")
    sys: Path = Path("/sys")
    etc: Path = Path("/etc")
    run: Path = Path("/run")


class Sampler:
    """Takes snapshots of this machine."""

    def __init__(self, roots: Roots = Roots(), *, patience_s: float = _PATIENCE_S) -> None:
        self._roots = roots
        # A disk that does not answer holds statvfs up for good, a sensor for as long as its bus is slow.
        self._file_systems = _Patient(lambda: read_file_systems(roots.proc), patience_s)
        self._temperatures = _Patient(read_temperatures, patience_s)

    def take(self, agent: Agent | Unavailable = NOT_SENT) -> Snapshot:
        """Return a new snapshot; `agent` is what the service knows of itself."""
        roots = self._roots
        self._file_systems.begin()
        self._temperatures.begin()
        instant = read_instant(roots.proc)
        return Snapshot(
            wall_ms=instant.wall_ms,
            uptime_ms=instant.uptime_ms,
            boot_id=instant.boot_id,
            host=read_host(instant, roots.etc),
            clock=read_clock(),
            cpu=read_cpu(roots.sys),
            memory=read_memory(roots.proc),
            disks=read_disks(roots.sys),
            interfaces=read_interfaces(roots.sys),
            processes=read_processes(roots.proc),
            users=read_users(roots.run),
            file_systems=self._file_systems.result(),
            temperatures=self._temperatures.result(),
            agent=agent,
        )

    def refresh(self, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot with new counters. What may take long or changes slowly stays as it is."""
        roots = self._roots
        instant = read_instant(roots.proc)
        return replace(
            snapshot,
            wall_ms=instant.wall_ms,
            uptime_ms=instant.uptime_ms,
            boot_id=instant.boot_id,
            host=read_host(instant, roots.etc),
            cpu=read_cpu(roots.sys),
            memory=read_memory(roots.proc),
            disks=read_disks(roots.sys),
            interfaces=read_interfaces(roots.sys),
        )


class _Patient(Generic[S]):
    """Waits for a probe so long and no longer; one that still hangs is not started a second time."""

    def __init__(self, probe: Callable[[], S | Unavailable], patience_s: float) -> None:
        self._probe = probe
        self._patience_s = patience_s
        self._thread: threading.Thread | None = None
        self._found: S | Unavailable | None = None

    def begin(self) -> None:
        """Start a reading unless one is under way."""
        if self._thread is None:
            self._found = None
            # A daemon, so that one that hangs does not keep the process from ending.
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def result(self) -> S | Unavailable:
        """Return what the reading brought, or that it has not come back."""
        if self._thread is not None:
            self._thread.join(self._patience_s)
            if self._thread.is_alive():
                detail = f"no answer within {self._patience_s:g} s; still waiting for it"
                return Unavailable(reason=Unavailability.FAILED, detail=detail)
            self._thread = None
        return self._found or Unavailable(reason=Unavailability.FAILED, detail="the reading ended early")

    def _run(self) -> None:
        self._found = self._probe()
