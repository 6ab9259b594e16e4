"""Compares figures of a period without what only evidence from before it says, once that is removed. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType

from collector.figures.outage_values import Cause, Outage, Undecided
from collector.figures.tally import Sums
from collector.figures.values import GroupFigures, PeriodFigures

_Key = tuple[str, int | None]


def equal_but_for_begins(sealed: PeriodFigures, now: PeriodFigures, before_ms: int) -> bool:
    """Return True if figures differ only in how outages began that had begun before this instant.

    Of such an outage begin, cause and annotations are left out, and of its device and of all groups the time
    to repair, which counts it from its begin. An absence that lasted at the period's begin has its reason
    from before.
    """
    touched = {_key(one) for one in sealed.outages if one.start_gap_ms[0] < before_ms}
    return _without(sealed, touched) == _without(now, touched)


def _key(outage: Outage) -> _Key:
    return outage.device, outage.end_ms


def _without(figures: PeriodFigures, touched: Collection[_Key]) -> PeriodFigures:
    devices = {device for device, _ in touched}
    outages = (_unbegun(one) if _key(one) in touched else one for one in figures.outages)
    groups: Mapping[str, tuple[GroupFigures, ...]] = figures.groups
    if touched:
        groups = MappingProxyType({kind: tuple(map(_of_group, ones)) for kind, ones in groups.items()})
    return replace(
        figures,
        devices=tuple(
            replace(one, all_hours=_unrepaired(one.all_hours)) if one.device in devices else one
            for one in figures.devices
        ),
        groups=groups,
        province=_of_group(figures.province) if touched else figures.province,
        services=_of_group(figures.services) if touched else figures.services,
        outages=tuple(sorted(outages, key=lambda one: (one.start_ms, one.id, one.device, one.end_ms or 0))),
        absences=tuple(
            replace(one, why="") if one.start_ms == figures.start_ms else one for one in figures.absences
        ),
    )


def _unbegun(outage: Outage) -> Outage:
    return replace(
        outage,
        id="",
        start_ms=0,
        start_gap_ms=(0, 0),
        begun_before=True,
        cause=Cause.UNDECIDED,
        undecided=Undecided.NOT_OVER,
        evidence=(),
        fault=None,
        annotations=(),
        repair_ms=0,
    )


def _of_group(group: GroupFigures) -> GroupFigures:
    return replace(group, all_hours=_unrepaired(group.all_hours))


def _unrepaired(sums: Sums) -> Sums:
    return replace(sums, repair_ms=0)
