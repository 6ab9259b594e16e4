"""v3 as the manager: discovery, synchronisation, retransmission, all levels."""

from __future__ import annotations

import pytest

from snmp import counters
from snmp.message import (
    AUTH_FLAG,
    PRIV_FLAG,
    REPORTABLE_FLAG,
    read_scoped_pdu,
)
from snmp.operations import Get, GetBulk, GetNext
from snmp.pdu import PduType, read_pdu, read_varbinds
from snmp.prepared import PreparedGet
from snmp.steps import Answer, Ignored, Send, Values
from snmp.usm import EngineTime
from snmp.usm_keys import UsmUser
from tests.unit.snmp.forged import FULL, GET, NO_AUTH, NO_PRIV, ready, report
from tests.unit.snmp.pair import (
    BASE,
    ENGINE_ID,
    FIRST,
    SECOND,
    THIRD,
    Pair,
    read_v3,
)

LEVELS = pytest.mark.parametrize("user", [NO_AUTH, NO_PRIV, FULL], ids=["noAuth", "authNoPriv", "authPriv"])


@LEVELS
def test_operations_work_against_the_responder(user: UsmUser) -> None:
    """At every level: GET, GETNEXT, GETBULK and the prepared GET, discovery included."""
    pair = Pair(user)
    before = pair.session.ready
    answer = pair.ask(Get((FIRST, SECOND)))
    assert isinstance(answer, Answer)
    assert [varbind.value for varbind in answer.varbinds] == [0xFEDC_BA98_7654_3210, b"lighthouse"]
    assert (before, pair.session.ready) == (False, True)
    assert pair.session.engine_id == ENGINE_ID
    following = pair.ask(GetNext((FIRST,)))
    assert isinstance(following, Answer)
    assert following.varbinds[0].oid == SECOND
    bulk = pair.ask(GetBulk((BASE,), max_repetitions=2))
    assert isinstance(bulk, Answer)
    assert [varbind.oid for varbind in bulk.varbinds] == [FIRST, SECOND]
    values = pair.ask(PreparedGet((THIRD, (*BASE, 9, 9))))
    assert isinstance(values, Values)
    assert values.values == (7, None)


def test_discovery_is_that_of_rfc3414() -> None:
    """Section 4: noAuthNoPriv, reportable, no user, no engine, an empty list of variables."""
    exchange = Pair(FULL).start(GET)
    message = read_v3(exchange.datagram)
    assert (message.flags, message.engine_id, message.user, message.boots, message.time) == (
        4,
        b"",
        b"",
        0,
        0,
    )
    scoped = read_scoped_pdu(exchange.datagram, message.data_at, message.data_end)
    head = read_pdu(exchange.datagram, scoped.pdu_at, scoped.end)
    assert (head.kind, read_varbinds(exchange.datagram, head)) == (PduType.GET, [])


def test_discovery_costs_one_round_trip_and_is_done_once() -> None:
    """The clock in the discovery Report is used for sending at once; later exchanges ask straight away."""
    pair = Pair(FULL)
    exchange = pair.start(GET)
    send = exchange.receive(pair.answer(exchange.datagram), 0.0)
    assert isinstance(send, Send)
    assert (exchange.datagram, exchange.message_id) == (send.datagram, send.message_id)
    message = read_v3(send.datagram)
    assert (message.engine_id, message.boots, message.time) == (ENGINE_ID, 7, 1_000)
    assert message.flags == AUTH_FLAG | PRIV_FLAG | REPORTABLE_FLAG
    assert isinstance(exchange.receive(pair.answer(send.datagram), 0.0), Answer)
    assert isinstance(pair.start(GET).receive(pair.answer(pair.start(GET).datagram), 0.0), Ignored)
    again = pair.start(GET)
    assert isinstance(again.receive(pair.answer(again.datagram), 0.0), Answer)


def test_engine_that_hides_its_clock_is_asked_twice() -> None:
    """RFC 3414 section 4: a Report without boots and time is followed by a signed one that has them."""
    pair = Pair(FULL)
    exchange = pair.start(GET)
    first = exchange.receive(report(exchange, counters.UNKNOWN_ENGINE_IDS, boots=0, time=0), 0.0)
    assert isinstance(first, Send)
    second = exchange.receive(pair.answer(first.datagram), 0.0)
    assert isinstance(second, Send)
    assert isinstance(exchange.receive(pair.answer(second.datagram), 0.0), Answer)


def test_answer_says_who_answered_and_when() -> None:
    """Engine id, boots and time of the authenticated message; nothing without authentication."""
    answer = Pair(FULL).ask(GET)
    assert isinstance(answer, Answer)
    assert answer.engine == EngineTime(engine_id=ENGINE_ID, boots=7, time_s=1_000)
    plain = Pair(NO_AUTH).ask(GET)
    assert isinstance(plain, Answer)
    assert plain.engine is None


def test_restarted_engine_is_followed_in_one_more_step() -> None:
    """A signed notInTimeWindow Report brings the new boots; the same exchange sends again and succeeds."""
    pair, exchange = ready()
    pair.engine._boots = 8
    pair.engine._started_at = pair.now
    step = exchange.receive(pair.answer(exchange.datagram), pair.now)
    assert isinstance(step, Send)
    assert read_v3(step.datagram).boots == 8
    assert isinstance(exchange.receive(pair.answer(step.datagram), pair.now), Answer)


def test_retransmission_has_a_new_msg_id_and_salt_and_either_may_be_answered() -> None:
    """RFC 3412 section 6.2, and a salt is never used twice."""
    pair, exchange = ready()
    first = exchange.datagram
    second = exchange.resend(2.0).datagram
    assert read_v3(first).message_id != read_v3(second).message_id
    assert read_v3(first).priv_parameters != read_v3(second).priv_parameters
    late = exchange.receive(pair.answer(first), 3.0)
    assert isinstance(late, Answer)
    assert late.rtt == 3.0


def test_several_exchanges_may_be_under_way() -> None:
    """Answers in any order, each to its own exchange only."""
    pair, _ = ready()
    exchanges = [pair.start(PreparedGet((oid,))) for oid in (FIRST, SECOND, THIRD)]
    answers = [pair.answer(exchange.datagram) for exchange in exchanges]
    for exchange, other in zip(exchanges, answers[1:] + answers[:1], strict=True):
        assert isinstance(exchange.receive(other, 0.0), Ignored)
    for exchange, answer in reversed(list(zip(exchanges, answers, strict=True))):
        assert isinstance(exchange.receive(answer, 0.0), Values)


def test_exchanges_started_before_discovery_each_discover_and_agree() -> None:
    """Wasteful, but right: the engine learned first is kept."""
    pair = Pair(FULL)
    exchanges = [pair.start(GET) for _ in range(3)]
    assert all(isinstance(pair.finish(exchange), Answer) for exchange in exchanges)
    assert pair.session.engine_id == ENGINE_ID
