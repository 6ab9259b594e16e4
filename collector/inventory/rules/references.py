"""Finds names that lead nowhere: groups, areas, hubs, parents, credentials, and what maintenance covers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from collector.inventory.document import Place
from collector.inventory.expand import Draft, Layer
from collector.inventory.fields.error import show, suggest
from collector.inventory.mistakes import Findings
from collector.inventory.schema.credentials import CommunityBlock, CredentialBlock, LoginBlock, UsmBlock
from collector.inventory.schema.devices import ImportBlock
from collector.inventory.schema.entry import Read
from collector.inventory.schema.sections import Sections

_SHOWN = 8
_SNMP, _SSH = (UsmBlock, CommunityBlock), (LoginBlock,)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """What can be referred to. None where a section could not be read: then nothing is known to be wrong."""

    groups: frozenset[str] | None
    areas: frozenset[str] | None
    devices: frozenset[str] | None
    polled: frozenset[str] | None


def check_references(
    sections: Sections, drafts: tuple[Draft, ...], *, all_devices: bool, findings: Findings
) -> None:
    """Record every reference to something that is not there; `all_devices` is False if some are unread."""
    ids = frozenset(draft.id for draft in drafts if draft.id is not None)
    services = frozenset(block.entry.id for block in sections.services if block.entry.id is not None)
    known_devices = all_devices and "devices" not in sections.unread
    names = _Names(
        groups=None if "groups" in sections.unread else frozenset(sections.groups),
        areas=None
        if "areas" in sections.unread
        else frozenset(area.entry.id for area in sections.areas if area.entry.id is not None),
        devices=ids if known_devices else None,
        polled=ids | services if known_devices and "services" not in sections.unread else None,
    )
    _groups(sections.imports, drafts, names, findings)
    layers: list[Layer] = [sections.defaults, *sections.groups.values(), *(draft.block for draft in drafts)]
    for layer in layers:
        _name(layer.place.at("area"), layer.entry.area, names.areas, "an area", findings)
        _all(layer.place.at("parents"), layer.entry.parents, names.devices, "a device", findings)
    for area in sections.areas:
        _name(area.place.at("hub"), area.entry.hub, names.devices, "a device", findings)
    for service in sections.services:
        _name(service.place.at("area"), service.entry.area, names.areas, "an area", findings)
        _all(service.place.at("parents"), service.entry.parents, names.devices, "a device", findings)
    for window in sections.maintenance:
        _all(window.place.at("devices"), window.entry.devices, names.polled, "a device or service", findings)
        _all(window.place.at("areas"), window.entry.areas, names.areas, "an area", findings)
    report = sections.report
    _all(report.place.at("data_centre"), report.entry.data_centre, names.areas, "an area", findings)
    _told(sections, findings)
    if "credentials" not in sections.unread:
        _credentials(layers, sections.credentials, findings)


def _told(sections: Sections, findings: Findings) -> None:
    """Record contacts that alerting names and nobody describes."""
    if "contacts" in sections.unread:
        return
    known = frozenset(block.entry.id for block in sections.contacts if block.entry.id is not None)
    alerting, place = sections.alerting.entry, sections.alerting.place
    _all(place.at("contacts"), alerting.contacts, known, "a contact", findings)
    if alerting.rota is not None:
        for index, contact in enumerate(alerting.rota.order or ()):
            _name(place.at("rota", "order", index), contact, known, "a contact", findings)
    for index, turn in enumerate(alerting.turns):
        _name(place.at("turns", index, "contact"), turn.contact, known, "a contact", findings)
    if alerting.dead_man is not None:
        _all(place.at("dead_man", "contacts"), alerting.dead_man.contacts, known, "a contact", findings)


def _groups(
    imports: Iterable[Read[ImportBlock]], drafts: Iterable[Draft], names: _Names, findings: Findings
) -> None:
    for block in imports:
        _name(block.place.at("group"), block.entry.group, names.groups, "a group", findings)
    for draft in drafts:
        _name(draft.block.place.at("group"), draft.block.entry.group, names.groups, "a group", findings)


def _credentials(
    layers: Iterable[Layer], credentials: Mapping[str, Read[CredentialBlock]], findings: Findings
) -> None:
    for layer in layers:
        for check, name, kinds in (
            ("snmp", layer.entry.snmp.credential if layer.entry.snmp else None, _SNMP),
            ("ssh", layer.entry.ssh.credential if layer.entry.ssh else None, _SSH),
        ):
            place = layer.place.at(check, "credential")
            _name(place, name, frozenset(credentials), "a credential", findings)
            found = credentials.get(name or "")
            if found is None:
                continue
            if not isinstance(found.entry, kinds) and "type" not in found.wrong:
                right = "snmpv3, snmpv2c or snmpv1" if check == "snmp" else "ssh"
                message = f"{show(name)} is a credential of type {found.entry.type}"
                findings.mistake(place, message, f"{check} needs one of type {right}")


def _name(
    place: Place, name: str | None, known: frozenset[str] | None, kind: str, findings: Findings
) -> None:
    if name is None or known is None or name in known:
        return
    some = ", ".join(sorted(known)[:_SHOWN]) + (" …" if len(known) > _SHOWN else "")
    advice = f"describe it, or write one of: {some}" if known else "the file describes none: add it"
    findings.mistake(place, f"{show(name)} is not {kind}", suggest(name, known, otherwise=advice))


def _all(
    place: Place, names: tuple[str, ...] | None, known: frozenset[str] | None, kind: str, findings: Findings
) -> None:
    listed = names or ()
    for index, name in enumerate(listed):
        _name(place.at(index), name, known, kind, findings)
        if name in listed[:index]:
            findings.mistake(place.at(index), f"{show(name)} is listed twice", "remove one")
