"""Message framing: SNMPv1 and v2c (RFC 1157 section 4, RFC 1901) and SNMPv3 (RFC 3412 section 6).

Reading stops at the envelope: who speaks, with which identifiers, and where the rest lies. Whether the sender
may be believed is decided elsewhere, before anything inside is read.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from snmp import ber
from snmp.errors import ProtocolError, malformed
from snmp.smi import MAX_INT32, MIN_INT32


class Version(IntEnum):
    """The version field's numbers."""

    V1 = 0
    V2C = 1
    V3 = 3


_VERSION_NAMES = {0: "v1", 1: "v2c", 3: "v3"}


def version_name(number: int) -> str:
    """Return what people call the version with this number."""
    return _VERSION_NAMES.get(number, f"version number {number}")


# RFC 3412 section 6: every engine must take 484 octets; 65,507 is the most UDP over IPv4 can carry.
MIN_MESSAGE_SIZE = 484
MAX_MESSAGE_SIZE = 65_507

# RFC 3412 section 6.4: bits of msgFlags.
AUTH_FLAG = 0x01
PRIV_FLAG = 0x02
REPORTABLE_FLAG = 0x04

# RFC 3411 section 5: SnmpSecurityModel of the User-based Security Model.
USM_SECURITY_MODEL = 3

MAX_COMMUNITY = 255
# RFC 3414 section 2.4: msgUserName is an OCTET STRING (SIZE(0..32)).
_MAX_USER = 32
_V3_HEAD = b"\x02\x01\x03"


class CommunityMessage(NamedTuple):
    """A v1 or v2c message; its PDU reaches from `pdu_at` to `end`."""

    version: Version
    community: bytes
    pdu_at: int
    end: int


class UsmMessage(NamedTuple):
    """A v3 message's header and security parameters. Its scoped PDU is `data_tag` with its content's bounds.

    `digest_at` and `digest_size` say where msgAuthenticationParameters lie in the datagram.
    """

    message_id: int
    max_size: int
    flags: int
    security_model: int
    engine_id: bytes
    boots: int
    time: int
    user: bytes
    digest_at: int
    digest_size: int
    priv_parameters: bytes
    data_tag: int
    data_at: int
    data_end: int


class ScopedPdu(NamedTuple):
    """A v3 scoped PDU, and where it stops: what follows is held against the padding rules."""

    context_engine_id: bytes
    context_name: bytes
    pdu_at: int
    end: int


def read_version(data: bytes) -> tuple[int, int]:
    """Return the version number of a datagram, whichever it is, and the position behind it."""
    at, end = ber.read_element(data, 0, len(data), ber.SEQUENCE)
    if end != len(data):
        raise malformed(f"{len(data) - end} octets after the message")
    return ber.read_integer(data, at, end, MIN_INT32, MAX_INT32)


def read_community_message(data: bytes, version: int, at: int) -> CommunityMessage:
    """Return the envelope of a v1 or v2c message whose version was read up to `at`."""
    community, at = ber.read_octets(data, at, len(data), MAX_COMMUNITY)
    return CommunityMessage(Version(version), community, at, len(data))


def read_usm_message(data: bytes, at: int) -> UsmMessage:
    """Return the envelope of a v3 message whose version was read up to `at`."""
    end = len(data)
    at, header_end = ber.read_element(data, at, end, ber.SEQUENCE)
    message_id, at = ber.read_integer(data, at, header_end, 0, MAX_INT32)
    max_size, at = ber.read_integer(data, at, header_end, MIN_MESSAGE_SIZE, MAX_INT32)
    flags, at = ber.read_octets(data, at, header_end, 1)
    model, at = ber.read_integer(data, at, header_end, 1, MAX_INT32)
    if at != header_end or not flags:
        raise malformed("msgGlobalData has fields too many or too few")
    if model != USM_SECURITY_MODEL:
        # The parameters of another model have another form, so nothing behind them can be read.
        return UsmMessage(message_id, max_size, flags[0], model, b"", 0, 0, b"", 0, 0, b"", 0, end, end)
    # RFC 3414 section 2.4: the parameters are an OCTET STRING that holds a SEQUENCE, and nothing else.
    at, parameters_end = ber.read_element(data, header_end, end, ber.OCTET_STRING)
    at, stop = ber.read_element(data, at, parameters_end, ber.SEQUENCE)
    engine_id, at = ber.read_octets(data, at, stop, MAX_MESSAGE_SIZE)
    boots, at = ber.read_integer(data, at, stop, 0, MAX_INT32)
    time, at = ber.read_integer(data, at, stop, 0, MAX_INT32)
    user, at = ber.read_octets(data, at, stop, _MAX_USER)
    digest_at, digest_end = ber.read_element(data, at, stop, ber.OCTET_STRING)
    priv_parameters, at = ber.read_octets(data, digest_end, stop, MAX_MESSAGE_SIZE)
    if at != stop or stop != parameters_end:
        raise malformed("msgSecurityParameters has fields too many or too few")
    tag, at, stop = ber.read_header(data, stop, end)
    if stop != end:
        raise malformed(f"{end - stop} octets after the scoped PDU")
    return UsmMessage(
        message_id,
        max_size,
        flags[0],
        model,
        engine_id,
        boots,
        time,
        user,
        digest_at,
        digest_end - digest_at,
        priv_parameters,
        tag,
        at,
        stop,
    )


def read_scoped_pdu(data: bytes, at: int, end: int) -> ScopedPdu:
    """Return the context of the scoped PDU whose SEQUENCE has its content between `at` and `end`."""
    context_engine_id, at = ber.read_octets(data, at, end, MAX_MESSAGE_SIZE)
    context_name, at = ber.read_octets(data, at, end, MAX_MESSAGE_SIZE)
    return ScopedPdu(context_engine_id, context_name, at, end)


def peek_message_id(data: bytes) -> int | None:
    """Return the number that says which request a datagram answers, or None if it has none.

    That is msgID in v3 and request-id in v1 and v2c. Nothing else is checked, not even that the datagram is
    whole: it only finds the exchange that will judge it and say what is wrong.
    """
    end = len(data)
    try:
        version, at = ber.read_integer(data, _content_at(data, 0), end, MIN_INT32, MAX_INT32)
        if version not in (Version.V1, Version.V2C, Version.V3):
            return None
        if version != Version.V3:
            _, at = ber.read_octets(data, at, end, MAX_COMMUNITY)
        return ber.read_integer(data, _content_at(data, at), end, MIN_INT32, MAX_INT32)[0]
    except ProtocolError:
        return None


def _content_at(data: bytes, at: int) -> int:
    """Return where the content of the element at `at` begins, be the element whole or cut off."""
    if len(data) - at < 2:
        raise malformed(f"element at octet {at} is cut off")
    length = data[at + 1]
    return at + 2 + (length & 0x7F if length >= 0x80 else 0)


def encode_community_message(version: Version, community: bytes, pdu: bytes) -> bytes:
    """Return a v1 or v2c message around an encoded PDU."""
    return ber.encode_tlv(
        ber.SEQUENCE, bytes((0x02, 0x01, version)) + ber.encode_tlv(ber.OCTET_STRING, community) + pdu
    )


def encode_scoped_pdu(context_engine_id: bytes, context_name: bytes, pdu: bytes) -> bytes:
    """Return a v3 scoped PDU around an encoded PDU."""
    return ber.encode_tlv(
        ber.SEQUENCE,
        ber.encode_tlv(ber.OCTET_STRING, context_engine_id)
        + ber.encode_tlv(ber.OCTET_STRING, context_name)
        + pdu,
    )


def encode_usm_message(
    *, message_id: int, max_size: int, flags: int, security_parameters: bytes, data: bytes
) -> bytes:
    """Return a v3 message; `security_parameters` is the encoded SEQUENCE, `data` a whole element."""
    header = ber.encode_tlv(
        ber.SEQUENCE,
        ber.encode_integer(message_id)
        + ber.encode_integer(max_size)
        + bytes((0x04, 0x01, flags, 0x02, 0x01, USM_SECURITY_MODEL)),
    )
    return ber.encode_tlv(
        ber.SEQUENCE, _V3_HEAD + header + ber.encode_tlv(ber.OCTET_STRING, security_parameters) + data
    )
