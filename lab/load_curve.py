"""How much a place's users send and receive: a rate over the day, and its exact integral in octets. Pure.

The rate is linear between knots a quarter of an hour apart. A knot is what the kind of day wants at that time
of day, times the size of the place, times a factor that is drawn for this place, day and knot; never more
than the line carries. The integral of such a rate is a fraction of whole numbers, so octets come out exact:
they never go back, and any two stretches add up to the whole.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, pairwise
from math import exp
from statistics import NormalDist

from lab.days import DAY_MS, UTC_OFFSET_MS, DayKind, Days

KNOTS = 96
STEP_MS = DAY_MS // KNOTS
_KEPT_DAYS = 3
_FULL_LINE = 0.985
"""What a line that is too small carries of its nominal rate."""

_UNIT = 1024


class Profile(StrEnum):
    """When the users of a place are busy."""

    OFFICE = "office"
    NIGHTLY = "nightly"


# (hour, share of the busy hour). All days of a profile meet at midnight, so that the rate has no step there.
_SHAPES: dict[Profile, dict[DayKind, tuple[tuple[float, float], ...]]] = {
    Profile.OFFICE: {
        DayKind.WORKING: (
            *((0, 0.05), (5, 0.05), (6, 0.12), (7, 0.45), (8, 0.82), (9, 0.97), (10, 1.0), (11, 0.85)),
            *((11.5, 0.55), (12.5, 0.35), (13.5, 0.75), (14.5, 0.93), (16, 0.8), (17, 0.45), (18, 0.22)),
            *((20, 0.18), (22, 0.1), (24, 0.05)),
        ),
        DayKind.WEEKEND: ((0, 0.05), (6, 0.05), (9, 0.18), (11, 0.2), (15, 0.17), (20, 0.15), (24, 0.05)),
        DayKind.HOLIDAY: ((0, 0.05), (7, 0.05), (10, 0.08), (20, 0.1), (24, 0.05)),
    },
    Profile.NIGHTLY: dict.fromkeys(
        DayKind, ((0, 1.0), (2, 1.0), (3, 0.1), (8, 0.03), (21, 0.03), (22, 0.9), (24, 1.0))
    ),
}


def _knots(points: tuple[tuple[float, float], ...]) -> tuple[int, ...]:
    found = []
    for knot in range(KNOTS + 1):
        hour = knot * 24 / KNOTS
        (h0, s0), (h1, s1) = next(pair for pair in pairwise(points) if pair[0][0] <= hour <= pair[1][0])
        found.append(round(_UNIT * (s0 + (s1 - s0) * (hour - h0) / (h1 - h0))))
    return tuple(found)


_SHARES = {
    profile: {kind: _knots(points) for kind, points in by_kind.items()}
    for profile, by_kind in _SHAPES.items()
}

# One byte draws one of these: lognormal about 1, in 1/1024.
_FACTORS = tuple(round(_UNIT * exp(0.22 * NormalDist().inv_cdf((n + 0.5) / 256))) for n in range(256))


@dataclass(frozen=True, slots=True)
class _Day:
    """One direction of one day: octets a second at each knot, and octets since midnight until each knot."""

    rates: tuple[int, ...]
    sums: tuple[int, ...]

    @staticmethod
    def of(rates: list[int]) -> _Day:
        pairs = pairwise(rates)
        # The area of a trapezium: (a + b) / 2 × 900 s.
        sums = accumulate(((a + b) * (STEP_MS // 2000) for a, b in pairs), initial=0)
        return _Day(tuple(rates), tuple(sums))

    def until(self, rest_ms: int) -> int:
        knot, x = divmod(rest_ms, STEP_MS)
        if x == 0:
            return self.sums[knot]
        rate = self.rates[knot]
        slope = self.rates[knot + 1] - rate
        return self.sums[knot] + (2 * STEP_MS * rate * x + slope * x * x) // (2_000 * STEP_MS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What users want in a busy hour and what the line carries, in bit/s, towards the site and from it."""

    in_bps: int
    out_bps: int
    limit_in_bps: int
    limit_out_bps: int
    profile: Profile = Profile.OFFICE


class LoadCurve:
    """One place's traffic since `began_ms`, if nothing stopped it."""

    def __init__(self, demand: Demand, *, key: str, seed: int, began_ms: int, days: Days) -> None:
        self._demand = demand
        self._key = f"{seed}/{key}/".encode()
        self._days = days
        self._first = (began_ms + UTC_OFFSET_MS) // DAY_MS
        self._totals: list[tuple[int, int]] = [(0, 0)]
        self._kept: dict[int, tuple[_Day, _Day]] = {}
        self._before = (0, 0)
        self._before = self.carried(began_ms)

    def carried(self, at_ms: int) -> tuple[int, int]:
        """Return the octets (in, out) from the beginning until `at_ms`; raise ValueError for earlier."""
        day, rest = divmod(at_ms + UTC_OFFSET_MS, DAY_MS)
        tables = self._kept.get(day) or self._day(day)
        total_in, total_out = self._totals[day - self._first]
        before_in, before_out = self._before
        return (
            total_in + tables[0].until(rest) - before_in,
            total_out + tables[1].until(rest) - before_out,
        )

    def _day(self, day: int) -> tuple[_Day, _Day]:
        if day < self._first:
            raise ValueError("asked for traffic of before the world began")
        while len(self._totals) <= day - self._first:
            last = self._first + len(self._totals) - 1
            came, went = self._kept.get(last) or self._made(last)
            so_far = self._totals[-1]
            self._totals.append((so_far[0] + came.sums[-1], so_far[1] + went.sums[-1]))
        return self._made(day)

    def _made(self, day: int) -> tuple[_Day, _Day]:
        if len(self._kept) >= _KEPT_DAYS:
            del self._kept[next(iter(self._kept))]
        demand = self._demand
        drawn = hashlib.shake_128(self._key + str(day).encode()).digest(2 * KNOTS)
        shares = _SHARES[demand.profile][self._days.kind(day)]
        made = self._kept[day] = (
            _direction(demand.in_bps, demand.limit_in_bps, shares, drawn[:KNOTS]),
            _direction(demand.out_bps, demand.limit_out_bps, shares, drawn[KNOTS:]),
        )
        return made


def _direction(bps: int, limit_bps: int, shares: tuple[int, ...], drawn: bytes) -> _Day:
    limit = round(limit_bps * _FULL_LINE) // 8
    factors = _FACTORS
    # bit/s to octets, and two factors in 1/1024.
    rates = [
        min(bps * share * factors[byte] >> 23, limit)
        for share, byte in zip(shares, drawn + b"\0", strict=True)
    ]
    # At midnight nothing is drawn: it belongs to two days.
    rates[0] = rates[-1] = min(bps * shares[0] >> 13, limit)
    return _Day.of(rates)
