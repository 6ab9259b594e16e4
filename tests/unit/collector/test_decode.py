"""Decoders: rows of a walk to a plan, values of a poll to series."""

from __future__ import annotations

import pytest

from collector.decode import host, interfaces, system
from collector.decode.device import DevicePlan, subtrees
from collector.decode.text import LIMIT, hardware_address, printable
from collector.model import Batch, EngineTime, Oid, SnmpValue, UptimeSource

BASE = (("instance", "r1"),)
IF, IFX = interfaces.IF_ENTRY, interfaces.IFX_ENTRY
Rows = dict[Oid, SnmpValue]


def shown(batches: tuple[Batch, ...] | list[Batch]) -> dict[tuple[str, str], float | None]:
    """Return {(family, value of its most telling label): value}."""
    return {
        (
            series.family,
            dict(series.labels).get("ifIndex")
            or dict(series.labels).get("mountpoint")
            or dict(series.labels).get("mode")
            or "",
        ): value
        for batch in batches
        for series, value in zip(batch.layout.series, batch.values, strict=True)
    }


def two_interfaces() -> Rows:
    rows: Rows = {interfaces.IF_NUMBER: 2, interfaces.IF_TABLE_LAST_CHANGE: 77}
    for index, name in ((1, b"lo"), (7, b"ge-0/0/7")):
        rows |= {
            (*IF, 2, index): name,
            (*IF, 3, index): 6,
            (*IF, 6, index): bytes.fromhex("0a0b0c0d0e0f"),
            (*IF, 8, index): 1,
            (*IF, 10, index): 111 * index,
            (*IF, 14, index): 5,
            (*IFX, 1, index): name,
            (*IFX, 6, index): 2**40 + index,
            (*IFX, 15, index): 1000,
            (*IFX, 18, index): "xã Đông Hưng".encode(),
        }
    return rows


def test_interfaces_become_exact_instances_and_series_named_as_the_ecosystem_does() -> None:
    """Counters, states and speeds are polled; names, types and addresses are labels or stay fixed."""
    rows = two_interfaces()
    section = interfaces.plan(rows, BASE)
    assert section is not None
    batches = section.batches([rows.get(name) for name in section.names], at_ms=5)
    values = shown(batches)
    assert values["ifHCInOctets", "7"] == 2**40 + 7
    assert values["ifOperStatus", "1"] == 1
    assert values["ifHighSpeed", "1"] == 1000
    assert values["ifType", "7"] == 6
    assert values["ifNumber", ""] == 2
    labels = {
        series.labels
        for batch in batches
        for series in batch.layout.series
        if series.family == "ifHCInOctets"
    }
    assert (
        *BASE,
        ("ifAlias", "xã Đông Hưng"),
        ("ifDescr", "ge-0/0/7"),
        ("ifIndex", "7"),
        ("ifName", "ge-0/0/7"),
    ) in labels


def test_a_hole_in_a_table_is_no_change_but_a_value_that_vanished_is() -> None:
    """An Isilon has processors without a load, always; to walk it every minute for that brings nothing."""
    rows: Rows = {
        system.SYS_UPTIME: 5,
        (*host.HR_PROCESSOR_ENTRY, 1, 1): (0, 0),
        (*host.HR_PROCESSOR_ENTRY, 1, 2): (0, 0),
        (*host.HR_PROCESSOR_ENTRY, 2, 1): 7,
    }
    plan = DevicePlan.build(rows, {}, BASE, with_host=True)
    assert plan is not None
    assert (*host.HR_PROCESSOR_ENTRY, 2, 2) in plan.names
    values = [rows.get(name) for name in plan.names]
    assert not plan.outdated_by(values)
    values[plan.names.index((*host.HR_PROCESSOR_ENTRY, 2, 1))] = None
    assert plan.outdated_by(values)


def test_what_seldom_changes_is_read_at_discovery_and_looked_at_now_and_then() -> None:
    """Names, addresses, types and the old speed gauge; the instance behind each is in the plan."""
    rows = two_interfaces() | {(*IF, 5, 7): 1_000_000_000, system.SYS_NAME: b"r1", system.SYS_UPTIME: 5}
    plan = DevicePlan.build(rows, {}, BASE, with_host=False)
    assert plan is not None
    assert set(plan.rare) == {
        system.SYS_NAME,
        (*IF, 5, 7),
        *((*IF, column, index) for column in (2, 3, 6) for index in (1, 7)),
        *((*IFX, column, index) for column in (1, 18) for index in (1, 7)),
    }
    assert plan.were == tuple(rows[name] for name in plan.rare)
    assert not set(plan.rare) & set(plan.names)
    assert shown(plan.batches([rows.get(name) for name in plan.names], at_ms=5))["ifSpeed", "7"] == 1e9


def test_a_32_bit_counter_is_left_out_where_its_64_bit_one_is() -> None:
    """RFC 2863: the one is the low half of the other, so asking both would be waste."""
    rows = two_interfaces()
    section = interfaces.plan(rows, BASE)
    assert section is not None
    assert (*IF, 10, 1) not in section.names
    del rows[*IFX, 6, 1]
    section = interfaces.plan(rows, BASE)
    assert section is not None
    assert (*IF, 10, 1) in section.names
    assert (*IF, 10, 7) not in section.names


def test_the_names_of_one_interface_stand_together() -> None:
    """A lost packet then costs few interfaces whole."""
    section = interfaces.plan(two_interfaces(), BASE)
    assert section is not None
    indexes = [name[-1] for name in section.names if len(name) > len(interfaces.IF_TABLE_LAST_CHANGE)]
    assert indexes == sorted(indexes)


def test_layouts_are_sorted_by_family() -> None:
    """The exposition needs the samples of a family together."""
    section = interfaces.plan(two_interfaces(), BASE)
    assert section is not None
    families = [series.family for series in section.layout.series]
    assert families == sorted(families)


def test_what_is_missing_or_no_number_is_absent_and_not_zero() -> None:
    """A vanished instance and a counter sent as text give no value."""
    rows = two_interfaces()
    section = interfaces.plan(rows, BASE)
    assert section is not None
    values: list[SnmpValue | None] = [rows.get(name) for name in section.names]
    values[section.names.index((*IFX, 6, 1))] = None
    values[section.names.index((*IFX, 6, 7))] = b"12"
    values[section.names.index((*IF, 14, 7))] = (1, 3)
    read = shown(section.batches(values, at_ms=5))
    assert read["ifHCInOctets", "1"] is None
    assert read["ifHCInOctets", "7"] is None
    assert read["ifInErrors", "7"] is None
    assert read["ifInErrors", "1"] == 5


def test_a_device_without_interfaces_has_no_interface_section() -> None:
    """Nothing is invented for it."""
    assert interfaces.plan({system.SYS_UPTIME: 5}, BASE) is None


def test_a_table_of_long_names_is_cut_earlier() -> None:
    """What is shown is bounded by its text too: many interfaces with short names, or fewer with long ones."""

    def interfaces_named(name: bytes) -> int:
        rows: Rows = {
            (*IF, column, index): 1 for column in interfaces._IF_POLLED for index in range(1, 4_000)
        }
        rows |= {(*IFX, 18, index): name for index in range(1, 4_000)}
        section = interfaces.plan(rows, BASE)
        assert section is not None
        assert sum(len(v) for s in section.layout.series for _, v in s.labels) < interfaces.MAX_TEXT * 1.1
        return len({series.labels for series in section.layout.series})

    assert interfaces_named(b"Xa An Khe") == 3_999
    assert 1_000 < interfaces_named(b'"' * 200) < 2_000


def test_an_endless_table_is_cut() -> None:
    """A hostile device cannot make more series than a bound."""
    rows: Rows = {(*IF, 8, index): 1 for index in range(1, interfaces.MAX_INTERFACES + 500)}
    section = interfaces.plan(rows, BASE)
    assert section is not None
    assert len(section.names) == interfaces.MAX_INTERFACES


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"Fa0/1\x00\x00", "Fa0/1"),
        (b"line\nbreak", "line\ufffdbreak"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        ("Đông Hưng".encode(), "Đông Hưng"),
        (b"\x1b[31mred", "\ufffd[31mred"),
        (b"x" * 10_000, "x" * (LIMIT - 1) + "…"),
    ],
)
def test_text_from_devices_is_printable_and_short(data: bytes, text: str) -> None:
    """Control characters, foreign encodings and length do no harm."""
    assert printable(data) == text


def test_hardware_addresses_read_as_snmp_exporter_writes_them() -> None:
    """Upper case with colons."""
    assert hardware_address(bytes.fromhex("02fc00000001")) == "02:FC:00:00:00:01"
    assert hardware_address(b"") == ""


def test_uptimes_are_boot_evidence_with_the_window_of_their_reading() -> None:
    """sysUpTime and hrSystemUptime wrap, the engine's clock does not and knows its boots."""
    rows: Rows = {
        system.SYS_UPTIME: 500,
        system.HR_SYSTEM_UPTIME: 90_000,
        system.ENGINE_BOOTS: 3,
        system.ENGINE_TIME: 5,
    }
    plan = system.plan(rows, BASE)
    values = [rows[name] for name in plan.section.names]
    uptimes = plan.uptimes(values, None, sent_ms=1_000, at_ms=1_020)
    assert [(u.source, u.ticks, u.wraps, u.boots) for u in uptimes] == [
        (UptimeSource.SYS_UPTIME, 500, True, None),
        (UptimeSource.HR_SYSTEM_UPTIME, 90_000, True, None),
        (UptimeSource.SNMP_ENGINE, 500, False, 3),
    ]
    assert {(u.sent_ms, u.at_ms) for u in uptimes} == {(1_000, 1_020)}


def test_an_authenticated_engine_time_goes_before_the_object() -> None:
    """What the message itself proves is better than what an object says."""
    rows: Rows = {system.SYS_UPTIME: 500, system.ENGINE_BOOTS: 3, system.ENGINE_TIME: 5}
    plan = system.plan(rows, BASE)
    values = [rows[name] for name in plan.section.names]
    found = plan.uptimes(values, EngineTime(boots=9, time_s=70), sent_ms=0, at_ms=1)
    assert [(u.ticks, u.boots) for u in found if u.source is UptimeSource.SNMP_ENGINE] == [(7_000, 9)]


def host_rows() -> Rows:
    hr, ucd = host.HR_STORAGE_ENTRY, host.UCD
    return {
        (*host.HR_PROCESSOR_ENTRY, 2, 1): 10,
        (*host.HR_PROCESSOR_ENTRY, 2, 2): 30,
        (*host.UCD_STATS, 50, 0): 4_000,
        (*host.UCD_STATS, 53, 0): 16_000,
        (*host.UCD_MEMORY, 5, 0): 2_048,
        (*host.UCD_LOAD_ENTRY, 5, 1): 25,
        (*hr, 2, 1): (1, 3, 6, 1, 2, 1, 25, 2, 1, 2),
        (*hr, 3, 1): b"Physical memory",
        (*hr, 4, 1): 1024,
        (*hr, 5, 1): 9,
        (*hr, 6, 1): 5,
        (*hr, 2, 31): (1, 3, 6, 1, 2, 1, 25, 2, 1, 4),
        (*hr, 3, 31): b"/data",
        (*hr, 4, 31): 4096,
        (*hr, 5, 31): 1_000,
        (*hr, 6, 31): 250,
        (*ucd, 9, 1, 2, 1): b"/",
        (*ucd, 9, 1, 3, 1): b"/dev/vda1",
        (*ucd, 9, 1, 6, 1): 2_147_483_647,
        (*ucd, 9, 1, 11, 1): 5,
        (*ucd, 9, 1, 12, 1): 1,
    }


def test_host_mibs_read_under_node_exporters_names() -> None:
    """Ticks become seconds of the mean CPU, KiB and allocation units become bytes."""
    rows = host_rows()
    section = host.plan(rows, BASE)
    assert section is not None
    values = shown(section.batches([rows.get(name) for name in section.names], at_ms=1))
    assert values["node_cpu_seconds_total", "user"] == pytest.approx(20.0)
    assert values["node_cpu_seconds_total", "idle"] == pytest.approx(80.0)
    assert values["node_memory_MemTotal_bytes", ""] == 2_048 * 1024
    assert values["node_load1", ""] == pytest.approx(0.25)
    assert values["node_filesystem_size_bytes", "/data"] == 4_096_000
    assert values["haidang_host_filesystem_used_bytes", "/data"] == 1_024_000
    assert ("node_filesystem_avail_bytes", "/data") not in values


def test_the_number_of_cpus_is_taken_from_whoever_knows_it() -> None:
    """net-snmp says it at once; without it the processors are counted; without both nothing is shared out."""
    rows = host_rows()
    for more, mean in (({host.UCD_CPUS: 4}, 10.0), ({}, 20.0)):
        section = host.plan({**rows, **more}, BASE)
        assert section is not None
        values = shown(section.batches([{**rows, **more}.get(name) for name in section.names], at_ms=1))
        assert values["node_cpu_seconds_total", "user"] == pytest.approx(mean)
    for index in (1, 2):
        del rows[*host.HR_PROCESSOR_ENTRY, 2, index]
    section = host.plan(rows, BASE)
    assert section is not None
    assert not any(series.family == "node_cpu_seconds_total" for series in section.layout.series)


def test_a_processor_without_a_load_yet_is_asked_all_the_same() -> None:
    """An agent that has just started has none for a minute."""
    section = host.plan({(*host.HR_PROCESSOR_ENTRY, 1, 9): (0, 0)}, BASE)
    assert section is not None
    assert (*host.HR_PROCESSOR_ENTRY, 2, 9) in section.names


def test_a_disk_beyond_2_tib_is_read_from_its_two_halves() -> None:
    """dskTotal sticks at 2^31-1 KiB; the low and high words do not."""
    rows = host_rows()
    section = host.plan(rows, BASE)
    assert section is not None
    values = [rows.get(name) for name in section.names]
    assert shown(section.batches(values, at_ms=1))["node_filesystem_size_bytes", "/"] == (2**32 + 5) * 1024
    values[section.names.index((*host.UCD, 9, 1, 12, 1))] = None
    assert shown(section.batches(values, at_ms=1))["node_filesystem_size_bytes", "/"] is None


def test_no_discovered_subtree_lies_inside_another() -> None:
    """Nothing is walked twice."""
    roots = subtrees(with_host=True)
    assert len(set(roots)) == len(roots)
    assert not any(a != b and b[: len(a)] == a for a in roots for b in roots)


def test_a_plan_splits_a_polls_values_among_its_sections() -> None:
    """Values come back in the order of the names, whatever section asked for them."""
    rows = {system.SYS_UPTIME: 500, **two_interfaces(), **host_rows()}
    plan = DevicePlan.build(rows, {}, BASE, with_host=True)
    assert plan is not None
    values = tuple(rows.get(name) for name in plan.names)
    read = shown(plan.batches(values, at_ms=9))
    assert read["sysUpTime", ""] == 500
    assert read["ifHCInOctets", "7"] == 2**40 + 7
    assert read["node_load1", ""] == pytest.approx(0.25)
    assert plan.identity_of(values) == plan.identity == (2, 77)
    jobs = {
        (series.family[:4], dict(series.labels)["job"])
        for batch in plan.batches(values, at_ms=9)
        for series in batch.layout.series
    }
    assert ("node", "node") in jobs
    assert ("ifHC", "snmp") in jobs


def test_host_metrics_belong_to_the_agents_report_where_there_is_one() -> None:
    """One owner for each family: with SSH, SNMP leaves the host alone."""
    rows = {system.SYS_UPTIME: 500, **host_rows()}
    plan = DevicePlan.build(rows, {}, BASE, with_host=False)
    assert plan is not None
    assert not any(s.family.startswith("node_") for section in plan.sections for s in section.layout.series)


def test_a_device_that_shows_nothing_known_has_no_plan() -> None:
    """It answers, but there is nothing to poll."""
    assert DevicePlan.build({(1, 3, 9): 1}, {}, BASE, with_host=True) is None
