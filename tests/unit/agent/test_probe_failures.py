"""The probes where they cannot read: a reason, never a crash and never a zero."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from agent.probe.cpu import read_cpu
from agent.probe.diskio import read_disks
from agent.probe.filesystem import read_file_systems
from agent.probe.memory import read_memory
from agent.probe.net import read_interfaces
from agent.probe.process import read_processes
from agent.probe.temperature import read_temperatures
from agent.probe.users import read_users
from agent.wire_sections import (
    Unavailability,
    Unavailable,
)
from tests.unit.agent.probing import tree, unavailable

PSUTIL: dict[str, tuple[str, Callable[[], object]]] = {
    "cpu": ("cpu_times", read_cpu),
    "file systems": ("disk_partitions", read_file_systems),
    "disks": ("disk_io_counters", read_disks),
    "interfaces": ("net_io_counters", read_interfaces),
    "temperatures": ("sensors_temperatures", read_temperatures),
}
GONE = "No such file or directory"
FAILURES = [
    (PermissionError(13, "Permission denied", "/x"), Unavailability.PERMISSION, "/x: Permission denied"),
    (psutil.AccessDenied(7), Unavailability.PERMISSION, "AccessDenied: (pid=7)"),
    (FileNotFoundError(2, GONE, "/x"), Unavailability.MISSING, f"/x: {GONE}"),
    (NotImplementedError("no"), Unavailability.UNSUPPORTED, "NotImplementedError: no"),
    (AttributeError("none"), Unavailability.UNSUPPORTED, "AttributeError: none"),
    (OSError(5, "Input/output error"), Unavailability.FAILED, "Input/output error"),
    (RuntimeError("a\nb\x00"), Unavailability.FAILED, "RuntimeError: a\\x0ab\\x00"),
    (IndexError(), Unavailability.FAILED, "IndexError"),
]


@pytest.mark.parametrize("probe", PSUTIL)
@pytest.mark.parametrize(("error", "reason", "detail"), FAILURES, ids=lambda one: type(one).__name__)
def test_a_failing_psutil_is_a_reason(
    probe: str, error: Exception, reason: Unavailability, detail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever psutil raises, the section is Unavailable with the right reason and printable words."""

    def fail(*_: object, **__: object) -> None:
        raise error

    name, read = PSUTIL[probe]
    monkeypatch.setattr(psutil, name, fail)
    assert read() == unavailable(reason, detail)


@pytest.mark.parametrize(
    ("name", "empty", "read", "detail"),
    [
        ("cpu_times", [], read_cpu, "the system lists no CPU"),
        ("disk_io_counters", None, read_disks, "the system lists no disk"),
        ("disk_partitions", [], read_file_systems, "no file system on a disk is mounted"),
        ("net_io_counters", {}, read_interfaces, "the system lists no interface"),
        ("sensors_temperatures", {}, read_temperatures, "the system shows no temperature sensor"),
    ],
)
def test_an_empty_list_is_a_reason(
    name: str, empty: object, read: Callable[[], object], detail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where psutil finds nothing, the section says so instead of being empty."""
    monkeypatch.setattr(psutil, name, lambda *_, **__: empty)
    found = read()
    assert isinstance(found, Unavailable)
    assert found.detail == detail


def test_missing_files_are_reasons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without their files the probes that read the system themselves say which file is missing."""
    gone = tmp_path / "gone"
    missing = Unavailability.MISSING
    assert read_processes(gone) == unavailable(missing, f"{gone}: No such file or directory")
    assert read_users(gone) == unavailable(missing, f"{gone}/utmp: this system keeps no list of logins")
    no_total = tree(tmp_path / "proc", {"meminfo": "MemFree: 1 kB\n"})
    assert read_memory(no_total) == unavailable(Unavailability.FAILED, "KeyError: 'MemTotal:'")


def test_unreadable_files_are_reasons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that may not be read is a matter of permission."""

    def refuse(path: Path, _: int) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    proc = tree(tmp_path, {"meminfo": "MemTotal: 1 kB\n", "1/stat": "1 (init) S 0"})
    monkeypatch.setattr(os, "open", refuse)
    permission = Unavailability.PERMISSION
    assert read_memory(proc) == unavailable(permission, f"{proc}/meminfo: Permission denied")
    assert read_processes(proc) == unavailable(permission, f"{proc}/1/stat: Permission denied")
