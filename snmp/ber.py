"""BER as SNMP uses it (RFC 3417 section 8): definite lengths, strict bounds, octets in, values out.

Readers take `data`, a position and an `end` that is never beyond `len(data)`; every length is checked against
that end before an octet behind it is touched. They are lenient in one thing only: lengths and integers may be
longer than needed, as RFC 3417 section 8 permits for lengths and as field devices do for integers.
"""

from __future__ import annotations

from functools import lru_cache

from snmp.errors import UsageError, malformed

Oid = tuple[int, ...]

SEQUENCE = 0x30
INTEGER = 0x02
OCTET_STRING = 0x04
NULL = 0x05
OBJECT_IDENTIFIER = 0x06

MAX_LENGTH_OCTETS = 4
MAX_INTEGER_OCTETS = 9
MAX_SUB_IDENTIFIERS = 128
MAX_SUB_IDENTIFIER = 0xFFFF_FFFF
# The first octets hold two sub-identifiers as 40 × first + second (X.690 section 8.19.4).
_MAX_FIRST = MAX_SUB_IDENTIFIER + 80
_MAX_OID_OCTETS = MAX_SUB_IDENTIFIERS * 5
# Fleets repeat the same names on every device. The two bounds keep hostile names from filling the memory.
_CACHED_OIDS = 8_192
_CACHED_SIZE = 40


def encode_header(tag: int, length: int) -> bytes:
    """Return a tag and the shortest definite length."""
    if length < 0x80:
        return bytes((tag, length))
    if length < 0x100:
        return bytes((tag, 0x81, length))
    if length < 0x1_0000:
        return bytes((tag, 0x82, length >> 8, length & 0xFF))
    return bytes((tag, 0x84)) + length.to_bytes(4)


def encode_tlv(tag: int, content: bytes) -> bytes:
    """Return tag, length and content."""
    return encode_header(tag, len(content)) + content


def encode_integer(value: int, tag: int = INTEGER) -> bytes:
    """Return an integer in as few octets as two's complement allows (X.690 section 8.3.2)."""
    # A negative number needs one bit less than its magnitude: -128 fits one octet.
    size = (value + (value < 0)).bit_length() // 8 + 1
    return encode_header(tag, size) + value.to_bytes(size, signed=True)


def encode_oid(oid: Oid) -> bytes:
    """Return tag, length and content of an OBJECT IDENTIFIER; raise UsageError if it cannot be one."""
    return _encode_oid_cached(oid) if len(oid) <= _CACHED_SIZE else _encode_oid(oid)


def _encode_oid(oid: Oid) -> bytes:
    if not 2 <= len(oid) <= MAX_SUB_IDENTIFIERS:
        raise UsageError(f"OID of {len(oid)} sub-identifiers: must have 2 to {MAX_SUB_IDENTIFIERS}")
    first, second = oid[:2]
    if min(oid) < 0 or max(oid) > MAX_SUB_IDENTIFIER or first > 2 or (first < 2 and second > 39):
        raise UsageError(
            f"OID {'.'.join(map(str, oid))}: must begin 0.0 to 0.39, 1.0 to 1.39 or 2, "
            f"and no sub-identifier may exceed {MAX_SUB_IDENTIFIER}"
        )
    content = bytearray()
    for sub in (first * 40 + second, *oid[2:]):
        if sub < 0x80:
            content.append(sub)
            continue
        shift = (sub.bit_length() - 1) // 7 * 7
        while shift:
            content.append(0x80 | sub >> shift & 0x7F)
            shift -= 7
        content.append(sub & 0x7F)
    return encode_tlv(OBJECT_IDENTIFIER, bytes(content))


def read_header(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Return tag, start and stop of the element at `at`; it lies wholly before `end`."""
    if end - at < 2:
        raise malformed(f"element at octet {at} is cut off")
    length = data[at + 1]
    start = at + 2
    if length >= 0x80:
        start, length = _read_long_length(data, start, end, length & 0x7F)
    stop = start + length
    if stop > end:
        raise malformed(f"element at octet {at} is longer than what holds it")
    return data[at], start, stop


def _read_long_length(data: bytes, at: int, end: int, octets: int) -> tuple[int, int]:
    # RFC 3417 section 8 (1): the indefinite form (no length octets) is prohibited.
    if not 0 < octets <= MAX_LENGTH_OCTETS:
        raise malformed(f"length of {octets} octets at octet {at - 1}")
    if end - at < octets:
        raise malformed(f"length at octet {at - 1} is cut off")
    return at + octets, int.from_bytes(data[at : at + octets])


def read_element(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Return start and stop of the element at `at`, which must have this tag."""
    found, start, stop = read_header(data, at, end)
    if found != tag:
        raise malformed(f"tag 0x{found:02x} at octet {at}, expected 0x{tag:02x}")
    return start, stop


def read_integer(data: bytes, at: int, end: int, low: int, high: int) -> tuple[int, int]:
    """Return the INTEGER at `at`, within `low` to `high`, and where it stops."""
    start, stop = read_element(data, at, end, INTEGER)
    value = decode_integer(data, start, stop)
    if not low <= value <= high:
        raise malformed(f"integer {value} at octet {at} is not within {low} to {high}")
    return value, stop


def read_octets(data: bytes, at: int, end: int, high: int) -> tuple[bytes, int]:
    """Return the OCTET STRING at `at`, of at most `high` octets, and where it stops."""
    start, stop = read_element(data, at, end, OCTET_STRING)
    if stop - start > high:
        raise malformed(f"string of {stop - start} octets at octet {at}, at most {high} allowed")
    return data[start:stop], stop


def decode_integer(data: bytes, start: int, stop: int) -> int:
    """Return the two's complement integer between `start` and `stop`, 1 to 9 octets."""
    if not 0 < stop - start <= MAX_INTEGER_OCTETS:
        raise malformed(f"integer of {stop - start} octets at octet {start}")
    return int.from_bytes(data[start:stop], signed=True)


def decode_oid(content: bytes) -> Oid:
    """Return the OID in `content`: 2 to 128 sub-identifiers of at most 32 bits (RFC 2578 section 3.5)."""
    return _decode_oid_cached(content) if len(content) <= _CACHED_SIZE else _decode_oid(content)


def _decode_oid(content: bytes) -> Oid:
    if not content or len(content) > _MAX_OID_OCTETS or content[-1] & 0x80:
        raise malformed(f"OID of {len(content)} octets is empty, too long or cut off")
    subs: list[int] = []
    sub = 0
    for octet in content:
        # X.690 section 8.19.2: a sub-identifier must not begin with 0x80.
        if not sub and octet == 0x80:
            raise malformed("OID sub-identifier with a leading zero")
        sub = sub << 7 | octet & 0x7F
        if sub > _MAX_FIRST:
            raise malformed("OID sub-identifier beyond 32 bits")
        if octet < 0x80:
            subs.append(sub)
            sub = 0
    first = min(subs[0] // 40, 2)
    oid = (first, subs[0] - 40 * first, *subs[1:])
    if len(oid) > MAX_SUB_IDENTIFIERS or max(oid) > MAX_SUB_IDENTIFIER:
        raise malformed(f"OID of more than {MAX_SUB_IDENTIFIERS} sub-identifiers, or one beyond 32 bits")
    return oid


_encode_oid_cached = lru_cache(maxsize=_CACHED_OIDS)(_encode_oid)
_decode_oid_cached = lru_cache(maxsize=_CACHED_OIDS)(_decode_oid)
