"""An agent's snapshot as series under node_exporter's names. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from functools import singledispatch

from agent import wire
from collector.decode.section import Labels
from collector.decode.text import printable

Cell = tuple[str, Labels, float | None]
"""A family, the labels beside the device's own, and a value (None: the agent did not say)."""

_CPU_MODES = (
    ("user", "user_s"),
    ("nice", "nice_s"),
    ("system", "system_s"),
    ("idle", "idle_s"),
    ("iowait", "iowait_s"),
    ("irq", "irq_s"),
    ("softirq", "softirq_s"),
    ("steal", "steal_s"),
)
_PROCESS_STATES = ("running", "sleeping", "disk_sleep", "stopped", "zombie", "idle", "other")


def cells(snapshot: wire.Snapshot) -> Iterator[Cell]:
    """Yield everything that a snapshot says; a section that could not be read says so itself."""
    yield "node_time_seconds", (), snapshot.wall_ms / 1000
    for field in fields(snapshot):
        section = getattr(snapshot, field.name)
        if isinstance(section, wire.Unavailable):
            labels = (("section", field.name), ("reason", str(section.reason)))
            yield "haidang_agent_section_unavailable", labels, 1
        else:
            yield from _section(section)


@singledispatch
def _section(_section: object) -> Iterator[Cell]:
    """Yield the series of a section; what is no section (the snapshot's own fields) has none."""
    yield from ()


@_section.register
def _host(host: wire.Host) -> Iterator[Cell]:
    about = (
        ("machine", printable(host.machine)),
        ("nodename", printable(host.hostname)),
        ("release", printable(host.kernel)),
        ("sysname", printable(host.os)),
    )
    yield "node_uname_info", about, 1
    yield "node_boot_time_seconds", (), host.boot_ms / 1000
    yield "node_load1", (), host.load_1
    yield "node_load5", (), host.load_5
    yield "node_load15", (), host.load_15


@_section.register
def _clock(clock: wire.Clock) -> Iterator[Cell]:
    yield "node_timex_sync_status", (), int(clock.synchronised)
    yield "node_timex_maxerror_seconds", (), clock.max_error_s
    yield "node_timex_estimated_error_seconds", (), clock.estimated_error_s


@_section.register
def _cpu(cpu: wire.Cpu) -> Iterator[Cell]:
    for times in cpu.cpus:
        number = ("cpu", str(times.cpu))
        for mode, attribute in _CPU_MODES:
            yield "node_cpu_seconds_total", (number, ("mode", mode)), getattr(times, attribute)
        yield "node_cpu_guest_seconds_total", (number, ("mode", "user")), times.guest_s
        yield "node_cpu_guest_seconds_total", (number, ("mode", "nice")), times.guest_nice_s
    yield "node_context_switches_total", (), cpu.context_switches
    yield "node_intr_total", (), cpu.interrupts


@_section.register
def _memory(memory: wire.Memory) -> Iterator[Cell]:
    yield "node_memory_MemTotal_bytes", (), memory.total_bytes
    yield "node_memory_MemAvailable_bytes", (), memory.available_bytes
    yield "node_memory_MemFree_bytes", (), memory.free_bytes
    yield "node_memory_Buffers_bytes", (), memory.buffers_bytes
    yield "node_memory_Cached_bytes", (), memory.cached_bytes
    yield "node_memory_SReclaimable_bytes", (), memory.reclaimable_bytes
    yield "node_memory_Shmem_bytes", (), memory.shared_bytes
    yield "node_memory_Slab_bytes", (), memory.slab_bytes
    yield "node_memory_Active_bytes", (), memory.active_bytes
    yield "node_memory_Inactive_bytes", (), memory.inactive_bytes
    yield "node_memory_SwapTotal_bytes", (), memory.swap_total_bytes
    yield "node_memory_SwapFree_bytes", (), memory.swap_free_bytes
    yield "haidang_host_swapped_in_bytes_total", (), memory.swapped_in_bytes
    yield "haidang_host_swapped_out_bytes_total", (), memory.swapped_out_bytes


@_section.register
def _file_systems(section: wire.FileSystems) -> Iterator[Cell]:
    for file_system in section.file_systems:
        yield from _file_system(file_system)


def _file_system(found: wire.FileSystem) -> Iterator[Cell]:
    labels = (
        ("device", printable(found.device)),
        ("fstype", printable(found.type)),
        ("mountpoint", printable(found.mountpoint)),
    )
    yield "node_filesystem_size_bytes", labels, found.size_bytes
    yield "node_filesystem_free_bytes", labels, found.free_bytes
    yield "node_filesystem_avail_bytes", labels, found.available_bytes
    yield "node_filesystem_files", labels, found.inodes
    yield "node_filesystem_files_free", labels, found.inodes_free
    read_only = None if found.read_only is None else int(found.read_only)
    yield "node_filesystem_readonly", labels, read_only


@_section.register
def _disks(section: wire.Disks) -> Iterator[Cell]:
    for disk in section.disks:
        yield from _disk(disk)


def _disk(disk: wire.Disk) -> Iterator[Cell]:
    labels = (("device", printable(disk.name)),)
    yield "node_disk_reads_completed_total", labels, disk.reads
    yield "node_disk_writes_completed_total", labels, disk.writes
    yield "node_disk_read_bytes_total", labels, disk.read_bytes
    yield "node_disk_written_bytes_total", labels, disk.written_bytes
    yield "node_disk_read_time_seconds_total", labels, disk.read_s
    yield "node_disk_write_time_seconds_total", labels, disk.write_s
    yield "node_disk_io_time_seconds_total", labels, disk.busy_s


@_section.register
def _interfaces(section: wire.Interfaces) -> Iterator[Cell]:
    for interface in section.interfaces:
        yield from _interface(interface)


def _interface(found: wire.Interface) -> Iterator[Cell]:
    labels = (("device", printable(found.name)),)
    yield "node_network_up", labels, int(found.oper_state is wire.OperState.UP)
    yield "node_network_mtu_bytes", labels, found.mtu
    speed = None if found.speed_bps is None else found.speed_bps / 8
    yield "node_network_speed_bytes", labels, speed
    yield "node_network_carrier_changes_total", labels, found.carrier_changes
    yield "node_network_receive_bytes_total", labels, found.in_bytes
    yield "node_network_receive_packets_total", labels, found.in_packets
    yield "node_network_receive_errs_total", labels, found.in_errors
    yield "node_network_receive_drop_total", labels, found.in_drops
    yield "node_network_receive_multicast_total", labels, found.in_multicast
    yield "node_network_transmit_bytes_total", labels, found.out_bytes
    yield "node_network_transmit_packets_total", labels, found.out_packets
    yield "node_network_transmit_errs_total", labels, found.out_errors
    yield "node_network_transmit_drop_total", labels, found.out_drops


@_section.register
def _processes(processes: wire.Processes) -> Iterator[Cell]:
    yield "haidang_host_processes", (), processes.total
    yield "node_procs_running", (), processes.running
    yield "node_procs_blocked", (), processes.disk_sleep
    for state in _PROCESS_STATES:
        yield "haidang_host_processes_by_state", (("state", state),), getattr(processes, state)


@_section.register
def _users(users: wire.Users) -> Iterator[Cell]:
    yield "haidang_host_users", (), users.sessions


@_section.register
def _temperatures(section: wire.Temperatures) -> Iterator[Cell]:
    for sensor in section.sensors:
        yield from _temperature(sensor)


def _temperature(sensor: wire.Temperature) -> Iterator[Cell]:
    labels = (("chip", printable(sensor.chip)), ("sensor", printable(sensor.label)))
    yield "node_hwmon_temp_celsius", labels, sensor.celsius
    yield "node_hwmon_temp_max_celsius", labels, sensor.high_celsius
    yield "node_hwmon_temp_crit_celsius", labels, sensor.critical_celsius


@_section.register
def _agent(agent: wire.Agent) -> Iterator[Cell]:
    yield "haidang_agent_info", (("version", printable(agent.version)),), 1
    yield "haidang_agent_resident_memory_bytes", (), agent.rss_bytes
    yield "haidang_agent_cpu_seconds_total", (), agent.cpu_s
    yield "haidang_agent_snapshots_missed_total", (), agent.snapshots_missed
    yield "haidang_agent_spool_failed_total", (), agent.spool_failed
    yield "haidang_agent_snmp_requests_total", (), agent.snmp_requests
    for outcome, number in (
        ("denied", agent.snmp_denied),
        ("limited", agent.snmp_limited),
        ("refused", agent.snmp_refused),
    ):
        yield "haidang_agent_snmp_rejected_total", (("outcome", outcome),), number
