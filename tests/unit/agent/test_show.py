"""The table for people: everything that was measured, and why something was not."""

from __future__ import annotations

from agent.show import render
from agent.wire_sections import (
    Clock,
    Cpu,
    CpuTimes,
    Disk,
    Disks,
    FileSystem,
    FileSystems,
    Host,
    Interfaces,
    Memory,
    Processes,
    Temperature,
    Temperatures,
    Unavailability,
    Unavailable,
    Users,
)
from tests.unit.agent.samples import interface, snapshot

GIB = 1024**3

SHOWN = """\
host       may-chu-1
system     Debian, Linux 6 x86_64
load       0.37 1.00 –
up         1 d 3 h
clock      synchronised
memory     6.0 GiB of 8.0 GiB available
swap       512.0 MiB of 1.0 GiB free
processes  9: 1 running, 2 waiting for a disk, 0 zombies
logins     3 sessions of 2 users

CPU, since boot  user    system  waiting  stolen  idle
0                50.0 %  25.0 %  0.0 %    0.0 %   25.0 %

file system  device     type  size     used     available  used
/            /dev/sda1  ext4  4.0 GiB  1.0 GiB  2.5 GiB    25 %
/srv         /dev/sdb   xfs   –        –        –          –     read-only
… and 2 more

disk, since boot  reads            writes         busy
sda               7      10.0 KiB  8       512 B  1 min 05 s

index  interface  alias  state         speed         in      out      errors  drops
2      eth0       Xã     up            10000 Mbit/s  1000 B  2.0 KiB  3       0
3      eth1              switched off  –             1000 B  2.0 KiB  0       0

sensor     temperature
nvme    1  41.9 °C
"""


def test_everything_is_shown() -> None:
    """A full snapshot comes out as tables, with sizes in units and dashes for what is not known."""
    taken = snapshot(
        uptime_ms=27 * 3_600_000,
        host=Host(
            hostname="may-chu-1",
            os="Debian",
            kernel="Linux 6",
            machine="x86_64",
            boot_ms=1,
            load_1=0.369,
            load_5=1,
        ),
        clock=Clock(synchronised=True),
        cpu=Cpu(cpus=(CpuTimes(cpu=0, user_s=2, system_s=1, idle_s=1),)),
        memory=Memory(
            total_bytes=8 * GIB,
            available_bytes=6 * GIB,
            free_bytes=GIB,
            swap_total_bytes=GIB,
            swap_free_bytes=GIB // 2,
        ),
        file_systems=FileSystems(
            file_systems=(
                FileSystem(
                    mountpoint="/",
                    device="/dev/sda1",
                    type="ext4",
                    read_only=False,
                    size_bytes=4 * GIB,
                    free_bytes=3 * GIB,
                    available_bytes=5 * GIB // 2,
                ),
                FileSystem(mountpoint="/srv", device="/dev/sdb", type="xfs", read_only=True),
            ),
            omitted=2,
        ),
        disks=Disks(
            disks=(Disk(name="sda", reads=7, writes=8, read_bytes=10_240, written_bytes=512, busy_s=65.9),)
        ),
        interfaces=Interfaces(
            interfaces=(
                interface(
                    2,
                    "eth0",
                    alias="Xã",
                    speed_bps=10_000_000_000,
                    in_errors=1,
                    out_errors=2,
                    out_bytes=2_048,
                ),
                interface(3, "eth1", admin_up=False, out_bytes=2_048),
            )
        ),
        processes=Processes(
            total=9, running=1, sleeping=6, disk_sleep=2, stopped=0, zombie=0, idle=0, other=0
        ),
        users=Users(sessions=3, users=2),
        temperatures=Temperatures(sensors=(Temperature(chip="nvme", label="1", celsius=41.85),)),
    )
    shown = render(taken)
    assert shown + "\n" == SHOWN


def test_what_is_missing_is_explained() -> None:
    """A section that could not be read is a line with its reason; one that was not asked for is not."""
    gone = Unavailable(reason=Unavailability.PERMISSION, detail="/proc hides the processes")
    shown = render(snapshot(processes=gone))
    assert shown.splitlines() == [
        "up         1 min 02 s",
        "",
        "no processes: /proc hides the processes (permission)",
    ]
