"""Finds credentials and listening addresses that would not keep out, or let in, whom they should."""

from __future__ import annotations

import ipaddress

from collector.inventory.document import Place
from collector.inventory.fields.error import show
from collector.inventory.fields.protocols import NONE
from collector.inventory.mistakes import Findings
from collector.inventory.schema.credentials import CredentialBlock, UsmBlock
from collector.inventory.schema.entry import Read
from collector.inventory.schema.sections import Sections
from collector.inventory.schema.settings import BasicAuthBlock, CollectorBlock, TlsBlock

DEFAULT_AUTH, DEFAULT_PRIV = "SHA-256", "AES-128"


def check_access(sections: Sections, findings: Findings) -> None:
    """Record SNMPv3 users that contradict themselves, and a /metrics that others could read."""
    for name, block in sections.credentials.items():
        if isinstance(block.entry, UsmBlock):
            _user(name, block.entry, block, findings)
    _listening(sections.collector, findings)


def _user(name: str, user: UsmBlock, block: Read[CredentialBlock], findings: Findings) -> None:
    auth, priv = user.auth or DEFAULT_AUTH, user.priv or DEFAULT_PRIV
    if auth == NONE and priv != NONE and not block.wrong & {"auth", "priv"}:
        place = block.place.at("priv" if user.priv else "auth")
        message = f"{name} would encrypt by {priv} without authentication, which RFC 3414 rules out"
        findings.mistake(place, message, "choose an authentication protocol, or write priv: none as well")
        return
    for key, protocol, password in (
        ("auth", auth, user.auth_password),
        ("priv", priv, user.priv_password),
    ):
        if block.wrong & {key, f"{key}_password"}:
            continue
        place = block.place.at(f"{key}_password")
        if protocol != NONE and password is None:
            findings.mistake(
                place, "is missing", f"write {key}_password: file:PATH, or {key}: none to go without"
            )
        if protocol == NONE and password is not None:
            findings.mistake(place, f"is of no use with {key}: none", f"remove it, or the line {key}: none")


def _listening(block: Read[CollectorBlock], findings: Findings) -> None:
    collector, place = block.entry, block.place
    if collector.tls is not None:
        _pair(place.at("tls"), collector.tls, ("certificate", "key"), findings)
        key = collector.tls.key_
        if key is not None and key.scheme == "env":
            advice = "keep the key in a file and write file:PATH or credential:NAME"
            findings.mistake(place.at("tls", "key"), "cannot come from the environment", advice)
    if collector.basic_auth is not None:
        _pair(place.at("basic_auth"), collector.basic_auth, ("username", "password"), findings)
    if block.wrong & {"listen", "tls", "basic_auth"}:
        return
    host, _ = collector.listen
    lacking = [
        name for name, part in (("tls", collector.tls), ("basic_auth", collector.basic_auth)) if part is None
    ]
    if lacking and not ipaddress.ip_address(host).is_loopback:
        findings.mistake(
            place.at("listen"),
            f"{show(host)} can be reached by others, and there is no {' and no '.join(lacking)}",
            "whoever reaches it could read the state of every device: add tls and basic_auth, "
            "or listen on 127.0.0.1",
        )


def _pair(place: Place, block: TlsBlock | BasicAuthBlock, names: tuple[str, str], findings: Findings) -> None:
    """Record the half that is missing of two keys that are of use only together."""
    given = [name for name in names if getattr(block, f"{name}_" if name == "key" else name) is not None]
    for name in names:
        if name not in given:
            beside = f" beside {given[0]}" if given else ""
            findings.mistake(place.at(name), f"is missing{beside}", f"write both {names[0]} and {names[1]}")
