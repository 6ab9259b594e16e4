"""The probes: values as the system has them, bounded and printable."""

from __future__ import annotations

import ctypes
import os
import socket
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from agent.probe.cpu import read_cpu
from agent.probe.diskio import read_disks
from agent.probe.filesystem import read_file_systems
from agent.probe.host import read_host
from agent.probe.instant import Instant, read_instant
from agent.probe.memory import read_memory
from agent.probe.own import Usage, read_usage
from agent.probe.process import read_processes
from agent.probe.temperature import read_temperatures
from agent.probe.text import printable, read_text
from agent.probe.timesync import read_clock
from agent.probe.users import read_users
from agent.wire_sections import (
    Clock,
    Cpu,
    Disks,
    FileSystem,
    FileSystems,
    Host,
    Memory,
    Processes,
    Temperatures,
    Unavailability,
    Users,
)
from tests.unit.agent.probing import tree, unavailable

NOW = Instant(wall_ms=1_795_438_100_000, uptime_ms=62_000, boot_id="b")


def test_cpu_times_are_those_of_the_kernel() -> None:
    """The modes of each CPU lie between two readings of /proc/stat."""

    def ticks() -> list[list[int]]:
        lines = Path("/proc/stat").read_text().splitlines()
        cpus = [line.split()[1:] for line in lines if line[:3] == "cpu" and line[3] != " "]
        return [[int(word) for word in words] for words in cpus]

    before, section, after = ticks(), read_cpu(), ticks()
    assert isinstance(section, Cpu)
    assert len(section.cpus) == len(before)
    for low, one, high in zip(before, section.cpus, after, strict=True):
        modes = (one.user_s, one.nice_s, one.system_s, one.idle_s, one.iowait_s, one.irq_s, one.softirq_s)
        for index, seconds in enumerate(modes):
            assert seconds is not None
            assert low[index] <= round(seconds * 100) <= high[index]


def test_cpus_keep_their_numbers_when_one_is_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CPU 1 switched off does not make CPU 2 and 3 into CPU 1 and 2."""
    one = psutil.cpu_times(percpu=True)[0]
    monkeypatch.setattr(psutil, "cpu_times", lambda **_: [one] * 3)
    online = "devices/system/cpu/online"
    for text, numbers in (("0,2-3\n", [0, 2, 3]), ("0-1\n", [0, 1, 2]), ("?\n", [0, 1, 2]), ("", [0, 1, 2])):
        section = read_cpu(tree(tmp_path, {online: text}))
        assert isinstance(section, Cpu)
        assert [times.cpu for times in section.cpus] == numbers


def test_a_mode_that_the_platform_lacks_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without iowait has None there, not 0."""
    bare = SimpleNamespace(user=1.0, system=2.0, idle=3.0)
    monkeypatch.setattr(psutil, "cpu_times", lambda **_: [bare])
    section = read_cpu()
    assert isinstance(section, Cpu)
    assert section.cpus[0].iowait_s is None
    assert section.cpus[0].idle_s == 3.0


def test_memory_is_as_the_kernel_names_it(tmp_path: Path) -> None:
    """Page cache and reclaimable slabs stay apart, what is missing is None, 0 stays 0."""
    proc = tree(
        tmp_path,
        {
            "meminfo": "MemTotal:  1000 kB\nMemFree: 100 kB\nMemAvailable: 0 kB\nCached: 300 kB\n"
            "SReclaimable: 50 kB\nHugePages_Total: 4\nSwapTotal: 0 kB\nSwapFree: 0 kB\nJunk\n",
            "vmstat": "pswpin 3\npswpout 0\n",
        },
    )
    page = os.sysconf("SC_PAGE_SIZE")
    assert read_memory(proc) == Memory(
        total_bytes=1_024_000,
        available_bytes=0,
        free_bytes=102_400,
        cached_bytes=307_200,
        reclaimable_bytes=51_200,
        swap_total_bytes=0,
        swap_free_bytes=0,
        swapped_in_bytes=3 * page,
        swapped_out_bytes=0,
    )


def test_memory_comes_from_psutil_where_there_is_no_meminfo(tmp_path: Path) -> None:
    """On another platform the portable figures are there and the rest is None."""
    section = read_memory(tmp_path)
    assert isinstance(section, Memory)
    assert section.total_bytes == psutil.virtual_memory().total
    assert section.cached_bytes is None


MOUNTINFO = r"""22 1 0:21 / /proc rw,relatime - proc proc rw
30 1 8:1 / / ro,relatime - ext4 /dev/sda1 rw,errors=remount-ro
31 1 8:1 /srv/data /var/lib/data rw,relatime shared:1 - ext4 /dev/sda1 rw
32 1 8:2 / /mnt/with\040space rw,relatime - xfs /dev/sdb ro,attr2
33 1 8:3 / /a/rather/long/path rw - btrfs /dev/sdc rw
34 1 8:3 /sub /short rw - btrfs /dev/sdc rw
truncated line
"""


def file_systems(monkeypatch: pytest.MonkeyPatch, *mounted: tuple[str, str, str]) -> None:
    parts = [SimpleNamespace(device=dev, mountpoint=at, fstype=kind) for dev, at, kind in mounted]
    monkeypatch.setattr(psutil, "disk_partitions", lambda **_: parts)


def test_each_file_system_comes_once_with_its_own_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bind mounts do not count twice; read-only is said of the file system, not of a unit's view of it."""
    proc = tree(tmp_path, {"self/mountinfo": MOUNTINFO})
    file_systems(
        monkeypatch,
        ("/dev/sda1", "/var/lib/data", "ext4"),
        ("/dev/sda1", "/", "ext4"),
        ("/dev/sdb", "/mnt/with space", "xfs"),
        ("/dev/sdc", "/short", "btrfs"),
        ("/dev/sdc", "/a/rather/long/path", "btrfs"),
        ("/dev/sdd", "/unlisted", "ext4"),
    )
    section = read_file_systems(proc)
    assert isinstance(section, FileSystems)
    assert [(one.mountpoint, one.read_only) for one in section.file_systems] == [
        ("/", False),
        ("/a/rather/long/path", False),
        ("/mnt/with space", True),
        ("/unlisted", None),
    ]
    gone = section.file_systems[-1]
    assert gone == FileSystem(mountpoint="/unlisted", device="/dev/sdd", type="ext4")


def test_a_root_that_is_an_overlay_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's root is on no disk of its own, and fills up all the same; other overlays are left out."""
    overlays = [
        SimpleNamespace(device="overlay", mountpoint=at, fstype="overlay")
        for at in ("/", "/var/lib/docker/x")
    ]
    monkeypatch.setattr(psutil, "disk_partitions", lambda **wanted: overlays if wanted["all"] else [])
    section = read_file_systems(tmp_path)
    assert isinstance(section, FileSystems)
    assert [(one.mountpoint, one.type) for one in section.file_systems] == [("/", "overlay")]


def test_file_system_sizes_are_those_of_statvfs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes agree with the system; no fixed number of inodes is None, not 0."""
    file_systems(monkeypatch, ("/dev/x", str(tmp_path), "ext4"))
    section = read_file_systems(tmp_path)
    assert isinstance(section, FileSystems)
    stat = os.statvfs(tmp_path)
    assert section.file_systems[0].size_bytes == stat.f_blocks * stat.f_frsize
    assert section.file_systems[0].inodes == stat.f_files
    without = os.statvfs_result((4096, 4096, 10, 5, 4, 0, 0, 0, 0, 255))
    monkeypatch.setattr(os, "statvfs", lambda _: without)
    section = read_file_systems(tmp_path)
    assert isinstance(section, FileSystems)
    one = section.file_systems[0]
    assert (one.size_bytes, one.free_bytes, one.available_bytes) == (40_960, 20_480, 16_384)
    assert (one.inodes, one.inodes_free) == (None, None)


def test_only_whole_disks_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Partitions, loops and memory disks are left out, so that nothing is counted twice."""
    for whole in ("sda", "nvme0n1", "dm-0", "md127", "loop0", "zram0", "ram1", "sr0", "cciss!c0d0"):
        (tmp_path / "block" / whole).mkdir(parents=True)
    names = [
        "sda",
        "sda1",
        "nvme0n1",
        "nvme0n1p1",
        "dm-0",
        "md127",
        "loop0",
        "zram0",
        "ram1",
        "sr0",
        "cciss/c0d0",
    ]
    one = SimpleNamespace(
        read_count=1, write_count=2, read_bytes=3, write_bytes=4, read_time=1_500, write_time=250, busy_time=7
    )
    asked: list[dict[str, bool]] = []

    def counters(**how: bool) -> dict[str, Any]:
        asked.append(how)
        return dict.fromkeys(names, one)

    monkeypatch.setattr(psutil, "disk_io_counters", counters)
    section = read_disks(tmp_path)
    assert isinstance(section, Disks)
    assert [disk.name for disk in section.disks] == ["cciss/c0d0", "dm-0", "md127", "nvme0n1", "sda"]
    assert (section.disks[0].read_s, section.disks[0].busy_s) == (1.5, 0.007)
    assert asked == [{"perdisk": True, "nowrap": False}]


def test_processes_are_counted_by_state(tmp_path: Path) -> None:
    """Every state finds its count, also with brackets and spaces in a process's name."""
    names = {1: "systemd", 7: "a) R (b", 8: "x", 9: "x", 10: "x", 11: "x", 12: "kworker/0:1", 13: "x"}
    states = dict(zip(names, "SRDZtTIX", strict=True))
    proc = tree(tmp_path, {f"{pid}/stat": f"{pid} ({name}) {states[pid]} 1 2" for pid, name in names.items()})
    (proc / "14").mkdir()
    (proc / "self").mkdir()
    wanted = Processes(total=8, running=1, sleeping=1, disk_sleep=1, stopped=2, zombie=1, idle=1, other=1)
    assert read_processes(proc) == wanted


def test_hidden_processes_are_not_taken_for_none(tmp_path: Path) -> None:
    """Under hidepid only one's own processes can be seen: that is no count of the machine's."""
    proc = tree(tmp_path, {"4711/stat": "4711 (me) R 1"})
    detail = f"{proc} hides the processes of other users (hidepid)"
    assert read_processes(proc) == unavailable(Unavailability.PERMISSION, detail)


def test_logins_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions and different users are counted where there is a list; without one there is no 0."""
    sessions = [SimpleNamespace(name=name) for name in ("a", "a", "b")]
    monkeypatch.setattr(psutil, "users", lambda: sessions)
    assert read_users(tree(tmp_path, {"utmp": ""})) == Users(sessions=3, users=2)


def test_the_host_says_what_it_is(tmp_path: Path) -> None:
    """Name, system and boot time; the boot time follows from the wall clock and the time since boot."""
    etc = tree(tmp_path, {"os-release": 'NAME=x\nPRETTY_NAME="Debian GNU/Linux 12"\n'})
    host = read_host(NOW, etc)
    assert isinstance(host, Host)
    assert (host.hostname, host.os) == (socket.gethostname(), "Debian GNU/Linux 12")
    assert host.boot_ms == 1_795_438_038_000
    assert host.kernel == f"{os.uname().sysname} {os.uname().release}"
    nameless = read_host(NOW, tmp_path / "gone")
    assert isinstance(nameless, Host)
    assert nameless.os == os.uname().sysname


def test_a_load_that_cannot_be_had_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the load average cannot be read the rest of the section is still there."""

    def fail() -> None:
        raise OSError

    monkeypatch.setattr(os, "getloadavg", fail)
    host = read_host(NOW)
    assert isinstance(host, Host)
    assert (host.load_1, host.load_5, host.load_15) == (None, None, None)


def test_temperatures_are_those_that_mean_something(monkeypatch: pytest.MonkeyPatch) -> None:
    """Impossible readings and limits are left out; a nameless sensor has its number for a name."""

    def sensor(label: str, *celsius: float | None) -> SimpleNamespace:
        current, high, critical = celsius
        return SimpleNamespace(label=label, current=current, high=high, critical=critical)

    found = {
        "nvme": [sensor("Composite", 41.85, 81.85, 84.85), sensor("", 39.0, 65_261.85, None)],
        "acpitz": [sensor("", -5_000.0, None, None), sensor("\x07", 20.0, 0.0, -1.0)],
    }
    monkeypatch.setattr(psutil, "sensors_temperatures", lambda: found)
    section = read_temperatures()
    assert isinstance(section, Temperatures)
    assert [(one.chip, one.label, one.celsius, one.high_celsius) for one in section.sensors] == [
        ("acpitz", "\\x07", 20.0, None),
        ("nvme", "Composite", 41.85, 81.85),
        ("nvme", "2", 39.0, None),
    ]


def test_the_kernel_says_whether_its_clock_is_disciplined(monkeypatch: pytest.MonkeyPatch) -> None:
    """adjtimex answers without privilege; when it refuses, that is a reason."""
    clock = read_clock()
    assert isinstance(clock, Clock)
    assert clock.max_error_s is not None

    class Refusing:
        def adjtimex(self, _: object) -> int:
            return -1

    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: Refusing())
    monkeypatch.setattr(ctypes, "get_errno", lambda: 1)
    refused = unavailable(Unavailability.PERMISSION, "adjtimex: Operation not permitted")
    assert read_clock() == refused


def test_the_instant_is_read_from_both_clocks(tmp_path: Path) -> None:
    """Wall clock and time since boot agree with the system's; no boot id is an empty one."""
    uptime_s = float(Path("/proc/uptime").read_text().split()[0])
    instant = read_instant()
    assert instant.boot_id == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert abs(instant.uptime_ms / 1000 - uptime_s) < 5
    assert abs(instant.wall_ms / 1000 - time.time()) < 5
    assert read_instant(tmp_path).boot_id == ""


def test_the_agent_knows_what_it_takes_itself() -> None:
    """Memory, CPU and files of this process are those that psutil sees."""
    usage = read_usage()
    assert isinstance(usage, Usage)
    assert 1_000_000 < usage.rss_bytes < 1_000_000_000
    assert usage.cpu_s > 0
    assert usage.threads >= 1
    assert usage.open_files is not None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Đường truyền", "Đường truyền"),
        ("a\tb\x00", "a\\x09b\\x00"),
        (os.fsdecode(b"caf\xe9"), "caf\\xe9"),
        ("\u202e", "\\u202e"),
        ("\U000e0001", "\\U000e0001"),
        ("x" * 256, "x" * 256),
        ("x" * 257, "x" * 255 + "…"),
        ("\n" * 1_000, "\\x0a" * 63 + "\\x0…"),
    ],
)
def test_text_is_made_printable_and_bounded(text: str, wanted: str) -> None:
    """What cannot be printed shows as an escape, and nothing is longer than 256 characters."""
    assert printable(text) == wanted
    assert printable(text).isprintable()
    assert len(printable(text)) <= 256


def test_files_are_read_up_to_a_limit(tmp_path: Path) -> None:
    """However large a file is, no more than the limit is read."""
    path = tmp_path / "large"
    path.write_bytes(b"x" * 300_000)
    assert len(read_text(path, limit=100_000)) == 100_000
    assert len(read_text(path)) == 300_000
