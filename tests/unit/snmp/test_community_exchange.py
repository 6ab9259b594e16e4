"""v1 and v2c as the manager: which answers count, which do not, and what errors become."""

from __future__ import annotations

import pytest

from snmp.community_exchange import Community
from snmp.errors import Reason, UsageError
from snmp.exchange import Exchange
from snmp.message import Version, encode_community_message, peek_message_id
from snmp.operations import Get, GetBulk, GetNext, Operation
from snmp.pdu import ErrorStatus, PduType, encode_pdu, encode_varbinds
from snmp.prepared import PreparedGet
from snmp.smi import Tag, VarBind, counter64, integer
from snmp.steps import Answer, Ignored, Refusal, Step, Values
from tests.unit.snmp.pair import BASE, FIRST, SECOND, THIRD, V1, V2C, Pair


def reply(
    exchange: Exchange,
    varbinds: tuple[VarBind, ...],
    *,
    request_id: int | None = None,
    version: Version = Version.V2C,
    community: bytes = b"public",
    kind: PduType = PduType.RESPONSE,
    status: int = 0,
    index: int = 0,
) -> Step:
    """Feed the exchange a message made for the purpose, 0.5 s after it began."""
    number = exchange.message_id if request_id is None else request_id
    pdu = encode_pdu(kind, number, status, index, encode_varbinds(varbinds))
    return exchange.receive(encode_community_message(version, community, pdu), 0.5)


ONE = (VarBind(FIRST, *counter64(5)),)


def test_answer_brings_the_variables_and_the_round_trip() -> None:
    """From the moment of sending to the moment of receiving."""
    exchange = Pair(V2C).start(Get((FIRST,)))
    assert reply(exchange, ONE) == Answer(varbinds=ONE, rtt=0.5)
    assert exchange.done


@pytest.mark.parametrize("credential", [V1, V2C], ids=["v1", "v2c"])
def test_operations_work_against_the_responder(credential: Community) -> None:
    """GET, GETNEXT, prepared GET, and where there is one, GETBULK."""
    pair = Pair(credential)
    # v1 cannot see Counter64 (RFC 3584 section 4.2.2.1), so it is asked for the string.
    assert pair.ask(Get((SECOND,))) == Answer(
        varbinds=(VarBind(SECOND, Tag.OCTET_STRING, b"lighthouse"),), rtt=0.0
    )
    assert pair.ask(GetNext((FIRST,))) == Answer(
        varbinds=(VarBind(SECOND, Tag.OCTET_STRING, b"lighthouse"),), rtt=0.0
    )
    assert pair.ask(PreparedGet((SECOND,))) == Values(values=(b"lighthouse",), rtt=0.0)
    if pair.session.bulk:
        answer = pair.ask(GetBulk((BASE,), max_repetitions=2))
        assert isinstance(answer, Answer)
        assert [varbind.oid for varbind in answer.varbinds] == [FIRST, SECOND]


def test_peeked_id_finds_the_exchange() -> None:
    """What `peek_message_id` reads in the answer is the exchange's own number."""
    pair = Pair(V2C)
    exchange = pair.start(Get((FIRST,)))
    assert peek_message_id(pair.answer(exchange.datagram)) == exchange.message_id


def test_retransmission_has_a_new_id_and_either_may_be_answered() -> None:
    """RFC 3416 section 4.1; and the round trip is that of the transmission which was answered."""
    exchange = Pair(V2C).start(Get((FIRST,)))
    first = exchange.message_id
    send = exchange.resend(0.3)
    assert exchange.message_ids == (first, send.message_id)
    assert exchange.datagram == send.datagram
    assert reply(exchange, ONE, request_id=first) == Answer(varbinds=ONE, rtt=0.5)
    again = Pair(V2C).start(Get((FIRST,)))
    again.resend(0.3)
    answer = reply(again, ONE)
    assert isinstance(answer, Answer)
    assert answer.rtt == pytest.approx(0.2)


def test_second_answer_is_ignored() -> None:
    """An exchange has one outcome."""
    exchange = Pair(V2C).start(Get((FIRST,)))
    reply(exchange, ONE)
    assert reply(exchange, ONE) == Ignored(detail="the exchange has had its answer")


def test_answer_to_another_request_is_ignored() -> None:
    """A replay of an earlier exchange's answer has an id that is not ours."""
    exchange = Pair(V2C).start(Get((FIRST,)))
    other = exchange.message_id ^ 1
    replay = reply(exchange, ONE, request_id=other)
    assert replay == Ignored(detail=f"request-id {other} is not of this exchange")
    assert reply(exchange, ONE, version=Version.V1) == Ignored(detail="v1, asked in v2c")
    assert isinstance(reply(exchange, ONE), Answer)


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"community": b"private"}, "the answer has another community"),
        ({"kind": PduType.GET}, "GET in answer to GET"),
        ({"kind": PduType.REPORT}, "REPORT in answer to GET"),
    ],
)
def test_what_answers_nothing_is_refused_but_not_for_good(changes: dict[str, PduType], detail: str) -> None:
    """Anybody could have sent it, so the true answer is still taken."""
    exchange = Pair(V2C).start(Get((FIRST,)))
    assert reply(exchange, ONE, **changes) == Refusal(reason=Reason.UNEXPECTED, detail=detail, final=False)  # type: ignore[arg-type]
    assert isinstance(reply(exchange, ONE), Answer)


@pytest.mark.parametrize("datagram", [b"", b"\x30", b"\x30\x80", b"not snmp at all", b"\x30\x03\x02\x01\x01"])
def test_rubbish_is_refused_as_malformed_but_not_for_good(datagram: bytes) -> None:
    """It ends nothing."""
    exchange = Pair(V2C).start(Get((FIRST,)))
    step = exchange.receive(datagram, 0.1)
    assert isinstance(step, Refusal)
    assert (step.reason, step.final) == (Reason.MALFORMED, False)
    assert isinstance(reply(exchange, ONE), Answer)


@pytest.mark.parametrize(
    ("operation", "varbinds", "detail"),
    [
        (Get((FIRST,)), (VarBind(SECOND, *integer(1)),), "the answer to GET has other names than were asked"),
        (Get((FIRST,)), (), "the answer to GET has other names than were asked"),
        (GetNext((FIRST,)), ONE + ONE, "2 variables in answer to GETNEXT of 1"),
        (GetBulk((BASE,), max_repetitions=1), ONE + ONE, "2 variables in answer to GETBULK of at most 1"),
    ],
)
def test_answer_that_does_not_fit_the_question_is_refused(
    operation: Operation, varbinds: tuple[VarBind, ...], detail: str
) -> None:
    """No value is taken for something that was not asked."""
    exchange = Pair(V2C).start(operation)
    assert reply(exchange, varbinds) == Refusal(reason=Reason.UNEXPECTED, detail=detail, final=False)


@pytest.mark.parametrize(
    ("status", "reason", "detail"),
    [
        (ErrorStatus.NO_SUCH_NAME, Reason.ERROR_STATUS, "NO_SUCH_NAME at variable 1"),
        (ErrorStatus.GEN_ERR, Reason.ERROR_STATUS, "GEN_ERR at variable 1"),
        (ErrorStatus.TOO_BIG, Reason.TOO_LARGE, "TOO_BIG at variable 1"),
        (99, Reason.ERROR_STATUS, "99 at variable 1"),
    ],
)
def test_error_status_is_a_final_refusal_with_status_and_index(
    status: int, reason: Reason, detail: str
) -> None:
    """The device has answered; what it said is kept."""
    exchange = Pair(V2C).start(Get((FIRST,)))
    assert reply(exchange, ONE, status=status, index=1) == Refusal(
        reason=reason, detail=detail, final=True, status=status, index=1
    )
    assert exchange.done


def test_v1_says_no_such_name_for_the_whole_packet() -> None:
    """RFC 1157 section 4.1.2: with the index of the first that is missing."""
    refusal = Pair(V1).ask(Get((SECOND, (*BASE, 9, 0))))
    assert isinstance(refusal, Refusal)
    assert (refusal.status, refusal.index) == (ErrorStatus.NO_SUCH_NAME, 2)


def test_missing_instances_are_none_in_v2c() -> None:
    """And never a number."""
    values = Pair(V2C).ask(PreparedGet((FIRST, (*BASE, 1, 5), (1, 3, 6, 1, 9), THIRD)))
    assert isinstance(values, Values)
    assert values.values == (0xFEDC_BA98_7654_3210, None, None, 7)


def test_v1_has_no_bulk() -> None:
    """Asked for it, the codec says what there is instead."""
    with pytest.raises(UsageError, match="SNMPv1 has no GETBULK: use GetNext"):
        Pair(V1).start(GetBulk((BASE,), max_repetitions=2))
    assert not Pair(V1).session.bulk


def test_credentials_that_cannot_be_are_refused() -> None:
    """v3 is no community version, and a community is not endless."""
    with pytest.raises(UsageError, match="SNMPv3 has users, not communities"):
        Community(version=Version.V3, name=b"public")
    with pytest.raises(UsageError, match="community of 256 octets; at most 255"):
        Community(version=Version.V2C, name=b"c" * 256)
    assert "public" not in repr(V2C)


@pytest.mark.parametrize(
    "operation", [lambda: GetBulk((BASE,), max_repetitions=-1), lambda: GetBulk((BASE,), 1, non_repeaters=2)]
)
def test_bulk_that_makes_no_sense_is_refused(operation: object) -> None:
    """Negative repetitions, more non-repeaters than names."""
    assert callable(operation)
    with pytest.raises(UsageError, match="GETBULK of 1 names"):
        operation()
