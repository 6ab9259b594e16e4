"""Sealing and opening v3 messages: digest, encryption, and the steps both roles share (RFC 3414 section 3).

The order of checks belongs to the roles, because they answer for it differently: `snmp.engine` as the
authoritative side, `snmp.usm_exchange` as the other.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

from snmp import ber
from snmp.errors import ProtocolError, Reason, malformed
from snmp.message import (
    AUTH_FLAG,
    PRIV_FLAG,
    ScopedPdu,
    UsmMessage,
    encode_usm_message,
    read_scoped_pdu,
)
from snmp.usm_ciphers import AES_BLOCK, CACHED_KEYS, DES_BLOCK, decrypt, encrypt
from snmp.usm_keys import UserKeys, UsmUser
from snmp.usm_protocols import AuthProtocol, SecurityLevel

# RFC 3414 section 2.2.3.
TIME_WINDOW = 150
# RFC 3414 section 2.2.2: at this count of boots an engine can authenticate nothing any more.
MAX_BOOTS = 0x7FFF_FFFF
MAX_TIME = 0x7FFF_FFFF
# RFC 3411 section 5: SnmpEngineID is 5 to 32 octets.
MIN_ENGINE_ID = 5
MAX_ENGINE_ID = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineTime:
    """An engine's identity and clock; `time_s` counts seconds since it last raised `boots`."""

    engine_id: bytes
    boots: int
    time_s: int


def seal(
    *,
    message_id: int,
    max_size: int,
    flags: int,
    clock: EngineTime,
    user: UsmUser | None,
    user_name: bytes,
    keys: UserKeys,
    scoped_pdu: bytes,
    salt: int,
) -> bytes:
    """Return a whole v3 message, encrypted and signed as `flags` say (RFC 3414 section 3.1).

    `user` may be None only where the flags ask for neither.
    """
    data, salt_octets, digest_size = scoped_pdu, b"", 0
    if user is not None and user.priv is not None and flags & PRIV_FLAG:
        ciphertext, salt_octets = encrypt(
            user.priv,
            keys.priv,
            boots=clock.boots,
            time=clock.time_s,
            salt=salt,
            plaintext=scoped_pdu,
        )
        data = ber.encode_tlv(ber.OCTET_STRING, ciphertext)
    if user is not None and user.auth is not None and flags & AUTH_FLAG:
        digest_size = user.auth.digest_size
    privacy = ber.encode_tlv(ber.OCTET_STRING, salt_octets)
    parameters = ber.encode_tlv(
        ber.SEQUENCE,
        ber.encode_tlv(ber.OCTET_STRING, clock.engine_id)
        + ber.encode_integer(clock.boots)
        + ber.encode_integer(clock.time_s)
        + ber.encode_tlv(ber.OCTET_STRING, user_name)
        + ber.encode_tlv(ber.OCTET_STRING, bytes(digest_size))
        + privacy,
    )
    message = encode_usm_message(
        message_id=message_id,
        max_size=max_size,
        flags=flags,
        security_parameters=parameters,
        data=data,
    )
    if not digest_size or user is None or user.auth is None:
        return message
    # RFC 3414 sections 6.3.1 and 7.3.1: sign the message with zeros where the digest goes.
    at = len(message) - len(data) - len(privacy) - digest_size
    return message[:at] + digest(user.auth, keys.auth, message) + message[at + digest_size :]


def digest(auth: AuthProtocol, key: bytes, data: bytes) -> bytes:
    """Return the HMAC of `data`, cut to what the protocol carries."""
    inner, outer = (state.copy() for state in _pads(auth, key))
    inner.update(data)
    outer.update(inner.digest())
    return outer.digest()[: auth.digest_size]


@lru_cache(maxsize=CACHED_KEYS)
def _pads(auth: AuthProtocol, key: bytes) -> tuple[hashlib._Hash, hashlib._Hash]:
    """Return H after the key with ipad and with opad (RFC 2104 section 4): half the work of a short HMAC."""
    pads = []
    for pad in (0x36, 0x5C):
        state = hashlib.new(auth.hash_name, usedforsecurity=False)
        # Section 3: no key here is longer than the block.
        state.update(bytes(octet ^ pad for octet in key.ljust(state.block_size, b"\0")))
        pads.append(state)
    return pads[0], pads[1]


def verify_digest(data: bytes, message: UsmMessage, auth: AuthProtocol, key: bytes) -> None:
    """Raise ProtocolError unless the digest of the received octets is the one in them."""
    # RFC 3414 sections 6.3.2 (1) and 7.3.2 (1), RFC 7860 section 4.2.2: a field of another length is an error
    # before any comparison. Comparing what is there instead would accept an empty digest.
    size = auth.digest_size
    if message.digest_size != size:
        raise ProtocolError(Reason.BAD_DIGEST, f"digest of {message.digest_size} octets, must have {size}")
    at = message.digest_at
    expected = digest(auth, key, data[:at] + bytes(size) + data[at + size :])
    if not hmac.compare_digest(expected, data[at : at + size]):
        raise ProtocolError(Reason.BAD_DIGEST, "the digest does not match the message")


def level_of(message: UsmMessage) -> SecurityLevel:
    """Return the level that the flags claim; raise ProtocolError for privacy without authentication."""
    claimed = message.flags & (AUTH_FLAG | PRIV_FLAG)
    if claimed == PRIV_FLAG:
        # RFC 3412 section 7.2 step 5 (d): privFlag without authFlag is an invalid message.
        raise malformed("privacy without authentication in msgFlags")
    return SecurityLevel(claimed)


def open_scoped_pdu(
    data: bytes, message: UsmMessage, user: UsmUser | None, keys: UserKeys
) -> tuple[bytes, ScopedPdu]:
    """Return the octets that hold the scoped PDU, decrypted where the flags say so, and where it lies.

    Call it only after the digest was verified, if there is one: then only the sender's keys can be at fault.
    """
    if not message.flags & PRIV_FLAG:
        if message.data_tag != ber.SEQUENCE:
            raise malformed("msgData is encrypted, but msgFlags say that it is not")
        return data, read_scoped_pdu(data, message.data_at, message.data_end)
    if user is None or user.priv is None:
        raise ProtocolError(Reason.SECURITY_LEVEL, "an encrypted message for a user without privacy")
    if message.data_tag != ber.OCTET_STRING:
        raise ProtocolError(Reason.DECRYPTION, "msgData is not encrypted, but msgFlags say that it is")
    plaintext = decrypt(
        user.priv,
        keys.priv,
        boots=message.boots,
        time=message.time,
        parameters=message.priv_parameters,
        ciphertext=data[message.data_at : message.data_end],
    )
    try:
        at, end = ber.read_element(plaintext, 0, len(plaintext), ber.SEQUENCE)
        scoped = read_scoped_pdu(plaintext, at, end)
    except ProtocolError as error:
        raise ProtocolError(Reason.DECRYPTION, "decrypting gives no scoped PDU") from error
    # RFC 3414 section 8.1.1.2: padding fills the last block; some senders add a whole one to a full block.
    # AES needs none (RFC 3826 section 3.1.3), but a sender that pads all the same has signed it.
    if len(plaintext) - end > (DES_BLOCK if user.priv.is_des else AES_BLOCK):
        raise ProtocolError(Reason.DECRYPTION, f"{len(plaintext) - end} octets after the scoped PDU")
    return plaintext, scoped
