"""Framing of all versions: known messages, field ranges, nothing left over; the identifier that is peeked."""

from __future__ import annotations

import pytest

from snmp import ber
from snmp.errors import ProtocolError
from snmp.message import (
    CommunityMessage,
    Version,
    encode_community_message,
    encode_scoped_pdu,
    encode_usm_message,
    peek_message_id,
    read_community_message,
    read_scoped_pdu,
    read_usm_message,
    read_version,
)
from snmp.pdu import PduType, encode_null_varbinds, encode_pdu, read_pdu, read_varbinds
from snmp.smi import NULL, VarBind

# snmpget -v2c -c public 127.0.0.1 1.3.6.1.2.1.1.3.0, request-id 0x4d3c2b1a.
GET = bytes.fromhex("302902010104067075626c6963a01c02044d3c2b1a020100020100300e300c06082b060102010103000500")


def v3_message(**changes: int | bytes) -> bytes:
    """Return a plain v3 message with some header fields replaced by raw encodings."""
    fields = {
        "message_id": ber.encode_integer(0x4000_0001),
        "max_size": ber.encode_integer(1_472),
        "flags": b"\x04\x01\x04",
        "model": ber.encode_integer(3),
        "extra": b"",
        "engine_id": ber.encode_tlv(4, b"engine"),
        "boots": ber.encode_integer(1),
        "time": ber.encode_integer(2),
        "user": ber.encode_tlv(4, b"monitor"),
        "digest": ber.encode_tlv(4, b""),
        "salt": ber.encode_tlv(4, b""),
        "behind": b"",
        "outside": b"",
        "scoped": encode_scoped_pdu(
            b"engine", b"", encode_pdu(PduType.GET, 1, 0, 0, encode_null_varbinds(()))
        ),
    } | {name: value for name, value in changes.items() if isinstance(value, bytes)}
    header = ber.encode_tlv(
        0x30, fields["message_id"] + fields["max_size"] + fields["flags"] + fields["model"] + fields["extra"]
    )
    names = ("engine_id", "boots", "time", "user", "digest", "salt", "behind")
    parameters = ber.encode_tlv(0x30, b"".join(fields[name] for name in names)) + fields["outside"]
    return ber.encode_tlv(0x30, b"\x02\x01\x03" + header + ber.encode_tlv(4, parameters) + fields["scoped"])


def test_v2c_message_is_read_as_net_snmp_wrote_it() -> None:
    """A recorded request gives its version, community, ids and name, and encodes to the same octets."""
    version, at = read_version(GET)
    message = read_community_message(GET, version, at)
    assert message == CommunityMessage(Version.V2C, b"public", at + 8, len(GET))
    head = read_pdu(GET, message.pdu_at, message.end)
    assert (head.kind, head.request_id, head.error_status, head.error_index) == (
        PduType.GET,
        0x4D3C2B1A,
        0,
        0,
    )
    oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)
    assert read_varbinds(GET, head) == [VarBind(oid, *NULL)]
    pdu = encode_pdu(PduType.GET, 0x4D3C2B1A, 0, 0, encode_null_varbinds((oid,)))
    assert encode_community_message(Version.V2C, b"public", pdu) == GET


def test_v3_message_round_trips_through_encode_and_read() -> None:
    """Every header field and the place of the digest come back."""
    scoped = encode_scoped_pdu(b"context", b"name", b"\xa0\x00")
    parameters = ber.encode_tlv(
        0x30,
        ber.encode_tlv(4, b"engine")
        + ber.encode_integer(9)
        + ber.encode_integer(10)
        + ber.encode_tlv(4, b"user")
        + ber.encode_tlv(4, b"D" * 24)
        + ber.encode_tlv(4, b"S" * 8),
    )
    data = encode_usm_message(
        message_id=77, max_size=2_000, flags=5, security_parameters=parameters, data=scoped
    )
    version, at = read_version(data)
    message = read_usm_message(data, at)
    assert version == Version.V3
    assert message[:8] == (77, 2_000, 5, 3, b"engine", 9, 10, b"user")
    assert data[message.digest_at : message.digest_at + message.digest_size] == b"D" * 24
    assert message.priv_parameters == b"S" * 8
    inner = read_scoped_pdu(data, message.data_at, message.data_end)
    assert (inner.context_engine_id, inner.context_name) == (b"context", b"name")
    assert data[inner.pdu_at : inner.end] == b"\xa0\x00"


@pytest.mark.parametrize(
    "changes",
    [
        {"message_id": ber.encode_integer(-1)},
        {"message_id": ber.encode_integer(1 << 31)},
        {"max_size": ber.encode_integer(483)},
        {"flags": b"\x04\x00"},
        {"flags": b"\x04\x02\x04\x04"},
        {"model": ber.encode_integer(0)},
        {"extra": b"\x02\x01\x00"},
        {"boots": ber.encode_integer(-1)},
        {"time": ber.encode_integer(1 << 31)},
        {"user": ber.encode_tlv(4, b"u" * 33)},
        {"behind": b"\x05\x00"},
        {"outside": b"\x05\x00"},
        {"scoped": b""},
        {"scoped": b"\x04\x00\x05\x00"},
    ],
    ids=lambda changes: "-".join(changes) if isinstance(changes, dict) else None,
)
def test_v3_field_outside_its_range_is_refused(changes: dict[str, bytes]) -> None:
    """RFC 3412 section 6 and RFC 3414 section 2.4 give each field a range; nothing may follow the last."""
    data = v3_message(**changes)
    version, at = read_version(data)
    assert version == Version.V3
    with pytest.raises(ProtocolError):
        read_usm_message(data, at)


def test_plain_v3_message_is_read() -> None:
    """The message that the cases above spoil is itself in order."""
    data = v3_message()
    assert read_usm_message(data, read_version(data)[1]).message_id == 0x4000_0001


def test_parameters_of_another_security_model_are_not_looked_into() -> None:
    """What they look like is known to that model only; the header still is."""
    data = v3_message(model=ber.encode_integer(4), engine_id=b"\xff\x01")
    message = read_usm_message(data, read_version(data)[1])
    assert (message.message_id, message.security_model, message.engine_id) == (0x4000_0001, 4, b"")


@pytest.mark.parametrize("tail", [b"\x00", b"\x05\x00", GET])
def test_octets_behind_the_message_are_refused(tail: bytes) -> None:
    """One datagram is one message."""
    with pytest.raises(ProtocolError, match=f"{len(tail)} octets after the message"):
        read_version(GET + tail)


def spoil(old: str, new: str, tail: str = "") -> bytes:
    """Return the request with one place changed, octets added, and an outer length that fits."""
    spoilt = GET.hex().replace(old, new) + tail
    assert spoilt != GET.hex()
    data = bytes.fromhex(spoilt)
    return bytes((0x30, len(data) - 2)) + data[2:]


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (spoil("a01c", "a01e", "0500"), "2 octets after the variables"),
        (spoil("a01c", "a01c", "0500"), "2 octets after the PDU"),
        (spoil("0500", "4500"), "no SMI value: tag 0x45 at octet 41"),
        (spoil("a01c", "a41c"), "no PDU: tag 0xa4 at octet 13"),
        (
            bytes.fromhex(
                "302b02010104067075626c6963a01e02044d3c2b1a0201000201003010300e06082b0601020101030005000500"
            ),
            "2 octets after the value at octet 41",
        ),
        (spoil("300e300c", "300e310c"), "tag 0x31 at octet 29, expected 0x30"),
        (spoil("300e300c", "300e300b"), "element at octet 41 is cut off"),
        (spoil("06082b06", "06072b06"), "element at octet 40 is longer than what holds it"),
    ],
)
def test_pdu_that_breaks_its_form_is_refused(data: bytes, detail: str) -> None:
    """Each spoils one place of a good request, and the message says which."""
    version, at = read_version(data)
    message = read_community_message(data, version, at)
    with pytest.raises(ProtocolError) as caught:
        read_varbinds(data, read_pdu(data, message.pdu_at, message.end))
    assert caught.value.detail == detail


@pytest.mark.parametrize("size", [0, 1, 5, 13, 20, len(GET) - 1])
def test_message_that_is_cut_off_is_refused(size: int) -> None:
    """Wherever the cut is, the outer length gives it away."""
    with pytest.raises(ProtocolError):
        read_version(GET[:size])


def test_peek_finds_request_id_and_msg_id() -> None:
    """v1 and v2c by request-id, v3 by msgID."""
    assert peek_message_id(GET) == 0x4D3C2B1A
    assert peek_message_id(GET.replace(b"\x02\x01\x01\x04", b"\x02\x01\x00\x04")) == 0x4D3C2B1A
    assert peek_message_id(v3_message()) == 0x4000_0001


def test_peek_still_finds_the_id_of_a_message_that_is_cut_off() -> None:
    """So that its exchange learns that something broken came, not that nothing came."""
    assert peek_message_id(GET[:30]) == 0x4D3C2B1A
    assert peek_message_id(v3_message()[:30]) == 0x4000_0001


@pytest.mark.parametrize(
    "data", [b"", b"\x30", b"\x30\x84", b"0\x03\x02\x01\x07", GET[:12], b"GET / HTTP/1.1\r\n"]
)
def test_peek_at_something_else_finds_nothing(data: bytes) -> None:
    """No id, no error."""
    assert peek_message_id(data) is None
