"""Reads the names of SNMPv3 protocols, in this project's spelling or net-snmp's."""

from __future__ import annotations

from collector.inventory.fields.error import FieldError, listing
from collector.inventory.fields.words import scalar

NONE = "none"
AUTHENTICATION = ("MD5", "SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512")
PRIVACY = ("DES", "AES-128", "AES-192", "AES-256", "AES-192-C", "AES-256-C")
_OTHER_SPELLINGS = {"SHA": "SHA-1", "AES": "AES-128"}


def authentication(value: object) -> str:
    """Return the protocol that shows who speaks (RFC 3414 section 6, RFC 7860), or `none`."""
    return _protocol(value, AUTHENTICATION, "an authentication protocol")


def privacy(value: object) -> str:
    """Return the protocol that hides what is said (RFC 3414 section 8, RFC 3826), or `none`."""
    return _protocol(value, PRIVACY, "a privacy protocol")


def _protocol(value: object, valid: tuple[str, ...], what: str) -> str:
    names = {_bare(name): name for name in (NONE, *valid)}
    names |= {other: name for other, name in _OTHER_SPELLINGS.items() if name in valid}
    found = names.get(_bare(scalar(value)))
    if found is None:
        # What is written is not repeated: a password lands here when two keys are mixed up.
        raise FieldError(f"is not {what}", f"write {listing((*valid, NONE))}")
    return found


def _bare(name: str) -> str:
    return name.upper().replace("-", "")
