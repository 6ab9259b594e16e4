"""Puts the figures of devices, groups and the province together from a partition. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from collector.figures.outage_values import Annotation, Outage
from collector.figures.outages import BootsOf, Subject, outages, sums
from collector.figures.partition import Booked
from collector.figures.pieces import tally
from collector.figures.plan import Plan
from collector.figures.spans import Span
from collector.figures.tally import Sums, Tally
from collector.figures.units import cut_off
from collector.figures.values import DeviceFigures, GroupFigures
from collector.figures.ways import NOTHING_PLANNED
from collector.inventory.values import Area, Device

_NONE = Sums(tally=Tally())


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one device's time comes to: its figures, its outages, and the pieces they were made from."""

    figures: DeviceFigures
    outages: tuple[Outage, ...]
    booked: Booked


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the figures of every device are made with."""

    period: Span
    working: tuple[Span, ...]
    plan: Plan
    boots: BootsOf
    annotations: Mapping[str, Sequence[tuple[int, Annotation]]]
    unencrypted: Callable[[Device], bool]


def device(context: Context, entry: Device, booked: Booked) -> Found:
    """Return one device's figures."""
    subject = Subject(
        device=entry.id,
        is_service=entry.is_service,
        planned=context.plan.planned.get(entry.id, NOTHING_PLANNED),
        annotations=context.annotations.get(entry.id, ()),
    )
    found = outages(subject, booked, context.boots)
    period = (context.period,)
    all_hours = Sums(tally=tally(booked.pieces, period))
    working = Sums(tally=tally(booked.pieces, context.working))
    figures = DeviceFigures(
        device=entry.id,
        name=entry.name,
        role=entry.role,
        area=entry.area,
        serves=entry.serves,
        is_service=entry.is_service,
        unencrypted=context.unencrypted(entry),
        resolution_ms=_resolution(booked, context.period),
        all_hours=sums(booked, found, all_hours, period, whole=True),
        working=sums(booked, found, working, context.working, whole=False),
    )
    return Found(figures=figures, outages=tuple(found), booked=booked)


def _resolution(booked: Booked, period: Span) -> int | None:
    """Return the longest time between two proofs that lies, or reaches, into the period."""
    gaps = [
        stretch.gap_ms
        for stretch in booked.stretches
        if stretch.gap_ms and stretch.begin.at_ms < period[1] and stretch.end.at_ms > period[0]
    ]
    return max(gaps, default=None)


def groups(found: Sequence[Found], areas: Sequence[Area]) -> dict[str, tuple[GroupFigures, ...]]:
    """Return the figures of areas and roles, services left out; the province has its own."""
    places = [one for one in found if not one.figures.is_service]
    names = {area.id: area.name for area in areas}
    by_area = _by(places, lambda one: one.figures.area, [area.id for area in areas])
    by_role = _by(places, lambda one: one.figures.role, [])
    return {
        "area": tuple(group(name, names.get(name, name), members) for name, members in by_area.items()),
        "role": tuple(group(name, name, members) for name, members in by_role.items()),
    }


def group(name: str, title: str, members: Sequence[Found]) -> GroupFigures:
    """Return the figures of some devices together."""
    figures = [one.figures for one in members]
    return GroupFigures(
        id=name,
        name=title,
        devices=len(figures),
        all_hours=reduce(add, (one.all_hours for one in figures), _NONE),
        working=reduce(add, (one.working for one in figures), _NONE),
        mean_end_to_end_ppm=_mean(one.all_hours.tally.end_to_end.ppm for one in figures),
        mean_attributable_ppm=_mean(one.all_hours.tally.attributable.ppm for one in figures),
        resolution_ms=max(
            (one.resolution_ms for one in figures if one.resolution_ms is not None), default=None
        ),
        cut_off=cut_off([(one.figures.serves, one.booked.pieces) for one in members if one.figures.serves]),
    )


def _by(
    found: Iterable[Found], key: Callable[[Found], str | None], order: Iterable[str]
) -> dict[str, list[Found]]:
    by: dict[str, list[Found]] = {name: [] for name in order}
    for one in found:
        name = key(one)
        if name is not None:
            by.setdefault(name, []).append(one)
    return {name: members for name, members in by.items() if members}


def _mean(ratios: Iterable[int | None]) -> int | None:
    known = [ratio for ratio in ratios if ratio is not None]
    return sum(known) // len(known) if known else None
