"""Readings of a line for tests: a minute apart unless the test says otherwise."""

from __future__ import annotations

from collector.model import EngineTime
from collector.traffic.rates import Counter, LineReading

START_MS = 1_795_366_800_000
"""2026-11-22T17:00:00Z: midnight in Hanoi, and the edge of a bucket."""


def reading(
    at_s: float,
    received: int,
    sent: int,
    *,
    bits: int = 64,
    interface: str = "wan0",
    uptime_s: float | None = 1_000_000.0,
    boots: int | None = None,
    discontinuity: int | None = 0,
    speed_bps: int | None = 100_000_000,
    packets: tuple[int, int] | None = (2_000_000_000, 2_000_000_000),
    wall_s: float | None = None,
) -> LineReading:
    """Return a reading `at_s` after midnight; `uptime_s` is the device's uptime at midnight."""
    return LineReading(
        interface=interface,
        sent_at=at_s + 50_000 - 0.01,
        done_at=at_s + 50_000 + 0.01,
        at_ms=START_MS + round((at_s if wall_s is None else wall_s) * 1000),
        received=Counter(value=received % 2**bits, bits=bits),
        sent=Counter(value=sent % 2**bits, bits=bits),
        packets_received=None if packets is None else Counter(value=packets[0], bits=bits),
        packets_sent=None if packets is None else Counter(value=packets[1], bits=bits),
        sys_uptime=None if uptime_s is None else round((uptime_s + at_s) * 100) % 2**32,
        engine=None if boots is None else EngineTime(boots=boots, time_s=int(1000 + at_s)),
        discontinuity=discontinuity,
        speed_bps=speed_bps,
    )
