"""HOST-RESOURCES-MIB (RFC 2790) and UCD-SNMP-MIB, shown under node_exporter's names. Pure.

What a MIB does not say is left out: hrStorageTable knows no "available", so only the size and the used bytes
of a file system appear unless UCD's dskTable has it too.
"""

from __future__ import annotations

from collector.decode.section import Labels, Rows, Section, SectionBuilder, columns, number, octets
from collector.decode.text import printable
from collector.model import Oid

HR_SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 25, 1)
HR_STORAGE_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 25, 2, 3, 1)
HR_PROCESSOR_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 25, 3, 3, 1)
UCD: Oid = (1, 3, 6, 1, 4, 1, 2021)
UCD_MEMORY: Oid = (*UCD, 4)
UCD_DISK_ENTRY: Oid = (*UCD, 9, 1)
UCD_LOAD_ENTRY: Oid = (*UCD, 10, 1)
UCD_STATS: Oid = (*UCD, 11)
UCD_CPUS: Oid = (*UCD_STATS, 67, 0)

SUBTREES: tuple[Oid, ...] = (
    HR_SYSTEM,
    HR_STORAGE_ENTRY,
    HR_PROCESSOR_ENTRY,
    UCD_MEMORY,
    UCD_DISK_ENTRY,
    UCD_LOAD_ENTRY,
    UCD_STATS,
)

MAX_ROWS = 512

_HR_FIXED_DISK: Oid = (1, 3, 6, 1, 2, 1, 25, 2, 1, 4)
_KIB = 1024
_CLOCK_TICKS = 0.01

_MEMORY = {
    3: ("node_memory_SwapTotal_bytes", _KIB),
    4: ("node_memory_SwapFree_bytes", _KIB),
    5: ("node_memory_MemTotal_bytes", _KIB),
    6: ("node_memory_MemFree_bytes", _KIB),
    14: ("node_memory_Buffers_bytes", _KIB),
    15: ("node_memory_Cached_bytes", _KIB),
    27: ("node_memory_MemAvailable_bytes", _KIB),
}
_CPU_MODES = {
    50: "user",
    51: "nice",
    52: "system",
    53: "idle",
    54: "iowait",
    56: "irq",
    61: "softirq",
    64: "steal",
}
_UCD_DISK = {
    (6, 11, 12): "node_filesystem_size_bytes",
    (7, 13, 14): "node_filesystem_avail_bytes",
    (8, 15, 16): "haidang_host_filesystem_used_bytes",
}
"""Columns of dskTable: the number in KiB as Integer32 (no more than 2 TiB), and as low and high 32 bits."""

_LOADS = {1: "node_load1", 2: "node_load5", 3: "node_load15"}


def plan(rows: Rows, base: Labels) -> Section | None:
    """Return the host section, None if the device shows neither MIB."""
    builder = SectionBuilder(base)
    _system(builder, rows)
    _processors(builder, rows)
    _memory(builder, rows)
    _loads(builder, rows)
    _storage(builder, rows)
    section = builder.build()
    return section if section.names else None


def _system(builder: SectionBuilder, rows: Rows) -> None:
    for column, family in ((5, "haidang_host_users"), (6, "haidang_host_processes")):
        name = (*HR_SYSTEM, column, 0)
        if name in rows:
            builder.poll(name, family)


def _processors(builder: SectionBuilder, rows: Rows) -> None:
    """Read ssCpuRaw, the ticks of all CPUs together: shared out evenly they read like one CPU."""
    table = columns(rows, HR_PROCESSOR_ENTRY)
    # An agent that has just started has the processors before it has their load of the last minute.
    processors = sorted({index for cells in table.values() for index in cells})[:MAX_ROWS]
    for index in processors:
        labels = (("cpu", str(index[-1])),)
        builder.poll(
            (*HR_PROCESSOR_ENTRY, 2, *index), "haidang_host_processor_load_ratio", labels, scale=0.01
        )
    cpus = number(rows.get(UCD_CPUS)) or len(processors)
    if not cpus:
        return
    for column, mode in _CPU_MODES.items():
        name = (*UCD_STATS, column, 0)
        if name in rows:
            shared = (("cpu", f"mean of {cpus}"), ("mode", mode))
            builder.poll(name, "node_cpu_seconds_total", shared, scale=_CLOCK_TICKS / cpus)


def _memory(builder: SectionBuilder, rows: Rows) -> None:
    for column, (family, scale) in _MEMORY.items():
        name = (*UCD_MEMORY, column, 0)
        if name in rows:
            builder.poll(name, family, scale=scale)


def _loads(builder: SectionBuilder, rows: Rows) -> None:
    """Read laLoadInt: it is the load average times 100, a number where laLoad is text."""
    for row, family in _LOADS.items():
        name = (*UCD_LOAD_ENTRY, 5, row)
        if name in rows:
            builder.poll(name, family, scale=0.01)


def _storage(builder: SectionBuilder, rows: Rows) -> None:
    disks = _ucd_disks(builder, rows)
    table = columns(rows, HR_STORAGE_ENTRY)
    for index, kind in list(table.get(2, {}).items())[:MAX_ROWS]:
        mountpoint = printable(octets(table.get(3, {}).get(index)))
        unit = number(table.get(4, {}).get(index))
        if kind != _HR_FIXED_DISK or not mountpoint or not unit or mountpoint in disks:
            continue
        labels = (("device", ""), ("fstype", ""), ("mountpoint", mountpoint))
        size, used = (*HR_STORAGE_ENTRY, 5, *index), (*HR_STORAGE_ENTRY, 6, *index)
        if size in rows and used in rows:
            builder.poll(size, "node_filesystem_size_bytes", labels, scale=unit)
            builder.poll(used, "haidang_host_filesystem_used_bytes", labels, scale=unit)


def _ucd_disks(builder: SectionBuilder, rows: Rows) -> set[str]:
    table = columns(rows, UCD_DISK_ENTRY)
    shown: set[str] = set()
    for index in list(table.get(2, {}))[:MAX_ROWS]:
        mountpoint = printable(octets(table[2][index]))
        if not mountpoint or mountpoint in shown:
            continue
        device = printable(octets(table.get(3, {}).get(index)))
        labels = (("device", device), ("fstype", ""), ("mountpoint", mountpoint))
        for (column, low, high), family in _UCD_DISK.items():
            wide = (*UCD_DISK_ENTRY, low, *index), (*UCD_DISK_ENTRY, high, *index)
            name = (*UCD_DISK_ENTRY, column, *index)
            if all(half in rows for half in wide):
                builder.poll(wide[0], family, labels, scale=_KIB, high=wide[1])
            elif name in rows:
                builder.poll(name, family, labels, scale=_KIB)
        shown.add(mountpoint)
    return shown
