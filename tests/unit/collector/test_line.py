"""Which interface carries a device's line, and that its counters are never another interface's."""

from __future__ import annotations

from collector.decode import interfaces, system
from collector.decode.device import DevicePlan
from collector.decode.line import plan
from collector.model import Oid, SnmpValue
from collector.traffic.rates import LineReading

IF, IFX = interfaces.IF_ENTRY, interfaces.IFX_ENTRY
Rows = dict[Oid, SnmpValue]


def rows(*names: bytes, wide: bool = True, extra: Rows | None = None) -> Rows:
    """Return a device with interfaces 1, 2, 3 … of these names, each with counters of its own."""
    found: Rows = {system.SYS_UPTIME: 100_000}
    for index, name in enumerate(names, start=1):
        found |= {
            (*IF, 2, index): b"port " + name,
            (*IF, 5, index): 100_000_000,
            (*IF, 10, index): 10 * index,
            (*IF, 11, index): 1 * index,
            (*IF, 16, index): 20 * index,
            (*IF, 17, index): 2 * index,
        }
        if wide:
            found |= {
                (*IFX, 1, index): name,
                (*IFX, 6, index): 1000 * index,
                (*IFX, 10, index): 2000 * index,
                (*IFX, 15, index): 1000,
                (*IFX, 18, index): b"alias " + name,
                (*IFX, 19, index): 7,
            }
    return found | (extra or {})


def device(found: Rows, uplink: str) -> DevicePlan:
    built = DevicePlan.build(found, {}, (("instance", "d"),), with_host=False, uplink=uplink)
    assert built is not None
    return built


def read(made: DevicePlan, now: Rows) -> LineReading | None:
    values = tuple(now.get(name) for name in made.names)
    return made.line_reading(values, None, sent_at=1.0, done_at=2.0, at_ms=5)


def test_the_uplink_is_found_by_name_description_or_alias() -> None:
    """In this order, so that an alias that equals another's name does not win."""
    found = rows(b"lan0", b"wan0", extra={(*IFX, 18, 1): b"wan0"})
    for name, index in (("wan0", 2), ("port lan0", 1), ("alias wan0", 2)):
        line = plan(found, name)
        assert line is not None
        assert line.received.name == (*IFX, 6, index)


def test_a_name_that_none_or_two_have_is_not_found() -> None:
    """Two of one name cannot be told apart after a renumbering."""
    assert plan(rows(b"lan0"), "wan0") is None
    assert plan(rows(b"wan0", b"wan0"), "wan0") is None


def test_a_reading_has_all_that_tells_a_wrap_from_a_reset() -> None:
    """Octets, packets, uptime, discontinuity, speed, whichever widths the device has."""
    found = rows(b"lan0", b"wan0")
    line = read(device(found, "wan0"), found)
    assert line is not None
    assert (line.received.value, line.received.bits, line.sent.value) == (2000, 64, 4000)
    assert line.packets_received is not None
    assert (line.packets_received.value, line.packets_received.bits) == (2, 32)
    assert (line.sys_uptime, line.discontinuity, line.speed_bps) == (100_000, 7, 1_000_000_000)
    narrow = rows(b"lan0", b"wan0", wide=False)
    line = read(device(narrow, "port wan0"), narrow)
    assert line is not None
    assert (line.received.value, line.received.bits, line.speed_bps) == (20, 32, 100_000_000)


def test_a_row_that_is_another_interfaces_now_brings_no_reading() -> None:
    """Renumbered: where wan0 was there is lan0 now, and the change calls for a new discovery."""
    found = rows(b"lan0", b"wan0")
    made, moved = device(found, "wan0"), rows(b"wan0", b"lan0")
    assert read(made, moved) is None
    values = tuple(moved.get(name) for name in made.names)
    assert made.identity_of(values) != made.identity
    line = read(device(moved, "wan0"), moved)
    assert line is not None
    assert line.received.value == 1000


def test_a_counter_that_is_missing_brings_no_reading() -> None:
    """A lost packet, or a row that has gone."""
    found = rows(b"wan0")
    made = device(found, "wan0")
    for gone in ((*IFX, 6, 1), (*IFX, 10, 1), (*IFX, 1, 1)):
        assert read(made, {name: value for name, value in found.items() if name != gone}) is None


def test_nothing_is_asked_twice() -> None:
    """The counters are asked with the other interfaces'; only what names the line comes on top."""
    found = rows(b"lan0", b"wan0")
    made = device(found, "wan0")
    assert len(made.names) == len(set(made.names))
    without = DevicePlan.build(found, {}, (), with_host=False)
    assert without is not None
    assert len(made.names) - len(without.names) == 1
