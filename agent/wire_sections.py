"""What the agent measures: one frozen section per probe, and the snapshot that holds them all.

Units are in the names. None is a number that the system does not offer; a section that could not be read is
Unavailable with its reason. Counters count since boot, in 64 bits, and never carry an invented 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agent.wire_json import Celsius, Count, Ratio, Seconds, SpanMs, Text, WallMs, Wrapped


class Unavailability(StrEnum):
    """Why a section has no values."""

    PERMISSION = "permission"  # the system refused
    MISSING = "missing"  # the file or device that it is read from is not there
    UNSUPPORTED = "unsupported"  # this platform does not offer it
    FAILED = "failed"  # anything else; the detail says what
    NOT_SENT = "not_sent"  # the agent is older than this section


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable(Wrapped):
    """Stands in the place of a section that could not be read."""

    reason: Unavailability
    detail: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuTimes:
    """Time that one CPU spent in each mode since boot. As the kernel counts, `user_s` includes `guest_s`."""

    cpu: Count
    user_s: Seconds
    system_s: Seconds
    idle_s: Seconds
    nice_s: Seconds | None = None
    iowait_s: Seconds | None = None
    irq_s: Seconds | None = None
    softirq_s: Seconds | None = None
    steal_s: Seconds | None = None
    guest_s: Seconds | None = None
    guest_nice_s: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpu:
    """All CPUs that are online, by the kernel's number; `omitted` more were left out."""

    cpus: tuple[CpuTimes, ...]
    omitted: Count = 0
    context_switches: Count | None = None
    interrupts: Count | None = None
    soft_interrupts: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Main memory and swap. `cached_bytes` is the page cache, `reclaimable_bytes` the slabs beside it."""

    total_bytes: Count
    available_bytes: Count
    free_bytes: Count
    buffers_bytes: Count | None = None
    cached_bytes: Count | None = None
    reclaimable_bytes: Count | None = None
    shared_bytes: Count | None = None
    slab_bytes: Count | None = None
    active_bytes: Count | None = None
    inactive_bytes: Count | None = None
    swap_total_bytes: Count | None = None
    swap_free_bytes: Count | None = None
    swapped_in_bytes: Count | None = None
    swapped_out_bytes: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSystem:
    """One mounted file system on a disk. Sizes are None where it would not say.

    `read_only` is the state of the file system, not of the mount: true after the kernel gave up writing.
    """

    mountpoint: Text
    device: Text
    type: Text
    read_only: bool | None = None
    size_bytes: Count | None = None
    free_bytes: Count | None = None
    available_bytes: Count | None = None
    inodes: Count | None = None
    inodes_free: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSystems:
    """File systems on disks, each once, by mount point; `omitted` more were left out."""

    file_systems: tuple[FileSystem, ...]
    omitted: Count = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """Work that one whole disk has done since boot; `busy_s` is the time with at least one request open."""

    name: Text
    reads: Count
    writes: Count
    read_bytes: Count
    written_bytes: Count
    read_s: Seconds | None = None
    write_s: Seconds | None = None
    busy_s: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disks:
    """Whole disks, without partitions, loops and memory disks; `omitted` more were left out."""

    disks: tuple[Disk, ...]
    omitted: Count = 0


class OperState(StrEnum):
    """State of an interface, by the words of RFC 2863 ifOperStatus."""

    UP = "up"
    DOWN = "down"
    TESTING = "testing"
    UNKNOWN = "unknown"
    DORMANT = "dormant"
    NOT_PRESENT = "notPresent"
    LOWER_LAYER_DOWN = "lowerLayerDown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One network interface. `index` is the kernel's, `type` an IANAifType, `mac` hexadecimal with colons."""

    index: Count
    name: Text
    alias: Text = ""
    type: Count
    admin_up: bool
    oper_state: OperState
    mac: Text | None = None
    mtu: Count | None = None
    speed_bps: Count | None = None
    full_duplex: bool | None = None
    carrier_changes: Count | None = None
    in_bytes: Count
    in_packets: Count
    in_errors: Count | None = None
    in_drops: Count | None = None
    in_multicast: Count | None = None
    out_bytes: Count
    out_packets: Count
    out_errors: Count | None = None
    out_drops: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interfaces:
    """Network interfaces by index; `omitted` more were left out."""

    interfaces: tuple[Interface, ...]
    omitted: Count = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Processes:
    """Processes by the state that the kernel gives them; `total` counts them all."""

    total: Count
    running: Count
    sleeping: Count
    disk_sleep: Count
    stopped: Count
    zombie: Count
    idle: Count
    other: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """Login sessions, and how many different users they belong to."""

    sessions: Count
    users: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Which machine this is, since when it runs, and how much of it wants a CPU (1, 5 and 15 minutes)."""

    hostname: Text
    os: Text
    kernel: Text
    machine: Text
    boot_ms: WallMs
    load_1: Ratio | None = None
    load_5: Ratio | None = None
    load_15: Ratio | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Temperature:
    """One sensor."""

    chip: Text
    label: Text
    celsius: Celsius
    high_celsius: Celsius | None = None
    critical_celsius: Celsius | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Temperatures:
    """Temperature sensors; `omitted` more were left out."""

    sensors: tuple[Temperature, ...]
    omitted: Count = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What the kernel says of the wall clock: disciplined by a time source or not, and how wrong at most."""

    synchronised: bool
    max_error_s: Seconds | None = None
    estimated_error_s: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """What the agent itself takes and what it had to leave undone, since its start.

    `spool_failed` snapshots could not be written; `snmp_denied` requests came from addresses outside the
    allow-list, `snmp_limited` were over the rate, `snmp_refused` had a wrong user, key, level or community.
    """

    version: Text
    running_ms: SpanMs
    rss_bytes: Count
    cpu_s: Seconds
    threads: Count
    open_files: Count | None = None
    snapshot_s: Seconds | None = None
    snapshots: Count = 0
    snapshots_missed: Count = 0
    spool_bytes: Count | None = None
    spool_failed: Count = 0
    snmp_requests: Count = 0
    snmp_answers: Count = 0
    snmp_denied: Count = 0
    snmp_limited: Count = 0
    snmp_refused: Count = 0


NOT_SENT = Unavailable(reason=Unavailability.NOT_SENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One reading of everything. `uptime_ms` counts from boot, suspended time included.

    `boot_id` names the boot, empty where the system does not. `wall_ms` is the agent's own clock.
    """

    wall_ms: WallMs
    uptime_ms: SpanMs
    boot_id: Text
    host: Host | Unavailable = NOT_SENT
    clock: Clock | Unavailable = NOT_SENT
    cpu: Cpu | Unavailable = NOT_SENT
    memory: Memory | Unavailable = NOT_SENT
    file_systems: FileSystems | Unavailable = NOT_SENT
    disks: Disks | Unavailable = NOT_SENT
    interfaces: Interfaces | Unavailable = NOT_SENT
    processes: Processes | Unavailable = NOT_SENT
    users: Users | Unavailable = NOT_SENT
    temperatures: Temperatures | Unavailable = NOT_SENT
    agent: Agent | Unavailable = NOT_SENT
