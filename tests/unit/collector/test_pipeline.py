"""One poll's outcome to what is shown, what is evidence, and what is asked next."""

from __future__ import annotations

from dataclasses import replace

from agent.wire import SCHEMA
from collector import pipeline
from collector.decode import interfaces, system
from collector.inventory.values import Probe
from collector.model import (
    Fault,
    Get,
    Oid,
    Outcome,
    Printed,
    Reason,
    SnmpValue,
    SpoolCursor,
    UptimeSource,
    Verdict,
    Walk,
    Walked,
)
from collector.pipeline import Memory, Step, Subject
from tests.unit.collector.polls import echoes, fault, got, outcome, reply, walked

SUBJECT = Subject(device="d", probes=(Probe.ICMP, Probe.SNMP), reachability=(Probe.ICMP, Probe.SNMP))
AGENT = Subject(device="d", probes=(Probe.SSH,), reachability=(Probe.SSH,))
IFX = interfaces.IFX_ENTRY
ROWS: dict[Oid, SnmpValue] = {
    system.SYS_UPTIME: 1_000,
    interfaces.IF_NUMBER: 1,
    (*interfaces.IF_ENTRY, 8, 1): 1,
    (*IFX, 1, 1): b"eth0",
    (*IFX, 6, 1): 10,
}


def ms_at(at: float) -> int:
    return 1_700_000_000_000 + round(at * 1000)


def step(memory: Memory, poll: Outcome, subject: Subject = SUBJECT) -> Step:
    return pipeline.step(memory, subject, poll, ms_at)


def discovered(at: float = 100.0) -> Memory:
    return step(Memory(), outcome(walked(ROWS, at=at), at=at)).memory


def values(memory: Memory, **changed: SnmpValue | None) -> list[SnmpValue | None]:
    assert memory.plan is not None
    now = {
        **ROWS,
        **{
            {"uptime": system.SYS_UPTIME, "octets": (*IFX, 6, 1), "number": interfaces.IF_NUMBER}[k]: v
            for k, v in changed.items()
        },
    }
    return [now.get(name) for name in memory.plan.names]


def families(found: Step, probe: Probe) -> dict[str, float | None]:
    return {
        series.family: value
        for batch in found.batches.get(probe, ())
        for series, value in zip(batch.layout.series, batch.values, strict=True)
    }


def status(found: Step) -> dict[tuple[str, str], float | None]:
    return {
        (series.family, dict(series.labels).get("reason", dict(series.labels)["probe"])): value
        for series, value in zip(found.status.layout.series, found.status.values, strict=True)
    }


def test_a_device_is_discovered_first_and_asked_for_exact_instances_then() -> None:
    """The first question is a walk, the next ones are the very same GET."""
    assert isinstance(pipeline.question(Memory(), SUBJECT, 0.0), Walk)
    memory = discovered()
    first = pipeline.question(memory, SUBJECT, 110.0)
    assert isinstance(first, Get)
    again = step(memory, outcome(got(*values(memory), at=110.0), at=110.0)).memory
    assert pipeline.question(again, SUBJECT, 120.0) is first


def test_the_first_walk_shows_values_at_once_and_asks_for_better_ones() -> None:
    """A newcomer sees numbers after one poll; a second poll follows at once."""
    found = step(Memory(), outcome(walked(ROWS)))
    assert families(found, Probe.SNMP)["ifHCInOctets"] == 10
    assert found.again


def test_a_later_walk_that_lost_a_subtree_on_the_way_does_not_lose_what_is_known() -> None:
    """The plan stays, is read on with, and the walk is tried again a minute later; a refusal is believed."""
    memory = discovered()
    lossy = replace(
        walked({system.SYS_UPTIME: 2_000}, at=4_000.0),
        payload=Walked(rows={system.SYS_UPTIME: 2_000}, failures={IFX: Reason.TIMEOUT}),
    )
    found = step(memory, outcome(lossy, at=4_000.0))
    assert found.again
    assert found.memory.plan is memory.plan
    assert pipeline.question(found.memory, SUBJECT, 4_001.0) is memory.get
    assert isinstance(pipeline.question(found.memory, SUBJECT, 4_061.0), Walk)
    refused = replace(
        lossy, payload=Walked(rows={system.SYS_UPTIME: 2_000}, failures={IFX: Reason.ERROR_STATUS})
    )
    assert step(memory, outcome(refused, at=4_000.0)).memory.plan is not memory.plan


def test_a_later_walk_that_fails_does_not_keep_the_device_from_being_read() -> None:
    """The known instances are asked again at once; the walk waits a minute."""
    memory = discovered()
    broken = fault(Probe.SNMP, Reason.DEADLINE, at=4_000.0, answered=True)
    found = step(memory, outcome(broken, at=4_000.0))
    assert found.again
    assert pipeline.question(found.memory, SUBJECT, 4_001.0) is memory.get
    assert isinstance(pipeline.question(found.memory, SUBJECT, 4_061.0), Walk)
    usual = fault(Probe.SNMP, Reason.DEADLINE, at=200.0, answered=True)
    assert not step(memory, outcome(usual, at=200.0)).again


def test_a_device_that_calls_for_walks_without_end_is_walked_ever_more_rarely() -> None:
    """An instance that a walk shows and a GET does not have is no reason to walk each minute for ever."""
    memory, at, walks = Memory(), 0.0, []
    while at < 6 * 3_600.0:
        if isinstance(pipeline.question(memory, SUBJECT, at), Walk):
            walks.append(at)
            found = step(memory, outcome(walked(ROWS, at=at), at=at))
        else:
            found = step(memory, outcome(got(*values(memory, octets=None), at=at), at=at))
        memory = found.memory
        at += 1.0 if found.again else 30.0
    assert len(walks) < 16
    assert walks[1] - walks[0] < 100.0
    assert walks[-1] - walks[-2] > 3_000.0
    grown = step(memory, outcome(walked({**ROWS, (*IFX, 10, 1): 7}, at=at), at=at)).memory
    assert not grown.discovery.idle


def test_a_later_walk_leaves_what_is_shown_alone() -> None:
    """Its values were read over the length of a walk, which would shake the rates."""
    found = step(discovered(), outcome(walked(ROWS, at=4_000.0), at=4_000.0))
    assert Probe.SNMP not in found.batches
    assert found.again


def test_counters_bear_the_instant_of_their_reading() -> None:
    """Half way between question and answer."""
    memory = discovered()
    found = step(memory, outcome(got(*values(memory, octets=99), at=200.0), at=200.0))
    (batch,) = [
        b for b in found.batches[Probe.SNMP] if any(s.family == "ifHCInOctets" for s in b.layout.series)
    ]
    assert batch.at_ms == ms_at(200.01)
    assert families(found, Probe.SNMP)["ifHCInOctets"] == 99


def test_uptimes_are_evidence_of_every_poll() -> None:
    """Boot evidence carries the window in which it was read."""
    memory = discovered()
    found = step(memory, outcome(got(*values(memory, uptime=5_000), at=200.0), at=200.0))
    assert [(u.source, u.ticks, u.sent_ms, u.at_ms) for u in found.uptimes] == [
        (UptimeSource.SYS_UPTIME, 5_000, ms_at(200.0), ms_at(200.02))
    ]


def rediscovers(memory: Memory, now: float) -> bool:
    return isinstance(pipeline.question(memory, SUBJECT, now), Walk)


def test_a_restart_a_changed_table_or_a_vanished_instance_calls_for_a_new_discovery() -> None:
    """Each of them, but not more often than once a minute."""
    for change in ({"uptime": 5}, {"number": 2}, {"octets": None}):
        memory = discovered()
        before = step(memory, outcome(got(*values(memory, uptime=2_000), at=110.0), at=110.0)).memory
        assert not rediscovers(before, 120.0)
        after = step(before, outcome(got(*values(memory, **change), at=120.0), at=120.0)).memory
        assert not rediscovers(after, 130.0)
        assert rediscovers(after, 161.0), change


def test_after_a_restart_nothing_is_shown_until_it_is_known_which_interface_is_which() -> None:
    """A restart may number interfaces anew; one whose clock is broken is shown all the same."""
    memory = step(discovered(), outcome(got(*values(discovered()), at=150.0), at=150.0)).memory
    restarted = outcome(got(*values(memory, uptime=5, octets=1), at=200.0), at=200.0)
    found = step(memory, restarted)
    assert Probe.SNMP not in found.batches
    assert found.again
    assert found.uptimes[0].ticks == 5
    assert isinstance(pipeline.question(found.memory, SUBJECT, 201.0), Walk)
    memory = step(found.memory, outcome(walked(ROWS, at=201.0), at=201.0)).memory
    memory = step(memory, outcome(got(*values(memory, uptime=900), at=210.0), at=210.0)).memory
    again = step(memory, outcome(got(*values(memory, uptime=3, octets=1), at=215.0), at=215.0))
    assert families(again, Probe.SNMP)["ifHCInOctets"] == 1


def test_lost_packets_do_not_call_for_a_new_discovery() -> None:
    """What did not arrive is not what does not exist."""
    memory = discovered()
    partly = values(memory)
    partly[-1] = None
    after = step(memory, outcome(got(*partly, at=120.0, lost=1), at=120.0)).memory
    assert not rediscovers(after, 1_000.0)


def test_a_device_is_discovered_again_every_hour() -> None:
    """Names and types change without a sign."""
    memory = discovered(at=100.0)
    assert not rediscovers(memory, 3_600.0)
    assert rediscovers(memory, 3_701.0)


def looked(memory: Memory, name: SnmpValue | None, *, lost: int = 0) -> Memory:
    """Read a poll that also looked at what seldom changes: there is one such instance, ifName."""
    return step(memory, outcome(got(*values(memory), name, at=710.0, lost=lost), at=710.0)).memory


def test_names_and_types_are_looked_at_every_ten_minutes() -> None:
    """The question then has the everyday instances too: no counter is missed for it."""
    memory = discovered()
    assert pipeline.question(memory, SUBJECT, 699.0) is memory.get
    look = pipeline.question(memory, SUBJECT, 701.0)
    assert memory.plan is not None
    assert look == memory.look
    assert isinstance(look, Get)
    assert look.names == (*memory.plan.names, (*IFX, 1, 1))
    assert look.rare == 1
    found = step(memory, outcome(got(*values(memory, octets=5), b"eth0", at=701.0), at=701.0))
    assert families(found, Probe.SNMP)["ifHCInOctets"] == 5
    assert pipeline.question(found.memory, SUBJECT, 702.0) is memory.get


def test_an_interface_that_was_renamed_calls_for_a_new_discovery() -> None:
    """The same name does not, and one that was lost on the way says nothing."""
    assert not rediscovers(looked(discovered(), b"eth0"), 720.0)
    assert not rediscovers(looked(discovered(), None, lost=1), 720.0)
    assert rediscovers(looked(discovered(), b"wan0"), 720.0)
    assert rediscovers(looked(discovered(), None), 720.0)


def test_a_walk_that_shows_nothing_known_is_a_fault_of_a_device_that_is_there() -> None:
    """It answered, so it is up; but nobody gets values from it."""
    found = step(Memory(), outcome(walked({(1, 3, 9): 1})))
    assert found.judgement.verdict is Verdict.ANSWERED
    assert found.judgement.reason is Reason.NO_OBJECTS
    (check,) = found.outcome.checks
    assert isinstance(check, Fault)


def test_failures_are_counted_by_reason_and_a_success_leaves_the_count() -> None:
    """Counters only rise; the last success has its instant."""
    memory = step(Memory(), outcome(fault(Probe.SNMP, Reason.TIMEOUT))).memory
    memory = step(memory, outcome(fault(Probe.SNMP, Reason.TIMEOUT))).memory
    found = step(memory, outcome(fault(Probe.SNMP, Reason.WRONG_KEY, answered=True)))
    assert status(found)["haidang_probe_failures_total", "timeout"] == 2
    assert status(found)["haidang_probe_fault", "wrong_key"] == 1
    assert ("haidang_probe_fault", "timeout") not in status(found)
    assert status(found)["haidang_probe_success", "snmp"] == 0
    assert status(found)["haidang_probe_packets_sent_total", "snmp"] == 9
    better = step(found.memory, outcome(walked(ROWS)))
    assert status(better)["haidang_probe_success", "snmp"] == 1
    assert status(better)["haidang_probe_failures_total", "timeout"] == 2
    assert status(better)["haidang_probe_last_success_timestamp_seconds", "snmp"] == ms_at(100.02) / 1000


def test_round_trips_loss_and_jitter_are_of_the_packets_that_came() -> None:
    """Mean, extremes and jitter ignore the lost one; loss counts it."""
    found = status(step(Memory(), outcome(echoes(0.010, None, 0.030, 0.020))))
    assert found["haidang_probe_rtt_seconds", "icmp"] == 0.02
    assert found["haidang_probe_rtt_min_seconds", "icmp"] == 0.010
    assert found["haidang_probe_rtt_max_seconds", "icmp"] == 0.030
    assert found["haidang_probe_loss_ratio", "icmp"] == 0.25
    jitter = found["haidang_probe_jitter_seconds", "icmp"]
    assert jitter is not None
    assert abs(jitter - 0.010) < 1e-12


def test_a_lost_ping_has_full_loss_and_no_round_trip_and_an_unsent_one_neither() -> None:
    """Missing numbers are missing, not 0; what was not sent was not lost."""
    lost = status(step(Memory(), outcome(fault(Probe.ICMP, Reason.TIMEOUT))))
    assert lost["haidang_probe_loss_ratio", "icmp"] == 1.0
    assert ("haidang_probe_rtt_seconds", "icmp") not in lost
    unsent = status(step(Memory(), outcome(fault(Probe.ICMP, Reason.NO_ROUTE))))
    assert unsent["haidang_probe_loss_ratio", "icmp"] is None


def report(spool: str = "0123456789abcdef", *, last: int, entries: list[int], age_ms: int = 3_000) -> bytes:
    header = (
        f'{{"header":{{"schema":{SCHEMA},"version":"0.1.0","spool":"{spool}","first":1,"last":{last},'
        f'"interval_ms":15000,"newest_age_ms":{age_ms},"now_ms":1700000100020,"boot_ms":1699999000000,'
        f'"uptime_ms":1100020,"boot_id":"b1"}}}}\n'
    )
    lines = [
        f'{{"seq":{seq},"age_ms":{age_ms + (last - seq) * 15000},"snapshot":{{"wall_ms":1700000097020,'
        f'"uptime_ms":1097020,"boot_id":"b1","users":{{"sessions":{seq},"users":1}}}}}}\n'
        for seq in entries
    ]
    return (header + "".join(lines) + f'{{"end":{{"count":{len(entries)},"more":false}}}}\n').encode()


def printed(stdout: bytes, at: float = 100.0) -> Outcome:
    return outcome(reply(Probe.SSH, Printed(stdout=stdout, asked_at=at, first_at=at + 0.02), at=at), at=at)


def test_a_report_shows_the_newest_snapshot_at_the_instant_it_was_taken() -> None:
    """Its age is by the agent's own steady clock, so no clock needs to be right."""
    found = step(Memory(), printed(report(last=7, entries=[7])), AGENT)
    assert families(found, Probe.SSH)["haidang_host_users"] == 7
    host = found.batches[Probe.SSH][-1]
    assert host.at_ms == ms_at(100.02) - 3_000
    assert found.memory.cursor == SpoolCursor(spool="0123456789abcdef", seq=7)
    assert [u.source for u in found.uptimes] == [UptimeSource.AGENT_BOOT]


def test_a_long_report_was_read_when_it_began_to_arrive() -> None:
    """Neither the boot evidence nor the values are stamped with the end of a slow transfer."""
    slow = reply(
        Probe.SSH,
        Printed(stdout=report(last=7, entries=[7]), asked_at=100.1, first_at=100.3),
        at=100.0,
        took=6.0,
    )
    found = step(Memory(), outcome(slow), AGENT)
    (uptime,) = found.uptimes
    assert (uptime.sent_ms, uptime.at_ms) == (ms_at(100.1), ms_at(100.3))
    assert found.batches[Probe.SSH][-1].at_ms == ms_at(100.3) - 3_000


def test_a_report_that_does_not_fit_its_time_is_asked_for_in_smaller_parts() -> None:
    """A long absence on a thin line is caught up piece by piece, not tried whole for ever."""
    memory = Memory(cursor=SpoolCursor(spool="0123456789abcdef", seq=3))
    asked = []
    for at in (100.0, 200.0, 300.0, 400.0):
        found = step(memory, outcome(fault(Probe.SSH, Reason.DEADLINE, at=at, answered=True), at=at), AGENT)
        memory = found.memory
        asked.append(memory.report_limit)
    assert asked == [125, 31, 8, 8]
    memory = step(memory, printed(report(last=90, entries=[4, 5]), at=500.0), AGENT).memory
    assert memory.report_limit == 16
    nobody = step(memory, outcome(fault(Probe.SSH, Reason.DEADLINE, at=600.0), at=600.0), AGENT)
    assert nobody.memory.report_limit == 16


def test_the_spool_is_asked_on_from_the_last_number_and_its_ranges_are_evidence() -> None:
    """Contiguous numbers are one range; a hole makes two."""
    memory = Memory(cursor=SpoolCursor(spool="0123456789abcdef", seq=3))
    found = step(memory, printed(report(last=9, entries=[4, 5, 8, 9])), AGENT)
    assert found.harvest is not None
    assert [(r.first_seq, r.last_seq) for r in found.harvest.ranges] == [(4, 5), (8, 9)]
    assert found.harvest.ranges[0].first_ms == ms_at(100.02) - 3_000 - 5 * 15_000
    assert found.memory.cursor == SpoolCursor(spool="0123456789abcdef", seq=9)


def test_a_report_without_anything_new_leaves_what_is_shown() -> None:
    """Polls may come faster than snapshots."""
    memory = Memory(cursor=SpoolCursor(spool="0123456789abcdef", seq=9))
    found = step(memory, printed(report(last=9, entries=[])), AGENT)
    assert Probe.SSH not in found.batches
    assert found.memory.cursor == memory.cursor


def test_an_agent_whose_service_is_dead_shows_no_old_numbers() -> None:
    """The newest snapshot is too old: host metrics go, the clock's offset stays."""
    found = step(Memory(), printed(report(last=9, entries=[9], age_ms=600_000)), AGENT)
    assert set(families(found, Probe.SSH)) == {
        "haidang_agent_clock_offset_seconds",
        "haidang_agent_snapshot_gaps_total",
    }


def test_a_spool_that_began_anew_is_read_from_its_beginning() -> None:
    """Another spool id means other numbers."""
    memory = Memory(cursor=SpoolCursor(spool="fedcba9876543210", seq=900))
    found = step(memory, printed(report(last=2, entries=[1, 2])), AGENT)
    assert found.harvest is not None
    assert [(r.first_seq, r.last_seq) for r in found.harvest.ranges] == [(1, 2)]
    assert found.memory.cursor == SpoolCursor(spool="0123456789abcdef", seq=2)


def test_garbage_on_stdout_is_a_fault_and_no_value() -> None:
    """The host is there, its report is not; an unknown schema has a reason of its own."""
    found = step(Memory(), printed(b"Last login: never\n"), AGENT)
    assert found.judgement.reason is Reason.MALFORMED
    assert found.batches == {}
    newer = report(last=1, entries=[1]).replace(b'"schema":1', b'"schema":99')
    assert step(Memory(), printed(newer), AGENT).judgement.reason is Reason.WRONG_VERSION
