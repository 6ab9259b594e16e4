"""BER primitives: known encodings, strict bounds, nothing read beyond its end."""

from __future__ import annotations

import pytest

from snmp import ber
from snmp.errors import ProtocolError, Reason, UsageError

INTEGERS = [
    (0, "020100"),
    (127, "02017f"),
    (128, "02020080"),
    (256, "02020100"),
    (-1, "0201ff"),
    (-128, "020180"),
    (-129, "0202ff7f"),
    (0x7FFF_FFFF, "02047fffffff"),
    (-0x8000_0000, "020480000000"),
    (0xFFFF_FFFF, "020500ffffffff"),
    (0xFFFF_FFFF_FFFF_FFFF, "020900ffffffffffffffff"),
]
OIDS = [
    ((0, 0), "060100"),
    ((1, 3, 6, 1, 2, 1), "06052b06010201"),
    ((1, 39), "06014f"),
    ((2, 0), "060150"),
    ((2, 40), "060178"),
    ((2, 48), "06028100"),
    ((2, 999, 3), "0603883703"),
    ((1, 3, 127, 128, 16_383, 16_384), "06092b7f8100ff7f818000"),
    ((1, 3, 0xFFFF_FFFF), "06062b8fffffff7f"),
    ((2, 0xFFFF_FFFF), "0605908080804f"),
]


@pytest.mark.parametrize(("value", "encoded"), INTEGERS)
def test_integer_encodes_to_the_fewest_octets_and_back(value: int, encoded: str) -> None:
    """X.690 section 8.3: two's complement, as short as can be."""
    data = bytes.fromhex(encoded)
    assert ber.encode_integer(value) == data
    assert ber.decode_integer(data, 2, len(data)) == value


@pytest.mark.parametrize(("oid", "encoded"), OIDS)
def test_oid_encodes_as_x690_has_it_and_back(oid: tuple[int, ...], encoded: str) -> None:
    """X.690 section 8.19, the two first sub-identifiers sharing one octet group included."""
    data = bytes.fromhex(encoded)
    assert ber.encode_oid(oid) == data
    assert ber.decode_oid(data[2:]) == oid


@pytest.mark.parametrize(
    ("length", "header"),
    [(0, "3000"), (127, "307f"), (128, "308180"), (255, "3081ff"), (256, "30820100"), (65_535, "3082ffff")],
)
def test_length_takes_the_shortest_definite_form(length: int, header: str) -> None:
    """X.690 section 8.1.3: short form below 128, then as few octets as hold it."""
    encoded = ber.encode_header(0x30, length)
    assert encoded == bytes.fromhex(header)
    data = encoded + bytes(length)
    assert ber.read_header(data, 0, len(data)) == (0x30, len(encoded), len(data))


def test_length_beyond_two_octets_is_readable() -> None:
    """The encoder's four-octet form for large contents is one that the reader takes."""
    data = ber.encode_tlv(0x30, bytes(70_000))
    assert ber.read_header(data, 0, len(data)) == (0x30, 6, len(data))


@pytest.mark.parametrize("encoded", ["30820003020105", "3084000000030201ff"])
def test_length_longer_than_needed_is_accepted(encoded: str) -> None:
    """RFC 3417 section 8: the definite long form may take more octets than necessary."""
    data = bytes.fromhex(encoded)
    tag, start, stop = ber.read_header(data, 0, len(data))
    assert (tag, stop - start, stop) == (0x30, 3, len(data))


@pytest.mark.parametrize(
    ("encoded", "detail"),
    [
        ("", "element at octet 0 is cut off"),
        ("30", "element at octet 0 is cut off"),
        ("3080", "length of 0 octets at octet 1"),
        ("30800000", "length of 0 octets at octet 1"),
        ("30850000000001ff", "length of 5 octets at octet 1"),
        ("30ff" + "ff" * 127, "length of 127 octets at octet 1"),
        ("3082ff", "length at octet 1 is cut off"),
        ("300201", "element at octet 0 is longer than what holds it"),
        ("3084ffffffff00", "element at octet 0 is longer than what holds it"),
    ],
)
def test_header_that_breaks_its_bounds_is_refused(encoded: str, detail: str) -> None:
    """Indefinite, oversized and cut-off lengths end in the module's own error, which says where."""
    data = bytes.fromhex(encoded)
    with pytest.raises(ProtocolError) as caught:
        ber.read_header(data, 0, len(data))
    assert (caught.value.reason, caught.value.detail) == (Reason.MALFORMED, detail)


def test_element_may_not_reach_beyond_what_holds_it() -> None:
    """The end that is passed counts, not the end of the data."""
    data = bytes.fromhex("0204000000010000")
    with pytest.raises(ProtocolError, match="longer than what holds it"):
        ber.read_header(data, 0, 5)
    assert ber.read_header(data, 0, 6) == (2, 2, 6)


def test_nested_length_that_lies_is_refused_where_it_lies() -> None:
    """Thirty sequences in each other, the innermost one octet too long: 29 can be entered."""
    data = b"\x30\x01"
    for _ in range(29):
        data = ber.encode_tlv(0x30, data)
    at, end = 0, len(data)
    for _ in range(29):
        at, end = ber.read_element(data, at, end, 0x30)
    with pytest.raises(ProtocolError, match="longer than what holds it"):
        ber.read_element(data, at, end, 0x30)


@pytest.mark.parametrize("size", [0, 10, 1_000])
def test_integer_of_no_or_too_many_octets_is_refused(size: int) -> None:
    """A huge integer is refused by its length, before it is ever converted."""
    with pytest.raises(ProtocolError, match=f"integer of {size} octets"):
        ber.decode_integer(b"\x01" * size, 0, size)


def test_integer_with_leading_zeros_is_accepted_up_to_nine_octets() -> None:
    """Field devices pad integers; the value is what counts."""
    assert ber.decode_integer(bytes(8) + b"\x05", 0, 9) == 5


def test_integer_field_out_of_range_is_refused() -> None:
    """A field's own range is enforced where it is read."""
    with pytest.raises(ProtocolError, match="integer 5 at octet 0 is not within 6 to 9"):
        ber.read_integer(b"\x02\x01\x05", 0, 3, 6, 9)


def test_string_longer_than_its_field_allows_is_refused() -> None:
    """A field's own size is enforced where it is read."""
    with pytest.raises(ProtocolError, match="string of 2 octets at octet 0, at most 1 allowed"):
        ber.read_octets(b"\x04\x02ab", 0, 4, 1)


def test_element_with_another_tag_is_refused() -> None:
    """The message names both tags."""
    with pytest.raises(ProtocolError, match="tag 0x04 at octet 0, expected 0x02"):
        ber.read_element(b"\x04\x00", 0, 2, 0x02)


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "OID of 0 octets is empty, too long or cut off"),
        (b"\x2b\x86", "OID of 2 octets is empty, too long or cut off"),
        (b"\x2b" + b"\x01" * 640, "OID of 641 octets is empty, too long or cut off"),
        (b"\x2b\x80\x01", "OID sub-identifier with a leading zero"),
        (b"\x80\x2b", "OID sub-identifier with a leading zero"),
        (b"\x2b\x90\x80\x80\x80\x00", "OID of more than 128 sub-identifiers, or one beyond 32 bits"),
        (b"\x2b" + b"\xff" * 600 + b"\x7f", "OID sub-identifier beyond 32 bits"),
        (b"\x2b" + b"\x01" * 127, "OID of more than 128 sub-identifiers, or one beyond 32 bits"),
    ],
)
def test_oid_beyond_smi_is_refused(content: bytes, detail: str) -> None:
    """RFC 2578 section 3.5: at most 128 sub-identifiers of 32 bits; X.690 section 8.19.2: no padding."""
    with pytest.raises(ProtocolError) as caught:
        ber.decode_oid(content)
    assert caught.value.detail == detail


def test_longest_oid_goes_both_ways() -> None:
    """128 sub-identifiers of 32 bits are the limit, and inside it."""
    oid = (2, *(0xFFFF_FFFF,) * 127)
    encoded = ber.encode_oid(oid)
    _, start, stop = ber.read_header(encoded, 0, len(encoded))
    assert ber.decode_oid(encoded[start:stop]) == oid


_MUST = "must begin 0.0 to 0.39, 1.0 to 1.39 or 2, and no sub-identifier may exceed 4294967295"


@pytest.mark.parametrize(
    ("oid", "message"),
    [
        ((1,), "OID of 1 sub-identifiers: must have 2 to 128"),
        ((1, 3, *(1,) * 127), "OID of 129 sub-identifiers: must have 2 to 128"),
        ((1, 40), f"OID 1.40: {_MUST}"),
        ((3, 1), f"OID 3.1: {_MUST}"),
        ((1, 3, -1), f"OID 1.3.-1: {_MUST}"),
        ((1, 3, 1 << 32), f"OID 1.3.4294967296: {_MUST}"),
    ],
)
def test_impossible_oid_is_the_callers_mistake(oid: tuple[int, ...], message: str) -> None:
    """What cannot be encoded says what could."""
    with pytest.raises(UsageError) as caught:
        ber.encode_oid(oid)
    assert str(caught.value) == message


def test_hostile_oids_do_not_stay_in_memory() -> None:
    """Long names bypass the cache, so its memory is bounded by count and by size."""
    before = ber._decode_oid_cached.cache_info().currsize
    for number in range(200):
        ber.decode_oid(b"\x2b" + bytes((number & 0x7F,)) * 60)
    assert ber._decode_oid_cached.cache_info().currsize == before
