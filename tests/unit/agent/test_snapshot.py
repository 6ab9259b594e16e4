"""The sampler: always a snapshot, whatever fails or hangs."""

from __future__ import annotations

import threading
from dataclasses import fields, replace
from pathlib import Path

import psutil
import pytest

from agent import snapshot as snapshots
from agent.snapshot import Roots, Sampler
from agent.wire import Snapshot, Unavailability, Unavailable, parse_snapshot, render_snapshot

SECTIONS = [field.name for field in fields(Snapshot) if field.name not in {"wall_ms", "uptime_ms", "boot_id"}]


def test_a_snapshot_of_this_machine_goes_over_the_wire() -> None:
    """All sections of a real snapshot are readings or reasons, and the wire takes it."""
    taken = Sampler().take()
    assert parse_snapshot(render_snapshot(taken)) == taken
    there = {name for name in SECTIONS if not isinstance(getattr(taken, name), Unavailable)}
    assert there >= {"host", "cpu", "memory", "interfaces", "processes", "clock"}


def test_a_machine_without_anything_gives_reasons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With psutil failing throughout and no system files, every section that needs them says why."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    for name in ("cpu_times", "disk_io_counters", "disk_partitions", "net_io_counters", "virtual_memory"):
        monkeypatch.setattr(psutil, name, fail)
    roots = Roots(proc=tmp_path, sys=tmp_path, etc=tmp_path, run=tmp_path)
    taken = Sampler(roots).take()
    missing = {name for name in SECTIONS if isinstance(getattr(taken, name), Unavailable)}
    assert missing == {*SECTIONS} - {"host", "clock"}
    assert all(getattr(taken, name).detail for name in missing - {"agent"})
    assert parse_snapshot(render_snapshot(taken)) == taken


def test_a_hanging_disk_holds_up_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """statvfs that does not come back costs its section, once; nothing piles up; it is back afterwards."""
    answer, started = threading.Event(), []

    def hang(_: Path) -> Unavailable:
        started.append(1)
        answer.wait(30)
        return Unavailable(reason=Unavailability.MISSING, detail="it came back")

    monkeypatch.setattr(snapshots, "read_file_systems", hang)
    sampler = Sampler(patience_s=0.02)
    first, second = sampler.take(), sampler.take()
    stuck = Unavailable(reason=Unavailability.FAILED, detail="no answer within 0.02 s; still waiting for it")
    assert first.file_systems == second.file_systems == stuck
    assert not isinstance(second.cpu, Unavailable)
    assert len(started) == 1
    answer.set()
    waiting = sampler._file_systems._thread
    assert waiting is not None
    waiting.join(30)
    back = Unavailable(reason=Unavailability.MISSING, detail="it came back")
    assert sampler.take().file_systems == back


def test_a_quick_reading_leaves_slow_sections_alone() -> None:
    """Refreshing reads counters anew and keeps what may hang as it was."""
    sampler = Sampler()
    old = replace(
        sampler.take(),
        file_systems=Unavailable(reason=Unavailability.MISSING, detail="kept"),
        interfaces=Unavailable(reason=Unavailability.MISSING, detail="to be read again"),
    )
    new = sampler.refresh(old)
    assert new.file_systems == old.file_systems
    assert not isinstance(new.interfaces, Unavailable)
    assert new.uptime_ms >= old.uptime_ms
