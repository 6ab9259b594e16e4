"""What taking up another inventory does to the running period: to its figures so far, and to its plan. Pure.

To those so far, because figures count a device where the last inventory of the period has it. Of the rest
only what is planned is known: nobody knows what will be up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from collector.figures.plan import InForce, plan
from collector.figures.spans import Span, total, union
from collector.figures.values import DeviceFigures, GroupFigures, PeriodFigures
from collector.inventory.values import Inventory
from collector.planning.work import Work


class Of(StrEnum):
    """Whose figures they are."""

    PROVINCE = "province"
    SERVICES = "services"
    AREA = "area"
    DEVICE = "device"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The figures of somebody in short; ratios in millionths, None where there is nothing to divide by."""

    name: str
    devices: int
    end_to_end_ppm: int | None
    attributable_ppm: int | None
    coverage_ppm: int | None
    outages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SoFar:
    """One line of the comparison; None on the side on which it is not there."""

    of: Of
    id: str
    before: Shown | None
    after: Shown | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What is planned of the rest of a period for one device: none of it is service time."""

    maintenance_ms: int
    out_of_service_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """One device whose planned time in the rest of the period is another."""

    device: str
    before: Planned
    after: Planned


def so_far(before: PeriodFigures, after: PeriodFigures, changed: Iterable[str]) -> tuple[SoFar, ...]:
    """Return the province, and whatever else is different or is named in `changed`, before and after."""
    was, will = _all(before), _all(after)
    named = set(changed)
    return tuple(
        SoFar(of=of, id=name, before=was.get((of, name)), after=will.get((of, name)))
        for of, name in sorted(was.keys() | will.keys(), key=lambda key: (list(Of).index(key[0]), key[1]))
        if of is Of.PROVINCE
        or was.get((of, name)) != will.get((of, name))
        or (of is Of.DEVICE and name in named)
    )


def _all(figures: PeriodFigures) -> dict[tuple[Of, str], Shown]:
    found = {(Of.PROVINCE, "province"): _group(figures.province)}
    if figures.services.devices:
        found[Of.SERVICES, "services"] = _group(figures.services)
    found |= {(Of.AREA, group.id): _group(group) for group in figures.groups.get("area", ())}
    found |= {(Of.DEVICE, one.device): _device(one) for one in figures.devices}
    return found


def _group(group: GroupFigures) -> Shown:
    tally = group.all_hours.tally
    return Shown(
        name=group.name,
        devices=group.devices,
        end_to_end_ppm=tally.end_to_end.ppm,
        attributable_ppm=tally.attributable.ppm,
        coverage_ppm=tally.coverage_ppm,
        outages=group.all_hours.outages,
    )


def _device(one: DeviceFigures) -> Shown:
    tally = one.all_hours.tally
    return Shown(
        name=one.name,
        devices=1,
        end_to_end_ppm=tally.end_to_end.ppm,
        attributable_ppm=tally.attributable.ppm,
        coverage_ppm=tally.coverage_ppm,
        outages=one.all_hours.outages,
    )


def rest(
    old: tuple[Inventory, Sequence[Work]], new: tuple[Inventory, Sequence[Work]], window: Span
) -> tuple[Rest, ...]:
    """Return the devices of which another time in the window is planned, each inventory with its works."""
    before, after = _planned(*old, window), _planned(*new, window)
    away = Planned(maintenance_ms=0, out_of_service_ms=window[1] - window[0])
    return tuple(_different(before, after, away))


def _different(before: Mapping[str, Planned], after: Mapping[str, Planned], away: Planned) -> Iterator[Rest]:
    for device in sorted(before.keys() | after.keys()):
        was, will = before.get(device, away), after.get(device, away)
        if was != will:
            yield Rest(device=device, before=was, after=will)


def _planned(inventory: Inventory, works: Sequence[Work], window: Span) -> dict[str, Planned]:
    in_force = InForce(
        revision=0,
        sha256="",
        start_ms=window[0],
        end_ms=window[1],
        inventory=inventory,
        by_id={device.id: device for device in inventory.devices},
    )
    found = plan((in_force,), works, window).planned
    return {
        device: Planned(
            maintenance_ms=total(union((*spans.maintenance, *spans.out_of_service)))
            - total(spans.out_of_service),
            out_of_service_ms=total(spans.out_of_service),
        )
        for device, spans in found.items()
    }
