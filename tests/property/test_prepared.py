"""A prepared GET that remembers the shape of answers reads exactly what one without a memory reads."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from snmp.ber import SEQUENCE, Oid, encode_oid, encode_tlv
from snmp.errors import ProtocolError
from snmp.pdu import PduType, encode_pdu, read_pdu
from snmp.prepared import PreparedGet
from snmp.smi import MAX_INT32, MAX_UINT32, MAX_UINT64, MIN_INT32, Tag, Value, encode_value

NAMES: tuple[Oid, ...] = tuple((1, 3, 6, 1, 2, 1, 2, 2, 1, column, 1) for column in range(1, 6))
_NUMBERS = {
    Tag.INTEGER: (MIN_INT32, MAX_INT32),
    Tag.COUNTER32: (0, MAX_UINT32),
    Tag.GAUGE32: (0, MAX_UINT32),
    Tag.TIME_TICKS: (0, MAX_UINT32),
    Tag.COUNTER64: (0, MAX_UINT64),
}


EDGES = st.sampled_from([0x00, 0x01, 0x7F, 0x80, 0xFF])


@st.composite
def contents(draw: st.DrawFn, size: int) -> bytes:
    """Return the content of a number, right or wrong: what matters is at its beginning."""
    return bytes(draw(EDGES | st.integers(0, 255)) for _ in range(min(size, 2))) + draw(
        st.binary(min_size=max(size - 2, 0), max_size=max(size - 2, 0))
    )


@st.composite
def answers(draw: st.DrawFn) -> list[bytes]:
    """Return VarBindLists of the same names, types and lengths, as a device sends them poll after poll."""
    tags = draw(st.lists(st.sampled_from([*_NUMBERS, *_NUMBERS, Tag.OCTET_STRING]), min_size=5, max_size=5))
    sizes = [draw(st.integers(1, 10 if tag is Tag.COUNTER64 else 6)) for tag in tags]
    plain = [
        encode_tlv(tag, draw(st.sampled_from([bytes(size - 1) + b"\x01", b"\xff" * size])))
        for tag, size in zip(tags, sizes, strict=True)
    ]
    series = [
        [encode_tlv(tag, draw(contents(size))) for tag, size in zip(tags, sizes, strict=True)]
        for _ in range(3)
    ]
    return [varbind_list(values) for values in (plain, plain, plain, *series, plain)]


def an_answer() -> st.SearchStrategy[bytes]:
    """Return a VarBindList of valid numbers."""
    numbers = st.sampled_from(list(_NUMBERS)).flatmap(
        lambda tag: st.integers(*_NUMBERS[tag]).map(lambda value: encode_value(tag, value))
    )
    return st.lists(numbers, min_size=5, max_size=5).map(varbind_list)


def varbind_list(values: list[bytes]) -> bytes:
    pairs = zip(NAMES, values, strict=True)
    return b"".join(encode_tlv(SEQUENCE, encode_oid(name) + value) for name, value in pairs)


def read(get: PreparedGet, varbinds: bytes) -> tuple[Value | None, ...] | str:
    """Return what an answer says to a GET, or why it is refused."""
    data = encode_pdu(PduType.RESPONSE, 7, 0, 0, encode_tlv(SEQUENCE, varbinds))
    try:
        return get.answer(data, read_pdu(data, 0, len(data)), rtt=0.0, engine=None).values
    except ProtocolError as error:
        return str(error)


@given(answers())
def test_the_numbers_of_a_series_of_answers_are_those_of_each_read_alone(series: list[bytes]) -> None:
    """Whatever came before: same values, same refusals in the same words."""
    remembering = PreparedGet(NAMES)
    for varbinds in series:
        assert read(remembering, varbinds) == read(PreparedGet(NAMES), varbinds)


@given(an_answer(), st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), min_size=1, max_size=3))
def test_any_octet_changed_in_an_answer_of_known_shape_is_judged_as_ever(
    varbinds: bytes, changes: list[tuple[int, int]]
) -> None:
    """Names, types, lengths, signs and leading zeros: the memory lets nothing through."""
    remembering = PreparedGet(NAMES)
    for _ in range(3):
        read(remembering, varbinds)
    spoiled = bytearray(varbinds)
    for place, octet in changes:
        spoiled[place % len(spoiled)] = octet
    assert read(remembering, bytes(spoiled)) == read(PreparedGet(NAMES), bytes(spoiled))


def test_the_shape_is_used_at_the_third_answer_of_a_size() -> None:
    """Else the two tests above would prove nothing."""
    get = PreparedGet(NAMES)
    for number in range(3):
        values = read(get, varbind_list([encode_value(Tag.COUNTER32, 60_000 + number)] * 5))
        assert values == (60_000 + number,) * 5
    assert get._shape is not None
    varbinds = varbind_list([encode_value(Tag.COUNTER32, 65_000)] * 5)
    assert get._shape.read(varbinds, 0, len(varbinds)) == (65_000,) * 5


@given(st.lists(st.integers(MIN_INT32, -1), min_size=5, max_size=5))
def test_negative_numbers_stay_negative_however_often_they_come(values: list[int]) -> None:
    """A sign is no digit."""
    get = PreparedGet(NAMES)
    varbinds = varbind_list([encode_value(Tag.INTEGER, value) for value in values])
    for _ in range(4):
        assert read(get, varbinds) == tuple(values)
