"""What is encoded is decoded again, for every value, message and algorithm; and walks find every row."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from snmp import ber, smi
from snmp.ber import Oid
from snmp.community_exchange import Community
from snmp.errors import UsageError
from snmp.manager import Credential
from snmp.message import (
    Version,
    encode_community_message,
    encode_scoped_pdu,
    read_community_message,
    read_usm_message,
    read_version,
)
from snmp.operations import Get, GetBulk
from snmp.pdu import PduType, encode_pdu, encode_varbinds, read_pdu, read_varbinds
from snmp.prepared import PreparedGet, prepare
from snmp.smi import Tag, Typed, VarBind
from snmp.steps import Answer, Refusal, Values
from snmp.tree import SortedTree, Source
from snmp.usm import EngineTime, open_scoped_pdu, seal, verify_digest
from snmp.usm_keys import MasterKey, UsmUser
from snmp.usm_protocols import AuthProtocol, PrivProtocol
from snmp.walk import Walk
from tests.unit.snmp.pair import V1, V2C, Pair, usm_user

SUB = st.integers(0, 0xFFFF_FFFF) | st.integers(0, 300)
OIDS: st.SearchStrategy[Oid] = st.builds(
    lambda head, rest: (*head, *rest),
    st.tuples(st.integers(0, 1), st.integers(0, 39)) | st.tuples(st.just(2), SUB),
    st.lists(SUB, max_size=20),
)
UINT32 = st.integers(0, 0xFFFF_FFFF)
INT32 = st.integers(-0x8000_0000, 0x7FFF_FFFF)
TYPED: st.SearchStrategy[Typed] = st.one_of(
    st.builds(smi.integer, INT32),
    st.builds(smi.octets, st.binary(max_size=300)),
    st.builds(smi.object_identifier, OIDS),
    st.builds(smi.ip_address, st.binary(min_size=4, max_size=4)),
    st.builds(smi.counter32, UINT32),
    st.builds(smi.gauge32, UINT32),
    st.builds(smi.time_ticks, UINT32),
    st.builds(smi.opaque, st.binary(max_size=40)),
    st.builds(smi.counter64, st.integers(0, 0xFFFF_FFFF_FFFF_FFFF)),
    st.sampled_from([smi.NULL, smi.NO_SUCH_OBJECT, smi.NO_SUCH_INSTANCE, smi.END_OF_MIB_VIEW]),
)
VARBINDS = st.lists(st.builds(lambda oid, typed: VarBind(oid, *typed), OIDS, TYPED), max_size=12)
VALUES = TYPED.filter(lambda typed: typed.value is not None)


@given(st.integers(-(1 << 63), (1 << 64) - 1))
def test_integers_round_trip_in_the_fewest_octets(value: int) -> None:
    """And one octet less could not hold them."""
    data = ber.encode_integer(value)
    assert ber.decode_integer(data, 2, len(data)) == value
    content = data[2:]
    assert len(content) == 1 or content[0] not in (0, 0xFF) or (content[0] ^ content[1]) & 0x80


@given(OIDS)
def test_oids_round_trip(oid: Oid) -> None:
    """As octets and as text."""
    data = ber.encode_oid(oid)
    _, start, stop = ber.read_header(data, 0, len(data))
    assert ber.decode_oid(data[start:stop]) == oid
    assert smi.parse_oid(smi.format_oid(oid)) == oid


@given(st.lists(st.integers(-2, 1 << 33), max_size=200))
def test_any_numbers_make_an_oid_or_the_callers_mistake(numbers: list[int]) -> None:
    """Nothing else comes of them."""
    try:
        data = ber.encode_oid(tuple(numbers))
    except UsageError:
        return
    assert ber.decode_oid(data[ber.read_header(data, 0, len(data))[1] :]) == tuple(numbers)


@given(TYPED)
def test_values_round_trip(typed: Typed) -> None:
    """Every type, every value."""
    data = smi.encode_value(*typed)
    tag, start, stop = ber.read_header(data, 0, len(data))
    assert (tag, smi.decode_value(data, tag, start, stop), stop) == (typed.tag, typed.value, len(data))


ANY_VALUE = INT32 | st.integers(0, 1 << 70) | st.binary(max_size=8) | OIDS | st.none()


@given(st.sampled_from(list(Tag)), ANY_VALUE)
def test_any_tag_with_any_value_fits_or_is_the_callers_mistake(
    tag: Tag, value: int | bytes | Oid | None
) -> None:
    """And what fits comes back."""
    try:
        data = smi.encode_value(tag, value)
    except UsageError:
        return
    _, start, stop = ber.read_header(data, 0, len(data))
    assert smi.decode_value(data, tag, start, stop) == value


@given(
    version=st.sampled_from([Version.V1, Version.V2C]),
    community=st.binary(max_size=40),
    kind=st.sampled_from(list(PduType)),
    request_id=INT32,
    number=st.integers(0, 0x7FFF_FFFF),
    varbinds=VARBINDS,
)
def test_community_messages_round_trip(
    *,
    version: Version,
    community: bytes,
    kind: PduType,
    request_id: int,
    number: int,
    varbinds: list[VarBind],
) -> None:
    """All PDU kinds, all values."""
    pdu = encode_pdu(kind, request_id, number, number, encode_varbinds(varbinds))
    data = encode_community_message(version, community, pdu)
    found, at = read_version(data)
    message = read_community_message(data, found, at)
    head = read_pdu(data, message.pdu_at, message.end)
    assert (message.version, message.community) == (version, community)
    assert head[:4] == (kind, request_id, number, number)
    assert read_varbinds(data, head) == varbinds


# Master keys: hashing a megabyte for each example would prove nothing more.
USERS = st.builds(
    lambda auth, priv, name: UsmUser(
        name=name,
        auth=auth,
        auth_secret=MasterKey(b"a" * auth.key_size),
        priv=priv,
        priv_secret=None if priv is None else MasterKey(b"p" * auth.key_size),
    ),
    st.sampled_from(list(AuthProtocol)),
    st.none() | st.sampled_from([priv for priv in PrivProtocol if not priv.label.endswith("-C")]),
    st.binary(min_size=1, max_size=32),
)


@given(
    user=USERS,
    engine_id=st.binary(min_size=5, max_size=32),
    boots=st.integers(0, 0x7FFF_FFFF),
    time=st.integers(0, 0x7FFF_FFFF),
    salt=st.integers(0, (1 << 64) - 1),
    context=st.binary(max_size=20),
    varbinds=VARBINDS,
)
def test_sealed_messages_open_again(
    *,
    user: UsmUser,
    engine_id: bytes,
    boots: int,
    time: int,
    salt: int,
    context: bytes,
    varbinds: list[VarBind],
) -> None:
    """Every algorithm, every length: digest right, contents the same, padding within a block."""
    keys = user.keys_for(engine_id)
    data = seal(
        message_id=0x4000_0001,
        max_size=65_507,
        flags=user.level,
        clock=EngineTime(engine_id=engine_id, boots=boots, time_s=time),
        user=user,
        user_name=user.name,
        keys=keys,
        scoped_pdu=encode_scoped_pdu(
            engine_id, context, encode_pdu(PduType.RESPONSE, 5, 0, 0, encode_varbinds(varbinds))
        ),
        salt=salt,
    )
    message = read_usm_message(data, read_version(data)[1])
    assert message[:8] == (0x4000_0001, 65_507, user.level, 3, engine_id, boots, time, user.name)
    assert user.auth is not None
    verify_digest(data, message, user.auth, keys.auth)
    opened, scoped = open_scoped_pdu(data, message, user, keys)
    assert (scoped.context_engine_id, scoped.context_name) == (engine_id, context)
    assert read_varbinds(opened, read_pdu(opened, scoped.pdu_at, scoped.end)) == varbinds


@given(st.dictionaries(OIDS, TYPED, min_size=1, max_size=20), st.booleans())
def test_prepared_and_generic_reading_agree(values: dict[Oid, Typed], in_order: bool) -> None:
    """Whatever the values, in the order asked or in another."""
    oids = tuple(values)
    varbinds = [VarBind(oid, *values[oid]) for oid in (oids if in_order else reversed(oids))]
    data = encode_pdu(PduType.RESPONSE, 1, 0, 0, encode_varbinds(varbinds))
    head = read_pdu(data, 0, len(data))
    prepared = PreparedGet(oids).answer(data, head, rtt=0.0, engine=None)
    assert prepared.values == tuple(values[oid].value for oid in oids)
    if in_order:
        generic = Get(oids).answer(data, head, rtt=0.0, engine=None)
        assert tuple(varbind.value for varbind in generic.varbinds) == prepared.values


TREES: st.SearchStrategy[dict[Oid, Source]] = st.dictionaries(
    st.builds(lambda rest: (1, 3, 6, *rest), st.lists(st.integers(0, 3), min_size=1, max_size=4)),
    VALUES,
    max_size=30,
)
CREDENTIALS: st.SearchStrategy[Credential] = st.sampled_from([V1, V2C, usm_user(None, None), usm_user()])


@settings(max_examples=60)
@given(TREES, CREDENTIALS, st.integers(484, 1_500), st.integers(1, 40))
def test_walk_over_the_responder_finds_every_row(
    items: dict[Oid, Source], credential: Credential, size: int, most: int
) -> None:
    """Whatever the tree, the version, the size of answers and of questions: all below the roots, once."""
    pair = Pair(credential, items=items, max_size=size)
    roots: list[Oid] = [(1, 3, 6, 0), (1, 3, 6, 1), (1, 3, 6, 2, 2)]
    walk = Walk(roots, bulk=pair.session.bulk, max_varbinds=most)
    for _ in range(500):
        if (question := walk.request()) is None:
            break
        step = pair.ask(question)
        if isinstance(step, Refusal):
            walk.refuse(step)
        else:
            assert isinstance(step, Answer)
            walk.feed(step.varbinds)
    assert walk.done
    assert walk.failures == {}
    hidden = {Tag.COUNTER64} if credential is V1 else set()
    assert walk.rows == {
        oid: typed.value
        for oid, typed in items.items()
        if isinstance(typed, Typed)
        and typed.tag not in hidden
        and any(oid != root and oid[: len(root)] == root for root in roots)
    }


@settings(max_examples=60)
@given(
    items=TREES.filter(bool),
    credential=CREDENTIALS,
    size=st.integers(484, 1_500),
    repetitions=st.integers(0, 60),
    data=st.data(),
)
def test_answers_never_exceed_the_size(
    *, items: dict[Oid, Source], credential: Credential, size: int, repetitions: int, data: st.DataObject
) -> None:
    """GET and GETBULK of anything: what comes back fits the smaller side, and is an answer or an error."""
    pair = Pair(credential, items=items, max_size=size, session_max_size=1_000)
    limit = size if isinstance(credential, Community) else min(size, 1_000)
    names = tuple(data.draw(st.lists(st.sampled_from(sorted(items)), min_size=1, max_size=20)))
    operations: list[Get | GetBulk] = [Get(names)]
    if pair.session.bulk:
        operations.append(GetBulk(names, repetitions, data.draw(st.integers(0, len(names)))))
    pair.ask(Get(names[:1]))
    for operation in operations:
        exchange = pair.start(operation)
        reply = pair.respond(exchange.datagram)
        # Only a v1 error, which repeats the request, can be too large itself.
        assert reply is not None or credential is V1
        if reply is not None:
            assert len(reply) <= limit
            assert isinstance(exchange.receive(reply, 0.0), Answer | Refusal)


@settings(max_examples=60)
@given(st.lists(OIDS, max_size=80, unique=True), st.integers(300, 3_000), st.integers(1, 50))
def test_prepared_packets_partition_the_question(oids: list[Oid], size: int, most: int) -> None:
    """In order, none lost, none twice, none too many."""
    gets = prepare(oids, max_size=size, max_varbinds=most)
    assert [oid for get in gets for oid in get.oids] == oids
    assert all(1 <= len(get.oids) <= most for get in gets)


@settings(max_examples=30)
@given(TREES, st.lists(OIDS, min_size=1, max_size=10))
def test_tree_next_is_the_least_above(items: dict[Oid, Source], names: list[Oid]) -> None:
    """As a plain search over all items finds it."""
    tree = SortedTree(items)
    for name in (*names, *items):
        above = min((oid for oid in items if oid > name), default=None)
        found = tree.next(name)
        assert (None if found is None else found.oid) == above


@settings(max_examples=40)
@given(st.lists(st.tuples(VALUES, st.booleans()), min_size=1, max_size=30))
def test_prepared_get_over_the_responder_brings_the_trees_values(rows: list[tuple[Typed, bool]]) -> None:
    """What is there with its value, what is not as None."""
    oids: list[Oid] = [(1, 3, 6, 1, 2, 1, 99, index) for index in range(len(rows))]
    items: dict[Oid, Source] = {oid: typed for oid, (typed, there) in zip(oids, rows, strict=True) if there}
    pair = Pair(usm_user(), items=items, max_size=65_507)
    (get,) = prepare(oids, max_size=60_000)
    step = pair.ask(get)
    assert isinstance(step, Values)
    assert step.values == tuple(typed.value if there else None for typed, there in rows)
