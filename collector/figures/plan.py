"""What the inventories in force said, time by time: who hung on whom, was in service, was worked on. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from collector.figures.spans import Span, intersect, subtract, union
from collector.figures.values import PlannedWork
from collector.figures.ways import Planned, Slice
from collector.inventory.values import Device, Inventory
from collector.planning.covered import covered
from collector.planning.work import Work
from collector.topology import Topology, parents_first


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """An inventory and when it was in force. `first`: the ledger has none before it."""

    revision: int
    sha256: str
    start_ms: int
    end_ms: int
    inventory: Inventory
    by_id: Mapping[str, Device]
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the inventories of a window of time come to.

    `devices`: each as the last of them that knew it has it, in their order.
    """

    slices: tuple[Slice, ...]
    planned: Mapping[str, Planned]
    devices: Mapping[str, Device]
    works: tuple[PlannedWork, ...]


def plan(
    in_force: Sequence[InForce], works: Iterable[Work], window: Span, *, accepted: Collection[str] = ()
) -> Plan:
    """Return the plan of a window. Maintenance counts from its entry on; `accepted` ids count wholly."""
    devices = _known(in_force)
    maintenance: dict[str, list[Span]] = {device: [] for device in devices}
    told = []
    for work in works:
        found = _work(work, in_force, window, accepted=work.id in accepted)
        if found is None:
            continue
        one, spans = found
        told.append(one)
        for device, span in spans:
            maintenance[device].append(span)
    shared = _behind(in_force, window, {device: union(spans) for device, spans in maintenance.items()})
    return Plan(
        slices=tuple(_slices(in_force, window)),
        planned={
            device: Planned(out_of_service=_out_of_service(device, in_force, window), maintenance=spans)
            for device, spans in shared.items()
        },
        devices=devices,
        works=tuple(told),
    )


def _known(in_force: Sequence[InForce]) -> dict[str, Device]:
    found: dict[str, Device] = {}
    for one in reversed(in_force):
        for device in one.inventory.devices:
            found.setdefault(device.id, device)
    return found


def _slices(in_force: Sequence[InForce], window: Span) -> Iterator[Slice]:
    last: tuple[object, Slice] | None = None
    for place, one in enumerate(in_force):
        key = tuple((d.id, d.parents, bool(d.probes)) for d in one.inventory.devices)
        # Before the first inventory nobody looked; who hung on whom is taken from it all the same.
        start_ms = window[0] if place == 0 else one.start_ms
        if last is not None and last[0] == key:
            last = key, Slice(start_ms=last[1].start_ms, end_ms=one.end_ms, topology=last[1].topology)
            continue
        if last is not None:
            yield last[1]
        last = key, Slice(start_ms=start_ms, end_ms=one.end_ms, topology=Topology.build(key))
    if last is not None:
        yield Slice(start_ms=last[1].start_ms, end_ms=window[1], topology=last[1].topology)


def _out_of_service(device: str, in_force: Sequence[InForce], window: Span) -> tuple[Span, ...]:
    """Return when a device was not in service, by what the inventory in force said at the time.

    Of the time before an inventory first knew it, the date of its commissioning tells, if there is one. A
    device of the very first inventory was in service before: nobody looked, so that time is unknown.
    """
    found: list[Span] = []
    entries = [(one, one.by_id.get(device)) for one in in_force]
    first = next(place for place, (_, entry) in enumerate(entries) if entry is not None)
    for place, (one, entry) in enumerate(entries):
        start_ms = window[0] if place == 0 else one.start_ms
        if entry is None:
            if place > first:
                found.append((start_ms, one.end_ms))
            continue
        if place == first:
            begun_ms = _ms(entry.commissioned)
            if begun_ms is None:
                begun_ms = window[0] if one.first else start_ms
            found.append((window[0], begun_ms))
        elif entry.commissioned is not None:
            found.append((start_ms, min(one.end_ms, _ms(entry.commissioned) or 0)))
        withdrawn_ms = _ms(entry.withdrawn)
        if withdrawn_ms is not None:
            found.append((max(start_ms, withdrawn_ms), one.end_ms))
    return intersect(union(found), (window,))


def _behind(
    in_force: Sequence[InForce], window: Span, maintenance: Mapping[str, tuple[Span, ...]]
) -> dict[str, tuple[Span, ...]]:
    """Return the maintenance of all devices, with that of what every way to one leads through.

    Two works at once may close two ways: together they cover what hangs on both.
    """
    found = dict(maintenance)
    for place, one in enumerate(in_force):
        valid = ((window[0] if place == 0 else one.start_ms, one.end_ms),)
        if not any(intersect(spans, valid) for spans in maintenance.values()):
            continue
        for device in parents_first({d.id: d.parents for d in one.inventory.devices}):
            above = one.by_id[device].parents
            if not above:
                continue
            closed: Sequence[Span] = valid
            for parent in above:
                closed = intersect(closed, found.get(parent, ()))
            if closed:
                found[device] = union((*found[device], *closed))
    return found


def _work(
    work: Work, in_force: Sequence[InForce], window: Span, *, accepted: bool
) -> tuple[PlannedWork, list[tuple[str, Span]]] | None:
    """Return one occurrence as the figures take it, and whom it covers when; None outside the window."""
    counts, late = work.counts, work.late
    whole = union([span for span in (counts, late if accepted else None) if span is not None])
    inside = intersect(whole, (window,))
    late_inside = intersect((late,) if late is not None else (), (window,))
    if not inside and not late_inside:
        return None
    spans: list[tuple[str, Span]] = []
    names: dict[str, None] = {}
    for place, one in enumerate(in_force):
        start_ms = window[0] if place == 0 else one.start_ms
        valid = (start_ms, one.end_ms)
        if not intersect((*inside, *subtract(late_inside, inside)), (valid,)):
            continue
        who = covered(one.inventory.devices, named=work.devices, areas=work.areas)
        names.update(dict.fromkeys(sorted(who)))
        spans += [(device, span) for device in who for span in intersect(inside, (valid,))]
    told = PlannedWork(
        id=work.id,
        source=str(work.source),
        devices=work.devices,
        areas=work.areas,
        covered=tuple(names),
        start_ms=work.start_ms,
        end_ms=work.end_ms,
        entered_ms=work.known_from_ms,
        counts_from_ms=whole[0][0] if whole else work.end_ms,
        counts_to_ms=whole[-1][1] if whole else work.end_ms,
        late_ms=0 if late is None else late[1] - late[0],
        accepted=accepted,
        reason=work.reason,
        author=work.author,
    )
    return told, spans


def _ms(instant: datetime | None) -> int | None:
    return None if instant is None else round(instant.timestamp() * 1000)
