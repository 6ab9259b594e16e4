"""Finds what may be there only once: ids, names within an area, and addresses that are asked the same way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

from collector.inventory.document import Place
from collector.inventory.expand import Draft
from collector.inventory.mistakes import Findings
from collector.inventory.schema.sections import Sections
from collector.inventory.values import Probe

_EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def check_uniqueness(sections: Sections, drafts: tuple[Draft, ...], findings: Findings) -> None:
    """Record every second use of something that must be unique."""
    polled = [*((draft.id, draft.block.place) for draft in drafts)]
    polled += [(service.entry.id, service.place) for service in sections.services]
    _ids(polled, "device or service", findings)
    _ids([(area.entry.id, area.place) for area in sections.areas], "area", findings)
    _ids([(window.entry.id, window.place) for window in sections.maintenance], "window", findings)
    _ids([(contact.entry.id, contact.place) for contact in sections.contacts], "contact", findings)
    _names(sections, drafts, findings)
    _addresses(drafts, findings)


def _ids(entries: Iterable[tuple[str | None, Place]], kind: str, findings: Findings) -> None:
    first: dict[str, Place] = {}
    for name, place in entries:
        if name is None:
            continue
        if name in first:
            message = f'"{name}" is the id of another {kind} too, {_line_of(first[name].at("id"))}'
            findings.mistake(place.at("id"), message, "give one of them another id")
        first.setdefault(name, place)


def _names(sections: Sections, drafts: tuple[Draft, ...], findings: Findings) -> None:
    first: dict[tuple[str, str | None], list[Draft]] = defaultdict(list)
    for draft in drafts:
        same = first[draft.name.casefold(), draft.area]
        if draft.name and not draft.wrong("area", "name"):
            other = next((other for other in same if _together(draft, other)), None)
            if other is not None and draft.id != other.id:
                area = f"in area {draft.area}" if draft.area else "without an area"
                findings.mistake(
                    draft.where("name"),
                    f'another device {area} is called "{draft.name}" too, {_line_of(other.where("name"))}',
                    "give each a name that people can tell apart",
                )
            same.append(draft)
    _area_names(sections, findings)


def _area_names(sections: Sections, findings: Findings) -> None:
    seen: dict[str, Place] = {}
    for area in sections.areas:
        name = area.entry.name or area.entry.id or ""
        if name.casefold() in seen:
            message = f'another area is called "{name}" too, {_line_of(seen[name.casefold()].at("name"))}'
            findings.mistake(area.place.at("name"), message, "give each a name that people can tell apart")
        seen.setdefault(name.casefold(), area.place)


def _addresses(drafts: tuple[Draft, ...], findings: Findings) -> None:
    """Two devices may share an address only if no check of the two asks the same port at the same time."""
    asked: dict[tuple[str, Probe, int | None], list[Draft]] = defaultdict(list)
    for draft in drafts:
        address = draft.block.entry.address
        if address is None or draft.id is None:
            continue
        for probe, port in _ports(draft):
            same = asked[address, probe, port]
            other = next((other for other in same if _together(draft, other)), None)
            if other is not None and other.id != draft.id:
                how = probe.value if port is None else f"{probe.value}, port {port},"
                where = _line_of(other.block.place.at("address"))
                findings.mistake(
                    draft.block.place.at("address"),
                    f"{address} is asked by {how} for {other.id} too, {where}",
                    "correct the address, use another port, or switch the check off for one of them",
                )
                break
            same.append(draft)


def _ports(draft: Draft) -> Iterable[tuple[Probe, int | None]]:
    if draft.icmp is not None:
        yield Probe.ICMP, None
    if draft.snmp is not None:
        yield Probe.SNMP, draft.snmp.port or 161
    if draft.ssh is not None:
        yield Probe.SSH, draft.ssh.port or 22


def _together(one: Draft, other: Draft) -> bool:
    """Return True if both are in service at some time: a successor may have all that the old device had."""
    begins = max(one.commissioned or _EVER[0], other.commissioned or _EVER[0])
    ends = min(one.withdrawn or _EVER[1], other.withdrawn or _EVER[1])
    return begins < ends


def _line_of(place: Place) -> str:
    file, line, _ = place.resolve()
    return f"{file}:{line}"
