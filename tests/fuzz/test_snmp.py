"""Whatever octets arrive: a value or the module's own error, nothing else, and work bounded by their number.

Every entry that reads octets from the network is fed rubbish, recorded messages with changes, and messages
that are well-formed outside and hostile inside. The work done is counted in calls of Python functions, not in
seconds, so that a slow machine fails nothing.
"""

from __future__ import annotations

import random
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snmp import ber, smi
from snmp.errors import ProtocolError
from snmp.exchange import Exchange
from snmp.message import (
    MAX_MESSAGE_SIZE,
    Version,
    encode_community_message,
    encode_scoped_pdu,
    peek_message_id,
    read_community_message,
    read_scoped_pdu,
    read_usm_message,
    read_version,
)
from snmp.operations import Get, GetBulk, GetNext, Operation
from snmp.pdu import PduType, encode_pdu, read_pdu, read_varbinds
from snmp.prepared import PreparedGet
from snmp.steps import Answer, Ignored, Refusal, Send, Values
from snmp.usm import EngineTime, level_of, open_scoped_pdu, seal, verify_digest
from snmp.usm_keys import UsmUser
from tests.unit.snmp.pair import BASE, ENGINE_ID, FIRST, SECOND, V1, V2C, Pair, usm_user

GOLDEN = Path(__file__).parents[1] / "golden" / "snmp"
RECORDED = [
    bytes.fromhex(line[2:]) for path in sorted(GOLDEN.glob("*.txt")) for line in path.read_text().splitlines()
]
USER = usm_user()
NO_PRIV = usm_user(priv=None)
NO_AUTH = usm_user(None, None)
KEYS = USER.keys_for(ENGINE_ID)
OPERATIONS: tuple[Operation, ...] = (
    Get((FIRST, SECOND)),
    GetNext((FIRST,)),
    GetBulk((BASE,), max_repetitions=5),
    PreparedGet((FIRST, SECOND)),
)


def read_community(data: bytes) -> None:
    """Read a v1 or v2c message to the last octet."""
    version, at = read_version(data)
    if version in (Version.V1, Version.V2C):
        message = read_community_message(data, version, at)
        read_varbinds(data, read_pdu(data, message.pdu_at, message.end))


def read_usm(data: bytes) -> None:
    """Read a v3 message to the last octet, whether it is signed or not."""
    _, at = read_version(data)
    message = read_usm_message(data, at)
    level_of(message)
    opened, scoped = open_scoped_pdu(data, message, USER, KEYS)
    read_varbinds(opened, read_pdu(opened, scoped.pdu_at, scoped.end))


def check_digest(data: bytes) -> None:
    """Compare the digest of a v3 message."""
    assert USER.auth is not None
    verify_digest(data, read_usm_message(data, read_version(data)[1]), USER.auth, KEYS.auth)


def read_answers(data: bytes) -> None:
    """Read octets as the PDU that answers each operation."""
    head = read_pdu(data, 0, len(data))
    for operation in OPERATIONS:
        try:
            operation.answer(data, head, rtt=0.0, engine=None)
        except ProtocolError:
            continue


def read_values(data: bytes) -> None:
    """Read octets as a value of every type."""
    for tag in range(256):
        try:
            smi.decode_value(data, tag, 0, len(data))
        except ProtocolError:
            continue


ENTRIES: dict[str, Callable[[bytes], object]] = {
    "header": lambda data: ber.read_header(data, 0, len(data)),
    "oid": ber.decode_oid,
    "values": read_values,
    "pdu": lambda data: read_varbinds(data, read_pdu(data, 0, len(data))),
    "scoped": lambda data: read_scoped_pdu(data, 0, len(data)),
    "community": read_community,
    "usm": read_usm,
    "digest": check_digest,
    "answers": read_answers,
    "peek": peek_message_id,
}


def mutate(datagram: bytes, rng: random.Random) -> bytes:
    """Return the datagram with a few octets changed, added, doubled or taken away."""
    data = bytearray(datagram)
    for _ in range(rng.randrange(1, 5)):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(5):
            case 0 if data:
                data[at % len(data)] ^= 1 << rng.randrange(8)
            case 1 if data:
                data[at % len(data)] = rng.choice((0, 1, 0x7F, 0x80, 0x84, 0xFF))
            case 2:
                data[at:at] = rng.randbytes(rng.randrange(1, 6))
            case 3:
                del data[at : at + rng.randrange(1, 6)]
            case _:
                data[at:at] = data[at : at + rng.randrange(1, 40)]
    return bytes(data)


RUBBISH = st.binary(max_size=200)
MUTATED = st.builds(
    lambda recorded, seed: mutate(recorded, random.Random(seed)), st.sampled_from(RECORDED), st.integers(0)
)
# Elements in elements, with lengths that are right, so that rubbish gets past the outer checks.
NESTED = st.recursive(
    st.binary(max_size=12),
    lambda inner: st.builds(
        lambda tag, parts: ber.encode_tlv(tag, b"".join(parts)),
        st.sampled_from([0x30, 0x02, 0x04, 0x05, 0x06, 0x41, 0x46, 0x80, 0xA0, 0xA2, 0xA5, 0xA8]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)
HOSTILE = RUBBISH | MUTATED | NESTED
# Without the sandbox of a deadline: time is bounded below, by counting.
FUZZ = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LONG = settings(max_examples=20_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def feed_entry(entry: Callable[[bytes], object], data: bytes) -> None:
    """The invariant of a decoder: it returns, or raises ProtocolError."""
    try:
        entry(data)
    except ProtocolError:
        return


@pytest.mark.parametrize("name", list(ENTRIES))
def test_decoders_return_or_raise_their_own_error(name: str) -> None:
    """Each entry by itself."""

    @FUZZ
    @given(HOSTILE)
    def run(data: bytes) -> None:
        feed_entry(ENTRIES[name], data)

    run()


def exchanges() -> list[Exchange]:
    """Return open exchanges in every version and level, discovered and not."""
    found = []
    for credential in (V1, V2C, NO_AUTH, NO_PRIV, USER):
        for ready in (False, True):
            pair = Pair(credential)
            if ready:
                pair.ask(Get((SECOND,)))
            found += [
                pair.start(one) for one in OPERATIONS if pair.session.bulk or not isinstance(one, GetBulk)
            ]
    return found


EXCHANGES = exchanges()
STEPS = (Answer, Values, Send, Refusal, Ignored)


def feed_exchanges(data: bytes) -> None:
    """The invariant of the manager: a step comes of every datagram, and no values of a forged one."""
    for exchange in EXCHANGES:
        for datagram in (data, with_id(data, exchange.message_id)):
            exchange.done = False
            step = exchange.receive(datagram, 1.0)
            assert isinstance(step, STEPS)
            if isinstance(step, Answer | Values):
                assert step.engine is None, "values under a digest that nobody computed"


def with_id(data: bytes, message_id: int) -> bytes:
    """Return the datagram with its message id, if it has one of four octets, replaced by the exchange's."""
    found = peek_message_id(data)
    if found is None or not 0x80_0000 <= found <= 0x7FFF_FFFF:
        return data
    return data.replace(found.to_bytes(4), message_id.to_bytes(4))


@FUZZ
@given(HOSTILE)
def test_manager_makes_a_step_of_everything(data: bytes) -> None:
    """In all versions, before and after discovery; never an exception, never values that are not signed."""
    feed_exchanges(data)


AGENTS = [Pair(credential) for credential in (V1, V2C, NO_AUTH, NO_PRIV, USER)]


def feed_agents(data: bytes) -> None:
    """The invariant of the agent: octets within its size, or silence; nothing stays behind but counters."""
    for pair in AGENTS:
        reply = pair.respond(data)
        assert reply is None or len(reply) <= pair.engine.max_size
        assert len(pair.engine._keys) <= 1


@FUZZ
@given(HOSTILE)
def test_agent_answers_or_is_silent(data: bytes) -> None:
    """Never an exception, never more than its size."""
    feed_agents(data)


@FUZZ
@given(st.binary(max_size=120) | NESTED, st.sampled_from([NO_PRIV, USER]))
def test_hostile_contents_under_a_right_digest_do_no_harm(contents: bytes, user: UsmUser) -> None:
    """Whoever has the keys may still send rubbish: inside a sealed message, to agent and manager."""
    pair = Pair(user)
    pair.ask(Get((SECOND,)))
    exchange = pair.start(Get((SECOND,)))
    for scoped in (contents, encode_scoped_pdu(ENGINE_ID, b"", contents)):
        datagram = seal(
            message_id=exchange.message_id,
            max_size=1_472,
            flags=user.level | 4,
            clock=EngineTime(engine_id=ENGINE_ID, boots=7, time_s=1_000),
            user=user,
            user_name=user.name,
            keys=user.keys_for(ENGINE_ID),
            scoped_pdu=scoped,
            salt=1,
        )
        pair.respond(datagram)
        exchange.done = False
        assert isinstance(exchange.receive(datagram, 0.0), STEPS)


@pytest.mark.all
def test_long_run() -> None:
    """All of the above, twenty thousand times."""

    @LONG
    @given(HOSTILE)
    def run(data: bytes) -> None:
        for entry in ENTRIES.values():
            feed_entry(entry, data)
        feed_exchanges(data)
        feed_agents(data)

    run()


def flood(
    varbind: bytes, kind: PduType, numbers: tuple[int, int] = (0, 0), *, once: bool = False
) -> Callable[[int], bytes]:
    """Return what makes, for a request-id, the largest v2c message full of one variable; or with it once."""
    count = 1 if once else (MAX_MESSAGE_SIZE - 60) // len(varbind)
    varbinds = ber.encode_tlv(0x30, varbind * count)
    return lambda request_id: encode_community_message(
        Version.V2C, b"public", encode_pdu(kind, request_id, *numbers, varbinds)
    )


def constant(datagram: bytes) -> Callable[[int], bytes]:
    """Return what makes the same datagram for every request-id."""
    return lambda _: datagram


def named(name: bytes) -> bytes:
    """Return a variable with these octets as its OID and NULL for a value."""
    return ber.encode_tlv(0x30, ber.encode_tlv(0x06, name) + b"\x05\x00")


SHORT = named(b"\x00")
LONG_NAME = named(b"\x2b" + b"\x8f\xff\xff\xff\x7f" * 126)
HUGE_NAME = named(b"\x81" * 60_000 + b"\x01")
MOST = 0x7FFF_FFFF
FLOODS = {
    "get": flood(SHORT, PduType.GET),
    "long names": flood(LONG_NAME, PduType.GET),
    "huge name": flood(HUGE_NAME, PduType.GET),
    "next": flood(SHORT, PduType.GET_NEXT),
    "bulk": flood(SHORT, PduType.GET_BULK, (0, MOST)),
    "bulk of non-repeaters": flood(SHORT, PduType.GET_BULK, (MOST, MOST)),
    "endless bulk": flood(SHORT, PduType.GET_BULK, (0, MOST), once=True),
    "response": flood(SHORT, PduType.RESPONSE),
    "response of long names": flood(LONG_NAME, PduType.RESPONSE),
    "huge integer": constant(
        encode_community_message(
            Version.V2C, b"public", ber.encode_tlv(0xA0, ber.encode_tlv(0x02, b"\x7f" * 65_000))
        )
    ),
    "sequences in each other": constant(b"\x30\x82\xff\xdf" + b"\x30\x82\xff\xd0" * 16_000),
    "long lengths": constant(b"\x30\x82\xff\xdf" + b"\x84\x00\x00\x00" * 16_000),
}


def calls_of(function: Callable[[], object]) -> int:
    """Return how many functions, of Python and of C, are called in all."""
    count = 0

    def count_call(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(count_call)
    try:
        function()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("name", list(FLOODS))
def test_work_and_memory_are_bounded_by_the_size_of_the_datagram(name: str) -> None:
    """The worst of 65,507 octets: at most five calls and a hundred octets of memory for each octet."""
    agent = Pair(V2C, max_size=MAX_MESSAGE_SIZE)
    manager = Pair(V2C).start(GetBulk((BASE,), max_repetitions=20_000))
    datagram = FLOODS[name](manager.message_id)

    def run() -> None:
        agent.respond(datagram)
        peek_message_id(datagram)
        manager.done = False
        manager.receive(datagram, 0.0)

    tracemalloc.start()
    try:
        run()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100 * MAX_MESSAGE_SIZE
    assert calls_of(run) < 5 * MAX_MESSAGE_SIZE
