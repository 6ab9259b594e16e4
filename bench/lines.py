"""A simulated line for bench/traffic.py: true octets second by second, and what a device shows of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

from collector.core import Plan
from collector.decode import interfaces, system
from collector.inventory.planning_values import Calendar
from collector.inventory.values import (
    Capacity,
    CollectorSettings,
    Device,
    HttpSettings,
    Inventory,
    Organisation,
    Probe,
    SnmpCheck,
    Uplink,
)
from collector.live import Pace
from collector.model import Oid, SnmpValue
from collector.pipeline import Subject
from collector.traffic.measure import Line as Uplinked

DAY_S = 86_400
_MEAN_PACKET = 700
_DOWN_S = (60, 150)
_IF, _IFX = interfaces.IF_ENTRY, interfaces.IFX_ENTRY


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A day of one line. `mbps` is the mean rate towards the site; events come so many times a day.

    `quiet_resets` clear the interface's counters without any sign, `told_resets` change the discontinuity
    time, `renumberings` move the interface's row to another index and give its old one to another interface.
    """

    name: str
    bits: int
    speed_bps: int
    mbps: float
    poll_s: int
    reboots: int = 0
    quiet_resets: int = 0
    told_resets: int = 0
    renumberings: int = 0
    lost: float = 0.0
    steady: bool = False
    subscribed_bps: int = 0


@dataclass
class Line:
    """One device: its line wan0 and another interface, lan0, whose counters are as large."""

    scenario: Scenario
    random: Random
    octets: list[int] = field(init=False)
    down: list[tuple[int, int]] = field(default_factory=list)
    base: dict[str, int] = field(default_factory=lambda: {"wan0": 0, "lan0": 0})
    index: dict[str, int] = field(default_factory=lambda: {"lan0": 1, "wan0": 2})
    discontinuity: int = 0
    booted_s: float = -3_000_000.0
    _events: list[tuple[int, str]] = field(init=False)

    def __post_init__(self) -> None:
        scenario, random = self.scenario, self.random
        counts = {
            "reboot": scenario.reboots,
            "quiet": scenario.quiet_resets,
            "told": scenario.told_resets,
            "renumber": scenario.renumberings,
        }
        self._events = sorted(
            (random.randrange(600, DAY_S - 600), kind) for kind, count in counts.items() for _ in range(count)
        )
        self.down = [(at, at + random.randint(*_DOWN_S)) for at, kind in self._events if kind == "reboot"]
        # What the interface had counted when the day began: anywhere in the counter's range.
        self.base = {name: -random.randrange(2**32, 2**40) for name in self.base}
        self.octets = [0, *accumulate(map(round, self._rates()))]

    def _rates(self) -> list[float]:
        scenario, random = self.scenario, self.random
        mean = scenario.mbps * 125_000
        rates, wave = [], 1.0
        for second in range(DAY_S + 1_200):
            if second % 10 == 0 and not scenario.steady:
                day = 0.6 - 0.5 * math.cos(2 * math.pi * second / DAY_S)
                wave = day * random.uniform(0.7, 1.3)
            up = not any(start <= second < end for start, end in self.down)
            rates.append(min(mean * wave, scenario.speed_bps / 8) if up else 0.0)
        return rates

    def carried(self, at_s: float) -> int:
        """Return the true octets towards the site since the day began."""
        second = int(at_s)
        return self.octets[second] + int((at_s - second) * (self.octets[second + 1] - self.octets[second]))

    def answers(self, at_s: float) -> bool:
        """Return False while the device is down."""
        return not any(start <= at_s < end for start, end in self.down)

    def happen(self, upto_s: float) -> None:
        """Let everything happen that is due."""
        while self._events and self._events[0][0] <= upto_s:
            at, kind = self._events.pop(0)
            if kind == "renumber":
                # Either new numbers for all, or the two interfaces change places.
                low, high = sorted(self.index.values())
                shift = self.random.choice((0, 7))
                swapped = {"lan0": self.index["wan0"], "wan0": self.index["lan0"]}
                self.index = swapped if shift == 0 else {"lan0": low + shift, "wan0": high + shift}
                continue
            self.base = {
                name: self.carried(at) if kind == "reboot" or name == "wan0" else base
                for name, base in self.base.items()
            }
            if kind == "reboot":
                self.booted_s = next(end for start, end in self.down if start == at)
                self.discontinuity = 0
            elif kind == "told":
                self.discontinuity = self.ticks(at)

    def ticks(self, at_s: float) -> int:
        """Return sysUpTime."""
        return round((at_s - self.booted_s) * 100) % 2**32

    def rows(self, at_s: float) -> dict[Oid, SnmpValue]:
        """Return what the device shows: names, counters of the scenario's width, speed, discontinuity."""
        found: dict[Oid, SnmpValue] = {system.SYS_UPTIME: self.ticks(at_s)}
        for name, index in self.index.items():
            count = self.carried(at_s) - self.base[name]
            modulus = 2**self.scenario.bits
            wide = self.scenario.bits == 64
            entry, columns = (_IFX, (6, 10)) if wide else (_IF, (10, 16))
            found |= {
                (*_IF, 2, index): name.encode(),
                (*_IFX, 1, index): name.encode(),
                (*entry, columns[0], index): count % modulus,
                (*entry, columns[1], index): count // 4 % modulus,
                (*_IF, 11, index): count // _MEAN_PACKET % 2**32,
                (*_IF, 17, index): count // 4 // _MEAN_PACKET % 2**32,
                (*_IFX, 15, index): self.scenario.speed_bps // 1_000_000,
                (*_IFX, 19, index): self.discontinuity,
            }
        return found

    def shown(self, at_s: float) -> tuple[int, int]:
        """Return (ifIndex, octets received) of wan0 as Prometheus would get them."""
        count = self.carried(at_s) - self.base["wan0"]
        return self.index["wan0"], count % 2**self.scenario.bits


def inventory_of(scenario: Scenario) -> Inventory:
    """Return an inventory of one device, `line`, as the scenario wants it polled."""
    subscribed_bps = scenario.subscribed_bps or scenario.speed_bps
    device = Device(
        id="line",
        name="line",
        role="commune",
        address="127.0.0.1",
        area=None,
        parents=(),
        icmp=None,
        snmp=SnmpCheck(credential="c"),
        ssh=None,
        reachability=(Probe.SNMP,),
        interval_ms=scenario.poll_s * 1000,
        deadline_ms=20_000,
        uplink=Uplink(interface="wan0"),
        capacities=(Capacity(in_bps=subscribed_bps, out_bps=subscribed_bps),),
    )
    return Inventory(
        source="bench",
        organisation=Organisation(name="bench", superior=None, place=None, language="en", timezone="UTC"),
        collector=CollectorSettings(http=HttpSettings(host="127.0.0.1", port=1), ledger="bench"),
        calendar=Calendar(holidays=None, weekdays=(), seasons=()),
        devices=(device,),
    )


def plans_of(inventory: Inventory) -> dict[str, Plan]:
    """Return what the core must know of the device."""
    return {
        device.id: Plan(
            subject=Subject(
                device=device.id, probes=device.probes, reachability=device.reachability, uplink="wan0"
            ),
            endpoint=(device.address,),
            pace=Pace(interval=device.interval_ms / 1000, deadline=device.deadline_ms / 1000),
            unencrypted=False,
            line=Uplinked.of(device),
        )
        for device in inventory.devices
    }
