"""Prepared GETs: the octets of the generic encoder, the values of the generic decoder, or a refusal."""

from __future__ import annotations

import pytest

from snmp import ber
from snmp.ber import Oid
from snmp.errors import ProtocolError, Reason, UsageError
from snmp.manager import Credential
from snmp.operations import Get
from snmp.pdu import PduType, encode_pdu, encode_varbind, encode_varbinds, read_pdu
from snmp.prepared import PreparedGet, prepare
from snmp.smi import (
    NO_SUCH_INSTANCE,
    NO_SUCH_OBJECT,
    NULL,
    Typed,
    Value,
    VarBind,
    counter32,
    counter64,
    gauge32,
    integer,
    ip_address,
    object_identifier,
    octets,
    time_ticks,
)
from snmp.steps import Refusal, Values
from snmp.tree import Source
from tests.unit.snmp.pair import FIRST, ITEMS, THIRD, V2C, Pair, usm_user

TYPED: list[Typed] = [
    counter64(0xFEDC_BA98_7654_3210),
    counter64(0),
    counter32(0xFFFF_FFFF),
    gauge32(1_000),
    time_ticks(77),
    integer(-5),
    integer(1),
    octets(b"eth0"),
    octets(b""),
    octets(b"x" * 110),
    octets(b"x" * 300),
    ip_address(b"\x7f\x00\x00\x01"),
    object_identifier((1, 3, 6, 1, 4, 1, 99999)),
    NO_SUCH_INSTANCE,
    NO_SUCH_OBJECT,
    NULL,
]
NAMES: list[Oid] = [(1, 3, 6, 1, 2, 1, 2, 2, 1, column, 1) for column in range(1, len(TYPED) + 1)]


def read(prepared: PreparedGet, varbind_list: bytes) -> tuple[Value | None, ...]:
    """Return the values of a Response with this VarBindList."""
    data = encode_pdu(PduType.RESPONSE, 1, 0, 0, varbind_list)
    return prepared.answer(data, read_pdu(data, 0, len(data)), rtt=0.0, engine=None).values


def test_request_has_the_octets_of_the_generic_encoder() -> None:
    """For a four-octet id and for any other."""
    for request_id in (0x4000_0001, 1, -7):
        assert PreparedGet(NAMES).encode(request_id) == Get(tuple(NAMES)).encode(request_id)


@pytest.mark.parametrize("count", [1, 9, len(TYPED)])
def test_values_come_in_the_order_asked(count: int) -> None:
    """All types, on the fast path while all is short, on the generic one as soon as something is long."""
    varbinds = [VarBind(name, *typed) for name, typed in zip(NAMES[:count], TYPED, strict=False)]
    expected = tuple(typed.value for typed in TYPED[:count])
    assert read(PreparedGet(NAMES[:count]), encode_varbinds(varbinds)) == expected


def test_fast_path_is_taken_for_what_agents_send(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short values with the names as sent never reach the generic decoder."""

    def fail(*_: object) -> None:
        raise AssertionError("generic decoder")

    monkeypatch.setattr(PreparedGet, "_read_any", fail)
    short = [typed for typed in TYPED if not (isinstance(typed.value, bytes) and len(typed.value) > 100)]
    varbinds = [VarBind(name, *typed) for name, typed in zip(NAMES, short, strict=False)]
    assert len(read(PreparedGet(NAMES[: len(short)]), encode_varbinds(varbinds))) == len(short)


def test_another_order_is_put_right() -> None:
    """The values go by name, not by place."""
    varbinds = [VarBind(name, *typed) for name, typed in zip(NAMES, TYPED, strict=True)]
    assert read(PreparedGet(NAMES), encode_varbinds(reversed(varbinds))) == tuple(t.value for t in TYPED)


def test_lengths_longer_than_needed_are_read() -> None:
    """RFC 3417 section 8 permits them, and net-snmp writes them in places."""
    bodies = [ber.encode_oid(name) + b"\x41\x81\x01\x05" for name in NAMES[:3]]
    varbinds = b"".join(b"\x30\x82" + len(body).to_bytes(2) + body for body in bodies)
    assert read(PreparedGet(NAMES[:3]), b"\x30\x82" + len(varbinds).to_bytes(2) + varbinds) == (5, 5, 5)


@pytest.mark.parametrize(
    "names", [NAMES[:2], NAMES[:4], [NAMES[0], NAMES[1], NAMES[3]], [NAMES[0], NAMES[1], NAMES[1]]]
)
def test_other_names_than_asked_are_refused(names: list[Oid]) -> None:
    """Fewer, more, another, or one twice: no value is attributed to a name that did not come with it."""
    varbinds = [VarBind(name, *counter32(1)) for name in names]
    with pytest.raises(ProtocolError) as caught:
        read(PreparedGet(NAMES[:3]), encode_varbinds(varbinds))
    assert caught.value.reason is Reason.UNEXPECTED
    assert caught.value.detail == "the answer to GET has other names than were asked"


@pytest.mark.parametrize(
    "value", [b"\x41\x01\xff", b"\x41\x00", b"\x02\x00", b"\x46\x0a" + bytes(10), b"\x45\x00"]
)
def test_value_that_is_none_is_refused_on_the_fast_path_too(value: bytes) -> None:
    """The fast path hands on what it is not sure of."""
    with pytest.raises(ProtocolError):
        read(PreparedGet(NAMES[:1]), ber.encode_tlv(0x30, encode_varbind(NAMES[0], value)))


@pytest.mark.parametrize(
    "varbind",
    [
        # The variable's length says one octet less, or more, than its name and value take.
        b"\x30\x0e" + ber.encode_oid(NAMES[0]) + b"\x41\x01\x05",
        b"\x30\x10" + ber.encode_oid(NAMES[0]) + b"\x41\x01\x05",
        # 0x85 begins a length of five octets, though the variable does take 0x85 octets.
        b"\x30\x85" + ber.encode_oid(NAMES[0]) + b"\x04\x77" + b"x" * 0x77,
        # The same of the value: 0x81 octets follow 0x81, which begins a length of one octet.
        b"\x30\x7f" + ber.encode_oid(NAMES[0]) + b"\x04\x81" + b"x" * 0x71,
    ],
    ids=["shorter", "longer", "long form of the variable", "long form of the value"],
)
def test_length_that_is_not_what_it_seems_is_refused(varbind: bytes) -> None:
    """The fast path reads no length that the generic one would read otherwise."""
    assert len(ber.encode_oid(NAMES[0])) == 12
    with pytest.raises(ProtocolError):
        read(PreparedGet(NAMES[:1]), ber.encode_tlv(0x30, varbind))


def test_lying_lengths_do_not_shift_values() -> None:
    """Every single octet of an answer set to every value: the right values, another value, or a refusal.

    A changed octet may change the value it lies in; it never moves the other one.
    """
    names = NAMES[:2]
    good = encode_varbinds([VarBind(names[0], *counter32(0x0102_0304)), VarBind(names[1], *counter32(9))])
    for at in range(len(good)):
        for octet in range(256):
            data = good[:at] + bytes((octet,)) + good[at + 1 :]
            pdu = ber.encode_tlv(PduType.RESPONSE, b"\x02\x01\x01\x02\x01\x00\x02\x01\x00" + data)
            try:
                head = read_pdu(pdu, 0, len(pdu))
                values = PreparedGet(names).answer(pdu, head, rtt=0.0, engine=None).values
            except ProtocolError:
                continue
            assert len(values) == 2
            assert values[0] == 0x0102_0304 or values[1] == 9


def test_prepare_makes_as_few_packets_as_fit() -> None:
    """By number of variables and by expected size, in order, none lost."""
    oids = [(1, 3, 6, 1, 2, 1, 2, 2, 1, 10, index) for index in range(1, 449)]
    by_count = prepare(oids, max_size=10_000, max_varbinds=41)
    assert [len(get.oids) for get in by_count] == [41] * 10 + [38]
    by_size = prepare(oids, max_size=1_400)
    assert [oid for get in by_size for oid in get.oids] == oids
    assert max(len(get.oids) for get in by_size) == 45
    assert prepare(oids[:1], max_size=1)[0].oids == (oids[0],)
    assert prepare(()) == ()


@pytest.mark.parametrize("credential", [V2C, usm_user()], ids=["v2c", "v3"])
def test_prepared_answers_fit_the_size_they_were_made_for(credential: Credential) -> None:
    """Counters of full size, longest digest aside: the agent never says tooBig."""
    items: dict[Oid, Source] = {
        (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6, index): counter64(1 << 63) for index in range(1, 200)
    }
    pair = Pair(credential, items=items, max_size=1_000, session_max_size=1_000)
    for get in prepare(list(items), max_size=1_000):
        assert isinstance(pair.ask(get), Values)


def test_too_big_is_answered_by_halves() -> None:
    """The agent's tooBig becomes TOO_LARGE; the halves ask for the same instances in the same order."""
    items: dict[Oid, Source] = {
        (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 18, index): octets("x" * 100) for index in range(1, 9)
    }
    pair = Pair(V2C, items=items, max_size=600)
    (get,) = prepare(list(items))
    refusal = pair.ask(get)
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.final) == (Reason.TOO_LARGE, True)
    halves = get.halves()
    assert [oid for half in halves for oid in half.oids] == list(items)
    assert all(isinstance(pair.ask(half), Values) for half in halves)
    single = PreparedGet(list(items)[:1])
    assert single.halves() == (single,)


def test_without_leaves_one_variable_out() -> None:
    """Counted from 1, as an error-index is."""
    get = PreparedGet(list(ITEMS))
    less = get.without(2)
    assert less is not None
    assert less.oids == (FIRST, THIRD)
    assert PreparedGet(list(ITEMS)[:1]).without(1) is None
    with pytest.raises(UsageError, match="no variable 4 among 3"):
        get.without(4)


def test_mistakes_of_the_caller_are_named() -> None:
    """Nothing to ask, and no room to ask it in."""
    with pytest.raises(UsageError, match="a GET needs at least one OID"):
        PreparedGet(())
    with pytest.raises(UsageError, match="max_varbinds is 0; must be 1 or more"):
        prepare(list(ITEMS), max_varbinds=0)
