"""Reads the time that each CPU spent in each mode, and the counts of switches and interrupts."""

from __future__ import annotations

from pathlib import Path

import psutil

from agent.probe.guard import Absent, guarded
from agent.probe.text import read_word
from agent.wire_sections import Cpu, CpuTimes, Unavailability

_MAX_CPUS = 1_024


@guarded
def read_cpu(sys: Path = Path("/sys")) -> Cpu:
    """Return the times of all CPUs that are online."""
    times = psutil.cpu_times(percpu=True)
    if not times:
        raise Absent(Unavailability.FAILED, "the system lists no CPU")
    numbers = _online(sys, len(times))
    stats = psutil.cpu_stats()
    return Cpu(
        cpus=tuple(
            CpuTimes(
                cpu=number,
                user_s=one.user,
                system_s=one.system,
                idle_s=one.idle,
                nice_s=getattr(one, "nice", None),
                iowait_s=getattr(one, "iowait", None),
                irq_s=getattr(one, "irq", None),
                softirq_s=getattr(one, "softirq", None),
                steal_s=getattr(one, "steal", None),
                guest_s=getattr(one, "guest", None),
                guest_nice_s=getattr(one, "guest_nice", None),
            )
            for number, one in zip(numbers[:_MAX_CPUS], times[:_MAX_CPUS], strict=True)
        ),
        omitted=max(0, len(times) - _MAX_CPUS),
        context_switches=stats.ctx_switches,
        interrupts=stats.interrupts,
        soft_interrupts=stats.soft_interrupts,
    )


def _online(sys: Path, count: int) -> list[int]:
    """Return the kernel's numbers of the CPUs that are online ("0-1,3"); 0, 1, 2 … where it does not say.

    psutil lists them without their numbers, so that a CPU taken offline would shift all those behind it.
    """
    numbers: list[int] = []
    try:
        for part in (read_word(sys / "devices/system/cpu/online") or "").split(","):
            first, _, last = part.partition("-")
            span = range(int(first), int(last or first) + 1)
            numbers.extend(span[: count + 1])
    except ValueError:
        numbers = []
    return numbers if len(numbers) == count else list(range(count))
