"""The objects of a snapshot: right types and ranges, stable indexes, and none for what is missing."""

from __future__ import annotations

import pytest

from agent.snmp_tables.history import EMPTY, advance, processor_loads
from agent.snmp_tables.host_resources import allocation_unit, date_and_time
from agent.snmp_tables.tables import SystemTexts, snapshot_items
from agent.snmp_tables.values import Items, stable_indexes, text
from agent.wire_sections import (
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
from snmp.ber import Oid
from snmp.smi import Tag, Typed, encode_value, parse_oid
from tests.unit.agent.samples import interface, snapshot

GIB = 1024**3
TIB = 1024**4
IF = "1.3.6.1.2.1.2.2.1"
IFX = "1.3.6.1.2.1.31.1.1.1"
STORAGE = "1.3.6.1.2.1.25.2.3.1"
UCD = "1.3.6.1.4.1.2021"


def items(taken: Snapshot) -> Items:
    return snapshot_items(taken, advance(EMPTY, taken, 0), SystemTexts(contact="noc", location="phòng máy 1"))


def at(found: Items, oid: str) -> Typed | None:
    return found.get(parse_oid(oid))


def interfaces(*ones: Interface) -> Snapshot:
    return snapshot(interfaces=Interfaces(interfaces=ones))


def storage(found: Items, name: str) -> tuple[int, int, int]:
    """Return unit, size and used of the row with this description."""
    rows = {cell.value: oid[-1] for oid, cell in found.items() if oid[:-1] == parse_oid(f"{STORAGE}.3")}
    index = rows[name.encode()]
    cells = [found[(*parse_oid(f"{STORAGE}.{column}"), index)] for column in (4, 5, 6)]
    assert all(cell.tag is Tag.INTEGER for cell in cells)
    unit, size, used = (cell.value for cell in cells)
    assert isinstance(unit, int)
    assert isinstance(size, int)
    assert isinstance(used, int)
    return unit, size, used


def full(**fields: object) -> Snapshot:
    """Return a snapshot with every section that has objects."""
    return snapshot(
        host=Host(
            hostname="máy-chủ-1",
            os="Debian",
            kernel="Linux 6",
            machine="x86_64",
            boot_ms=1,
            load_1=0.369,
            load_5=1.0,
            load_15=None,
        ),
        cpu=Cpu(cpus=tuple(CpuTimes(cpu=n, user_s=1, system_s=2, idle_s=3, iowait_s=1) for n in (0, 2))),
        memory=Memory(
            total_bytes=8 * GIB,
            available_bytes=6 * GIB,
            free_bytes=2 * GIB,
            swap_total_bytes=0,
            swap_free_bytes=0,
        ),
        file_systems=FileSystems(
            file_systems=(
                FileSystem(
                    mountpoint="/", device="d", type="ext4", size_bytes=GIB, free_bytes=0, available_bytes=0
                ),
            )
        ),
        disks=Disks(disks=(Disk(name="sda", reads=1, writes=1, read_bytes=1024, written_bytes=512),)),
        interfaces=Interfaces(interfaces=(interface(1, "lo"), interface(2, "eth0"))),
        processes=Processes(
            total=9, running=1, sleeping=8, disk_sleep=0, stopped=0, zombie=0, idle=0, other=0
        ),
        users=Users(sessions=2, users=1),
        **fields,
    )


def test_every_value_can_be_sent() -> None:
    """All objects of a full snapshot fit their types, and their OIDs are distinct and sortable."""
    found = items(full())
    assert len(found) > 150
    for typed in found.values():
        encode_value(typed.tag, typed.value)


def test_a_snapshot_without_sections_has_the_system_group_only() -> None:
    """What could not be read has no objects at all: no row, no zero."""
    system: Oid = (1, 3, 6, 1, 2, 1, 1)
    found = items(snapshot())
    others = {oid for oid in found if oid[:7] != system}
    assert others == {parse_oid("1.3.6.1.2.1.25.1.1.0"), parse_oid("1.3.6.1.2.1.25.1.2.0")}
    assert at(found, "1.3.6.1.2.1.1.5.0") is None
    assert at(found, "1.3.6.1.2.1.1.6.0") == Typed(Tag.OCTET_STRING, "phòng máy 1".encode())
    assert at(found, "1.3.6.1.2.1.1.2.0") == Typed(Tag.OBJECT_IDENTIFIER, (0, 0))
    assert at(found, "1.3.6.1.2.1.1.7.0") == Typed(Tag.INTEGER, 72)


@pytest.mark.parametrize(
    ("octets", "low", "wide"),
    [(2**32 - 1, 2**32 - 1, 2**32 - 1), (2**32, 0, 2**32), (2**64 - 1, 2**32 - 1, 2**64 - 1)],
)
def test_counters_wrap_in_32_bits_and_not_in_64(octets: int, low: int, wide: int) -> None:
    """RFC 2863 section 3.1.6: ifInOctets is the low half of ifHCInOctets."""
    found = items(interfaces(interface(7, in_bytes=octets, out_packets=octets)))
    assert at(found, f"{IF}.10.7") == Typed(Tag.COUNTER32, low)
    assert at(found, f"{IFX}.6.7") == Typed(Tag.COUNTER64, wide)
    assert at(found, f"{IF}.17.7") == Typed(Tag.COUNTER32, low)
    assert at(found, f"{IFX}.11.7") == Typed(Tag.COUNTER64, wide)


@pytest.mark.parametrize(
    ("speed_bps", "speed", "high"),
    [
        (10_000_000, 10_000_000, 10),
        (4_294_967_295, 4_294_967_295, 4_295),
        (10_000_000_000, 4_294_967_295, 10_000),
        (400_000_000_000, 4_294_967_295, 400_000),
        (2_500_000, 2_500_000, 3),
    ],
)
def test_speeds_beyond_32_bits_stop_at_the_top(speed_bps: int, speed: int, high: int) -> None:
    """RFC 2863 ifSpeed: the largest value where the speed does not fit, ifHighSpeed rounded to Mbit/s."""
    found = items(interfaces(interface(speed_bps=speed_bps)))
    assert at(found, f"{IF}.5.2") == Typed(Tag.GAUGE32, speed)
    assert at(found, f"{IFX}.15.2") == Typed(Tag.GAUGE32, high)


def test_what_an_interface_does_not_say_has_no_instance() -> None:
    """An unknown speed, errors or multicast count is not there, rather than 0."""
    found = items(interfaces(interface()))
    for oid in (f"{IF}.5.2", f"{IFX}.15.2", f"{IF}.14.2", f"{IF}.13.2", f"{IFX}.8.2", f"{IF}.4.2"):
        assert at(found, oid) is None
    there = items(interfaces(interface(in_errors=0, mtu=1_500)))
    assert at(there, f"{IF}.14.2") == Typed(Tag.COUNTER32, 0)


def test_the_row_of_an_interface() -> None:
    """Name, alias, type, address and states stand in their columns; packets by multicast are taken off."""
    one = interface(
        3,
        "eth1",
        alias="Đường truyền xã",
        mac="0a:0b:0c:0d:0e:0f",
        admin_up=False,
        oper_state=OperState.LOWER_LAYER_DOWN,
        in_packets=100,
        in_multicast=30,
    )
    found = items(interfaces(one, interface(4, mac="not a mac"), interface(5, in_packets=1, in_multicast=2)))
    assert at(found, "1.3.6.1.2.1.2.1.0") == Typed(Tag.INTEGER, 3)
    assert at(found, f"{IF}.2.3") == at(found, f"{IFX}.1.3") == Typed(Tag.OCTET_STRING, b"eth1")
    assert at(found, f"{IFX}.18.3") == Typed(Tag.OCTET_STRING, "Đường truyền xã".encode())
    assert at(found, f"{IF}.6.3") == Typed(Tag.OCTET_STRING, bytes.fromhex("0a0b0c0d0e0f"))
    assert at(found, f"{IF}.6.4") == Typed(Tag.OCTET_STRING, b"")
    assert (at(found, f"{IF}.7.3"), at(found, f"{IF}.8.3")) == (Typed(Tag.INTEGER, 2), Typed(Tag.INTEGER, 7))
    assert at(found, f"{IFX}.7.3") == Typed(Tag.COUNTER64, 70)
    assert at(found, f"{IFX}.8.3") == Typed(Tag.COUNTER64, 30)
    assert at(found, f"{IFX}.7.5") == Typed(Tag.COUNTER64, 0)


def test_changes_of_an_interface_are_dated() -> None:
    """ifLastChange, ifCounterDiscontinuityTime and ifTableLastChange: 0 before our start, else sysUpTime."""

    def dates(taken: Snapshot, index: int) -> tuple[object, ...]:
        found = snapshot_items(taken, history, SystemTexts())
        oids = (f"{IF}.9.{index}", f"{IFX}.19.{index}", "1.3.6.1.2.1.31.1.5.0")
        cells = [found[parse_oid(oid)] for oid in oids]
        assert all(cell.tag is Tag.TIME_TICKS for cell in cells)
        return tuple(cell.value for cell in cells)

    first = interfaces(interface(1), interface(2))
    history = advance(EMPTY, first, 100)
    assert dates(first, 1) == (0, 0, 0)
    down = interfaces(interface(1, oper_state=OperState.DOWN, in_bytes=2_000), interface(2))
    history = advance(history, down, 200)
    assert dates(down, 1) == (200, 0, 0)
    assert dates(down, 2) == (0, 0, 0)
    reset = interfaces(interface(1, oper_state=OperState.DOWN, in_bytes=5), interface(2))
    history = advance(history, reset, 300)
    assert dates(reset, 1) == (200, 300, 0)
    added = interfaces(
        interface(1, oper_state=OperState.DOWN, in_bytes=5), interface(2), interface(9, "tun0")
    )
    history = advance(history, added, 400)
    assert dates(added, 9) == (400, 400, 400)
    flapped = interfaces(interface(1, oper_state=OperState.DOWN, in_bytes=5), interface(2, carrier_changes=2))
    history = advance(history, flapped, 500)
    assert dates(flapped, 2) == (500, 0, 500)
    unreadable = snapshot()
    history = advance(history, unreadable, 600)
    assert dates(flapped, 2) == (500, 0, 500)


def cpu_snapshot(uptime_s: float, *busy: float) -> Snapshot:
    """Return a snapshot in which each CPU has been busy for so many seconds."""
    times = [CpuTimes(cpu=n, user_s=b, system_s=0, idle_s=uptime_s - b) for n, b in enumerate(busy)]
    return snapshot(uptime_ms=int(uptime_s * 1000), cpu=Cpu(cpus=tuple(times)))


def loads(history_of: list[Snapshot]) -> dict[int, int]:
    history = EMPTY
    for taken in history_of:
        history = advance(history, taken, 0)
    last = history_of[-1]
    assert isinstance(last.cpu, Cpu)
    return processor_loads(history, last.cpu, last.uptime_ms)


def test_processor_load_is_that_of_the_last_minute() -> None:
    """RFC 2790 hrProcessorLoad: percent of the last minute, not of the time since boot."""
    idle_for_long = [cpu_snapshot(1_000 + 15 * n, 0, 0) for n in range(10)]
    busy = [cpu_snapshot(1_135 + 15 * n, 15.0 * n, 1.5 * n) for n in range(1, 9)]
    assert loads(idle_for_long) == {0: 0, 1: 0}
    assert loads([*idle_for_long, *busy[:2]]) == {0: 50, 1: 5}
    assert loads([*idle_for_long, *busy]) == {0: 100, 1: 10}


def test_processor_load_before_there_is_a_minute() -> None:
    """Nothing after one reading, then as much as is known; a CPU that just came has none."""
    assert loads([cpu_snapshot(100, 0)]) == {}
    assert loads([cpu_snapshot(100, 0), cpu_snapshot(110, 5)]) == {0: 50}
    assert loads([cpu_snapshot(100, 0), cpu_snapshot(110, 5, 5)]) == {0: 50}


def test_frequent_readings_do_not_push_the_minute_out() -> None:
    """With a reading a second the load still looks back a whole minute, in bounded memory."""
    history = EMPTY
    for second in range(600):
        history = advance(history, cpu_snapshot(1_000 + second, max(0.0, second - 570)), 0)
    assert len(history.cpu) <= 32
    last = cpu_snapshot(1_600, 30)
    assert isinstance(last.cpu, Cpu)
    assert processor_loads(history, last.cpu, last.uptime_ms)[0] in range(44, 52)


@pytest.mark.parametrize("size", [0, 4_096, TIB, 8 * TIB, 8 * TIB - 4_096, 10**15, 10**18, 2**64 - 1])
def test_allocation_units_make_sizes_fit(size: int) -> None:
    """hrStorageSize is an Integer32: the unit grows with the size, by powers of two."""
    unit = allocation_unit(size)
    assert unit & (unit - 1) == 0
    assert unit >= 4_096
    assert size // unit <= 2**31 - 1 or unit == 2**30
    assert unit == 4_096 or size // (unit // 2) > 2**31 - 1


def test_storage_of_memory_and_disks() -> None:
    """Sizes in their units add up to the sizes in bytes; a disk that would not say has no row."""
    memory = Memory(
        total_bytes=3 * TIB,
        available_bytes=TIB,
        free_bytes=TIB,
        buffers_bytes=1_024,
        cached_bytes=2_048,
        reclaimable_bytes=1_024,
        swap_total_bytes=2 * GIB,
        swap_free_bytes=GIB,
    )
    disks = (
        FileSystem(
            mountpoint="/big",
            device="a",
            type="xfs",
            size_bytes=100 * TIB,
            free_bytes=25 * TIB,
            available_bytes=TIB,
        ),
        FileSystem(mountpoint="/silent", device="b", type="xfs"),
    )
    found = items(snapshot(memory=memory, file_systems=FileSystems(file_systems=disks)))
    unit, size, used = storage(found, "/big")
    assert (unit * size, unit * used) == (100 * TIB, 75 * TIB)
    unit, size, used = storage(found, "Physical memory")
    assert (unit * size, unit * used) == (3 * TIB, 2 * TIB)
    assert storage(found, "Swap space") == (1_024, 2 * 1024**2, 1024**2)
    assert storage(found, "Cached memory") == (1_024, 3, 3)
    assert storage(found, "Available memory")[0] * storage(found, "Available memory")[1] == TIB
    with pytest.raises(KeyError):
        storage(found, "/silent")
    assert at(found, "1.3.6.1.2.1.25.2.2.0") == Typed(Tag.INTEGER, 2**31 - 1)


def test_ucd_memory_and_load() -> None:
    """UCD's kibibytes, load as text, number and float; what is missing is not there."""
    found = items(full())
    assert at(found, f"{UCD}.4.5.0") == Typed(Tag.INTEGER, 8 * 1024**2)
    assert at(found, f"{UCD}.4.20.0") == Typed(Tag.COUNTER64, 8 * 1024**2)
    assert at(found, f"{UCD}.4.27.0") == Typed(Tag.COUNTER64, 6 * 1024**2)
    assert at(found, f"{UCD}.4.14.0") is None
    assert at(found, f"{UCD}.10.1.3.1") == Typed(Tag.OCTET_STRING, b"0.37")
    assert at(found, f"{UCD}.10.1.5.1") == Typed(Tag.INTEGER, 36)
    assert at(found, f"{UCD}.10.1.6.2") == Typed(Tag.OPAQUE, bytes.fromhex("9f78043f800000"))
    assert at(found, f"{UCD}.10.1.1.3") is None


def test_ucd_cpu_ticks_are_sums_over_the_cpus() -> None:
    """systemStats counts hundredths of seconds of all CPUs; a mode that one CPU lacks is not there."""
    found = items(full())
    ticks = {column: at(found, f"{UCD}.11.{column}.0") for column in (50, 52, 53, 54, 55, 64)}
    wanted = {50: 200, 52: 400, 53: 600, 54: 200, 55: 400}
    assert ticks == {column: Typed(Tag.COUNTER32, value) for column, value in wanted.items()} | {64: None}
    assert at(found, f"{UCD}.11.57.0") == Typed(Tag.COUNTER32, 1)
    assert at(found, f"{UCD}.11.67.0") == Typed(Tag.INTEGER, 2)


def test_ucd_disks_beyond_two_tebibytes() -> None:
    """dskTotal stops at its maximum, the low and high halves have it whole."""
    disk = FileSystem(
        mountpoint="/",
        device="/dev/sda",
        type="xfs",
        size_bytes=100 * TIB,
        free_bytes=40 * TIB,
        available_bytes=30 * TIB,
        inodes=200,
        inodes_free=150,
    )
    found = items(snapshot(file_systems=FileSystems(file_systems=(disk,))))
    (index,) = {oid[-1] for oid in found if oid[:-1] == parse_oid(f"{UCD}.9.1.2")}

    def cell(column: int) -> int:
        value = found[parse_oid(f"{UCD}.9.1.{column}.{index}")].value
        assert isinstance(value, int)
        return value

    assert cell(6) == 2**31 - 1
    for low, size in ((11, 100 * TIB), (13, 30 * TIB), (15, 60 * TIB)):
        assert cell(low) + (cell(low + 1) << 32) == size // 1024
    assert (cell(9), cell(10)) == (60, 25)
    unit, size, used = storage(found, "/")
    assert (size, used) == (100 * TIB // unit, 60 * TIB // unit)


def test_indexes_depend_on_the_name_alone() -> None:
    """A row keeps its index when others come and go; all indexes differ and stay in range."""
    names = [f"/srv/{number}" for number in range(200)]
    indexes = stable_indexes(names, first=256, count=65_280)
    assert len(set(indexes.values())) == 200
    assert all(256 <= index < 65_536 for index in indexes.values())
    alone = {name: stable_indexes([name], first=256, count=65_280)[name] for name in names}
    assert sum(alone[name] != indexes[name] for name in names) <= 2
    crowded = stable_indexes(names, first=1, count=200)
    assert sorted(crowded.values()) == list(range(1, 201))


def test_device_rows_point_at_their_interfaces() -> None:
    """hrDeviceTable has CPUs by the kernel's number, interfaces by ifIndex; hrNetworkTable leads back."""
    found = items(full())
    device, network = "1.3.6.1.2.1.25.3.2.1", "1.3.6.1.2.1.25.3.4.1.1"
    assert at(found, f"{device}.3.{196608 + 2}") == Typed(Tag.OCTET_STRING, b"CPU 2")
    assert at(found, f"{network}.{262144 + 2}") == Typed(Tag.INTEGER, 2)
    assert at(found, f"{device}.5.{262144 + 2}") == Typed(Tag.INTEGER, 2)
    assert at(found, "1.3.6.1.2.1.25.1.6.0") == Typed(Tag.GAUGE32, 9)
    assert at(found, "1.3.6.1.2.1.25.1.5.0") == Typed(Tag.GAUGE32, 2)


def test_uptime_and_date() -> None:
    """hrSystemUptime is the host's, modulo 2³² hundredths; hrSystemDate is UTC."""
    after_wrap = snapshot(uptime_ms=(2**32 + 5) * 10)
    assert at(items(after_wrap), "1.3.6.1.2.1.25.1.1.0") == Typed(Tag.TIME_TICKS, 5)
    assert date_and_time(1_795_438_100_700) == bytes.fromhex("07ea0b170c301407") + b"+\x00\x00"


def test_long_texts_are_cut_between_characters() -> None:
    """DisplayString holds 255 octets; Vietnamese letters are not cut in half."""
    value = text("ề" * 100).value
    assert value == ("ề" * 85).encode()
