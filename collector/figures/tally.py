"""Milliseconds of a device's time by state, with what is certain of them, and the ratios they come to. Pure.

Ratios are in millionths (ppm), cut down for what is low or printed, rounded up for what is high; None where
the denominator is empty.
"""

from __future__ import annotations

from dataclasses import dataclass

from collector.model import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of one device's period: what it is booked as, and what else the evidence leaves possible.

    `possible` holds `state` itself. A stretch with one possible state is certain; `unknown` among the
    possible ones means that anything may have been.
    """

    start_ms: int
    end_ms: int
    state: State
    possible: frozenset[State]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Milliseconds of a period by state; the six add up to `period_ms`, always.

    `up_min` … `upstream_min`: what is certain. `maybe_up` and `maybe_down`: all that may have been up, or the
    device's own outage, what was not seen included.
    """

    up_ms: int = 0
    down_ms: int = 0
    upstream_ms: int = 0
    unknown_ms: int = 0
    maintenance_ms: int = 0
    out_of_service_ms: int = 0
    up_min_ms: int = 0
    down_min_ms: int = 0
    upstream_min_ms: int = 0
    maybe_up_ms: int = 0
    maybe_down_ms: int = 0

    @property
    def period_ms(self) -> int:
        """The whole."""
        return self.service_ms + self.maintenance_ms + self.out_of_service_ms

    @property
    def service_ms(self) -> int:
        """S of design section 3: the period without maintenance and without time out of service."""
        return self.up_ms + self.down_ms + self.upstream_ms + self.unknown_ms

    @property
    def end_to_end(self) -> Share:
        """E = up / (up + down + upstream): what the site lived through."""
        service = self.service_ms
        return Share(
            low_ppm=_floor(self.up_min_ms, service),
            ppm=self._seen(_floor(self.up_ms, self.up_ms + self.down_ms + self.upstream_ms)),
            high_ppm=_ceil(service - self.down_min_ms - self.upstream_min_ms, service),
        )

    @property
    def attributable(self) -> Share:
        """A = up / (up + down): what this line or device answers for."""
        return Share(
            low_ppm=_floor(self.up_min_ms, self.up_min_ms + self.maybe_down_ms),
            ppm=self._seen(_floor(self.up_ms, self.up_ms + self.down_ms)),
            high_ppm=_ceil(self.maybe_up_ms, self.maybe_up_ms + self.down_min_ms),
        )

    def _seen(self, ppm: int | None) -> int | None:
        """Return a ratio, below 1 if anything was not seen: that is not known to have been up."""
        return _BELOW_ONE if ppm == _ONE and self.unknown_ms else ppm

    @property
    def coverage_ppm(self) -> int | None:
        """1 − unknown / S, cut down; None without any service time."""
        return _floor(self.service_ms - self.unknown_ms, self.service_ms)

    def __add__(self, other: Tally) -> Tally:
        """Return the sum, of two stretches of one device or of two devices."""
        return Tally(
            **{name: getattr(self, name) + getattr(other, name) for name in Tally.__dataclass_fields__}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A ratio in millionths between its bounds; None where there is nothing to divide by."""

    low_ppm: int | None
    ppm: int | None
    high_ppm: int | None


_ONE = 1_000_000
_BELOW_ONE = _ONE - 1


def _floor(part: int, whole: int) -> int | None:
    return part * _ONE // whole if whole else None


def _ceil(part: int, whole: int) -> int | None:
    return -(-part * _ONE // whole) if whole else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What a device's or a group's time comes to, for all hours or for working hours.

    `outages`: how many touched that time; `own_outages`: those the device itself answers for. `repaired` of
    the own ones are over and took `repair_ms` together, so MTTR is their quotient.
    """

    tally: Tally
    outages: int = 0
    own_outages: int = 0
    repaired: int = 0
    repair_ms: int = 0

    @property
    def mttr_ms(self) -> int | None:
        """Mean time to repair of the own outages that ended."""
        return self.repair_ms // self.repaired if self.repaired else None

    @property
    def mtbf_ms(self) -> int | None:
        """Time up for each own outage."""
        return self.tally.up_ms // self.own_outages if self.own_outages else None

    def __add__(self, other: Sums) -> Sums:
        """Return the sum of two."""
        return Sums(
            tally=self.tally + other.tally,
            outages=self.outages + other.outages,
            own_outages=self.own_outages + other.own_outages,
            repaired=self.repaired + other.repaired,
            repair_ms=self.repair_ms + other.repair_ms,
        )
