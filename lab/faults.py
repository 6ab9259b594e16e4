"""Everything that can be done to a place of the lab, as frozen values, however it comes about. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from types import UnionType
from typing import ClassVar, get_args, get_type_hints


class FaultError(ValueError):
    """A fault that cannot be: what is wrong and what there is instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that happens to `target`, the id of a place.

    `kind` is its name in commands, scenarios and the truth log. `lasts` is true for what stays until it is
    restored; the rest happens at one instant.
    """

    kind: ClassVar[str]
    lasts: ClassVar[bool] = True
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut(Fault):
    """The place's line is cut (`to` one parent; None: every line). The place itself goes on running."""

    kind: ClassVar[str] = "cut"
    to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerOff(Fault):
    """The place loses its power; restored, it boots: uptime and counters begin anew."""

    kind: ClassVar[str] = "power_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnBattery(Fault):
    """The site loses its power, its router goes on from a UPS: users and LAN are gone, the line is not."""

    kind: ClassVar[str] = "ups"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reboot(Fault):
    """The place restarts now, be its line whole or cut."""

    kind: ClassVar[str] = "reboot"
    lasts: ClassVar[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute(Fault):
    """The place's SNMP agent died; it still forwards, and answers a ping."""

    kind: ClassVar[str] = "mute"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentGone(Fault):
    """A server's agent is gone: neither SNMP nor a report; the host and its sshd are up."""

    kind: ClassVar[str] = "agent_gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRestart(Fault):
    """The SNMP agent restarts: sysUpTime and engine boots begin anew, hrSystemUptime and counters go on."""

    kind: ClassVar[str] = "agent_restart"
    lasts: ClassVar[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow(Fault):
    """Every answer takes `delay_ms` more, and up to `jitter_ms` beyond that."""

    kind: ClassVar[str] = "slow"
    delay_ms: int = 500
    jitter_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lossy(Fault):
    """This share of packets is lost."""

    kind: ClassVar[str] = "lossy"
    ratio: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicated(Fault):
    """This share of answers arrives twice."""

    kind: ClassVar[str] = "duplicated"
    ratio: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Late(Fault):
    """This share of answers arrives `delay_ms` late: after the question was given up."""

    kind: ClassVar[str] = "late"
    ratio: float = 0.3
    delay_ms: int = 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Garbage(Fault):
    """This share of answers is random bytes."""

    kind: ClassVar[str] = "garbage"
    ratio: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Truncated(Fault):
    """This share of answers is cut off in the middle."""

    kind: ClassVar[str] = "truncated"
    ratio: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongEngineTime(Fault):
    """The SNMP engine's clock is off by this much: outside the time window of RFC 3414 beyond 150 s."""

    kind: ClassVar[str] = "wrong_engine_time"
    offset_s: int = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter32Only(Fault):
    """The device shows 32-bit octet counters only: no ifHC columns."""

    kind: ClassVar[str] = "counter32_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterWrap(Fault):
    """Octet counters are set so that they wrap in about `within_s`; announced as a discontinuity."""

    kind: ClassVar[str] = "counter_wrap"
    lasts: ClassVar[bool] = False
    within_s: int = 600
    interface: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterReset(Fault):
    """Octet counters (of one interface, None: all) begin at 0; `announced` by ifCounterDiscontinuityTime."""

    kind: ClassVar[str] = "counter_reset"
    lasts: ClassVar[bool] = False
    interface: str | None = None
    announced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Renumbered(Fault):
    """Every ifIndex moves up by `shift`; names stay. ifTableLastChange says so."""

    kind: ClassVar[str] = "renumbered"
    lasts: ClassVar[bool] = False
    shift: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceAdded(Fault):
    """A new interface appears, with no traffic."""

    kind: ClassVar[str] = "interface_added"
    interface: str = "Tunnel0"


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceRemoved(Fault):
    """An interface vanishes from the table; what it carries goes on unseen. Back, it counts from 0."""

    kind: ClassVar[str] = "interface_removed"
    interface: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStep(Fault):
    """The place's own wall clock is off by this much (negative: behind)."""

    kind: ClassVar[str] = "clock_step"
    offset_ms: int = 600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UptimeRollOver(Fault):
    """Uptime is set so that TimeTicks roll over (497 days) in `within_s`; nothing restarts."""

    kind: ClassVar[str] = "uptime_roll_over"
    lasts: ClassVar[bool] = False
    within_s: int = 600


KINDS: Mapping[str, type[Fault]] = {
    fault.kind: fault
    for fault in (
        Cut,
        PowerOff,
        OnBattery,
        Reboot,
        Mute,
        AgentGone,
        AgentRestart,
        Slow,
        Lossy,
        Duplicated,
        Late,
        Garbage,
        Truncated,
        WrongEngineTime,
        Counter32Only,
        CounterWrap,
        CounterReset,
        Renumbered,
        InterfaceAdded,
        InterfaceRemoved,
        ClockStep,
        UptimeRollOver,
    )
}
"""Every kind of fault by its name."""

Parameter = str | int | float | bool | None


def fault_of(kind: str, target: str, parameters: Mapping[str, Parameter]) -> Fault:
    """Return the fault of that kind; raise FaultError for a kind or parameter there is not."""
    fault = KINDS.get(kind)
    if fault is None:
        raise FaultError(f'there is no fault "{kind}"; there are {", ".join(sorted(KINDS))}')
    hints = get_type_hints(fault)
    known = {field.name: field for field in fields(fault) if field.name != "target"}
    for name, value in parameters.items():
        if name not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise FaultError(f'{kind} has no parameter "{name}"; {has}')
        _check(kind, name, value, hints[name])
    for name, field in known.items():
        if field.default is MISSING and name not in parameters:
            raise FaultError(f'{kind} needs "{name}"')
    return fault(target=target, **parameters)


def parameters_of(fault: Fault) -> dict[str, Parameter]:
    """Return a fault's parameters without its target: what `fault_of` takes."""
    return {field.name: getattr(fault, field.name) for field in fields(fault) if field.name != "target"}


_WORDS = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}
_MAX_MS = 10**10


def _check(kind: str, name: str, value: Parameter, hint: object) -> None:
    allowed = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    if type(value) is int and float in allowed:
        value = float(value)
    if type(value) not in allowed:
        words = next(words for one, words in _WORDS.items() if one in allowed)
        raise FaultError(f"{kind}: {name} is {words}, not {value!r}")
    if name == "ratio" and not 0 <= float(value or 0) <= 1:
        raise FaultError(f"{kind}: {name} is a share from 0 to 1, not {value!r}")
    if name in ("delay_ms", "jitter_ms", "within_s", "shift") and not 0 <= int(value or 0) <= _MAX_MS:
        raise FaultError(f"{kind}: {name} is not negative and at most {_MAX_MS}, not {value!r}")
