"""What a place of the lab is like at an instant: what its packets, clocks and tables show. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from lab.place import Interface


class TrueState(StrEnum):
    """What is the matter with a place, in this precedence; the truth that figures are compared with.

    `line`, `power_or_restart` and `upstream`: nothing of it answers. `management` and `agent_only`: it is
    there, but its SNMP (a server: SSH too) stays silent. `ups`: it answers, its users are in the dark.
    """

    LINE = "line"
    POWER_OR_RESTART = "power_or_restart"
    UPSTREAM = "upstream"
    MANAGEMENT = "management"
    AGENT_ONLY = "agent_only"
    UPS = "ups"
    UP = "up"

    @property
    def answers_ping(self) -> bool:
        """True if packets get there and back."""
        return self not in (TrueState.LINE, TrueState.POWER_OR_RESTART, TrueState.UPSTREAM)

    @property
    def answers_management(self) -> bool:
        """True if SNMP (of a server: and the agent's report) answers."""
        return self in (TrueState.UPS, TrueState.UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketFaults:
    """What happens to a place's answers on their way. Ratios are shares of packets, from 0 to 1."""

    delay_ms: int = 0
    jitter_ms: int = 0
    loss: float = 0.0
    duplicate: float = 0.0
    late: float = 0.0
    late_ms: int = 0
    garbage: float = 0.0
    truncate: float = 0.0

    @property
    def any(self) -> bool:
        """True if there is something to do to an answer."""
        return self != _NO_PACKET_FAULTS


_NO_PACKET_FAULTS = PacketFaults()


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """One row of the interface table as it is now.

    `in_offset` and `out_offset` are what the counters show beyond the true octets (modulo their width);
    `discontinuity_ms` and `changed_ms` are instants: of the last announced jump of the counters (None: none
    since the agent began), and of the last change of `oper_up`.
    """

    interface: Interface
    if_index: int
    oper_up: bool
    changed_ms: int
    in_offset: int
    out_offset: int
    discontinuity_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A place from `since_ms` on, until the next condition. All instants are UTC ms.

    `boot_ms` is when the device was started (hrSystemUptime counts from there), `agent_boot_ms` when its SNMP
    agent was (sysUpTime and the engine's time do). `cut_off`: no way leads to it, whatever else is the
    matter with the place itself. `ports` are in the order of their ifIndex.
    """

    since_ms: int
    state: TrueState
    cut_off: bool
    powered: bool
    boot_ms: int
    agent_boot_ms: int
    engine_boots: int
    engine_offset_s: int
    clock_offset_ms: int
    counter_bits: int
    table_changed_ms: int
    ports: tuple[Port, ...]
    packets: PacketFaults = field(default_factory=PacketFaults)

    @property
    def reachable(self) -> bool:
        """True if packets get there and back: a ping is answered."""
        return self.state.answers_ping

    @property
    def answers(self) -> bool:
        """True if its management answers."""
        return self.state.answers_management

    def sys_uptime(self, at_ms: int) -> int:
        """Return sysUpTime in TimeTicks, modulo 2³²."""
        return (at_ms - self.agent_boot_ms) // 10 % 2**32

    def hr_uptime(self, at_ms: int) -> int:
        """Return hrSystemUptime in TimeTicks, modulo 2³²."""
        return (at_ms - self.boot_ms) // 10 % 2**32

    def engine_time(self, at_ms: int) -> int:
        """Return snmpEngineTime in seconds, wrong by the offset if there is one (never negative)."""
        return max(0, (at_ms - self.agent_boot_ms) // 1000 + self.engine_offset_s)

    def ticks_at(self, instant_ms: int | None) -> int:
        """Return an instant as sysUpTime stood then: 0 for None and for what was before the agent began."""
        if instant_ms is None or instant_ms <= self.agent_boot_ms:
            return 0
        return self.sys_uptime(instant_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class PortReading:
    """One interface as the device shows it at an instant.

    Octets and packets are modulo 2^`counter_bits` of the condition, each by itself, and seen from the device.
    Ticks are values of sysUpTime.
    """

    name: str
    if_index: int
    oper_up: bool
    in_octets: int
    out_octets: int
    in_packets: int
    out_packets: int
    discontinuity_ticks: int
    last_change_ticks: int
    port: Port
