"""HOST-RESOURCES-MIB (RFC 2790) from a snapshot. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from agent.snmp_tables.history import History, processor_loads
from agent.snmp_tables.values import (
    ZERO_DOT_ZERO,
    Items,
    counter32,
    gauge32,
    integer32,
    maybe,
    object_id,
    octets,
    put,
    stable_indexes,
    text,
    time_ticks,
)
from agent.wire_sections import (
    Cpu,
    Disks,
    FileSystems,
    Interfaces,
    Memory,
    OperState,
    Processes,
    Snapshot,
    Users,
)
from snmp.ber import Oid
from snmp.smi import MAX_INT32

_HOST: Oid = (1, 3, 6, 1, 2, 1, 25)
_SYSTEM: Oid = (*_HOST, 1)
_MEMORY_SIZE: Oid = (*_HOST, 2, 2, 0)
_STORAGE_ENTRY: Oid = (*_HOST, 2, 3, 1)
_STORAGE_TYPES: Oid = (*_HOST, 2, 1)
_DEVICE_ENTRY: Oid = (*_HOST, 3, 2, 1)
_DEVICE_TYPES: Oid = (*_HOST, 3, 1)
_PROCESSOR_ENTRY: Oid = (*_HOST, 3, 3, 1)
_NETWORK_ENTRY: Oid = (*_HOST, 3, 4, 1)

_OTHER, _RAM, _VIRTUAL_MEMORY, _FIXED_DISK = 1, 2, 3, 4
_PROCESSOR, _NETWORK, _DISK_STORAGE = 3, 4, 6
_UNKNOWN, _RUNNING, _STOPPED = 1, 2, 5

# The numbers that other agents on Linux have made customary: the kind of device in the upper half.
_FIRST_PROCESSOR = 3 << 16
_FIRST_NETWORK = 4 << 16
_FIRST_DISK = 6 << 16
_INDEX_SPAN = 1 << 16
_FIRST_FILE_SYSTEM = 256
_KIB = 1024


def host_items(snapshot: Snapshot, history: History) -> Items:
    """Return hrSystem, hrMemorySize, hrStorageTable, hrDeviceTable, hrProcessorTable and hrNetworkTable."""
    items: Items = {}
    users, processes = snapshot.users, snapshot.processes
    put(
        items,
        _SYSTEM,
        0,
        {
            1: time_ticks(snapshot.uptime_ms // 10),
            2: octets(date_and_time(snapshot.wall_ms)),
            5: gauge32(users.sessions) if isinstance(users, Users) else None,
            6: gauge32(processes.total) if isinstance(processes, Processes) else None,
        },
    )
    if isinstance(snapshot.memory, Memory):
        items[_MEMORY_SIZE] = integer32(snapshot.memory.total_bytes // _KIB)
        _memory(items, snapshot.memory)
    if isinstance(snapshot.file_systems, FileSystems):
        _file_systems(items, snapshot.file_systems)
    _devices(items, snapshot, history)
    return items


def date_and_time(wall_ms: int) -> bytes:
    """Return DateAndTime (RFC 2579 section 2) in UTC, eleven octets."""
    at = datetime.fromtimestamp(wall_ms / 1000, tz=UTC)
    tenths = at.microsecond // 100_000
    moment = bytes((at.month, at.day, at.hour, at.minute, at.second, tenths))
    return at.year.to_bytes(2) + moment + b"+\x00\x00"


def file_system_indexes(section: FileSystems) -> dict[str, int]:
    """Return the index of each file system by mount point; the same in hrStorageTable and dskTable."""
    names = {one.mountpoint for one in section.file_systems}
    return stable_indexes(names, first=_FIRST_FILE_SYSTEM, count=_INDEX_SPAN - _FIRST_FILE_SYSTEM)


def allocation_unit(size_bytes: int) -> int:
    """Return the smallest power of two from 4096 in which the size fits Integer32."""
    unit = 4096
    while size_bytes // unit > MAX_INT32 and unit < 1 << 30:
        unit *= 2
    return unit


def _memory(items: Items, memory: Memory) -> None:
    total, free = memory.total_bytes, memory.free_bytes
    swap_total, swap_free = memory.swap_total_bytes, memory.swap_free_bytes
    _storage(items, 1, _RAM, "Physical memory", size=total, used=total - free)
    if swap_total is not None and swap_free is not None:
        used = total - free + swap_total - swap_free
        _storage(items, 3, _VIRTUAL_MEMORY, "Virtual memory", size=total + swap_total, used=used)
        _storage(items, 10, _VIRTUAL_MEMORY, "Swap space", size=swap_total, used=swap_total - swap_free)
    cached = None if memory.cached_bytes is None else memory.cached_bytes + (memory.reclaimable_bytes or 0)
    for index, name, size, used_bytes in (
        (6, "Memory buffers", total, memory.buffers_bytes),
        (7, "Cached memory", cached, cached),
        (8, "Shared memory", memory.shared_bytes, memory.shared_bytes),
        (11, "Available memory", memory.available_bytes, 0),
    ):
        if size is not None and used_bytes is not None:
            _storage(items, index, _OTHER, name, size=size, used=used_bytes)


def _file_systems(items: Items, section: FileSystems) -> None:
    indexes = file_system_indexes(section)
    for one in section.file_systems:
        size, free = one.size_bytes, one.free_bytes
        if size is not None and free is not None:
            index = indexes[one.mountpoint]
            _storage(items, index, _FIXED_DISK, one.mountpoint, size=size, used=size - free)


def _storage(items: Items, index: int, kind: int, name: str, *, size: int, used: int) -> None:
    unit = _KIB if size // _KIB <= MAX_INT32 and kind != _FIXED_DISK else allocation_unit(size)
    put(
        items,
        _STORAGE_ENTRY,
        index,
        {
            1: integer32(index),
            2: object_id((*_STORAGE_TYPES, kind)),
            3: text(name),
            4: integer32(unit),
            5: integer32(size // unit),
            6: integer32(max(0, used) // unit),
        },
    )


def _devices(items: Items, snapshot: Snapshot, history: History) -> None:
    if isinstance(snapshot.cpu, Cpu):
        loads = processor_loads(history, snapshot.cpu, snapshot.uptime_ms)
        for times in snapshot.cpu.cpus:
            index = _FIRST_PROCESSOR + times.cpu
            _device(items, index, _PROCESSOR, f"CPU {times.cpu}", _RUNNING, errors=None)
            load = maybe(integer32, loads.get(times.cpu))
            put(items, _PROCESSOR_ENTRY, index, {1: object_id(ZERO_DOT_ZERO), 2: load})
    if isinstance(snapshot.interfaces, Interfaces):
        for interface in snapshot.interfaces.interfaces:
            index = _FIRST_NETWORK + interface.index
            status = _RUNNING if interface.oper_state is OperState.UP else _STOPPED
            errors = (interface.in_errors or 0) + (interface.out_errors or 0)
            _device(items, index, _NETWORK, f"network interface {interface.name}", status, errors=errors)
            put(items, _NETWORK_ENTRY, index, {1: integer32(interface.index)})
    if isinstance(snapshot.disks, Disks):
        names = (disk.name for disk in snapshot.disks.disks)
        for name, index in stable_indexes(names, first=_FIRST_DISK, count=_INDEX_SPAN).items():
            _device(items, index, _DISK_STORAGE, f"disk {name}", _UNKNOWN, errors=None)


def _device(items: Items, index: int, kind: int, name: str, status: int, *, errors: int | None) -> None:
    put(
        items,
        _DEVICE_ENTRY,
        index,
        {
            1: integer32(index),
            2: object_id((*_DEVICE_TYPES, kind)),
            3: text(name),
            4: object_id(ZERO_DOT_ZERO),
            5: integer32(status),
            6: maybe(counter32, errors),
        },
    )
