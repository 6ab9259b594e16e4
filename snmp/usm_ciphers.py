"""USM privacy: DES-CBC (RFC 3414 section 8) and AES-CFB128 (RFC 3826), and the longer AES keys alike."""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from snmp.errors import ProtocolError, Reason
from snmp.usm_protocols import PrivProtocol

SALT_SIZE = 8
DES_BLOCK = 8
AES_BLOCK = 16
CACHED_KEYS = 16_384
"""Each engine has its own keys, and a fleet is polled round and round: a smaller cache would never hit."""

_MASK_32 = 0xFFFF_FFFF
_MASK_64 = 0xFFFF_FFFF_FFFF_FFFF


def encrypt(
    priv: PrivProtocol, key: bytes, *, boots: int, time: int, salt: int, plaintext: bytes
) -> tuple[bytes, bytes]:
    """Return the ciphertext and msgPrivacyParameters. `salt` must never repeat under the same key."""
    if priv.is_des:
        # RFC 3414 section 8.1.1.1: the salt is engineBoots, then a 32-bit number of the sender's.
        parameters = boots.to_bytes(4) + (salt & _MASK_32).to_bytes(4)
        # Section 8.1.1.2: pad to a multiple of 8; the value of the padding is of no account.
        plaintext += bytes(-len(plaintext) % DES_BLOCK)
    else:
        parameters = (salt & _MASK_64).to_bytes(8)
    return _cipher(priv, key, boots, time, parameters).encryptor().update(plaintext), parameters


def decrypt(
    priv: PrivProtocol, key: bytes, *, boots: int, time: int, parameters: bytes, ciphertext: bytes
) -> bytes:
    """Return the plaintext with its padding; raise ProtocolError if lengths alone show that it is none."""
    # RFC 3414 section 8.3.2 (1) and RFC 3826 section 3.1.4.1: not eight octets is a decryption error.
    if len(parameters) != SALT_SIZE:
        raise ProtocolError(Reason.DECRYPTION, f"salt of {len(parameters)} octets, must have {SALT_SIZE}")
    # RFC 3414 section 8.1.1.3: ciphertext that is no multiple of 8 octets is discarded.
    if priv.is_des and len(ciphertext) % DES_BLOCK:
        raise ProtocolError(Reason.DECRYPTION, f"{len(ciphertext)} octets are no whole number of DES blocks")
    return _cipher(priv, key, boots, time, parameters).decryptor().update(ciphertext)


def _cipher(
    priv: PrivProtocol, key: bytes, boots: int, time: int, parameters: bytes
) -> Cipher[CBC] | Cipher[CFB]:
    if priv.is_des:
        # RFC 3414 section 8.1.1.1: 8 octets of DES key, 8 of pre-IV; the IV is pre-IV XOR salt.
        iv = bytes(left ^ right for left, right in zip(key[8:16], parameters, strict=True))
        return Cipher(_triple_des(key[:8]), CBC(iv))
    # RFC 3826 section 3.1.2.1: the IV is engineBoots, engineTime and the salt.
    return Cipher(_aes(key), CFB(boots.to_bytes(4) + time.to_bytes(4) + parameters))


@lru_cache(maxsize=CACHED_KEYS)
def _aes(key: bytes) -> AES:
    return AES(key)


@lru_cache(maxsize=CACHED_KEYS)
def _triple_des(key: bytes) -> TripleDES:
    # Single DES is triple DES with one key three times; cryptography offers no other.
    return TripleDES(key * 3)
