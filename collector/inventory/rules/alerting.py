"""Finds turns that cannot be, ways that reach nobody, and passwords that would cross a network in clear."""

from __future__ import annotations

import ipaddress
from datetime import datetime, tzinfo

from collector.inventory.alerting_values import MailTls
from collector.inventory.fields.error import FieldError, show
from collector.inventory.fields.times import localise
from collector.inventory.mistakes import Findings
from collector.inventory.schema.alerting import AlertingBlock
from collector.inventory.schema.entry import Read
from collector.inventory.schema.sections import Sections
from collector.inventory.schema.settings import ContactBlock


def check_alerting(sections: Sections, *, zone: tzinfo, findings: Findings) -> None:
    """Record what is wrong with whom alerts are told, when and how."""
    block = sections.alerting
    if block.entry.rota is not None and not block.entry.rota.order:
        findings.mistake(block.place.at("rota", "order"), "is empty", "name the contacts in their order")
    _turns(block, zone, findings)
    _mail(block, findings)
    _sms(block, findings)
    known = {contact.entry.id: contact.entry for contact in sections.contacts}
    for name, key in _told(block.entry):
        contact = known.get(name)
        if contact is not None and not _ways(contact, block.entry):
            message = f"{show(name)} cannot be told by any way that is set up"
            advice = "give it a webhook, or add alerting.email, alerting.telegram or alerting.sms"
            findings.mistake(block.place.at(*key), message, advice)


def _told(entry: AlertingBlock) -> list[tuple[str, tuple[str | int, ...]]]:
    """Return the contacts that are named, each with its place."""
    found: list[tuple[str, tuple[str | int, ...]]] = []
    found += [(name, ("contacts", index)) for index, name in enumerate(entry.contacts or ())]
    if entry.rota is not None:
        found += [(name, ("rota", "order", index)) for index, name in enumerate(entry.rota.order or ())]
    found += [
        (turn.contact, ("turns", index, "contact"))
        for index, turn in enumerate(entry.turns)
        if turn.contact is not None
    ]
    return found


def _ways(contact: ContactBlock, entry: AlertingBlock) -> list[str]:
    ways = {
        "webhook": contact.webhook is not None,
        "email": contact.email is not None and entry.email is not None,
        "telegram": contact.telegram is not None and entry.telegram is not None,
        "sms": contact.phone is not None and entry.sms is not None,
    }
    return [way for way, usable in ways.items() if usable]


def _turns(block: Read[AlertingBlock], zone: tzinfo, findings: Findings) -> None:
    spans: list[tuple[datetime, datetime, int]] = []
    for index, turn in enumerate(block.entry.turns):
        place = block.place.at("turns", index)
        if turn.start is None or turn.end is None:
            continue
        try:
            start, end = localise(turn.start, zone), localise(turn.end, zone)
        except FieldError as error:
            findings.mistake(place, error.message, error.advice)
            continue
        if end <= start:
            findings.mistake(place.at("until"), "is not after from", "write the later of the two here")
            continue
        for other_start, other_end, other in spans:
            if start < other_end and other_start < end:
                message = f"overlaps turns[{other}]"
                findings.mistake(place, message, "end one before the other begins: one contact is on call")
        spans.append((start, end, index))


def _mail(block: Read[AlertingBlock], findings: Findings) -> None:
    mail = block.entry.email
    if mail is None:
        return
    place = block.place.at("email")
    if (mail.username is None) != (mail.password is None):
        missing = "password" if mail.password is None else "username"
        beside = "username" if mail.password is None else "password"
        findings.mistake(place.at(missing), f"is missing beside {beside}", "write both username and password")
    if mail.tls is MailTls.NONE and mail.password is not None and not _is_loopback(mail.server):
        message = "is none: the password would cross the network in clear"
        findings.mistake(place.at("tls"), message, "write starttls or tls")


def _sms(block: Read[AlertingBlock], findings: Findings) -> None:
    sms = block.entry.sms
    if sms is None or sms.fields is None:
        return
    texts = " ".join(sms.fields.values())
    for word in ("{phone}", "{text}"):
        if word not in texts:
            findings.mistake(
                block.place.at("sms", "fields"), f"holds no {word}", f"put {word} where the gateway wants it"
            )


def _is_loopback(server: str | None) -> bool:
    try:
        return server is not None and ipaddress.ip_address(server).is_loopback
    except ValueError:
        return server == "localhost"
