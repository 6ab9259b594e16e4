"""The agent in v3: Reports in the order of RFC 3414 section 3.2, sizes, silence."""

from __future__ import annotations

import pytest

from snmp import counters
from snmp.ber import Oid
from snmp.community_exchange import Community
from snmp.engine import Access
from snmp.message import (
    AUTH_FLAG,
    PRIV_FLAG,
    REPORTABLE_FLAG,
    Version,
    encode_scoped_pdu,
    read_scoped_pdu,
)
from snmp.operations import Get, GetBulk
from snmp.pdu import (
    ErrorStatus,
    PduType,
    encode_null_varbinds,
    encode_pdu,
    read_pdu,
    read_varbinds,
)
from snmp.smi import (
    NULL,
    Tag,
    VarBind,
    counter64,
    octets,
)
from snmp.steps import Answer, Refusal
from snmp.tree import Source
from snmp.usm import EngineTime, seal
from snmp.usm_keys import UsmUser
from snmp.usm_protocols import SecurityLevel
from tests.unit.snmp.forged import FULL, NO_AUTH, NO_PRIV
from tests.unit.snmp.pair import (
    BASE,
    ENGINE_ID,
    FIRST,
    OTHER_ENGINE_ID,
    SECOND,
    Pair,
    read_v3,
    usm_user,
)


def request(
    user: UsmUser = FULL,
    *,
    flags: int | None = None,
    kind: PduType = PduType.GET,
    engine_id: bytes = ENGINE_ID,
    user_name: bytes | None = None,
    keys_of: bytes = ENGINE_ID,
    boots: int = 7,
    time: int = 1_000,
    context_engine_id: bytes = ENGINE_ID,
    context_name: bytes = b"",
    max_size: int = 1_472,
    names: tuple[Oid, ...] = (SECOND,),
) -> bytes:
    """Return a request in which anything may be another than it should."""
    return seal(
        message_id=0x4000_0001,
        max_size=max_size,
        flags=user.level | REPORTABLE_FLAG if flags is None else flags,
        clock=EngineTime(engine_id=engine_id, boots=boots, time_s=time),
        user=user,
        user_name=user.name if user_name is None else user_name,
        keys=user.keys_for(keys_of),
        scoped_pdu=encode_scoped_pdu(
            context_engine_id, context_name, encode_pdu(kind, 77, 0, 0, encode_null_varbinds(names))
        ),
        salt=5,
    )


def reported(reply: bytes | None) -> tuple[Oid, int, int, int]:
    """Return counter and value of a plain or signed Report, its msgFlags and its request-id."""
    assert reply is not None
    message = read_v3(reply)
    assert (message.message_id, message.engine_id) == (0x4000_0001, ENGINE_ID)
    scoped = read_scoped_pdu(reply, message.data_at, message.data_end)
    assert scoped.context_engine_id == ENGINE_ID
    head = read_pdu(reply, scoped.pdu_at, scoped.end)
    assert head.kind is PduType.REPORT
    (varbind,) = read_varbinds(reply, head)
    assert varbind.tag is Tag.COUNTER32
    assert isinstance(varbind.value, int)
    return varbind.oid, varbind.value, message.flags, head.request_id


def test_request_that_the_cases_spoil_is_answered() -> None:
    """It is in order."""
    reply = Pair(FULL).respond(request())
    assert reply is not None
    assert read_v3(reply).flags == AUTH_FLAG | PRIV_FLAG


@pytest.mark.parametrize(
    ("changes", "counter"),
    [
        ({"engine_id": b""}, counters.UNKNOWN_ENGINE_IDS),
        ({"engine_id": OTHER_ENGINE_ID}, counters.UNKNOWN_ENGINE_IDS),
        ({"engine_id": b"e" * 40}, counters.UNKNOWN_ENGINE_IDS),
        ({"engine_id": b"", "user_name": b"nobody", "boots": 1}, counters.UNKNOWN_ENGINE_IDS),
        ({"user_name": b"nobody"}, counters.UNKNOWN_USER_NAMES),
        ({"user_name": b"", "boots": 1}, counters.UNKNOWN_USER_NAMES),
        ({"keys_of": OTHER_ENGINE_ID}, counters.WRONG_DIGESTS),
        ({"keys_of": OTHER_ENGINE_ID, "boots": 1}, counters.WRONG_DIGESTS),
    ],
)
def test_refusal_before_authentication_is_an_unsigned_report(changes: dict[str, bytes], counter: Oid) -> None:
    """Steps 3 to 6, the first that fails; reportableFlag decides where nothing can be read."""
    pair = Pair(FULL)
    datagram = request(**changes)  # type: ignore[arg-type]
    assert reported(pair.respond(datagram)) == (counter, 1, 0, 0)
    assert reported(pair.respond(datagram))[1] == 2
    silent = request(flags=AUTH_FLAG | PRIV_FLAG, **changes)  # type: ignore[arg-type]
    assert pair.respond(silent) is None
    assert pair.engine.counters[counter] == 3


@pytest.mark.parametrize(("theirs", "ours"), [(NO_AUTH, NO_PRIV), (NO_AUTH, FULL), (NO_PRIV, FULL)])
def test_level_beyond_the_users_is_unsupported(theirs: UsmUser, ours: UsmUser) -> None:
    """Step 5."""
    reply = Pair(ours, accesses=(Access(user=theirs),)).respond(request(ours))
    assert reported(reply)[0] == counters.UNSUPPORTED_SEC_LEVELS


@pytest.mark.parametrize(
    ("boots", "time", "answered"),
    [
        (7, 1_000, True),
        (7, 850, True),
        (7, 1_150, True),
        (7, 849, False),
        (7, 1_151, False),
        (6, 1_000, False),
        (8, 1_000, False),
        (0, 0, False),
    ],
)
def test_request_outside_the_window_is_a_signed_report(boots: int, time: int, answered: bool) -> None:
    """Step 7 (a): 150 s either way and the same boots; the Report is signed, so its clock can be believed."""
    pair = Pair(NO_PRIV)
    reply = pair.respond(request(NO_PRIV, boots=boots, time=time))
    if answered:
        assert reply is not None
        assert counters.NOT_IN_TIME_WINDOWS not in pair.engine.counters
        return
    assert reported(reply) == (counters.NOT_IN_TIME_WINDOWS, 1, AUTH_FLAG, 77)
    assert reply is not None
    message = read_v3(reply)
    assert (message.boots, message.time, message.digest_size) == (7, 1_000, 24)


def test_replay_outside_the_window_is_refused() -> None:
    """The very octets that were answered once are not answered 151 s later, nor after a restart."""
    pair = Pair(NO_PRIV)
    datagram = request(NO_PRIV)
    assert pair.respond(datagram) is not None
    pair.now = 151.0
    assert reported(pair.respond(datagram))[0] == counters.NOT_IN_TIME_WINDOWS
    restarted = Pair(NO_PRIV, boots=8)
    assert reported(restarted.respond(datagram))[0] == counters.NOT_IN_TIME_WINDOWS


def test_engine_at_its_last_boot_authenticates_nothing() -> None:
    """RFC 3414 section 2.2.2."""
    pair = Pair(NO_PRIV, boots=0x7FFF_FFFF)
    assert reported(pair.respond(request(NO_PRIV, boots=0x7FFF_FFFF)))[0] == counters.NOT_IN_TIME_WINDOWS


def test_what_cannot_be_decrypted_is_reported() -> None:
    """Step 8: the digest is right, the privacy password is not."""
    other = usm_user(password="something else")
    stranger = UsmUser(
        name=FULL.name,
        auth=FULL.auth,
        auth_secret=FULL.auth_secret,
        priv=FULL.priv,
        priv_secret=other.priv_secret,
    )
    pair = Pair(FULL)
    assert reported(pair.respond(request(stranger))) == (counters.DECRYPTION_ERRORS, 1, 0, 0)


def test_foreign_context_is_reported_at_the_level_of_the_request() -> None:
    """RFC 3412 section 7.2 step 13 and RFC 3413 section 3.2 (5)."""
    pair = Pair(NO_PRIV)
    for changes, counter in (
        ({"context_engine_id": OTHER_ENGINE_ID}, counters.UNKNOWN_PDU_HANDLERS),
        ({"context_name": b"vlan-7"}, counters.UNKNOWN_CONTEXTS),
    ):
        reply = pair.respond(request(NO_PRIV, **changes))  # type: ignore[arg-type]
        assert reported(reply) == (counter, 1, AUTH_FLAG, 77)


@pytest.mark.parametrize("kind", [PduType.RESPONSE, PduType.TRAP, PduType.REPORT])
@pytest.mark.parametrize("user", [NO_AUTH, NO_PRIV, FULL], ids=["noAuth", "authNoPriv", "authPriv"])
def test_what_expects_no_answer_gets_no_report(user: UsmUser, kind: PduType) -> None:
    """RFC 3412 section 7.2 step 6: two agents must not report to each other for ever."""
    pair = Pair(user)
    assert pair.respond(request(user, kind=kind)) is None
    plain = request(NO_AUTH, kind=kind, engine_id=b"")
    assert pair.respond(plain) is None
    assert pair.engine.counters[counters.UNKNOWN_ENGINE_IDS] == 1


def test_inform_is_no_request_of_ours() -> None:
    """It expects an answer and has no handler here."""
    assert reported(Pair(NO_PRIV).respond(request(NO_PRIV, kind=PduType.INFORM)))[0] == (
        counters.UNKNOWN_PDU_HANDLERS
    )


def test_privacy_without_authentication_is_dropped_and_counted() -> None:
    """RFC 3412 section 7.2 step 5 (d): snmpInvalidMsgs."""
    pair = Pair(FULL)
    assert pair.respond(request(flags=PRIV_FLAG | REPORTABLE_FLAG)) is None
    assert pair.engine.counters[counters.INVALID_MSGS] == 1


def test_unknown_security_model_is_dropped_and_counted() -> None:
    """RFC 3412 section 7.2 step 3."""
    pair = Pair(FULL)
    datagram = request()
    at = datagram.index(b"\x02\x01\x03\x04", 10)
    assert pair.respond(datagram[:at] + b"\x02\x01\x02\x04" + datagram[at + 4 :]) is None
    assert pair.engine.counters[counters.UNKNOWN_SECURITY_MODELS] == 1


@pytest.mark.parametrize("level", [SecurityLevel.NO_AUTH_NO_PRIV, SecurityLevel.AUTH_NO_PRIV])
def test_level_below_the_minimum_brings_no_values(level: SecurityLevel) -> None:
    """RFC 3413 section 3.2 (4): authorizationError with the names that were asked, nothing else."""
    reply = Pair(FULL).respond(request(flags=level | REPORTABLE_FLAG))
    assert reply is not None
    message = read_v3(reply)
    assert message.flags == level
    scoped = read_scoped_pdu(reply, message.data_at, message.data_end)
    head = read_pdu(reply, scoped.pdu_at, scoped.end)
    assert (head.error_status, head.error_index) == (ErrorStatus.AUTHORIZATION_ERROR, 0)
    assert read_varbinds(reply, head) == [VarBind(SECOND, *NULL)]


@pytest.mark.parametrize("user", [NO_AUTH, NO_PRIV, FULL], ids=["noAuth", "authNoPriv", "authPriv"])
@pytest.mark.parametrize(("ours", "theirs"), [(484, 1_472), (1_472, 484), (1_472, 1_472), (65_507, 65_507)])
def test_bulk_answer_fits_the_smaller_of_both_sizes_and_fills_it(
    user: UsmUser, ours: int, theirs: int
) -> None:
    """RFC 3412 section 7.1: msgMaxSize of the requester, and our own."""
    items: dict[Oid, Source] = {(*BASE, 1, index): counter64(1 << 63) for index in range(1, 6_000)}
    pair = Pair(user, items=items, max_size=ours, session_max_size=theirs)
    pair.ask(Get((FIRST,)))
    exchange = pair.start(GetBulk((BASE,), max_repetitions=6_000))
    reply = pair.answer(exchange.datagram)
    limit = min(ours, theirs)
    assert limit - 100 < len(reply) <= limit
    assert isinstance(exchange.receive(reply, 0.0), Answer)


@pytest.mark.parametrize("community", [b"", b"c" * 255])
@pytest.mark.parametrize("size", [600, 1_472, 65_507])
def test_bulk_answer_in_v2c_fits_our_size_and_fills_it(community: bytes, size: int) -> None:
    """There is no requester's size in v2c; the community takes its part of ours."""
    items: dict[Oid, Source] = {(*BASE, 1, index): counter64(1 << 63) for index in range(1, 6_000)}
    pair = Pair(Community(version=Version.V2C, name=community), items=items, max_size=size)
    reply = pair.answer(pair.start(GetBulk((BASE,), max_repetitions=6_000)).datagram)
    assert size - 60 < len(reply) <= size


def test_too_big_in_v3_is_an_answer_that_fits() -> None:
    """And the manager learns that it should ask for less."""
    items: dict[Oid, Source] = {(*BASE, 1, index): octets("x" * 100) for index in range(1, 9)}
    pair = Pair(FULL, items=items, session_max_size=484)
    refusal = pair.ask(Get(tuple(items)))
    assert isinstance(refusal, Refusal)
    assert refusal.status == ErrorStatus.TOO_BIG


def test_every_answer_has_the_salt_it_was_given() -> None:
    """RFC 3826 section 3.1.2.1: the caller's number, in full."""
    reply = Pair(FULL).responder.respond(request(), 0.0, 0x0102_0304_0506_0708)
    assert reply is not None
    assert read_v3(reply).priv_parameters == bytes(range(1, 9))
