"""Lays a snapshot out as tables for a person at a terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.wire_sections import (
    Clock,
    Cpu,
    CpuTimes,
    Disks,
    FileSystems,
    Host,
    Interfaces,
    Memory,
    Processes,
    Snapshot,
    Temperatures,
    Unavailability,
    Unavailable,
    Users,
)

_NONE = "–"
_SECTIONS = (
    "host",
    "clock",
    "cpu",
    "memory",
    "file_systems",
    "disks",
    "interfaces",
    "processes",
    "users",
    "temperatures",
)


def render(snapshot: Snapshot) -> str:
    """Return the whole snapshot as text; sections without values say why."""
    parts = [_machine(snapshot)]
    parts += [
        table
        for table in (
            _cpu(snapshot),
            _file_systems(snapshot),
            _disks(snapshot),
            _interfaces(snapshot),
            _temperatures(snapshot),
        )
        if table
    ]
    if missing := _missing(snapshot):
        parts.append(missing)
    return "\n\n".join(parts)


def _machine(snapshot: Snapshot) -> str:
    rows: list[tuple[str, str]] = []
    host, clock, memory = snapshot.host, snapshot.clock, snapshot.memory
    processes, users = snapshot.processes, snapshot.users
    if isinstance(host, Host):
        loads = " ".join(
            _NONE if load is None else f"{load:.2f}" for load in (host.load_1, host.load_5, host.load_15)
        )
        rows += [
            ("host", host.hostname),
            ("system", f"{host.os}, {host.kernel} {host.machine}"),
            ("load", loads),
        ]
    rows.append(("up", _duration(snapshot.uptime_ms // 1000)))
    if isinstance(clock, Clock):
        rows.append(("clock", "synchronised" if clock.synchronised else "not synchronised"))
    if isinstance(memory, Memory):
        rows.append(("memory", f"{_size(memory.available_bytes)} of {_size(memory.total_bytes)} available"))
        swap = f"{_size(memory.swap_free_bytes)} of {_size(memory.swap_total_bytes)} free"
        rows.append(("swap", swap if memory.swap_total_bytes else "none"))
    if isinstance(processes, Processes):
        waiting, zombies = processes.disk_sleep, processes.zombie
        states = f"{processes.running} running, {waiting} waiting for a disk, {zombies} zombies"
        rows.append(("processes", f"{processes.total}: {states}"))
    if isinstance(users, Users):
        rows.append(("logins", f"{users.sessions} sessions of {users.users} users"))
    return "\n".join(f"{name:<10} {value}" for name, value in rows)


def _cpu(snapshot: Snapshot) -> str:
    cpu = snapshot.cpu
    if not isinstance(cpu, Cpu):
        return ""
    rows = []
    for one in cpu.cpus:
        alive = sum(_modes(one).values())
        shares = [f"{100 * spent / alive:.1f} %" if alive else _NONE for spent in _modes(one).values()]
        rows.append([str(one.cpu), *shares])
    return _table(["CPU, since boot", *_modes(cpu.cpus[0])], rows, cpu.omitted) if cpu.cpus else ""


def _modes(one: CpuTimes) -> dict[str, float]:
    return {
        "user": one.user_s + (one.nice_s or 0),
        "system": one.system_s + (one.irq_s or 0) + (one.softirq_s or 0),
        "waiting": one.iowait_s or 0,
        "stolen": one.steal_s or 0,
        "idle": one.idle_s,
    }


def _file_systems(snapshot: Snapshot) -> str:
    section = snapshot.file_systems
    if not isinstance(section, FileSystems):
        return ""
    rows = []
    for one in section.file_systems:
        used = None if one.size_bytes is None or one.free_bytes is None else one.size_bytes - one.free_bytes
        share = f"{100 * used / one.size_bytes:.0f} %" if used is not None and one.size_bytes else _NONE
        state = "read-only" if one.read_only else ""
        sizes = [_size(one.size_bytes), _size(used), _size(one.available_bytes)]
        rows.append([one.mountpoint, one.device, one.type, *sizes, share, state])
    heads = ["file system", "device", "type", "size", "used", "available", "used", ""]
    return _table(heads, rows, section.omitted)


def _disks(snapshot: Snapshot) -> str:
    section = snapshot.disks
    if not isinstance(section, Disks):
        return ""
    rows = [
        [
            one.name,
            f"{one.reads}",
            _size(one.read_bytes),
            f"{one.writes}",
            _size(one.written_bytes),
            _NONE if one.busy_s is None else _duration(int(one.busy_s)),
        ]
        for one in section.disks
    ]
    return _table(["disk, since boot", "reads", "", "writes", "", "busy"], rows, section.omitted)


def _interfaces(snapshot: Snapshot) -> str:
    section = snapshot.interfaces
    if not isinstance(section, Interfaces):
        return ""
    rows = []
    for one in section.interfaces:
        speed = _NONE if one.speed_bps is None else f"{one.speed_bps // 1_000_000} Mbit/s"
        errors = (one.in_errors or 0) + (one.out_errors or 0)
        drops = (one.in_drops or 0) + (one.out_drops or 0)
        state = one.oper_state if one.admin_up else "switched off"
        counted = [_size(one.in_bytes), _size(one.out_bytes), f"{errors}", f"{drops}"]
        rows.append([f"{one.index}", one.name, one.alias, state, speed, *counted])
    heads = ["index", "interface", "alias", "state", "speed", "in", "out", "errors", "drops"]
    return _table(heads, rows, section.omitted)


def _temperatures(snapshot: Snapshot) -> str:
    section = snapshot.temperatures
    if not isinstance(section, Temperatures):
        return ""
    rows = [[one.chip, one.label, f"{one.celsius:.1f} °C"] for one in section.sensors]
    return _table(["sensor", "", "temperature"], rows, section.omitted)


def _missing(snapshot: Snapshot) -> str:
    lines = []
    for name in _SECTIONS:
        section = getattr(snapshot, name)
        if isinstance(section, Unavailable) and section.reason is not Unavailability.NOT_SENT:
            lines.append(f"no {name.replace('_', ' ')}: {section.detail} ({section.reason})")
    return "\n".join(lines)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], omitted: int) -> str:
    cells = [list(heads), *map(list, rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    lines = list(_lines(cells, widths))
    if omitted:
        lines.append(f"… and {omitted} more")
    return "\n".join(lines)


def _lines(cells: Sequence[Sequence[str]], widths: Sequence[int]) -> Iterator[str]:
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _size(octets: int | None) -> str:
    if octets is None:
        return _NONE
    value, unit = float(octets), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB", "PiB"):
        if value < 1024:
            break
        value, unit = value / 1024, larger
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"


def _duration(seconds: int) -> str:
    minutes, hours, days = seconds // 60 % 60, seconds // 3600 % 24, seconds // 86_400
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {seconds % 60:02d} s"
