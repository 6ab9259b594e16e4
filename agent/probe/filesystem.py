"""Reads how full the file systems on disks are. May wait on a disk that does not answer: see snapshot."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

import psutil

from agent.probe.guard import Absent, guarded
from agent.probe.text import printable, read_text
from agent.wire_sections import FileSystem, FileSystems, Unavailability

_MAX_FILE_SYSTEMS = 256
_OCTAL = re.compile(r"\\([0-7]{3})")


class _Mount(NamedTuple):
    device: str  # major:minor
    whole: bool  # not a folder of it bound to another place
    read_only: bool


@guarded
def read_file_systems(proc: Path = Path("/proc")) -> FileSystems:
    """Return each file system on a disk once, at its shortest mount point; network file systems are left out.

    Mounts are what this process sees: a hardened unit sees bind mounts and read-only views of them, so the
    state is the file system's own and a file system mounted twice is one.
    """
    partitions = psutil.disk_partitions(all=False)
    if all(one.mountpoint != "/" for one in partitions):
        # A container's or live system's root is an overlay; it fills up as any other does.
        partitions += [one for one in psutil.disk_partitions(all=True) if one.mountpoint == "/"]
    if not partitions:
        raise Absent(Unavailability.MISSING, "no file system on a disk is mounted")
    mounts = _mounts(proc)
    # Whole mounts before bound folders, then the shortest path: / rather than /var/lib/x.
    partitions.sort(key=lambda one: (not _whole(mounts, one.mountpoint), len(one.mountpoint), one.mountpoint))
    found: dict[str, FileSystem] = {}
    for one in partitions:
        mount = mounts.get(one.mountpoint)
        device = one.device if mount is None else mount.device
        if device not in found:
            read_only = None if mount is None else mount.read_only
            found[device] = _read(one.mountpoint, one.device, one.fstype, read_only=read_only)
    ordered = sorted(found.values(), key=lambda one: one.mountpoint)
    return FileSystems(
        file_systems=tuple(ordered[:_MAX_FILE_SYSTEMS]), omitted=max(0, len(ordered) - _MAX_FILE_SYSTEMS)
    )


def _whole(mounts: dict[str, _Mount], mountpoint: str) -> bool:
    mount = mounts.get(mountpoint)
    return mount is None or mount.whole


def _mounts(proc: Path) -> dict[str, _Mount]:
    """Parse mountinfo (proc(5)) by mount point; empty where it cannot be read."""
    try:
        lines = read_text(proc / "self/mountinfo").splitlines()
    except OSError:
        return {}
    mounts = {}
    for line in lines:
        fields, _, tail = line.partition(" - ")
        words, rest = fields.split(" "), tail.split(" ")
        if len(words) >= 6 and len(rest) >= 3:
            mountpoint = _OCTAL.sub(lambda match: chr(int(match[1], 8)), words[4])
            mounts[mountpoint] = _Mount(
                device=words[2], whole=words[3] == "/", read_only="ro" in rest[2].split(",")
            )
    return mounts


def _read(mountpoint: str, device: str, kind: str, *, read_only: bool | None) -> FileSystem:
    names = (printable(mountpoint), printable(device), printable(kind))
    try:
        stat = os.statvfs(mountpoint)
    except OSError:
        return FileSystem(mountpoint=names[0], device=names[1], type=names[2], read_only=read_only)
    # Some file systems have no fixed number of inodes and say 0.
    counted = stat.f_files > 0
    return FileSystem(
        mountpoint=names[0],
        device=names[1],
        type=names[2],
        read_only=read_only,
        size_bytes=stat.f_blocks * stat.f_frsize,
        free_bytes=stat.f_bfree * stat.f_frsize,
        available_bytes=stat.f_bavail * stat.f_frsize,
        inodes=stat.f_files if counted else None,
        inodes_free=stat.f_ffree if counted else None,
    )
