"""From the figures of lines to the report's part on traffic: who is full, who is empty. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from collector.ledger.traffic import RULE_SHARE, Direction, Figures, Streak, Way, exceeds
from collector.report.places import Place
from collector.report.traffic_values import TrafficPart, TrafficRow

IDLE_SHARE = (10, 100)
"""A line that never needs a tenth of what is paid for: "pays for 50, uses 3"."""

FULLEST = 15
_PPM = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What a line carried: its figures, the days above 90 % in a row, and whether the rule was broken."""

    whole: Figures
    streaks: tuple[Streak, ...]
    breaks_rule: bool


def traffic_row(device: str, found: Carried, *, name: str, area: str, place: Place) -> TrafficRow:
    """Return one line's row."""
    whole = found.whole
    into, out = (whole.ways[direction] for direction in (Direction.IN, Direction.OUT))
    fullness = [share for share in (_fullness(into), _fullness(out)) if share is not None]
    return TrafficRow(
        device=device,
        name=name,
        area=area,
        leased=place in (Place.UNIT, Place.HUB),
        to_unit=place is Place.UNIT,
        capacity_in_bps=into.capacity_bps,
        capacity_out_bps=out.capacity_bps,
        p95_in_bps=into.p95_bps,
        p95_out_bps=out.p95_bps,
        max_in_bps=into.max_bps,
        max_out_bps=out.max_bps,
        in_bytes=into.bytes,
        out_bytes=out.bytes,
        busy_in_ms=into.busy_ms,
        busy_out_ms=out.busy_ms,
        expected=whole.expected,
        missing=whole.missing,
        counts=whole.counts,
        fullness_ppm=max(fullness, default=None),
        streak_days=max((streak.days for streak in found.streaks), default=0),
        breaks_rule=found.breaks_rule,
    )


def traffic_part(rows: Iterable[TrafficRow]) -> TrafficPart:
    """Return the part of all lines' rows; the order of `rows` is kept in the annex."""
    known = tuple(rows)
    leased = [row for row in known if row.leased]
    fullest = sorted(
        leased, key=lambda row: -1 if row.fullness_ppm is None else row.fullness_ppm, reverse=True
    )
    held = [row for row in fullest if row.fullness_ppm is not None]
    counted = [row for row in held if row.counts]
    return TrafficPart(
        rows=known,
        measured=sum(row.expected > row.missing for row in leased),
        without_capacity=sum(row.capacity_in_bps is None for row in leased),
        sparse=sum(row.expected > 0 and not row.counts for row in leased),
        in_bytes=sum(row.in_bytes for row in known if row.to_unit),
        out_bytes=sum(row.out_bytes for row in known if row.to_unit),
        breaking=tuple(row for row in fullest if row.breaks_rule),
        saturated=tuple(row for row in counted if _saturated(row)),
        busy=tuple(row for row in held if (row.busy_in_ms or 0) + (row.busy_out_ms or 0) > 0),
        idle=tuple(row for row in reversed(counted) if _idle(row)),
        fullest=tuple(held[:FULLEST]),
    )


def _fullness(way: Way) -> int | None:
    if way.p95_bps is None or not way.capacity_bps:
        return None
    return way.p95_bps * _PPM // way.capacity_bps


def _saturated(row: TrafficRow) -> bool:
    return exceeds(row.p95_in_bps, row.capacity_in_bps, RULE_SHARE) or exceeds(
        row.p95_out_bps, row.capacity_out_bps, RULE_SHARE
    )


def _idle(row: TrafficRow) -> bool:
    share, of = IDLE_SHARE
    return row.fullness_ppm is not None and row.fullness_ppm * of < share * _PPM
