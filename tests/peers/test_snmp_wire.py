"""A real snmpd behind a proxy that spoils datagrams: nothing spoilt is believed, nothing lost stays lost."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator

import pytest

from snmp.errors import Reason
from snmp.exchange import Exchange
from snmp.identifiers import Identifiers
from snmp.manager import Session
from snmp.message import peek_message_id
from snmp.operations import Get
from snmp.steps import Answer, Ignored, Refusal
from snmp.usm_protocols import AuthProtocol, PrivProtocol
from tests.peers import snmp_net_snmp as net_snmp
from tests.peers.snmp_net_snmp import Talker, user_of
from tests.peers.udp_proxy import UdpProxy, delay, drop, flip, in_turn, once, pass_on, repeat, truncate

pytestmark = pytest.mark.skipif(net_snmp.missing() is not None, reason=str(net_snmp.missing()))

V3 = user_of(AuthProtocol.SHA_256, PrivProtocol.AES_128)
GET = Get(((1, 3, 6, 1, 2, 1, 1, 5, 0),))


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A real snmpd."""
    with net_snmp.running_snmpd(tmp_path_factory.mktemp("snmpd")) as port:
        yield port


@pytest.fixture
def proxy(port: int) -> Iterator[UdpProxy]:
    """A proxy before it."""
    with UdpProxy(("127.0.0.1", port)) as proxy:
        yield proxy


@pytest.fixture
def talker(proxy: UdpProxy) -> Iterator[Talker]:
    """A socket towards the proxy."""
    with Talker(proxy.port) as talker:
        yield talker


@pytest.fixture
def session(talker: Talker) -> Session:
    """A session that has been answered once."""
    session = Session(V3, Identifiers(secrets.token_bytes))
    assert isinstance(talker.ask(session, GET), Answer)
    return session


def send_twice(talker: Talker, session: Session) -> tuple[Exchange, bytes, bytes]:
    """Send a request and its retransmission; return what comes back for each, in that order."""
    exchange = session.start(GET, time.monotonic())
    talker.socket.send(exchange.datagram)
    talker.socket.send(exchange.resend(time.monotonic()).datagram)
    return exchange, talker.socket.recv(65_535), talker.socket.recv(65_535)


def test_no_answer_with_a_flipped_bit_is_believed(talker: Talker, proxy: UdpProxy, session: Session) -> None:
    """Each bit of snmpd's answer in turn: refused or ignored, and the answer after it is taken."""
    size = len(proxy.response_log[-1])
    for bit in range(size * 8):
        proxy.responses = once(flip(bit))
        exchange, spoilt, good = send_twice(talker, session)
        step = exchange.receive(spoilt, time.monotonic())
        assert isinstance(step, Refusal | Ignored), spoilt.hex()
        assert not (isinstance(step, Refusal) and step.final), spoilt.hex()
        assert isinstance(exchange.receive(good, time.monotonic()), Answer)


def test_no_request_with_a_flipped_bit_brings_values(
    talker: Talker, proxy: UdpProxy, session: Session
) -> None:
    """Each bit of our request in turn: snmpd is silent or reports; ours makes no values of either."""
    size = len(proxy.request_log[-1])
    outcomes: set[object] = set()
    for bit in range(size * 8):
        proxy.requests = once(flip(bit))
        exchange = session.start(GET, time.monotonic())
        first = exchange.message_id
        talker.socket.send(exchange.datagram)
        talker.socket.send(exchange.resend(time.monotonic()).datagram)
        step = exchange.receive(datagram := talker.socket.recv(65_535), time.monotonic())
        if not isinstance(step, Answer):
            # A Report on the spoilt request; the retransmission's answer is the next.
            outcomes.add(step.reason if isinstance(step, Refusal) else type(step))
            step = exchange.receive(datagram := talker.socket.recv(65_535), time.monotonic())
        assert isinstance(step, Answer), step
        assert peek_message_id(datagram) != first
        if not session.ready:
            # An unsigned word about another engine makes the next exchange discover again.
            assert isinstance(talker.ask(session, GET), Answer)
    assert {Reason.WRONG_KEY, Reason.UNKNOWN_USER} <= outcomes


def test_truncated_answer_is_malformed_and_the_whole_one_taken(
    talker: Talker, proxy: UdpProxy, session: Session
) -> None:
    """Its id can still be read, so the exchange learns that something broken came."""
    for size in (20, 60, 100):
        proxy.responses = once(truncate(size))
        exchange, spoilt, good = send_twice(talker, session)
        step = exchange.receive(spoilt, time.monotonic())
        assert isinstance(step, Refusal)
        assert (step.reason, step.final) == (Reason.MALFORMED, False)
        assert isinstance(exchange.receive(good, time.monotonic()), Answer)


def test_late_and_repeated_answers_are_taken_once(talker: Talker, proxy: UdpProxy, session: Session) -> None:
    """The retransmission's answer comes first, the first one's late, and each of them twice."""
    proxy.responses = in_turn(delay(0.2), repeat(2), pass_on)
    exchange, first, second = send_twice(talker, session)
    late = talker.socket.recv(65_535)
    ids = [peek_message_id(datagram) for datagram in (first, second, late)]
    assert ids == [exchange.message_ids[1]] * 2 + [exchange.message_ids[0]]
    steps = [exchange.receive(datagram, time.monotonic()) for datagram in (late, first, second)]
    assert [type(step) for step in steps] == [Answer, Ignored, Ignored]
    assert isinstance(steps[0], Answer)
    assert steps[0].rtt >= 0.2


def test_answers_of_earlier_exchanges_are_ignored(talker: Talker, proxy: UdpProxy, session: Session) -> None:
    """Everything snmpd has said so far is replayed into a new exchange."""
    for _ in range(3):
        assert isinstance(talker.ask(session, GET), Answer)
    exchange = session.start(GET, time.monotonic())
    for datagram in proxy.response_log:
        assert isinstance(exchange.receive(datagram, time.monotonic()), Ignored)
    talker.socket.send(exchange.datagram)
    assert isinstance(talker.listen(exchange), Answer)


def test_lost_datagrams_are_made_good_by_retransmission(port: int) -> None:
    """Every second request and every third answer lost, from discovery on: all exchanges end well."""
    with UdpProxy(("127.0.0.1", port)) as proxy, Talker(proxy.port, timeout=0.05) as talker:
        proxy.requests = in_turn(drop, pass_on)
        proxy.responses = in_turn(pass_on, pass_on, drop)
        session = Session(V3, talker.identifiers)
        for _ in range(5):
            assert isinstance(talker.ask(session, GET, transmissions=12), Answer)
