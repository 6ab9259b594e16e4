"""Turns the block of a service into the device that it is polled as."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from collector.inventory.expand import DEFAULT_INTERVAL_MS, default_deadline_ms, hub_of
from collector.inventory.fields.service import host
from collector.inventory.fields.times import localise
from collector.inventory.schema.devices import AreaBlock
from collector.inventory.schema.entry import Read
from collector.inventory.schema.sections import Sections
from collector.inventory.schema.services import ServiceBlock
from collector.inventory.service_values import DnsCheck, HttpCheck, TcpCheck, TlsCheck, Trust
from collector.inventory.values import Device, Probe

ROLE = "service"
_DNS_PORT = 53

ValueT = TypeVar("ValueT")


def need(value: ValueT | None) -> ValueT:
    """Return a value that is required; its absence would have been a mistake of the file."""
    if value is None:
        raise TypeError("a required value is missing from an inventory without mistakes")
    return value


def build_service(
    entry: ServiceBlock,
    sections: Sections,
    areas: Mapping[str, Read[AreaBlock]],
    *,
    folder: Path,
    zone: tzinfo,
) -> Device:
    """Return the device that a service of a file without mistakes is."""
    defaults = sections.defaults.entry
    interval_ms = entry.interval or defaults.interval or DEFAULT_INTERVAL_MS
    parents = entry.parents
    url = urlsplit(need(entry.url))
    name = host(need(url.hostname))
    return Device(
        id=need(entry.id),
        name=entry.name or need(entry.id),
        role=ROLE,
        address=entry.address or name,
        area=entry.area,
        parents=hub_of(entry.area, areas, but=None) if parents is None else parents,
        icmp=None,
        snmp=None,
        ssh=None,
        reachability=(probe_of(url.scheme),),
        interval_ms=interval_ms,
        deadline_ms=entry.deadline or defaults.deadline or default_deadline_ms(interval_ms),
        serves=entry.serves or 0,
        commissioned=None if entry.commissioned is None else localise(entry.commissioned, zone),
        withdrawn=None if entry.withdrawn is None else localise(entry.withdrawn, zone),
        http=_http(entry, folder) if url.scheme in ("http", "https") else None,
        tls=TlsCheck(host=name, port=need(url.port), trust=_trust(entry, folder))
        if url.scheme == "tls"
        else None,
        tcp=TcpCheck(host=name, port=need(url.port)) if url.scheme == "tcp" else None,
        dns=_dns(entry, url, name) if url.scheme == "dns" else None,
    )


def probe_of(scheme: str) -> Probe:
    """Return the probe that asks URLs of this scheme."""
    return Probe.HTTP if scheme == "https" else Probe(scheme)


def _http(entry: ServiceBlock, folder: Path) -> HttpCheck:
    block, default = entry.http, HttpCheck(url=need(entry.url))
    if block is None:
        return HttpCheck(url=default.url, trust=_trust(entry, folder))
    return HttpCheck(
        url=default.url,
        method=block.method or default.method,
        status=block.status or default.status,
        contains=block.contains or (),
        lacks=block.lacks or (),
        matches=block.matches or (),
        redirects=default.redirects if block.redirects is None else block.redirects,
        redirect_hosts=block.redirect_hosts or (),
        trust=_trust(entry, folder),
    )


def _trust(entry: ServiceBlock, folder: Path) -> Trust:
    if entry.tls is None:
        return Trust()
    ca = entry.tls.ca
    return Trust(ca=None if ca is None else str(folder / ca), server_name=entry.tls.server_name)


def _dns(entry: ServiceBlock, url: SplitResult, server: str) -> DnsCheck:
    block = entry.dns
    default = DnsCheck(server=server, port=url.port or _DNS_PORT, name=url.path[1:])
    if block is None:
        return default
    return DnsCheck(
        server=default.server,
        port=default.port,
        name=default.name,
        type=block.type or default.type,
        answer=block.answer or (),
    )
