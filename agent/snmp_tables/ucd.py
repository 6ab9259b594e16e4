"""UCD-SNMP-MIB from a snapshot: load, memory, CPU ticks, disks, in net-snmp's columns and units. Pure."""

from __future__ import annotations

import struct
from collections.abc import Callable

from agent.snmp_tables.host_resources import file_system_indexes
from agent.snmp_tables.values import (
    Items,
    counter32,
    counter64,
    gauge32,
    integer32,
    maybe,
    put,
    text,
)
from agent.wire_sections import Cpu, CpuTimes, Disks, FileSystem, FileSystems, Host, Memory, Snapshot
from snmp.ber import Oid
from snmp.smi import MAX_UINT32, Tag, Typed

_UCD: Oid = (1, 3, 6, 1, 4, 1, 2021)
_MEMORY: Oid = (*_UCD, 4)
_DISK_ENTRY: Oid = (*_UCD, 9, 1)
_LOAD_ENTRY: Oid = (*_UCD, 10, 1)
_STATS: Oid = (*_UCD, 11)

_KIB = 1024
_TICKS_PER_SECOND = 100
_BLOCK_BYTES = 512
# net-snmp's float within Opaque: a BER tag of its own, four octets (NET-SNMP-TC Float).
_FLOAT_HEAD = b"\x9f\x78\x04"


def ucd_items(snapshot: Snapshot) -> Items:
    """Return laTable, the memory and systemStats groups, and dskTable.

    Limits and error flags that net-snmp takes from its configuration are left out: nothing is judged here.
    """
    items: Items = {}
    if isinstance(snapshot.host, Host):
        _loads(items, snapshot.host)
    if isinstance(snapshot.memory, Memory):
        _memory(items, snapshot.memory)
    if isinstance(snapshot.cpu, Cpu):
        _stats(items, snapshot)
    if isinstance(snapshot.file_systems, FileSystems):
        indexes = file_system_indexes(snapshot.file_systems)
        for one in snapshot.file_systems.file_systems:
            put(items, _DISK_ENTRY, indexes[one.mountpoint], _disk(one, indexes[one.mountpoint]))
    return items


def _loads(items: Items, host: Host) -> None:
    for row, minutes, load in ((1, 1, host.load_1), (2, 5, host.load_5), (3, 15, host.load_15)):
        if load is None:
            continue
        cells = {
            1: integer32(row),
            2: text(f"Load-{minutes}"),
            3: text(f"{load:.2f}"),
            5: integer32(int(load * 100)),
            6: Typed(Tag.OPAQUE, _FLOAT_HEAD + struct.pack(">f", load)),
        }
        put(items, _LOAD_ENTRY, row, cells)


def _memory(items: Items, memory: Memory) -> None:
    swap_free = memory.swap_free_bytes
    cached = None if memory.cached_bytes is None else memory.cached_bytes + (memory.reclaimable_bytes or 0)
    sizes = {
        3: memory.swap_total_bytes,
        4: swap_free,
        5: memory.total_bytes,
        6: memory.free_bytes,
        11: None if swap_free is None else memory.free_bytes + swap_free,
        13: memory.shared_bytes,
        14: memory.buffers_bytes,
        15: cached,
    }
    cells: dict[int, Typed | None] = {1: integer32(0), 2: text("swap")}
    for column, size in sizes.items():
        cells[column] = _kib(integer32, size)
    # The same once more in 64 bits: memTotalSwapX (18) to memCachedX (26).
    wide = {18: 3, 19: 4, 20: 5, 21: 6, 22: 11, 24: 13, 25: 14, 26: 15}
    for column, narrow in wide.items():
        cells[column] = _kib(counter64, sizes[narrow])
    cells[27] = _kib(counter64, memory.available_bytes)
    put(items, _MEMORY, 0, cells)


def _kib(kind: Callable[[int], Typed], size: int | None) -> Typed | None:
    return None if size is None else kind(size // _KIB)


def _stats(items: Items, snapshot: Snapshot) -> None:
    """Sum the CPUs' ticks of 10 ms; ssCpuRawSystem includes the time in interrupts, as net-snmp has it."""
    cpu, disks = snapshot.cpu, snapshot.disks
    if not isinstance(cpu, Cpu):
        return
    times = cpu.cpus
    system = _ticks(times, lambda one: one.system_s)
    interrupts = _ticks(times, lambda one: one.irq_s)
    soft = _ticks(times, lambda one: one.softirq_s)
    cells = {
        1: integer32(1),
        2: text("systemStats"),
        50: maybe(counter32, _ticks(times, lambda one: one.user_s)),
        51: maybe(counter32, _ticks(times, lambda one: one.nice_s)),
        52: counter32((system or 0) + (interrupts or 0) + (soft or 0)),
        53: maybe(counter32, _ticks(times, lambda one: one.idle_s)),
        54: maybe(counter32, _ticks(times, lambda one: one.iowait_s)),
        55: maybe(counter32, system),
        56: maybe(counter32, interrupts),
        59: maybe(counter32, cpu.interrupts),
        60: maybe(counter32, cpu.context_switches),
        61: maybe(counter32, soft),
        64: maybe(counter32, _ticks(times, lambda one: one.steal_s)),
        65: maybe(counter32, _ticks(times, lambda one: one.guest_s)),
        66: maybe(counter32, _ticks(times, lambda one: one.guest_nice_s)),
        67: integer32(len(times)),
    }
    if isinstance(disks, Disks):
        cells[57] = counter32(sum(disk.written_bytes for disk in disks.disks) // _BLOCK_BYTES)
        cells[58] = counter32(sum(disk.read_bytes for disk in disks.disks) // _BLOCK_BYTES)
    put(items, _STATS, 0, cells)


def _ticks(cpus: tuple[CpuTimes, ...], mode: Callable[[CpuTimes], float | None]) -> int | None:
    """Return the time in a mode over all CPUs; None if the system does not tell it for each of them."""
    total = 0
    for one in cpus:
        seconds = mode(one)
        if seconds is None:
            return None
        total += round(seconds * _TICKS_PER_SECOND)
    return total


def _disk(one: FileSystem, index: int) -> dict[int, Typed | None]:
    size, free, available = one.size_bytes, one.free_bytes, one.available_bytes
    cells: dict[int, Typed | None] = {1: integer32(index), 2: text(one.mountpoint), 3: text(one.device)}
    if size is None or free is None or available is None:
        return cells
    used = size - free
    for narrow, low, value in ((6, 11, size), (7, 13, available), (8, 15, used)):
        kib = value // _KIB
        cells[narrow] = integer32(kib)
        cells[low] = gauge32(kib & MAX_UINT32)
        cells[low + 1] = gauge32(kib >> 32)
    cells[9] = maybe(integer32, _percent(used, size))
    if one.inodes is not None and one.inodes_free is not None:
        cells[10] = maybe(integer32, _percent(one.inodes - one.inodes_free, one.inodes))
    return cells


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole > 0 else None
