"""SMI values: types, ranges, and what is refused on either side."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from snmp import smi
from snmp.errors import ProtocolError, UsageError
from snmp.smi import Tag, Typed, Value

VALUES: list[tuple[Typed, str]] = [
    (smi.integer(-1), "0201ff"),
    (smi.octets(b""), "0400"),
    (smi.octets("Đ"), "0402c490"),
    (smi.NULL, "0500"),
    (smi.object_identifier((1, 3, 6)), "06022b06"),
    (smi.ip_address(b"\x7f\x00\x00\x01"), "40047f000001"),
    (smi.counter32(0xFFFF_FFFF), "410500ffffffff"),
    (smi.gauge32(0), "420100"),
    (smi.time_ticks(4711), "43021267"),
    (smi.opaque(b"\x9f\x78\x04\x3f\x80\x00\x00"), "44079f78043f800000"),
    (smi.counter64(0xFFFF_FFFF_FFFF_FFFF), "460900ffffffffffffffff"),
    (smi.NO_SUCH_OBJECT, "8000"),
    (smi.NO_SUCH_INSTANCE, "8100"),
    (smi.END_OF_MIB_VIEW, "8200"),
]


@pytest.mark.parametrize(("typed", "encoded"), VALUES)
def test_each_type_encodes_as_rfc2578_has_it_and_back(typed: Typed, encoded: str) -> None:
    """One known encoding for every type of RFC 2578 and RFC 3416."""
    data = bytes.fromhex(encoded)
    assert smi.encode_value(*typed) == data
    assert smi.decode_value(data, data[0], 2, len(data)) == typed.value


def test_every_tag_has_a_known_encoding_here() -> None:
    """A type added to Tag must be added to the table above."""
    assert {typed.tag for typed, _ in VALUES} == set(Tag)


def test_gauge_latches_at_its_maximum() -> None:
    """RFC 2578 section 7.1.7: a Gauge32 never exceeds 2³² - 1, it stays there."""
    assert smi.gauge32(1 << 40) == Typed(Tag.GAUGE32, 0xFFFF_FFFF)


@pytest.mark.parametrize(
    ("make", "value", "message"),
    [
        (smi.integer, 1 << 31, "2147483648 cannot be the value of INTEGER"),
        (smi.integer, -(1 << 31) - 1, "-2147483649 cannot be the value of INTEGER"),
        (smi.counter32, -1, "-1 cannot be the value of COUNTER32"),
        (smi.counter32, 1 << 32, "4294967296 cannot be the value of COUNTER32"),
        (smi.counter64, 1 << 64, "18446744073709551616 cannot be the value of COUNTER64"),
        (smi.time_ticks, -5, "-5 cannot be the value of TIME_TICKS"),
        (smi.ip_address, b"\x01", "1 octets cannot be the value of IP_ADDRESS"),
        (smi.octets, bytes(65_536), "65536 octets cannot be the value of OCTET_STRING"),
    ],
)
def test_value_that_does_not_fit_its_type_is_the_callers_mistake(
    make: Callable[[Value], Typed], value: Value, message: str
) -> None:
    """No number is bent to fit: the caller is told."""
    with pytest.raises(UsageError) as caught:
        make(value)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("tag", "value"), [(Tag.NULL, 1), (Tag.INTEGER, None), (Tag.INTEGER, b"x"), (Tag.COUNTER64, (1, 3))]
)
def test_value_of_another_type_is_the_callers_mistake(tag: Tag, value: Value | None) -> None:
    """Tag and Python type must belong together."""
    with pytest.raises(UsageError, match=f"cannot be the value of {tag.name}"):
        smi.encode_value(tag, value)


@pytest.mark.parametrize(
    ("encoded", "value"),
    [
        ("4104fedcba98", 0xFEDC_BA98),
        ("4204ffffffff", 0xFFFF_FFFF),
        ("430480000000", 0x8000_0000),
        ("4608ffffffffffffffff", 0xFFFF_FFFF_FFFF_FFFF),
    ],
)
def test_full_width_counter_without_its_zero_octet_is_read_as_unsigned(encoded: str, value: int) -> None:
    """Some agents leave the leading zero out; at full width there is one reading only."""
    data = bytes.fromhex(encoded)
    assert smi.decode_value(data, data[0], 2, len(data)) == value


@pytest.mark.parametrize(
    "encoded",
    [
        "4101ff",  # a negative counter at less than full width
        "4103ffffff",
        "410501ffffffff",  # beyond 32 bits
        "460901ffffffffffffffff",  # beyond 64 bits
        "4607ffffffffffffff",
        "4100",
        "0200",
        "02050080000000",  # INTEGER beyond 31 bits
        "020a00000000000000000001",
        "400300007f",
        "400500007f0000",
        "050100",
        "800100",
        "0600",
        "45020000",  # NsapAddress, gone since SMIv2
        "4702ffff",
    ],
)
def test_octets_that_are_no_value_are_refused(encoded: str) -> None:
    """Each is one step outside its type, and none becomes a number."""
    data = bytes.fromhex(encoded)
    with pytest.raises(ProtocolError):
        smi.decode_value(data, data[0], 2, len(data))


def test_oid_text_goes_both_ways() -> None:
    """With and without the leading dot."""
    assert smi.parse_oid("1.3.6.1.2.1") == smi.parse_oid(".1.3.6.1.2.1") == (1, 3, 6, 1, 2, 1)
    assert smi.format_oid((1, 3, 6, 1)) == "1.3.6.1"


@pytest.mark.parametrize(
    "text", ["", ".", "1..3", "1.3.x", "1.-3", "1.3 ", "１.3", "1." + "9" * 11, "sysUpTime.0"]
)
def test_oid_text_that_is_none_says_what_one_looks_like(text: str) -> None:
    """The message shows the text and an example."""
    with pytest.raises(UsageError) as caught:
        smi.parse_oid(text)
    assert str(caught.value) == f"OID {text!r}: must be numbers joined by dots, such as 1.3.6.1.2.1.1.3.0"
