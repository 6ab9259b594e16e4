"""What faults make of places: reachability, clocks, counters and tables, one claim each."""

from __future__ import annotations

import pytest

from lab import faults
from lab.condition import TrueState
from lab.faults import Fault, FaultError, Parameter
from lab.truth import Became, Happened, Truth
from lab.world import World
from tests.unit.lab.conftest import COMMUNE, HUB, MONDAY_MS, SECOND

T = MONDAY_MS + 3_600_000
MINUTE = 60_000


def state(world: World, place: str, at_ms: int) -> TrueState:
    return world.condition(place, at_ms).state


def test_a_cut_line_leaves_uptime_alone(world: World) -> None:
    """The commune is away, and as old as before when it is back."""
    boot_ms = world.condition(COMMUNE, T).boot_ms
    world.apply(faults.Cut(target=COMMUNE), T)
    assert state(world, COMMUNE, T) is TrueState.LINE
    assert not world.condition(COMMUNE, T).cut_off
    world.restore(COMMUNE, T + MINUTE)
    assert state(world, COMMUNE, T + MINUTE) is TrueState.UP
    assert world.condition(COMMUNE, T + MINUTE).boot_ms == boot_ms


def test_power_that_returns_starts_it_anew(world: World) -> None:
    """It answers after its boot time, counts uptime from the return of power, and octets from 0."""
    boots = world.condition(COMMUNE, T).engine_boots
    world.apply(faults.PowerOff(target=COMMUNE), T)
    back = T + 10 * MINUTE
    world.restore(COMMUNE, back)
    boot_s = world.province.by_id[COMMUNE].boot_s
    assert state(world, COMMUNE, back + boot_s * 1000 - 1) is TrueState.POWER_OR_RESTART
    up = back + boot_s * 1000
    assert state(world, COMMUNE, up) is TrueState.UP
    condition = world.condition(COMMUNE, up)
    assert condition.sys_uptime(up) == condition.hr_uptime(up) == boot_s * 100
    assert condition.engine_boots == boots + 1
    uplink = world.readings(COMMUNE, up + MINUTE)[0]
    assert (
        uplink.in_octets
        == world.octets(COMMUNE, uplink.name, up + MINUTE)[0] - (world.octets(COMMUNE, uplink.name, back)[0])
    )


def test_a_restart_during_a_cut_is_hidden_by_the_cut(world: World) -> None:
    """Nobody sees it, but the uptime tells afterwards that the line was not all."""
    world.apply(faults.Cut(target=COMMUNE), T)
    world.apply(faults.Reboot(target=COMMUNE), T + MINUTE)
    assert state(world, COMMUNE, T + 2 * MINUTE) is TrueState.LINE
    world.restore(COMMUNE, T + 30 * MINUTE)
    assert world.condition(COMMUNE, T + 30 * MINUTE).boot_ms == T + MINUTE


def test_a_router_on_battery_answers_while_its_users_are_in_the_dark(world: World) -> None:
    """Reachable, LAN down, no traffic."""
    world.apply(faults.OnBattery(target=COMMUNE), T)
    assert state(world, COMMUNE, T) is TrueState.UPS
    ports = {port.interface.name: port for port in world.condition(COMMUNE, T).ports}
    assert ports["GigabitEthernet0/0"].oper_up
    assert not ports["GigabitEthernet0/1"].oper_up
    assert world.line_octets(COMMUNE, T) == world.line_octets(COMMUNE, T + MINUTE)


def test_a_cut_hub_takes_its_communes_along(world: World) -> None:
    """The hub's line, its communes' upstream; whoever hangs elsewhere goes on."""
    world.apply(faults.Cut(target=HUB), T)
    assert state(world, HUB, T) is TrueState.LINE
    assert state(world, COMMUNE, T) is TrueState.UPSTREAM
    assert world.condition(COMMUNE, T).cut_off
    assert state(world, SECOND, T) is TrueState.UP


def test_a_second_line_carries_what_the_first_did(world: World) -> None:
    """One of two lines cut: reachable, and the octets appear on the other line's interfaces."""
    first, second = "TenGigabitEthernet0/0", "TenGigabitEthernet0/1"
    world.apply(faults.Cut(target=SECOND, to="core-router"), T)
    assert state(world, SECOND, T) is TrueState.UP
    before, idle = world.octets(SECOND, first, T), world.octets(SECOND, second, T)
    assert idle == (0, 0)
    later = T + 10 * MINUTE
    assert world.octets(SECOND, first, later) == before
    assert sum(world.octets(SECOND, second, later)) > 1_000_000
    assert world.octets(SECOND, second, later) == tuple(
        now - then
        for now, then in zip(world.line_octets(SECOND, later), world.line_octets(SECOND, T), strict=True)
    )
    world.apply(faults.Cut(target=SECOND), later)
    assert state(world, SECOND, later) is TrueState.LINE


def test_a_dead_core_router_is_bypassed_by_a_second_line(world: World) -> None:
    """A hub whose other line ends on the core switch goes on; the other hub is upstream."""
    world.apply(faults.PowerOff(target="core-router"), T)
    assert state(world, SECOND, T) is TrueState.UP
    assert state(world, HUB, T) is TrueState.UPSTREAM


def test_a_mute_hub_forwards(world: World) -> None:
    """Its management is silent, its communes answer and their traffic goes on."""
    world.apply(faults.Mute(target=HUB), T)
    assert state(world, HUB, T) is TrueState.MANAGEMENT
    assert world.condition(HUB, T).reachable
    assert not world.condition(HUB, T).answers
    assert state(world, COMMUNE, T) is TrueState.UP
    assert sum(world.line_octets(HUB, T + MINUTE)) > sum(world.line_octets(HUB, T))


def test_an_agents_restart_is_not_the_hosts(world: World) -> None:
    """sysUpTime begins anew, hrSystemUptime goes on."""
    before = world.condition("srv-portal", T)
    world.apply(faults.AgentGone(target="srv-portal"), T)
    assert state(world, "srv-portal", T) is TrueState.AGENT_ONLY
    world.restore("srv-portal", T + MINUTE)
    after = world.condition("srv-portal", T + MINUTE)
    assert (after.sys_uptime(T + MINUTE), after.boot_ms) == (0, before.boot_ms)
    assert after.engine_boots == before.engine_boots + 1


def test_uptime_rolls_over_after_497_days(world: World) -> None:
    """TimeTicks begin at 0 again; nothing restarted."""
    world.apply(faults.UptimeRollOver(target=COMMUNE, within_s=60), T)
    condition = world.condition(COMMUNE, T)
    assert condition.sys_uptime(T) == 2**32 - 6_000
    assert condition.sys_uptime(T + MINUTE) == 0
    assert state(world, COMMUNE, T) is TrueState.UP


def test_counters_of_32_bits_are_the_low_half(world: World) -> None:
    """Only the width changes, of each counter by itself: where octets have gone round, packets have not."""
    wide = world.readings(COMMUNE, T)
    world.apply(faults.Counter32Only(target=COMMUNE), T)
    narrow = world.readings(COMMUNE, T)
    assert [r.in_octets for r in narrow] == [r.in_octets % 2**32 for r in wide]
    assert [r.in_packets for r in narrow] == [r.in_packets % 2**32 for r in wide]


def test_a_wrap_comes_soon_and_is_announced(world: World) -> None:
    """The counter passes 2⁶⁴ between two readings, whose difference modulo 2⁶⁴ is the truth."""
    world.apply(faults.CounterWrap(target=COMMUNE, within_s=300), T)
    before, after = (world.readings(COMMUNE, at)[0] for at in (T, T + 20 * MINUTE))
    assert after.in_octets < before.in_octets
    carried = [world.octets(COMMUNE, before.name, at)[0] for at in (T, T + 20 * MINUTE)]
    assert (after.in_octets - before.in_octets) % 2**64 == carried[1] - carried[0]
    assert before.discontinuity_ticks == world.condition(COMMUNE, T).sys_uptime(T)


@pytest.mark.parametrize("announced", [True, False])
def test_a_reset_is_announced_or_not(world: World, announced: bool) -> None:
    """Counters begin at 0; ifCounterDiscontinuityTime tells of it only where the device is honest."""
    world.apply(faults.CounterReset(target=COMMUNE, announced=announced), T)
    reading = world.readings(COMMUNE, T)[0]
    assert (reading.in_octets, reading.out_octets) == (0, 0)
    assert (reading.discontinuity_ticks > 0) is announced


def test_renumbering_moves_indexes_and_keeps_names(world: World) -> None:
    """Counters go on under other indexes."""
    before = {r.name: r for r in world.readings(COMMUNE, T)}
    world.apply(faults.Renumbered(target=COMMUNE, shift=50), T)
    after = {r.name: r for r in world.readings(COMMUNE, T)}
    assert {name: r.if_index + 50 for name, r in before.items()} == {n: r.if_index for n, r in after.items()}
    assert [r.in_octets for r in before.values()] == [r.in_octets for r in after.values()]
    assert world.condition(COMMUNE, T).table_changed_ms == T


def test_interfaces_come_and_go(world: World) -> None:
    """An added one leaves when restored; a removed one comes back counting from 0."""
    names = [r.name for r in world.readings(COMMUNE, T)]
    world.apply(faults.InterfaceAdded(target=COMMUNE, interface="Tunnel0"), T)
    world.apply(faults.InterfaceRemoved(target=COMMUNE, interface="GigabitEthernet0/1"), T)
    changed = [r.name for r in world.readings(COMMUNE, T)]
    assert sorted(changed) == sorted({*names, "Tunnel0"} - {"GigabitEthernet0/1"})
    world.restore(COMMUNE, T + MINUTE)
    back = {r.name: r for r in world.readings(COMMUNE, T + MINUTE)}
    assert sorted(back) == sorted(names)
    assert back["GigabitEthernet0/1"].in_octets == 0


def test_packet_faults_are_shown_together(world: World) -> None:
    """Several faults of a place's packets last side by side; restoring one leaves the others."""
    for fault in (
        faults.Slow(target=COMMUNE, delay_ms=300),
        faults.Lossy(target=COMMUNE, ratio=0.5),
        faults.Duplicated(target=COMMUNE),
        faults.Late(target=COMMUNE),
        faults.Garbage(target=COMMUNE),
        faults.Truncated(target=COMMUNE),
        faults.WrongEngineTime(target=COMMUNE, offset_s=900),
        faults.ClockStep(target=COMMUNE, offset_ms=-5_000),
    ):
        world.apply(fault, T)
    condition = world.condition(COMMUNE, T)
    packets = condition.packets
    assert (packets.delay_ms, packets.loss, packets.duplicate, packets.late) == (300, 0.5, 1.0, 0.3)
    assert (packets.garbage, packets.truncate) == (1.0, 1.0)
    assert (condition.engine_offset_s, condition.clock_offset_ms) == (900, -5_000)
    world.restore(COMMUNE, T, kind="slow")
    assert (world.condition(COMMUNE, T).packets.delay_ms, len(world.active(COMMUNE))) == (0, 7)
    world.restore(COMMUNE, T)
    assert not world.condition(COMMUNE, T).packets.any


def test_the_past_can_be_asked_and_not_changed(world: World) -> None:
    """An instant that has passed keeps its answer; a fault in the past is refused."""
    before = world.octets(COMMUNE, "GigabitEthernet0/0", T)
    world.apply(faults.Cut(target=COMMUNE), T)
    world.restore(COMMUNE, T + MINUTE)
    assert world.octets(COMMUNE, "GigabitEthernet0/0", T) == before
    assert state(world, COMMUNE, T - 1) is TrueState.UP
    assert state(world, COMMUNE, T + MINUTE - 1) is TrueState.LINE
    with pytest.raises(ValueError, match="the world is at"):
        world.apply(faults.Cut(target=COMMUNE), T)


def test_everything_is_told(world: World, truths: list[Truth]) -> None:
    """A fault, what it made of each place, and its end, with their instants."""
    world.apply(faults.Cut(target=HUB), T)
    assert truths[0] == Happened(at_ms=T, fault=faults.Cut(target=HUB))
    became = {truth.place: truth.state for truth in truths if isinstance(truth, Became)}
    assert became.pop(HUB) is TrueState.LINE
    assert set(became.values()) == {TrueState.UPSTREAM}
    assert len(became) == 30
    world.restore(HUB, T + MINUTE)
    assert sum(isinstance(truth, Happened) and truth.ended for truth in truths) == 1
    assert {truth.at_ms for truth in truths} == {T, T + MINUTE}


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (faults.Cut(target="nobody"), 'there is no place "nobody"'),
        (faults.Cut(target="core-switch"), "core-switch has no line that could be cut"),
        (faults.Cut(target=HUB, to="x"), 'hub-vu-thu has no line to "x"; it has one to core-router'),
        (faults.CounterReset(target="srv-portal", interface="eth9"), 'has no interface "eth9"; it has ens18'),
        (faults.InterfaceAdded(target="srv-portal", interface="lo"), 'has an interface "lo" already'),
    ],
)
def test_what_cannot_be_is_refused(world: World, truths: list[Truth], fault: Fault, words: str) -> None:
    """With what there is instead; nothing has happened then."""
    with pytest.raises(FaultError, match=words):
        world.apply(fault, T)
    assert truths == []
    assert world.active() == ()


@pytest.mark.parametrize(
    ("kind", "parameters", "words"),
    [
        ("flood", {}, 'there is no fault "flood"; there are agent_gone'),
        ("cut", {"too": "x"}, 'cut has no parameter "too"; it has to'),
        ("mute", {"too": "x"}, 'mute has no parameter "too"; it has none'),
        ("slow", {"delay_ms": "1s"}, "slow: delay_ms is a whole number, not '1s'"),
        ("slow", {"delay_ms": True}, "slow: delay_ms is a whole number, not True"),
        ("slow", {"delay_ms": -1}, "slow: delay_ms is not negative"),
        ("lossy", {"ratio": 1.5}, "lossy: ratio is a share from 0 to 1, not 1.5"),
        ("interface_removed", {}, 'interface_removed needs "interface"'),
    ],
)
def test_faults_check_their_parameters(kind: str, parameters: dict[str, Parameter], words: str) -> None:
    """What is wrong and what there is instead."""
    with pytest.raises(FaultError, match=words):
        faults.fault_of(kind, "x", parameters)


@pytest.mark.parametrize("kind", faults.KINDS)
def test_every_fault_comes_back_from_its_parameters(kind: str) -> None:
    """What the truth log writes is what it reads."""
    given: dict[str, Parameter] = {"interface": "eth0"} if kind == "interface_removed" else {}
    fault = faults.fault_of(kind, "x", given)
    assert faults.fault_of(kind, "x", faults.parameters_of(fault)) == fault
