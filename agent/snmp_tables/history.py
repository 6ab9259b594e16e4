"""What one reading cannot tell: when an interface changed, how busy a CPU was over a minute. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agent.wire_sections import Cpu, CpuTimes, Interface, Interfaces, Snapshot

_WINDOW_MS = 60_000
_SPACING_MS = 5_000
_MAX_SAMPLES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceHistory:
    """The last state of an interface, and sysUpTime (1/100 s) of its last changes; 0: before our start."""

    last: Interface
    changed: int = 0
    discontinuity: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CpuSample:
    """Seconds that each CPU was idle and that it lived, at an uptime."""

    uptime_ms: int
    spent: Mapping[int, tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything remembered; `table_changed` is when an interface came or went."""

    boot_id: str | None = None
    interfaces: Mapping[int, InterfaceHistory]
    table_changed: int = 0
    cpu: tuple[CpuSample, ...] = ()


EMPTY = History(interfaces={})


def advance(history: History, snapshot: Snapshot, ticks: int) -> History:
    """Return the history with a new reading, taken when sysUpTime was `ticks`."""
    if snapshot.boot_id != history.boot_id:
        history = replace(EMPTY, boot_id=snapshot.boot_id)
    if isinstance(snapshot.interfaces, Interfaces):
        history = _with_interfaces(history, snapshot.interfaces, ticks)
    if isinstance(snapshot.cpu, Cpu):
        history = _with_cpu(history, snapshot.cpu, snapshot.uptime_ms)
    return history


def processor_loads(history: History, cpu: Cpu, uptime_ms: int) -> dict[int, int]:
    """Return how busy each CPU was, in percent, over the last minute or as much of it as is known.

    RFC 2790 hrProcessorLoad: the time not idle; waiting for a disk is idle. Nothing for a CPU without a past.
    """
    past = [sample for sample in history.cpu if sample.uptime_ms < uptime_ms]
    if not past:
        return {}
    # The youngest sample that is a minute old, else the oldest there is.
    aged = [sample for sample in past if uptime_ms - sample.uptime_ms >= _WINDOW_MS]
    before = (aged[-1] if aged else past[0]).spent
    loads = {}
    for number, (idle, alive) in _spent(cpu).items():
        idle_before, alive_before = before.get(number, (idle, alive))
        lived = alive - alive_before
        if lived > 0:
            busy = 1 - (idle - idle_before) / lived
            loads[number] = round(100 * min(1.0, max(0.0, busy)))
    return loads


def _with_interfaces(history: History, section: Interfaces, ticks: int) -> History:
    known = history.interfaces
    first_reading = not known
    interfaces = {}
    for now in section.interfaces:
        before = known.get(now.index)
        if before is None:
            born = 0 if first_reading else ticks
            interfaces[now.index] = InterfaceHistory(last=now, changed=born, discontinuity=born)
            continue
        changed = (now.oper_state, now.carrier_changes) != (
            before.last.oper_state,
            before.last.carrier_changes,
        )
        interfaces[now.index] = InterfaceHistory(
            last=now,
            changed=ticks if changed else before.changed,
            discontinuity=ticks if _went_back(before.last, now) else before.discontinuity,
        )
    renamed = {one.index: one.name for one in section.interfaces} != {
        index: one.last.name for index, one in known.items()
    }
    table_changed = ticks if renamed and not first_reading else history.table_changed
    return replace(history, interfaces=interfaces, table_changed=table_changed)


def _went_back(before: Interface, now: Interface) -> bool:
    return any(
        later < earlier
        for earlier, later in (
            (before.in_bytes, now.in_bytes),
            (before.out_bytes, now.out_bytes),
            (before.in_packets, now.in_packets),
            (before.out_packets, now.out_packets),
        )
    )


def _with_cpu(history: History, cpu: Cpu, uptime_ms: int) -> History:
    samples = history.cpu
    if samples and uptime_ms - samples[-1].uptime_ms < _SPACING_MS:
        return history
    kept = [sample for sample in samples if sample.uptime_ms > uptime_ms - _WINDOW_MS]
    # One older than the window stays, so that a whole minute can be looked back on.
    older = [sample for sample in samples if sample.uptime_ms <= uptime_ms - _WINDOW_MS][-1:]
    window = (*older, *kept, CpuSample(uptime_ms=uptime_ms, spent=_spent(cpu)))
    return replace(history, cpu=window[-_MAX_SAMPLES:])


def _spent(cpu: Cpu) -> dict[int, tuple[float, float]]:
    return {times.cpu: (times.idle_s + (times.iowait_s or 0), _alive(times)) for times in cpu.cpus}


def _alive(times: CpuTimes) -> float:
    """Return all modes together; guests are counted within user and nice already."""
    modes = (times.nice_s, times.iowait_s, times.irq_s, times.softirq_s, times.steal_s)
    return times.user_s + times.system_s + times.idle_s + sum(mode or 0 for mode in modes)
