"""The whole file: which sections there are, and how each is read block by block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from collector.inventory.document import Items, Place, Table
from collector.inventory.fields.error import FieldError, listing, show, suggest
from collector.inventory.fields.words import identifier
from collector.inventory.mistakes import Findings
from collector.inventory.schema.alerting import AlertingBlock
from collector.inventory.schema.credentials import BLOCKS, CredentialBlock
from collector.inventory.schema.devices import (
    AreaBlock,
    DefaultsBlock,
    DeviceBlock,
    GroupBlock,
    ImportBlock,
)
from collector.inventory.schema.entry import EntryT, Read, read, unknown_key
from collector.inventory.schema.report import ReportBlock
from collector.inventory.schema.services import ServiceBlock
from collector.inventory.schema.settings import (
    CalendarBlock,
    CollectorBlock,
    ContactBlock,
    MaintenanceBlock,
    OrganisationBlock,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """All blocks of one file that could be read. Groups and credentials go by their names.

    `unread` names the sections that are no list or block at all: nothing can be said about what they hold.
    """

    organisation: Read[OrganisationBlock]
    collector: Read[CollectorBlock]
    defaults: Read[DefaultsBlock]
    groups: dict[str, Read[GroupBlock]]
    credentials: dict[str, Read[CredentialBlock]]
    areas: tuple[Read[AreaBlock], ...]
    devices: tuple[Read[DeviceBlock], ...]
    imports: tuple[Read[ImportBlock], ...]
    services: tuple[Read[ServiceBlock], ...]
    maintenance: tuple[Read[MaintenanceBlock], ...]
    calendar: Read[CalendarBlock]
    contacts: tuple[Read[ContactBlock], ...]
    report: Read[ReportBlock]
    alerting: Read[AlertingBlock]
    unread: frozenset[str] = frozenset()


NAMES = (
    "organisation",
    "collector",
    "credentials",
    "defaults",
    "groups",
    "areas",
    "devices",
    "import",
    "services",
    "maintenance",
    "calendar",
    "contacts",
    "report",
    "alerting",
)
LISTS = frozenset({"areas", "devices", "import", "services", "maintenance", "contacts"})


def read_sections(root: Table, findings: Findings) -> Sections:
    """Read the sections of a file; those that are absent or empty are filled with their defaults."""
    top = Place(root, "")
    for name in root:
        if name not in NAMES:
            unknown_key(top.at(name), name, NAMES, findings, what="a section")
    return Sections(
        organisation=_one(OrganisationBlock, root, "organisation", findings),
        collector=_one(CollectorBlock, root, "collector", findings),
        defaults=_one(DefaultsBlock, root, "defaults", findings),
        groups=_named(partial(_block, GroupBlock), root, "groups", findings),
        credentials=_named(_credential, root, "credentials", findings),
        areas=_many(AreaBlock, root, "areas", findings),
        devices=_many(DeviceBlock, root, "devices", findings),
        imports=_many(ImportBlock, root, "import", findings),
        services=_many(ServiceBlock, root, "services", findings),
        maintenance=_many(MaintenanceBlock, root, "maintenance", findings),
        calendar=_one(CalendarBlock, root, "calendar", findings),
        contacts=_many(ContactBlock, root, "contacts", findings),
        report=_one(ReportBlock, root, "report", findings),
        alerting=_one(AlertingBlock, root, "alerting", findings),
        unread=frozenset(name for name in NAMES if _unread(root.get(name), name)),
    )


def _unread(value: object, name: str) -> bool:
    return value is not None and not isinstance(value, Items if name in LISTS else Table)


def _one(model: type[EntryT], root: Table, name: str, findings: Findings) -> Read[EntryT]:
    value = root.get(name)
    if value is None:
        value = Table(file=root.file, line=root.lines.get(name, root.line))
    return _block(model, value, Place(root, "").at(name), name, findings)


def _named(
    read_one: Callable[[object, Place, str, Findings], Read[EntryT]],
    root: Table,
    name: str,
    findings: Findings,
) -> dict[str, Read[EntryT]]:
    value = root.get(name)
    place = Place(root, "").at(name)
    if not isinstance(value, Table):
        if value is not None:
            findings.mistake(place, f"is {show(value)}, not a block", "write names, each with keys below it")
        return {}
    found = {}
    for key, block in value.items():
        try:
            identifier(key)
        except FieldError as error:
            findings.mistake(place.at(key), error.message, error.advice)
        table = Table(file=root.file, line=value.lines[key]) if block is None else block
        found[key] = read_one(table, place.at(key), f"{name}.{key}", findings)
    return found


def _many(model: type[EntryT], root: Table, name: str, findings: Findings) -> tuple[Read[EntryT], ...]:
    value = root.get(name)
    place = Place(root, "").at(name)
    if not isinstance(value, Items):
        if value is not None:
            findings.mistake(place, f"is {show(value)}, not a list", 'begin each entry with "- "')
        return ()
    return tuple(
        _block(model, item, place.at(index), f"{name}[{index}]", findings) for index, item in enumerate(value)
    )


def _block(model: type[EntryT], value: object, place: Place, path: str, findings: Findings) -> Read[EntryT]:
    """Read one block; of something that is no block nothing is right, which later checks then leave alone."""
    if not isinstance(value, Table):
        shown = "empty" if value is None else show(value)
        findings.mistake(place, f"is {shown}, not a block of keys", "write key: value pairs, or remove it")
        return Read(model.model_validate({}), place, frozenset(model.model_fields))
    return read(model, value, Place(value, path), findings)


def _credential(value: object, place: Place, path: str, findings: Findings) -> Read[CredentialBlock]:
    """Read a credential by its kind; of one whose kind is unknown only that is said."""
    kind = value.get("type") if isinstance(value, Table) else None
    if not isinstance(value, Table) or (isinstance(kind, str) and kind in BLOCKS):
        return _block(BLOCKS.get(str(kind), CredentialBlock), value, place, path, findings)
    message = "is not a kind of credential" if "type" in value else "is missing"
    advice = suggest(str(kind), BLOCKS, otherwise=f"write {listing(BLOCKS)}")
    findings.mistake(Place(value, path).at("type"), message, advice)
    return Read(CredentialBlock(), Place(value, path), frozenset(CredentialBlock.model_fields))
