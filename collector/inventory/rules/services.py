"""Finds services that ask for what their URL cannot give, and answers that no server can bring."""

from __future__ import annotations

import ipaddress
from datetime import tzinfo
from urllib.parse import urlsplit

from collector.inventory.expand import moment
from collector.inventory.fields.error import listing, show
from collector.inventory.mistakes import Findings
from collector.inventory.schema.entry import Entry, Read
from collector.inventory.schema.sections import Sections
from collector.inventory.schema.services import ServiceBlock
from collector.inventory.schema.types import Method, RecordType

_OF_USE_WITH = {"http": ("http", "https"), "tls": ("https", "tls"), "dns": ("dns",)}
_VERSIONS = {RecordType.A: 4, RecordType.AAAA: 6}


def check_services(sections: Sections, *, zone: tzinfo, findings: Findings) -> None:
    """Record the mistakes of each service."""
    for service in sections.services:
        if "url" not in service.wrong and service.entry.url is not None:
            _blocks(service, urlsplit(service.entry.url).scheme, findings)
        _http(service, findings)
        _dns(service, findings)
        _service_life(service, zone, findings)


def _blocks(service: Read[ServiceBlock], scheme: str, findings: Findings) -> None:
    blocks: dict[str, Entry | None] = {name: getattr(service.entry, name) for name in _OF_USE_WITH}
    for name, schemes in _OF_USE_WITH.items():
        if blocks[name] is not None and scheme not in schemes:
            advice = f"remove it, or ask by {listing(f'{known}://' for known in schemes)}"
            findings.mistake(service.place.at(name), f"is of no use with {scheme}://", advice)


def _http(service: Read[ServiceBlock], findings: Findings) -> None:
    block = service.entry.http
    if block is None:
        return
    place = service.place.at("http")
    if block.status == ():
        findings.mistake(place.at("status"), "is empty", "name the codes that are right, or remove the key")
    if block.method is Method.HEAD:
        for name in ("contains", "lacks", "matches"):
            if getattr(block, name):
                advice = "ask by GET, or remove what looks into the page"
                findings.mistake(place.at(name), "is of no use with HEAD, which brings no page", advice)


def _dns(service: Read[ServiceBlock], findings: Findings) -> None:
    block = service.entry.dns
    if block is None:
        return
    version = _VERSIONS.get(block.type or RecordType.A)
    for index, answer in enumerate(block.answer or ()):
        if version is not None and not _is_address(answer, version):
            place = service.place.at("dns", "answer", index)
            message = f"{show(answer)} is not an IPv{version} address"
            findings.mistake(place, message, "write addresses, or another type of records")


def _is_address(text: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False


def _service_life(service: Read[ServiceBlock], zone: tzinfo, findings: Findings) -> None:
    commissioned = moment(service, "commissioned", "commissioned", zone=zone, findings=findings)
    withdrawn = moment(service, "withdrawn", "withdrawn", zone=zone, findings=findings)
    if commissioned is not None and withdrawn is not None and withdrawn <= commissioned:
        message = f"is not after commissioned, {commissioned:%Y-%m-%d %H:%M}"
        findings.mistake(service.place.at("withdrawn"), message, "correct one of the two")
