"""Reads the names of SNMPv3 protocols, in this project's spelling or net-snmp's."""

from __future__ import annotations

from collector.inventory.fields.error import FieldError, listing
from collector.inventory.fields.words import scalar
from snmp.errors import UsageError
from snmp.usm_protocols import AUTH_NAMES, PRIV_NAMES, parse_auth_protocol, parse_priv_protocol

NONE = "none"

# What is written is never repeated: a password lands here when two keys are mixed up.


def authentication(value: object) -> str:
    """Return the protocol that shows who speaks, or `none`."""
    raw = scalar(value)
    try:
        return NONE if raw.casefold() == NONE else parse_auth_protocol(raw).label
    except UsageError:
        advice = f"write {listing((*AUTH_NAMES, NONE))}"
        raise FieldError("is not an authentication protocol", advice) from None


def privacy(value: object) -> str:
    """Return the protocol that hides what is said, or `none`."""
    raw = scalar(value)
    try:
        return NONE if raw.casefold() == NONE else parse_priv_protocol(raw).label
    except UsageError:
        raise FieldError("is not a privacy protocol", f"write {listing((*PRIV_NAMES, NONE))}") from None
