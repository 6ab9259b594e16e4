"""PDUs (RFC 3416 section 3): the request and response forms shared by all three versions.

A received PDU is read in two steps, because the sender's right to be heard is checked between them: first the
`PduHead` (four numbers and where the variables lie), then the variables themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

from snmp import ber
from snmp.ber import Oid
from snmp.errors import malformed
from snmp.smi import MAX_INT32, MIN_INT32, TAGS, VarBind, decode_value, encode_value


class PduType(IntEnum):
    """The BER tags of PDUs. SNMPv1's Trap-PDU has another form and is refused as malformed."""

    GET = 0xA0
    GET_NEXT = 0xA1
    RESPONSE = 0xA2
    SET = 0xA3
    GET_BULK = 0xA5
    INFORM = 0xA6
    TRAP = 0xA7
    REPORT = 0xA8


_TYPES = {int(kind): kind for kind in PduType}
# RFC 3411 section 2.8: what expects an answer, and so may be answered with a Report.
CONFIRMED = frozenset((PduType.GET, PduType.GET_NEXT, PduType.GET_BULK, PduType.SET, PduType.INFORM))


class ErrorStatus(IntEnum):
    """error-status of RFC 3416 section 3; a peer may send other numbers."""

    NO_ERROR = 0
    TOO_BIG = 1
    NO_SUCH_NAME = 2
    BAD_VALUE = 3
    READ_ONLY = 4
    GEN_ERR = 5
    NO_ACCESS = 6
    WRONG_TYPE = 7
    WRONG_LENGTH = 8
    WRONG_ENCODING = 9
    WRONG_VALUE = 10
    NO_CREATION = 11
    INCONSISTENT_VALUE = 12
    RESOURCE_UNAVAILABLE = 13
    COMMIT_FAILED = 14
    UNDO_FAILED = 15
    AUTHORIZATION_ERROR = 16
    NOT_WRITABLE = 17
    INCONSISTENT_NAME = 18


class PduHead(NamedTuple):
    """A PDU's fixed part. In a GETBULK, status and index are non-repeaters and max-repetitions."""

    kind: PduType
    request_id: int
    error_status: int
    error_index: int
    varbinds_at: int
    end: int


def encode_varbind(oid: Oid, value: bytes) -> bytes:
    """Return one VarBind; `value` is encoded already."""
    return ber.encode_tlv(ber.SEQUENCE, ber.encode_oid(oid) + value)


def encode_null_varbinds(oids: Iterable[Oid]) -> bytes:
    """Return the VarBindList of a request: names with unSpecified (NULL) values."""
    return ber.encode_tlv(ber.SEQUENCE, b"".join(encode_varbind(oid, b"\x05\x00") for oid in oids))


def encode_varbinds(varbinds: Iterable[VarBind]) -> bytes:
    """Return the VarBindList of these variables."""
    return ber.encode_tlv(
        ber.SEQUENCE, b"".join(encode_varbind(oid, encode_value(tag, value)) for oid, tag, value in varbinds)
    )


def encode_pdu(kind: PduType, request_id: int, status: int, index: int, varbind_list: bytes) -> bytes:
    """Return a PDU around an encoded VarBindList."""
    return ber.encode_tlv(
        kind,
        ber.encode_integer(request_id)
        + ber.encode_integer(status)
        + ber.encode_integer(index)
        + varbind_list,
    )


def read_pdu(data: bytes, at: int, end: int) -> PduHead:
    """Return the head of the PDU that reaches from `at` exactly to `end`."""
    tag, start, stop = ber.read_header(data, at, end)
    kind = _TYPES.get(tag)
    if kind is None:
        raise malformed(f"no PDU: tag 0x{tag:02x} at octet {at}")
    if stop != end:
        raise malformed(f"{end - stop} octets after the PDU")
    request_id, start = ber.read_integer(data, start, stop, MIN_INT32, MAX_INT32)
    # RFC 3416 section 3: neither is negative; section 4.2.3 nevertheless says what to do in a GETBULK.
    low = MIN_INT32 if kind is PduType.GET_BULK else 0
    status, start = ber.read_integer(data, start, stop, low, MAX_INT32)
    index, start = ber.read_integer(data, start, stop, low, MAX_INT32)
    varbinds_at, varbinds_end = ber.read_element(data, start, stop, ber.SEQUENCE)
    if varbinds_end != stop:
        raise malformed(f"{stop - varbinds_end} octets after the variables")
    return PduHead(kind, request_id, status, index, varbinds_at, stop)


def read_varbinds(data: bytes, head: PduHead) -> list[VarBind]:
    """Return the variables of a PDU; their number is bounded by the datagram's size."""
    varbinds: list[VarBind] = []
    at, end = head.varbinds_at, head.end
    read_header, read_element = ber.read_header, ber.read_element
    while at < end:
        name_at, stop = read_element(data, at, end, ber.SEQUENCE)
        start, value_at = read_element(data, name_at, stop, ber.OBJECT_IDENTIFIER)
        oid = ber.decode_oid(data[start:value_at])
        tag, start, value_end = read_header(data, value_at, stop)
        if value_end != stop:
            raise malformed(f"{stop - value_end} octets after the value at octet {value_at}")
        kind = TAGS.get(tag)
        if kind is None:
            raise malformed(f"no SMI value: tag 0x{tag:02x} at octet {value_at}")
        varbinds.append(VarBind(oid, kind, decode_value(data, tag, start, value_end)))
        at = stop
    return varbinds


def error_name(status: int) -> str:
    """Return the name RFC 3416 gives an error-status, in capitals, or the number for one it does not know."""
    try:
        return ErrorStatus(status).name
    except ValueError:
        return str(status)
