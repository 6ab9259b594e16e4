"""The algorithms of the User-based Security Model: names, sizes and security levels.

RFC 3414 (MD5, SHA-1, DES), RFC 3826 (AES-128), RFC 7860 (SHA-2). AES-192 and AES-256 never became an RFC; two
ways to lengthen a key for them are in use, and both are here: `AES-256` is draft-blumenthal-aes-usm-04, as
net-snmp has it under that name; `AES-256-C` is draft-reeder-snmpv3-usm-3desede-00, as Cisco has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

from snmp.errors import UsageError
from snmp.message import AUTH_FLAG, PRIV_FLAG


class SecurityLevel(IntEnum):
    """RFC 3411 section 3.4.3, in the order of strength."""

    NO_AUTH_NO_PRIV = 0
    AUTH_NO_PRIV = AUTH_FLAG
    AUTH_PRIV = AUTH_FLAG | PRIV_FLAG


class KeyExtension(Enum):
    """How a digest becomes a key that is longer than the digest."""

    BLUMENTHAL = "blumenthal"
    REEDER = "reeder"


@dataclass(frozen=True, slots=True)
class _Auth:
    label: str
    hash_name: str
    key_size: int
    digest_size: int


@dataclass(frozen=True, slots=True)
class _Priv:
    label: str
    cipher: str
    key_size: int
    extension: KeyExtension


class AuthProtocol(Enum):
    """Authentication protocols; `digest_size` is what remains of the HMAC in a message, in octets."""

    MD5 = _Auth("MD5", "md5", 16, 12)  # RFC 3414 section 6
    SHA_1 = _Auth("SHA-1", "sha1", 20, 12)  # RFC 3414 section 7
    SHA_224 = _Auth("SHA-224", "sha224", 28, 16)  # RFC 7860 section 4, as are the next three
    SHA_256 = _Auth("SHA-256", "sha256", 32, 24)
    SHA_384 = _Auth("SHA-384", "sha384", 48, 32)
    SHA_512 = _Auth("SHA-512", "sha512", 64, 48)

    def __init__(self, facts: _Auth) -> None:
        self.label = facts.label
        self.hash_name = facts.hash_name
        self.key_size = facts.key_size
        self.digest_size = facts.digest_size


class PrivProtocol(Enum):
    """Privacy protocols; `key_size` in octets. DES counts its 8 octets of pre-IV (RFC 3414 section 8.1.1)."""

    DES = _Priv("DES", "DES", 16, KeyExtension.BLUMENTHAL)
    AES_128 = _Priv("AES-128", "AES", 16, KeyExtension.BLUMENTHAL)
    AES_192 = _Priv("AES-192", "AES", 24, KeyExtension.BLUMENTHAL)
    AES_256 = _Priv("AES-256", "AES", 32, KeyExtension.BLUMENTHAL)
    AES_192_C = _Priv("AES-192-C", "AES", 24, KeyExtension.REEDER)
    AES_256_C = _Priv("AES-256-C", "AES", 32, KeyExtension.REEDER)

    def __init__(self, facts: _Priv) -> None:
        self.label = facts.label
        self.is_des = facts.cipher == "DES"
        self.key_size = facts.key_size
        self.extension = facts.extension


AUTH_NAMES = {protocol.label: protocol for protocol in AuthProtocol}
PRIV_NAMES = {protocol.label: protocol for protocol in PrivProtocol}
# net-snmp's own spellings, in the form `_fold` gives them.
_AUTH_SPELLINGS = {"SHA": AuthProtocol.SHA_1}
_PRIV_SPELLINGS = {"AES": PrivProtocol.AES_128}


def parse_auth_protocol(name: str) -> AuthProtocol:
    """Return the protocol of this name, with or without hyphens, in either case; `SHA` is SHA-1."""
    protocol = {_fold(label): found for label, found in AUTH_NAMES.items()} | _AUTH_SPELLINGS
    try:
        return protocol[_fold(name)]
    except KeyError:
        raise UsageError(
            f"authentication protocol {name!r} is unknown; choose one of {', '.join(AUTH_NAMES)}"
        ) from None


def parse_priv_protocol(name: str) -> PrivProtocol:
    """Return the protocol of this name, with or without hyphens, in either case; `AES` is AES-128."""
    protocol = {_fold(label): found for label, found in PRIV_NAMES.items()} | _PRIV_SPELLINGS
    try:
        return protocol[_fold(name)]
    except KeyError:
        raise UsageError(
            f"privacy protocol {name!r} is unknown; choose one of {', '.join(PRIV_NAMES)}"
        ) from None


def _fold(name: str) -> str:
    return name.replace("-", "").upper()
