"""SMI values (RFC 2578, RFC 3416 section 3): what a variable can hold, to and from BER.

In Python an OID is a tuple of int, every number an int, and a string, IpAddress or Opaque is bytes. NULL and
the three exceptions have no value: None. The tag says which of them it is, so it is kept beside the value.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from snmp import ber
from snmp.ber import Oid
from snmp.errors import UsageError, malformed

Value = int | bytes | Oid

MAX_UINT32 = 0xFFFF_FFFF
MAX_UINT64 = 0xFFFF_FFFF_FFFF_FFFF
MAX_INT32 = 0x7FFF_FFFF
MIN_INT32 = -0x8000_0000
MAX_OCTETS = 65_535


class Tag(IntEnum):
    """The BER tags of SMI types and of the three exceptions of RFC 3416 section 3."""

    INTEGER = 0x02
    OCTET_STRING = 0x04
    NULL = 0x05
    OBJECT_IDENTIFIER = 0x06
    IP_ADDRESS = 0x40
    COUNTER32 = 0x41
    GAUGE32 = 0x42
    TIME_TICKS = 0x43
    OPAQUE = 0x44
    COUNTER64 = 0x46
    NO_SUCH_OBJECT = 0x80
    NO_SUCH_INSTANCE = 0x81
    END_OF_MIB_VIEW = 0x82


TAGS = {int(tag): tag for tag in Tag}
UNSIGNED_MAX = {
    int(Tag.COUNTER32): MAX_UINT32,
    int(Tag.GAUGE32): MAX_UINT32,
    int(Tag.TIME_TICKS): MAX_UINT32,
    int(Tag.COUNTER64): MAX_UINT64,
}
_VALUELESS = frozenset((Tag.NULL, Tag.NO_SUCH_OBJECT, Tag.NO_SUCH_INSTANCE, Tag.END_OF_MIB_VIEW))
_STRINGS = frozenset((Tag.OCTET_STRING, Tag.OPAQUE))


class Typed(NamedTuple):
    """A value with its type. Positional, because a walk makes thousands of them."""

    tag: Tag
    value: Value | None


class VarBind(NamedTuple):
    """A variable's name, the type of its value, and the value; None for NULL and the exceptions."""

    oid: Oid
    tag: Tag
    value: Value | None


NULL = Typed(Tag.NULL, None)
NO_SUCH_OBJECT = Typed(Tag.NO_SUCH_OBJECT, None)
NO_SUCH_INSTANCE = Typed(Tag.NO_SUCH_INSTANCE, None)
END_OF_MIB_VIEW = Typed(Tag.END_OF_MIB_VIEW, None)


def integer(value: int) -> Typed:
    """INTEGER, from -2³¹ to 2³¹ - 1."""
    return _checked(Tag.INTEGER, value)


def octets(value: bytes | str) -> Typed:
    """OCTET STRING of at most 65,535 octets; text is encoded as UTF-8."""
    return _checked(Tag.OCTET_STRING, value.encode() if isinstance(value, str) else value)


def object_identifier(value: Oid) -> Typed:
    """OBJECT IDENTIFIER of 2 to 128 sub-identifiers."""
    return _checked(Tag.OBJECT_IDENTIFIER, value)


def ip_address(value: bytes) -> Typed:
    """IpAddress: four octets, most significant first."""
    return _checked(Tag.IP_ADDRESS, value)


def counter32(value: int) -> Typed:
    """Counter32: the caller reduces modulo 2³², as RFC 2578 section 7.1.6 has it wrap."""
    return _checked(Tag.COUNTER32, value)


def gauge32(value: int) -> Typed:
    """Gauge32 or Unsigned32: a value above 2³² - 1 latches there (RFC 2578 section 7.1.7)."""
    return _checked(Tag.GAUGE32, min(value, MAX_UINT32))


def time_ticks(value: int) -> Typed:
    """TimeTicks in hundredths of a second, reduced by the caller modulo 2³²."""
    return _checked(Tag.TIME_TICKS, value)


def opaque(value: bytes) -> Typed:
    """Opaque octets."""
    return _checked(Tag.OPAQUE, value)


def counter64(value: int) -> Typed:
    """Counter64, reduced by the caller modulo 2⁶⁴."""
    return _checked(Tag.COUNTER64, value)


def _checked(tag: Tag, value: Value) -> Typed:
    encode_value(tag, value)
    return Typed(tag, value)


def encode_value(tag: Tag, value: Value | None) -> bytes:
    """Return tag, length and content; raise UsageError if the value does not fit the type."""
    if isinstance(value, int):
        low, high = (MIN_INT32, MAX_INT32) if tag == Tag.INTEGER else (0, UNSIGNED_MAX.get(tag, -1))
        if low <= value <= high:
            return ber.encode_integer(value, tag)
    elif isinstance(value, bytes):
        if (tag in _STRINGS and len(value) <= MAX_OCTETS) or (tag == Tag.IP_ADDRESS and len(value) == 4):
            return ber.encode_tlv(tag, value)
    elif value is None:
        if tag in _VALUELESS:
            return bytes((tag, 0))
    elif tag == Tag.OBJECT_IDENTIFIER:
        return ber.encode_oid(value)
    shown = f"{len(value)} octets" if isinstance(value, bytes) else repr(value)
    raise UsageError(f"{shown} cannot be the value of {tag.name}")


def decode_value(data: bytes, tag: int, start: int, stop: int) -> Value | None:
    """Return the value whose content lies between `start` and `stop`; raise ProtocolError if it is none."""
    size = stop - start
    if tag in UNSIGNED_MAX:
        return _decode_unsigned(data, tag, start, stop)
    if tag == Tag.INTEGER:
        value = ber.decode_integer(data, start, stop)
        if MIN_INT32 <= value <= MAX_INT32:
            return value
    elif tag in _STRINGS:
        if size <= MAX_OCTETS:
            return data[start:stop]
    elif tag == Tag.OBJECT_IDENTIFIER:
        return ber.decode_oid(data[start:stop])
    elif tag == Tag.IP_ADDRESS:
        if size == 4:
            return data[start:stop]
    elif tag in _VALUELESS and size == 0:
        return None
    raise malformed(f"value with tag 0x{tag:02x} and {size} octets at octet {start}")


def _decode_unsigned(data: bytes, tag: int, start: int, stop: int) -> int:
    high = UNSIGNED_MAX[tag]
    value = ber.decode_integer(data, start, stop)
    if value < 0 and stop - start == (8 if tag == Tag.COUNTER64 else 4):
        # Some agents leave out the zero octet before a high bit. These types know no negative number, so a
        # full-width content has one reading only; a shorter negative one has none and is refused below.
        value += high + 1
    if not 0 <= value <= high:
        raise malformed(f"{Tag(tag).name} of {value} at octet {start}")
    return value


def parse_oid(text: str) -> Oid:
    """Return the OID written as `1.3.6.1.2.1` or `.1.3.6.1.2.1`; raise UsageError if it is not one."""
    parts = text.removeprefix(".").split(".")
    if not all(part.isascii() and part.isdigit() and len(part) <= 10 for part in parts):
        raise UsageError(f"OID {text!r}: must be numbers joined by dots, such as 1.3.6.1.2.1.1.3.0")
    oid = tuple(map(int, parts))
    ber.encode_oid(oid)
    return oid


def format_oid(oid: Oid) -> str:
    """Return the OID as numbers joined by dots."""
    return ".".join(map(str, oid))
