"""Finds what cannot be polled as it is described: no check, impossible times, contradictory rates."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from collector.inventory.document import Place
from collector.inventory.expand import DEFAULT_INTERVAL_MS, Draft, Layer
from collector.inventory.fields.units import show_duration
from collector.inventory.mistakes import Findings
from collector.inventory.schema.devices import CapacityBlock
from collector.inventory.schema.sections import Sections

SHORTEST_INTERVAL_MS = 1_000
LONGEST_INTERVAL_MS = 3_600_000
SHORTEST_TIMEOUT_MS = 10


def check_polling(sections: Sections, drafts: tuple[Draft, ...], findings: Findings) -> None:
    """Record whatever makes the polling of a device or service impossible, once where it is written."""
    layers: list[Layer] = [sections.defaults, *sections.groups.values(), *(draft.block for draft in drafts)]
    for layer in layers:
        _bounds(layer, findings)
        _capacities(layer, findings)
    for draft in drafts:
        _probes(draft, findings)
        _uplink(draft, findings)
        _times(draft, findings)
        _service_life(draft, findings)
    _services(sections, findings)


def _bounds(layer: Layer, findings: Findings) -> None:
    _interval(layer.place.at("interval"), layer.entry.interval, findings)
    _positive(layer.place.at("deadline"), layer.entry.deadline, findings)
    for name, check in (("icmp", layer.entry.icmp), ("snmp", layer.entry.snmp), ("ssh", layer.entry.ssh)):
        if check is not None:
            _positive(layer.place.at(name, "timeout"), check.timeout, findings)


def _interval(place: Place, interval_ms: int | None, findings: Findings) -> None:
    if interval_ms is not None and not SHORTEST_INTERVAL_MS <= interval_ms <= LONGEST_INTERVAL_MS:
        message = f"{show_duration(interval_ms)} is out of range"
        findings.mistake(place, message, "write an interval from 1s to 1h")


def _positive(place: Place, duration_ms: int | None, findings: Findings) -> None:
    if duration_ms is not None and duration_ms < SHORTEST_TIMEOUT_MS:
        message = f"{show_duration(duration_ms)} is too short for an answer"
        findings.mistake(place, message, f"write at least {SHORTEST_TIMEOUT_MS}ms")


def _probes(draft: Draft, findings: Findings) -> None:
    if draft.wrong("icmp", "snmp", "ssh", "group"):
        return
    place = draft.block.place
    if not draft.probes:
        advice = "give it or its group one of icmp, snmp and ssh"
        findings.mistake(place, f"{draft.id or 'this device'} is asked by nothing", advice)
        return
    for name, check in (("snmp", draft.snmp), ("ssh", draft.ssh)):
        if check is not None and check.credential is None:
            advice = f"write {name}: {{credential: NAME}}, or {name}: false not to ask"
            findings.mistake(draft.where(name), "has no credential", advice)
    if draft.reachability is None:
        return
    where = draft.where("reachability")
    if not draft.reachability:
        findings.mistake(where, "is empty", "name the checks that count, or remove the key to count all")
    for probe in draft.reachability:
        if probe not in draft.probes:
            message = f"{draft.id} is not asked by {probe.value}"
            findings.mistake(where, message, f"name only {', '.join(draft.probes)}, or add the check")


def _uplink(draft: Draft, findings: Findings) -> None:
    if draft.uplink is not None and draft.uplink.interface is None and not draft.wrong("uplink"):
        findings.mistake(draft.where("uplink"), "has no interface", "write uplink: {interface: NAME}")


def _times(draft: Draft, findings: Findings) -> None:
    if draft.wrong("interval", "deadline", "icmp", "snmp", "ssh"):
        return
    if draft.deadline_ms > draft.interval_ms:
        where = _closest(draft, ("deadline",), ("interval",))
        _overlong_deadline(where, draft.deadline_ms, draft.interval_ms, findings)
        return
    deadline = show_duration(draft.deadline_ms)
    for name, check in (("icmp", draft.icmp), ("snmp", draft.snmp), ("ssh", draft.ssh)):
        if check is not None and check.timeout is not None and check.timeout > draft.deadline_ms:
            where = _closest(draft, (name, "timeout"), ("deadline",), ("interval",))
            timeout = show_duration(check.timeout)
            message = f"a timeout of {timeout} in {name} is longer than the deadline of {deadline}"
            findings.mistake(where, message, f"write a timeout of at most {deadline}, or a longer deadline")


def _closest(draft: Draft, *paths: tuple[str, ...]) -> Place:
    """Return the place of the value that the strongest layer gives: the one nearest to the device."""
    given = [found for found in (draft.given(*path) for path in paths) if found is not None]
    return max(given, key=lambda found: found[0])[1] if given else draft.block.place


def _service_life(draft: Draft, findings: Findings) -> None:
    if draft.commissioned is None or draft.withdrawn is None or draft.commissioned < draft.withdrawn:
        return
    findings.mistake(
        draft.block.place.at("withdrawn"),
        f"is not after commissioned, {draft.commissioned:%Y-%m-%d %H:%M}",
        "correct one of the two",
    )


def _services(sections: Sections, findings: Findings) -> None:
    for service in sections.services:
        _interval(service.place.at("interval"), service.entry.interval, findings)
        _positive(service.place.at("deadline"), service.entry.deadline, findings)
        entry, defaults = service.entry, sections.defaults
        if (service.wrong | defaults.wrong) & {"interval", "deadline"}:
            continue
        interval_ms = entry.interval or defaults.entry.interval or DEFAULT_INTERVAL_MS
        deadline_ms = entry.deadline or defaults.entry.deadline
        if deadline_ms is not None and deadline_ms > interval_ms:
            nearest = service.place if entry.deadline or entry.interval else defaults.place
            where = nearest.at("interval" if entry.interval and not entry.deadline else "deadline")
            _overlong_deadline(where, deadline_ms, interval_ms, findings)


def _overlong_deadline(place: Place, deadline_ms: int, interval_ms: int, findings: Findings) -> None:
    deadline, interval = show_duration(deadline_ms), show_duration(interval_ms)
    message = f"a deadline of {deadline} is longer than the interval of {interval}"
    findings.mistake(place, message, f"write a deadline of at most {interval}")


def _capacities(layer: Layer, findings: Findings) -> None:
    blocks = list(enumerate(layer.entry.capacity or ()))
    for index, block in blocks:
        _directions(layer.place.at("capacity", index), block, findings)
        if block.start is not None and block.end is not None and block.end <= block.start:
            where = layer.place.at("capacity", index, "until")
            findings.mistake(where, f"{block.end} is not after from, {block.start}", "correct one of the two")
    in_time = sorted(blocks, key=lambda numbered: numbered[1].start or date.min)
    for (_, earlier), (index, later) in pairwise(in_time):
        begins = later.start or date.min
        if (earlier.start or date.min) == begins or (earlier.end is not None and earlier.end > begins):
            since = f"on {later.start}" if later.start else "from the start"
            where = layer.place.at("capacity", index)
            findings.mistake(where, f"two capacities hold {since}", "let one end before the other begins")


def _directions(place: Place, block: CapacityBlock, findings: Findings) -> None:
    both = block.into is not None and block.out is not None
    either = block.into is not None or block.out is not None
    if block.rate is not None and either:
        findings.mistake(place, "has rate beside in or out", "write rate, or in and out")
    elif block.rate is None and not both:
        missing = "out" if block.into is not None else "in" if block.out is not None else "a rate"
        findings.mistake(place, f"is without {missing}", "write rate: 100M, or in: 100M and out: 50M")
