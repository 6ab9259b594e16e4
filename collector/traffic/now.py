"""What a line carries at this moment, as one value: rates, capacity, P95 of the day. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collector.ledger.traffic import Direction, capacity_bps
from collector.traffic.measure import Meter


@dataclass(frozen=True, slots=True, kw_only=True)
class WayNow:
    """One direction, in bit/s; None for what is not known. `over_days` running days of P95 above 90 %."""

    rate: int | None
    capacity: int | None
    p95: int | None
    over_days: int

    @property
    def fullness(self) -> float | None:
        """P95 of the running day as a share of what is subscribed."""
        return None if self.p95 is None or not self.capacity else self.p95 / self.capacity


@dataclass(frozen=True, slots=True, kw_only=True)
class LineNow:
    """A device's line. `found` is whether the device shows its interface, None while nobody has looked."""

    interface: str
    found: bool | None
    ways: Mapping[Direction, WayNow]

    @property
    def fullness(self) -> float | None:
        """The fuller direction's share."""
        shares = [way.fullness for way in self.ways.values() if way.fullness is not None]
        return max(shares, default=None)

    @property
    def over_days(self) -> int:
        """The longer streak of the two directions."""
        return max(way.over_days for way in self.ways.values())


def line_now(meter: Meter, now_ms: int) -> LineNow:
    """Return what a meter shows."""
    capacity = meter.capacity(now_ms)
    return LineNow(
        interface=meter.line.uplink.interface,
        found=meter.found,
        ways={
            direction: WayNow(
                rate=meter.rates[direction],
                capacity=capacity_bps(capacity, direction),
                p95=meter.recent.p95_of_day(direction),
                over_days=0 if capacity is None else meter.recent.streak(direction),
            )
            for direction in Direction
        },
    )
