"""Turns checked blocks into the values that leave this package, with every default filled in."""

from __future__ import annotations

from datetime import date, datetime, time, tzinfo
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from collector.inventory.build_alerting import build_alerting
from collector.inventory.build_report import build_report
from collector.inventory.build_service import build_service, need
from collector.inventory.expand import Draft
from collector.inventory.fields.protocols import NONE
from collector.inventory.fields.times import localise
from collector.inventory.planning_values import Calendar, MaintenanceWindow, Season
from collector.inventory.rules.access import DEFAULT_AUTH, DEFAULT_PRIV
from collector.inventory.rules.kept import DEFAULT_KNOWN_HOSTS
from collector.inventory.rules.repeating import repeat_of
from collector.inventory.schema.credentials import (
    CommunityBlock,
    CredentialBlock,
    CredentialKind,
    LoginBlock,
    UsmBlock,
)
from collector.inventory.schema.devices import AreaBlock, CapacityBlock
from collector.inventory.schema.sections import Sections
from collector.inventory.schema.settings import CalendarBlock, CollectorBlock, MaintenanceBlock
from collector.inventory.values import (
    Area,
    Capacity,
    CollectorSettings,
    CommunityCredential,
    Contact,
    Credential,
    Device,
    HttpSettings,
    IcmpCheck,
    Inventory,
    Organisation,
    SnmpCheck,
    SshCheck,
    SshCredential,
    Uplink,
    UsmCredential,
)

DEFAULT_LEDGER = "var/ledger.db"
_WHOLE_YEAR = (1, 1), (12, 31)
_DEFAULT_HOURS = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 0)))
_DEFAULT_WEEKDAYS = (0, 1, 2, 3, 4)


def build(sections: Sections, drafts: tuple[Draft, ...], *, source: Path, zone: tzinfo) -> Inventory:
    """Return the inventory of a file in which no mistake was found. `source` is the file's absolute path."""
    folder = source.parent
    organisation = sections.organisation.entry
    areas = {need(area.entry.id): area for area in sections.areas}
    return Inventory(
        source=str(source),
        organisation=Organisation(
            name=need(organisation.name),
            superior=organisation.superior,
            place=organisation.place,
            language=organisation.language.value,
            timezone=organisation.timezone,
        ),
        collector=_collector(sections.collector.entry, folder),
        calendar=_calendar(sections.calendar.entry),
        areas=tuple(_area(area.entry) for area in sections.areas),
        devices=(
            *(_device(draft) for draft in drafts),
            *(
                build_service(service.entry, sections, areas, folder=folder, zone=zone)
                for service in sections.services
            ),
        ),
        maintenance=tuple(_window(window.entry, zone) for window in sections.maintenance),
        contacts=tuple(
            Contact(
                id=need(contact.entry.id),
                name=contact.entry.name or need(contact.entry.id),
                email=contact.entry.email,
                phone=contact.entry.phone,
                webhook=contact.entry.webhook,
                telegram=contact.entry.telegram,
            )
            for contact in sections.contacts
        ),
        report=build_report(sections.report.entry),
        alerting=build_alerting(sections.alerting.entry, zone),
        credentials=MappingProxyType(
            {name: _credential(name, block.entry, folder) for name, block in sections.credentials.items()}
        ),
    )


def _device(draft: Draft) -> Device:
    entry = draft.block.entry
    probes = draft.probes
    return Device(
        id=need(draft.id),
        name=draft.name,
        role=draft.role,
        address=need(entry.address),
        area=draft.area,
        parents=draft.parents,
        icmp=_icmp(draft),
        snmp=_snmp(draft),
        ssh=_ssh(draft),
        reachability=probes if draft.reachability is None else draft.reachability,
        interval_ms=draft.interval_ms,
        deadline_ms=draft.deadline_ms,
        capacities=_capacities(draft.capacity),
        uplink=_uplink(draft),
        serves=draft.serves,
        latitude=entry.latitude,
        longitude=entry.longitude,
        commissioned=draft.commissioned,
        withdrawn=draft.withdrawn,
    )


def _timeout_ms(given: int | None, default: int, draft: Draft) -> int:
    # A timeout beyond the deadline is a mistake only where somebody wrote it.
    return min(default, draft.deadline_ms) if given is None else given


def _icmp(draft: Draft) -> IcmpCheck | None:
    block = draft.icmp
    if block is None:
        return None
    default = IcmpCheck()
    return IcmpCheck(
        packets=block.packets or default.packets,
        timeout_ms=_timeout_ms(block.timeout, default.timeout_ms, draft),
    )


def _snmp(draft: Draft) -> SnmpCheck | None:
    block = draft.snmp
    if block is None:
        return None
    default = SnmpCheck(credential=need(block.credential))
    return SnmpCheck(
        credential=default.credential,
        port=block.port or default.port,
        timeout_ms=_timeout_ms(block.timeout, default.timeout_ms, draft),
        retries=default.retries if block.retries is None else block.retries,
    )


def _ssh(draft: Draft) -> SshCheck | None:
    block = draft.ssh
    if block is None:
        return None
    default = SshCheck(credential=need(block.credential))
    return SshCheck(
        credential=default.credential,
        port=block.port or default.port,
        timeout_ms=_timeout_ms(block.timeout, default.timeout_ms, draft),
        host_key=block.host_key,
    )


def _uplink(draft: Draft) -> Uplink | None:
    block = draft.uplink
    if block is None:
        return None
    default = Uplink(interface=need(block.interface))
    return Uplink(interface=default.interface, side=block.side or default.side)


def _capacities(blocks: tuple[CapacityBlock, ...]) -> tuple[Capacity, ...]:
    """Return the periods in their order in time; one without an end lasts until the next begins."""
    in_time = sorted(blocks, key=lambda block: block.start or date.min)
    ends = [block.end or after.start for block, after in pairwise(in_time)]
    ends += [block.end for block in in_time[-1:]]
    return tuple(
        Capacity(
            in_bps=need(block.rate if block.into is None else block.into),
            out_bps=need(block.rate if block.out is None else block.out),
            start=block.start,
            end=end,
        )
        for block, end in zip(in_time, ends, strict=True)
    )


def _area(entry: AreaBlock) -> Area:
    return Area(
        id=need(entry.id),
        name=entry.name or need(entry.id),
        hub=entry.hub,
        latitude=entry.latitude,
        longitude=entry.longitude,
    )


def _window(entry: MaintenanceBlock, zone: tzinfo) -> MaintenanceWindow:
    start, end = _local(entry.start, zone), _local(entry.end, zone)
    block = entry.repeat
    return MaintenanceWindow(
        id=need(entry.id),
        devices=entry.devices or (),
        areas=entry.areas or (),
        start=start,
        end=end,
        reason=need(entry.reason),
        author=need(entry.author),
        repeat=None if block is None else repeat_of(need(block.every), block.days, block.to, start, end),
    )


def _local(moment: datetime | None, zone: tzinfo) -> datetime:
    return localise(need(moment), zone)


def _calendar(entry: CalendarBlock) -> Calendar:
    year_round = Season(start=_WHOLE_YEAR[0], end=_WHOLE_YEAR[1], hours=entry.hours or _DEFAULT_HOURS)
    seasons = tuple(Season(start=block.start, end=block.end, hours=block.hours) for block in entry.seasons)
    return Calendar(
        holidays=entry.holidays,
        weekdays=_DEFAULT_WEEKDAYS if entry.weekdays is None else entry.weekdays,
        seasons=seasons or (year_round,),
        days_off=entry.days_off or (),
        working_days=entry.working_days or (),
    )


def _collector(entry: CollectorBlock, folder: Path) -> CollectorSettings:
    host, port = entry.listen
    tls, basic = entry.tls, entry.basic_auth
    certificate = tls.certificate if tls is not None else None
    return CollectorSettings(
        http=HttpSettings(
            host=host,
            port=port,
            tls_certificate=str(folder / certificate) if certificate is not None else None,
            tls_key=tls.key_ if tls is not None else None,
            username=basic.username if basic is not None else None,
            password=basic.password if basic is not None else None,
        ),
        ledger=str(folder / (entry.ledger or DEFAULT_LEDGER)),
        retention_months=entry.retention,
    )


def _credential(name: str, entry: CredentialBlock, folder: Path) -> Credential:
    match entry:
        case UsmBlock():
            auth, priv = entry.auth or DEFAULT_AUTH, entry.priv or DEFAULT_PRIV
            return UsmCredential(
                name=name,
                user=need(entry.user),
                auth=None if auth == NONE else auth,
                auth_password=entry.auth_password,
                priv=None if priv == NONE else priv,
                priv_password=entry.priv_password,
                context=entry.context or "",
            )
        case CommunityBlock():
            version = 1 if entry.type == CredentialKind.SNMP_V1 else 2
            return CommunityCredential(name=name, version=version, community=need(entry.community))
        case LoginBlock():
            return SshCredential(
                name=name,
                username=entry.username,
                private_key=need(entry.private_key),
                known_hosts=str(folder / (entry.known_hosts or DEFAULT_KNOWN_HOSTS)),
            )
        case _:
            raise TypeError(f"{type(entry).__name__} is no kind of credential")
