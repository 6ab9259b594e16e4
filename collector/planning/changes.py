"""What one inventory changes against another, entry by entry and key by key. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import StrEnum
from json import loads
from typing import Any
from zoneinfo import ZoneInfo

from collector.inventory.canonical import canonical_json
from collector.inventory.values import Device, Inventory
from collector.planning.wording import worded


class Section(StrEnum):
    """What of an inventory an entry belongs to, in the order in which changes are told."""

    DEVICE = "device"
    AREA = "area"
    MAINTENANCE = "maintenance"
    CALENDAR = "calendar"
    REPORT = "report"
    ORGANISATION = "organisation"
    CREDENTIAL = "credential"
    CONTACT = "contact"
    COLLECTOR = "collector"
    OTHER = "other"


class ChangeKind(StrEnum):
    """What happens to an entry."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"  # the id stays: so does the history
    HISTORY_CUT = "history_cut"  # what was there under one id is there under another
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is different. `key` is empty where a whole entry comes or goes."""

    section: Section
    id: str
    kind: ChangeKind
    key: str = ""
    before: str = ""
    after: str = ""


_LISTS = (
    (Section.DEVICE, "devices"),
    (Section.AREA, "areas"),
    (Section.MAINTENANCE, "maintenance"),
    (Section.CONTACT, "contacts"),
)
_BLOCKS = (
    (Section.CALENDAR, "calendar"),
    (Section.REPORT, "report"),
    (Section.ORGANISATION, "organisation"),
    (Section.COLLECTOR, "collector"),
)
_KNOWN = {"source", "credentials", *(key for _, key in (*_LISTS, *_BLOCKS))}


def changes(old: Inventory, new: Inventory) -> tuple[Change, ...]:
    """Return what is different in the new inventory: histories that are cut first, then by section and id.

    Where the two files lie makes no difference, nor does the order of their entries.
    """
    before, after = _values(old), _values(new)
    told = _Told(ZoneInfo(new.organisation.timezone))
    found: list[Change] = []
    for section, key in _LISTS:
        found += told.entries(section, _by_id(before.get(key)), _by_id(after.get(key)))
    found += told.entries(Section.CREDENTIAL, before.get("credentials", {}), after.get("credentials", {}))
    for section, key in _BLOCKS:
        found += told.keys(section, "", before.get(key, {}), after.get(key, {}))
    others = {key: {key: before.get(key)} for key in sorted((before.keys() | after.keys()) - _KNOWN)}
    for key, value in others.items():
        found += told.keys(Section.OTHER, "", value, {key: after.get(key)})
    found = [*_cuts(old.devices, new.devices), *found]
    order = list(Section)
    return tuple(
        sorted(
            found,
            key=lambda one: (one.kind is not ChangeKind.HISTORY_CUT, order.index(one.section), one.id),
        )
    )


def cuts(found: Iterable[Change]) -> tuple[Change, ...]:
    """Return those that cut a history."""
    return tuple(one for one in found if one.kind is ChangeKind.HISTORY_CUT)


class _Told:
    """Tells differences in words, instants in one time zone."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    def entries(
        self, section: Section, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> Iterator[Change]:
        """Yield what comes, what goes, and what of the rest is different."""
        for name in sorted(before.keys() | after.keys()):
            if name not in before:
                yield Change(section=section, id=name, kind=ChangeKind.ADDED, after=_name(after[name]))
            elif name not in after:
                yield Change(section=section, id=name, kind=ChangeKind.REMOVED, before=_name(before[name]))
            else:
                yield from self.keys(section, name, before[name], after[name])

    def keys(
        self, section: Section, name: str, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> Iterator[Change]:
        """Yield the keys of one entry that are different, its name first."""
        for key in sorted(before.keys() | after.keys(), key=lambda one: (one != "name", one)):
            was, will = before.get(key), after.get(key)
            if was == will:
                continue
            if isinstance(was, Mapping) and isinstance(will, Mapping) and key != "repeat":
                inner = self.keys(section, name, was, will)
                yield from (replace(one, key=f"{key}.{one.key}") for one in inner)
                continue
            renamed = key == "name" and section in (Section.DEVICE, Section.AREA)
            yield Change(
                section=section,
                id=name,
                kind=ChangeKind.RENAMED if renamed else ChangeKind.CHANGED,
                key=key.removesuffix("_ms"),
                before=worded(key, was, self._zone),
                after=worded(key, will, self._zone),
            )


def _values(inventory: Inventory) -> dict[str, Any]:
    """Return an inventory in plain values, paths as they count from its folder."""
    values = loads(canonical_json(inventory))["inventory"]
    return {key: _relative(value, f"{inventory.folder}/") for key, value in values.items()}


def _relative(value: Any, folder: str) -> Any:
    if isinstance(value, str):
        return value.removeprefix(folder)
    if isinstance(value, list):
        return [_relative(item, folder) for item in value]
    if isinstance(value, dict):
        return {key: _relative(item, folder) for key, item in value.items()}
    return value


def _by_id(entries: Any) -> dict[str, Any]:
    return {str(entry["id"]): entry for entry in entries or ()}


def _name(entry: Mapping[str, Any]) -> str:
    return str(entry.get("name") or entry.get("reason") or "")


def _cuts(before: Iterable[Device], after: Iterable[Device]) -> Iterator[Change]:
    """Find what goes and comes again at the same place under another id."""
    old = {device.id: device for device in before}
    new = {device.id: device for device in after}
    gone: dict[tuple[object, ...], list[str]] = {}
    for name, device in old.items():
        if name not in new:
            gone.setdefault(_place(device), []).append(name)
    for name, device in new.items():
        if name in old:
            continue
        for former in gone.get(_place(device), ()):
            yield Change(
                section=Section.DEVICE,
                id=name,
                kind=ChangeKind.HISTORY_CUT,
                key="id",
                before=former,
                after=name,
            )


def _place(device: Device) -> tuple[object, ...]:
    """Return where a device is asked: what tells one line from another when ids do not."""
    return (
        device.address,
        device.snmp.port if device.snmp is not None else None,
        device.ssh.port if device.ssh is not None else None,
        device.http.url if device.http is not None else None,
        device.tls,
        device.tcp,
        device.dns,
    )
