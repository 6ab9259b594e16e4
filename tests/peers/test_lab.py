"""The lab's devices as the collector's own poller and net-snmp's tools see them, with every kind of fault."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Mapping

import pytest

from collector.model import Check, Fault, Got, Reason, Reply
from lab import faults
from tests.peers.lab_running import (
    COMMUNE,
    DISCONTINUITY,
    ENGINE_BOOTS,
    EVERYTHING,
    HC_IN,
    HR_UPTIME,
    HUB,
    IN_OCTETS,
    SERVER,
    SYS_UPTIME,
    UPTIME,
    V2C,
    V3,
    Asked,
    lab,
)

LINE = "GigabitEthernet0/0"
BOOTED_S = 400


def number(rows: Mapping[tuple[int, ...], object], name: tuple[int, ...]) -> int:
    value = rows[name]
    assert isinstance(value, int)
    return value


def failed(check: Check) -> Fault:
    assert isinstance(check, Fault), check
    return check


def got(check: Check) -> Got:
    assert isinstance(check, Reply), check
    assert isinstance(check.payload, Got)
    return check.payload


@pytest.mark.skipif(shutil.which("snmpbulkwalk") is None, reason="not installed: snmpbulkwalk")
@pytest.mark.parametrize(
    "arguments",
    [
        ["-v2c", "-c", "lab"],
        [
            "-v3",
            "-l",
            "authPriv",
            "-u",
            "lab",
            "-a",
            "SHA-256",
            "-A",
            "lab-auth-password",
            "-x",
            "AES",
            "-X",
            "lab-priv-password",
        ],
    ],
    ids=["v2c", "v3"],
)
@pytest.mark.parametrize("place", [HUB, COMMUNE, SERVER])
async def test_net_snmp_walks_every_kind_of_device_to_its_end(arguments: list[str], place: str) -> None:
    """No error, no OID that goes backwards, and the interfaces by their names."""
    async with lab(credential=V2C if arguments[0] == "-v2c" else V3) as asked:
        address = f"{asked.places[place].address}:{asked.port}"
        ran = await asyncio.to_thread(
            subprocess.run,
            ["snmpbulkwalk", *arguments, "-On", address, "1.3.6.1"],
            capture_output=True,
            text=True,
            timeout=30,
            env={**os.environ, "MIBS": ""},
            check=False,
        )
    assert (ran.returncode, ran.stderr) == (0, "")
    lines = ran.stdout.splitlines()
    assert len(lines) > 100
    assert "No more variables left" in lines[-1]
    for interface in asked.places[place].interfaces:
        assert any(f'"{interface.name}"' in line for line in lines)


@pytest.mark.parametrize(
    ("fault", "who"),
    [
        (faults.Cut(target=COMMUNE), COMMUNE),
        (faults.Cut(target=HUB), COMMUNE),
        (faults.PowerOff(target=COMMUNE), COMMUNE),
        (faults.Reboot(target=COMMUNE), COMMUNE),
        (faults.Mute(target=HUB), HUB),
        (faults.AgentGone(target=SERVER), SERVER),
        (faults.Lossy(target=COMMUNE, ratio=1.0), COMMUNE),
    ],
    ids=lambda value: value if isinstance(value, str) else value.kind,
)
async def test_whoever_is_away_keeps_silent_and_comes_back(fault: faults.Fault, who: str) -> None:
    """Nothing comes, not even an error; restored (and booted), it answers again."""
    async with lab() as asked:
        asked.apply(fault)
        check = failed(await asked.ask(who, timeout_s=0.2))
        assert (check.reason, check.answered_at) == (Reason.TIMEOUT, None)
        asked.restore(fault.target)
        asked.clock.skip(BOOTED_S)
        assert isinstance(await asked.ask(who), Reply)


async def test_a_mute_hub_forwards() -> None:
    """Its communes answer as before."""
    async with lab() as asked:
        asked.apply(faults.Mute(target=HUB))
        assert isinstance(await asked.ask(COMMUNE), Reply)


async def test_on_its_battery_the_router_answers() -> None:
    """Only its users are in the dark: nothing flows."""
    async with lab() as asked:
        asked.apply(faults.OnBattery(target=COMMUNE))
        index = (await asked.interfaces(COMMUNE))[LINE]
        before = number(await asked.walk(COMMUNE), (*HC_IN, index))
        asked.clock.skip(600)
        assert number(await asked.walk(COMMUNE), (*HC_IN, index)) == before


async def test_slow_answers_take_their_time() -> None:
    """The round trip is the fault's delay and a little more."""
    async with lab() as asked:
        await asked.ask(COMMUNE)
        asked.apply(faults.Slow(target=COMMUNE, delay_ms=120))
        check = await asked.ask(COMMUNE, timeout_s=2)
        assert isinstance(check, Reply)
        assert check.rtt_s >= 0.12


async def test_a_lost_answer_is_asked_for_again() -> None:
    """One answer of each poll is lost; the retry brings the values."""
    luck = iter([0.0] + [0.9] * 1_000)
    async with lab(credential=V2C, chance=lambda: next(luck)) as asked:
        asked.apply(faults.Lossy(target=COMMUNE, ratio=0.5))
        check = await asked.ask(COMMUNE, credential=V2C)
        assert isinstance(check, Reply)
        assert (check.packets_sent, check.packets_received) == (2, 1)


async def test_an_answer_that_comes_twice_counts_once() -> None:
    """The values of the next question are its own."""
    async with lab() as asked:
        asked.apply(faults.Duplicated(target=COMMUNE))
        first = got(await asked.ask(COMMUNE)).values[0]
        asked.clock.skip(100)
        second = got(await asked.ask(COMMUNE)).values[0]
        assert isinstance(first, int)
        assert isinstance(second, int)
        assert second - first >= 10_000


async def test_a_late_answer_is_never_the_next_questions() -> None:
    """What was given up arrives while another question is open, and is not taken for its answer."""
    async with lab(credential=V2C) as asked:
        await asked.ask(COMMUNE, credential=V2C)
        asked.apply(faults.Late(target=COMMUNE, ratio=1.0, delay_ms=700))
        assert isinstance(await asked.ask(COMMUNE, credential=V2C, timeout_s=0.2), Fault)
        asked.restore(COMMUNE)
        asked.clock.skip(1_000)
        told = got(await asked.ask(COMMUNE, credential=V2C)).values[0]
        uptime = asked.world.condition(COMMUNE, asked.clock.now_ms()).sys_uptime(asked.clock.now_ms())
        assert isinstance(told, int)
        assert 0 <= uptime - told < 1_000


@pytest.mark.parametrize("fault", [faults.Garbage(target=COMMUNE), faults.Truncated(target=COMMUNE)])
@pytest.mark.parametrize("credential", [V2C, V3], ids=["v2c", "v3"])
async def test_spoilt_answers_are_none(fault: faults.Fault, credential: object) -> None:
    """A fault with a reason, and the device answers again once its packets are whole."""
    chosen = V2C if credential is V2C else V3
    async with lab(credential=chosen) as asked:
        asked.apply(fault)
        check = failed(await asked.ask(COMMUNE, credential=chosen, timeout_s=0.2))
        assert not check.reason.local
        asked.restore(COMMUNE)
        assert isinstance(await asked.ask(COMMUNE, credential=chosen), Reply)


async def test_an_engine_whose_clock_jumps_is_synchronised_with() -> None:
    """Its time is an hour ahead of before; the poller follows it, authenticated."""
    async with lab() as asked:
        before = got(await asked.ask(COMMUNE)).engine
        asked.apply(faults.WrongEngineTime(target=COMMUNE, offset_s=3_600))
        after = got(await asked.ask(COMMUNE)).engine
        assert before is not None
        assert after is not None
        assert after.boots == before.boots
        assert 3_600 <= after.time_s - before.time_s <= 3_610


async def test_an_agents_restart_is_not_the_devices() -> None:
    """sysUpTime and engine boots begin anew, hrSystemUptime goes on."""
    async with lab() as asked:
        before = await asked.walk(COMMUNE)
        asked.apply(faults.AgentRestart(target=COMMUNE))
        after = await asked.walk(COMMUNE)
        assert number(after, SYS_UPTIME) < 1_000
        assert number(after, HR_UPTIME) >= number(before, HR_UPTIME)
        assert number(after, ENGINE_BOOTS) == number(before, ENGINE_BOOTS) + 1


async def test_power_that_was_away_shows_in_the_uptime() -> None:
    """Both uptimes begin anew, and the engine's boots rise."""
    async with lab() as asked:
        before = await asked.walk(COMMUNE)
        asked.apply(faults.PowerOff(target=COMMUNE))
        asked.clock.skip(60)
        asked.restore(COMMUNE)
        asked.clock.skip(BOOTED_S)
        after = await asked.walk(COMMUNE)
        assert number(after, SYS_UPTIME) <= (BOOTED_S + 5) * 100
        assert number(after, HR_UPTIME) <= (BOOTED_S + 5) * 100
        assert number(after, ENGINE_BOOTS) == number(before, ENGINE_BOOTS) + 1


async def test_uptime_rolls_over_after_497_days() -> None:
    """TimeTicks begin at 0 again, and the boots stay."""
    async with lab() as asked:
        asked.apply(faults.UptimeRollOver(target=COMMUNE, within_s=60))
        before = await asked.walk(COMMUNE)
        asked.clock.skip(61)
        after = await asked.walk(COMMUNE)
        assert number(before, SYS_UPTIME) > 2**32 - 6_100
        assert number(after, SYS_UPTIME) < 1_000
        assert number(after, ENGINE_BOOTS) == number(before, ENGINE_BOOTS)


async def test_a_device_with_32_bits_shows_no_others() -> None:
    """No ifHC column at all; the narrow one goes on."""
    async with lab() as asked:
        asked.apply(faults.Counter32Only(target=COMMUNE))
        rows = await asked.walk(COMMUNE)
        assert not any(name[:-1] == HC_IN for name in rows)
        assert any(name[:-1] == IN_OCTETS for name in rows)


async def counters(asked: Asked) -> tuple[int, int]:
    """Return octets of the line and its discontinuity time."""
    rows = await asked.walk(COMMUNE)
    index = next(name[-1] for name, value in rows.items() if value == LINE.encode() and name[-2] == 1)
    return number(rows, (*HC_IN, index)), number(rows, (*DISCONTINUITY, index))


@pytest.mark.parametrize("announced", [False, True])
async def test_counters_that_are_reset_begin_at_0(announced: bool) -> None:
    """With or without a word of it in ifCounterDiscontinuityTime."""
    async with lab() as asked:
        before, told = await counters(asked)
        asked.apply(faults.CounterReset(target=COMMUNE, announced=announced))
        after, told_after = await counters(asked)
        assert after < before
        assert (told_after > told) is announced


async def test_a_counter_wraps_when_it_is_told_to() -> None:
    """It is close to its end, and small again a little later."""
    async with lab() as asked:
        asked.apply(faults.CounterWrap(target=COMMUNE, within_s=600))
        before, _ = await counters(asked)
        asked.clock.skip(3_600)
        after, _ = await counters(asked)
        assert before > 2**63
        assert after < 2**40


async def test_interfaces_are_renumbered_come_and_go() -> None:
    """By name they stay what they are."""
    async with lab() as asked:
        before = await asked.interfaces(COMMUNE)
        asked.apply(faults.Renumbered(target=COMMUNE, shift=100))
        assert await asked.interfaces(COMMUNE) == {name: index + 100 for name, index in before.items()}
        asked.apply(faults.InterfaceAdded(target=COMMUNE, interface="Tunnel7"))
        assert set(await asked.interfaces(COMMUNE)) == {*before, "Tunnel7"}
        asked.apply(faults.InterfaceRemoved(target=COMMUNE, interface="GigabitEthernet0/2"))
        assert set(await asked.interfaces(COMMUNE)) == {*before, "Tunnel7"} - {"GigabitEthernet0/2"}


async def test_strangers_get_no_values() -> None:
    """A community where there is none: silence. A user that there is not: a Report."""
    async with lab(credential=V3) as asked:
        assert failed(await asked.ask(COMMUNE, credential=V2C, timeout_s=0.2)).reason is Reason.TIMEOUT
    async with lab(credential=V2C) as asked:
        assert failed(await asked.ask(COMMUNE, UPTIME, credential=V3, timeout_s=0.2)).answered_at is not None


async def test_walks_wait_for_each_other_and_not_for_ever() -> None:
    """With one turn both devices are walked; who gets none in half its time is there, and walked later."""
    async with lab() as asked:
        asked.poller._walks = asyncio.Semaphore(1)
        for check in await asyncio.gather(asked.ask(HUB, EVERYTHING), asked.ask(COMMUNE, EVERYTHING)):
            assert isinstance(check, Reply), check
        async with asked.poller._walks:
            late = failed(await asked.ask(COMMUNE, EVERYTHING))
        assert late.reason is Reason.LATE
        assert late.answered_at is not None
        assert isinstance(await asked.ask(COMMUNE, EVERYTHING), Reply)
