"""What a simulated server's agent measures: a snapshot from the world, at any instant. Pure."""

from __future__ import annotations

import uuid

from agent.wire_sections import (
    Clock,
    Cpu,
    CpuTimes,
    Disk,
    Disks,
    FileSystem,
    FileSystems,
    Host,
    Interface,
    Interfaces,
    Memory,
    OperState,
    Processes,
    Snapshot,
    Users,
)
from lab.condition import Condition, PortReading
from lab.place import Place
from lab.wiring import draw
from lab.world import World

_GIB = 2**30
_UUIDS = uuid.UUID("6b1f6a1e-6b54-5a0e-9d7f-7f3f0c1d2e4a")
_CPU_AT_REST = 0.03
_BITS_PER_CPU_SECOND = 2e9
"""How much traffic keeps one CPU busy for a second."""
_DISK_SHARE = 0.4
"""How much of what a server receives and sends it also writes and reads."""
_MEAN_REQUEST = 16_384
_ETHERNET_MTU = 1_500
_MINUTE_MS = 60_000


def boot_id(place: Place, condition: Condition) -> str:
    """Return the id of the boot, as Linux would name it: another one after each."""
    return str(uuid.uuid5(_UUIDS, f"{place.id}/{condition.boot_ms}"))


class ServerSnapshots:
    """Snapshots of one server of the world. Instants are UTC ms."""

    def __init__(self, world: World, place: Place) -> None:
        self._world, self._place = world, place
        self._boot_ms = -1
        self._at_boot = (0, 0)

    def at(self, now_ms: int) -> Snapshot:
        """Return what its agent would measure now."""
        condition = self._world.condition(self._place.id, now_ms)
        received, sent = self._since_boot(condition, now_ms)
        up_s = (now_ms - condition.boot_ms) / 1000
        busy = self._busy(condition, now_ms)
        return Snapshot(
            wall_ms=max(0, now_ms + condition.clock_offset_ms),
            uptime_ms=now_ms - condition.boot_ms,
            boot_id=boot_id(self._place, condition),
            host=self._host(condition, busy),
            clock=Clock(synchronised=condition.clock_offset_ms == 0, max_error_s=0.02),
            cpu=self._cpu(received + sent, up_s),
            memory=self._memory(),
            file_systems=self._file_systems(received),
            disks=_disks(received, sent),
            interfaces=_interfaces(self._world.readings(self._place.id, now_ms)),
            processes=Processes(
                total=142, running=1, sleeping=96, disk_sleep=0, stopped=0, zombie=0, idle=45, other=0
            ),
            users=Users(sessions=0, users=0),
        )

    def _since_boot(self, condition: Condition, now_ms: int) -> tuple[int, int]:
        """Return the octets received and sent since its boot, or since the world began."""
        if condition.boot_ms != self._boot_ms:
            self._boot_ms = condition.boot_ms
            booted_ms = max(condition.boot_ms, self._world.began_ms)
            self._at_boot = self._octets(booted_ms)
        now = self._octets(now_ms)
        return now[0] - self._at_boot[0], now[1] - self._at_boot[1]

    def _octets(self, at_ms: int) -> tuple[int, int]:
        uplink = self._place.uplink or self._place.interfaces[0].name
        return self._world.octets(self._place.id, uplink, at_ms)

    def _busy(self, condition: Condition, now_ms: int) -> float:
        """Return how many CPUs were busy over the last minute, or since the boot."""
        since_ms = max(now_ms - _MINUTE_MS, condition.boot_ms, self._world.began_ms)
        if since_ms >= now_ms:
            return 0.0
        before, now = sum(self._octets(since_ms)), sum(self._octets(now_ms))
        span_s = (now_ms - since_ms) / 1000
        return min(float(self._cpus), _busy_s(now - before, span_s) / span_s)

    @property
    def _cpus(self) -> int:
        return 4 if self._place.capacity_in_bps < 10**10 else 16

    def _host(self, condition: Condition, busy: float) -> Host:
        load = round(busy, 2)
        return Host(
            hostname=self._place.id,
            os="Debian GNU/Linux 12 (bookworm)",
            kernel="Linux 6.1.0",
            machine="x86_64",
            boot_ms=max(0, condition.boot_ms + condition.clock_offset_ms),
            load_1=load,
            load_5=load,
            load_15=load,
        )

    def _cpu(self, octets: int, up_s: float) -> Cpu:
        share = _busy_s(octets, up_s) / self._cpus
        return Cpu(
            cpus=tuple(
                CpuTimes(
                    cpu=number,
                    user_s=share * 0.7,
                    system_s=share * 0.25,
                    idle_s=max(0.0, up_s - share),
                    nice_s=0.0,
                    iowait_s=0.0,
                    irq_s=0.0,
                    softirq_s=share * 0.05,
                    steal_s=0.0,
                )
                for number in range(self._cpus)
            )
        )

    def _memory(self) -> Memory:
        total = (16 if self._cpus == 4 else 128) * _GIB
        available = int(total * (0.3 + 0.4 * draw("memory", self._place.id)))
        return Memory(
            total_bytes=total,
            available_bytes=available,
            free_bytes=available // 3,
            buffers_bytes=total // 64,
            cached_bytes=available // 2,
            swap_total_bytes=2 * _GIB,
            swap_free_bytes=2 * _GIB,
        )

    def _file_systems(self, received: int) -> FileSystems:
        size = (200 if self._cpus == 4 else 4_000) * _GIB
        free = int(size * (0.2 + 0.6 * draw("disk", self._place.id)))
        # Logs grow and are turned over once they have taken a hundredth of the disk.
        free -= received // 1_000 % (size // 100)
        return FileSystems(
            file_systems=(
                FileSystem(
                    mountpoint="/",
                    device="/dev/vda1",
                    type="ext4",
                    read_only=False,
                    size_bytes=size,
                    free_bytes=free,
                    available_bytes=free,
                    inodes=size // 16_384,
                    inodes_free=free // 16_384,
                ),
            )
        )


def _busy_s(octets: int, up_s: float) -> float:
    """Return how many seconds all CPUs together were busy; it only ever grows."""
    return _CPU_AT_REST * up_s + octets * 8 / _BITS_PER_CPU_SECOND


def _disks(received: int, sent: int) -> Disks:
    read, written = int(sent * _DISK_SHARE), int(received * _DISK_SHARE)
    return Disks(
        disks=(
            Disk(
                name="vda",
                reads=read // _MEAN_REQUEST,
                writes=written // _MEAN_REQUEST,
                read_bytes=read,
                written_bytes=written,
            ),
        )
    )


def _interfaces(readings: tuple[PortReading, ...]) -> Interfaces:
    return Interfaces(interfaces=tuple(_interface(reading) for reading in readings))


def _interface(reading: PortReading) -> Interface:
    one = reading.port.interface
    return Interface(
        index=reading.if_index,
        name=reading.name,
        alias=one.alias,
        type=one.if_type,
        admin_up=True,
        oper_state=OperState.UP if reading.oper_up else OperState.DOWN,
        mtu=_ETHERNET_MTU,
        speed_bps=one.speed_bps or None,
        in_bytes=reading.in_octets,
        in_packets=reading.in_octets // 640,
        in_errors=0,
        in_drops=0,
        out_bytes=reading.out_octets,
        out_packets=reading.out_octets // 640,
        out_errors=0,
        out_drops=0,
    )
