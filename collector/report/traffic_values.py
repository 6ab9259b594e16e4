"""What the report says of lines' traffic, as frozen values. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficRow:
    """One line's month: rates in bit/s towards the site (in) and from it (out), None where unknown.

    `leased`: it leads to a district, as a hub's or a unit's line does, and not within the data centre.
    `fullness_ppm` is the fuller direction's P95 as a share of what is subscribed. `streak_days` is its
    longest run of days above 90 %; `breaks_rule` as the rule is read here. `counts`: enough buckets are
    there.
    """

    device: str
    name: str
    area: str
    leased: bool
    to_unit: bool
    capacity_in_bps: int | None
    capacity_out_bps: int | None
    p95_in_bps: int | None
    p95_out_bps: int | None
    max_in_bps: int | None
    max_out_bps: int | None
    in_bytes: int
    out_bytes: int
    busy_in_ms: int | None
    busy_out_ms: int | None
    expected: int
    missing: int
    counts: bool
    fullness_ppm: int | None
    streak_days: int
    breaks_rule: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficPart:
    """All lines' month. What follows `rows` is of leased lines, the fullest first; bytes of units' lines.

    `breaking`: the seven-day rule; `saturated`: P95 of the month above 90 %; `busy`: some time above 80 %;
    `idle`: P95 below a tenth of what is subscribed in both directions, the emptiest first.
    """

    rows: tuple[TrafficRow, ...] = ()
    measured: int = 0
    without_capacity: int = 0
    sparse: int = 0
    in_bytes: int = 0
    out_bytes: int = 0
    breaking: tuple[TrafficRow, ...] = ()
    saturated: tuple[TrafficRow, ...] = ()
    busy: tuple[TrafficRow, ...] = ()
    idle: tuple[TrafficRow, ...] = ()
    fullest: tuple[TrafficRow, ...] = ()
