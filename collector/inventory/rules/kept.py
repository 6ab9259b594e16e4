"""Warns of secrets and files that are named but not there, and of credentials that are there for nothing.

Warnings, not mistakes: a file may be checked on a machine that holds none of the secrets.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from collector.inventory.document import Place
from collector.inventory.expand import Draft, Layer
from collector.inventory.mistakes import Findings
from collector.inventory.schema.credentials import CommunityBlock, LoginBlock, UsmBlock
from collector.inventory.schema.sections import Sections
from collector.inventory.secrets import SecretError, SecretStore
from collector.inventory.values import SecretRef

DEFAULT_KNOWN_HOSTS = "known_hosts"
SHORTEST_PASSWORD = 8


def check_kept(sections: Sections, store: SecretStore, *, folder: Path, findings: Findings) -> None:
    """Warn of each secret that cannot be fetched here, and of each file that is missing."""
    for place, reference, is_password in _references(sections):
        if reference is None:
            continue
        try:
            secret = store.fetch(reference)
        except SecretError as error:
            findings.warning(place, error.message, error.advice)
            continue
        if is_password and len(secret) < SHORTEST_PASSWORD:
            # RFC 3414 section 11.2: passwords shall have at least 8 characters.
            message = f"{reference} is shorter than {SHORTEST_PASSWORD} characters"
            findings.warning(
                place, message, "SNMPv3 refuses shorter passwords; set a longer one on both sides"
            )
    for place, name in _files(sections):
        if not _is_file(folder / name):
            findings.warning(place, f"there is no file {name}", "put it there, or correct the path")


def check_unused(sections: Sections, drafts: tuple[Draft, ...], findings: Findings) -> None:
    """Warn of each credential that neither a device nor a group names."""
    layers: list[Layer] = [sections.defaults, *sections.groups.values(), *(draft.block for draft in drafts)]
    used = {
        check.credential
        for layer in layers
        for check in (layer.entry.snmp, layer.entry.ssh)
        if check is not None
    }
    for name, block in sections.credentials.items():
        if name not in used:
            findings.warning(block.place, "nothing uses this credential", "name it in a group, or remove it")


def _references(sections: Sections) -> Iterator[tuple[Place, SecretRef | None, bool]]:
    """Yield each reference with its place, and whether it is a password of SNMPv3."""
    for block in sections.credentials.values():
        match block.entry:
            case UsmBlock():
                yield block.place.at("auth_password"), block.entry.auth_password, True
                yield block.place.at("priv_password"), block.entry.priv_password, True
            case CommunityBlock():
                yield block.place.at("community"), block.entry.community, False
            case LoginBlock():
                yield block.place.at("private_key"), block.entry.private_key, False
    collector = sections.collector
    if collector.entry.tls is not None:
        yield collector.place.at("tls", "key"), collector.entry.tls.key_, False
    if collector.entry.basic_auth is not None:
        yield collector.place.at("basic_auth", "password"), collector.entry.basic_auth.password, False
    for contact in sections.contacts:
        yield contact.place.at("webhook"), contact.entry.webhook, False
    alerting, place = sections.alerting.entry, sections.alerting.place
    if alerting.email is not None:
        yield place.at("email", "password"), alerting.email.password, False
    if alerting.sms is not None:
        yield place.at("sms", "url"), alerting.sms.url, False
        yield place.at("sms", "token"), alerting.sms.token, False
    if alerting.telegram is not None:
        yield place.at("telegram", "token"), alerting.telegram.token, False


def _files(sections: Sections) -> Iterator[tuple[Place, str]]:
    for block in sections.credentials.values():
        if isinstance(block.entry, LoginBlock):
            yield block.place.at("known_hosts"), block.entry.known_hosts or DEFAULT_KNOWN_HOSTS
    for service in sections.services:
        if service.entry.tls is not None and service.entry.tls.ca is not None:
            yield service.place.at("tls", "ca"), service.entry.tls.ca
    tls = sections.collector.entry.tls
    if tls is not None and tls.certificate is not None:
        yield sections.collector.place.at("tls", "certificate"), tls.certificate


def _is_file(path: Path) -> bool:
    """Return True if there is such a file, as far as this user may see."""
    try:
        return path.is_file()
    except OSError:
        return False
