"""Every single bit of v3 messages flipped, every cut and every octet too many: nothing of it is believed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from snmp import counters
from snmp.ber import Oid
from snmp.message import read_scoped_pdu
from snmp.pdu import ErrorStatus, PduType, read_pdu, read_varbinds
from snmp.remote_engine import RemoteEngine, UsmPeer
from snmp.steps import Answer, Ignored, Refusal, Send
from snmp.usm_keys import UsmUser
from snmp.usm_protocols import AuthProtocol, PrivProtocol
from tests.unit.snmp.forged import GET, ready
from tests.unit.snmp.pair import Pair, read_v3, usm_user

PAIRS = [
    (AuthProtocol.MD5, None),
    (AuthProtocol.MD5, PrivProtocol.DES),
    (AuthProtocol.SHA_1, PrivProtocol.AES_128),
    (AuthProtocol.SHA_224, PrivProtocol.AES_192_C),
    (AuthProtocol.SHA_256, None),
    (AuthProtocol.SHA_256, PrivProtocol.AES_128),
    (AuthProtocol.SHA_384, PrivProtocol.AES_192),
    (AuthProtocol.SHA_512, PrivProtocol.AES_256),
]
USERS = pytest.mark.parametrize(
    "user",
    [usm_user(auth, priv) for auth, priv in PAIRS],
    ids=[f"{auth.label}+{priv.label if priv else 'none'}" for auth, priv in PAIRS],
)


def flipped(datagram: bytes) -> Iterator[bytes]:
    """Yield the datagram with each bit flipped in turn."""
    for at in range(len(datagram)):
        for bit in range(8):
            yield datagram[:at] + bytes((datagram[at] ^ 1 << bit,)) + datagram[at + 1 :]


def resized(datagram: bytes) -> Iterator[bytes]:
    """Yield every beginning of the datagram, and the datagram with something behind it."""
    for size in range(len(datagram)):
        yield datagram[:size]
    for tail in (b"\x00", b"\x05\x00", datagram[-1:], datagram):
        yield datagram + tail


def engine_of(pair: Pair) -> RemoteEngine:
    """Return what the session knows of the engine."""
    side = pair.session._side
    assert isinstance(side, UsmPeer)
    assert side.engine is not None
    return side.engine


@USERS
def test_no_changed_answer_is_accepted(user: UsmUser) -> None:
    """Each change is refused or ignored, never for good, and the true answer is still taken at the end."""
    pair, exchange = ready(user)
    answer = pair.answer(exchange.datagram)
    before = engine_of(pair)._trusted
    tried = 0
    for changed in (*flipped(answer), *resized(answer)):
        step = exchange.receive(changed, 0.0)
        assert isinstance(step, Refusal | Ignored), changed.hex()
        assert not (isinstance(step, Refusal) and step.final), changed.hex()
        tried += 1
    assert tried == len(answer) * 9 + 4
    assert engine_of(pair)._trusted == before
    assert isinstance(exchange.receive(answer, 0.0), Answer)


@USERS
def test_no_changed_report_moves_the_trusted_clock(user: UsmUser) -> None:
    """A signed notInTimeWindow Report with any bit flipped is at most a hint for sending."""
    pair, _ = ready(user)
    pair.engine._boots = 8
    before = engine_of(pair)._trusted
    sent = 0
    size = len(pair.answer(pair.start(GET).datagram))
    for number in range(size * 8):
        exchange = pair.start(GET)
        at, bit = divmod(number, 8)
        report = pair.answer(exchange.datagram)
        changed = report[:at] + bytes((report[at] ^ 1 << bit,)) + report[at + 1 :]
        step = exchange.receive(changed, 0.0)
        assert not isinstance(step, Answer)
        sent += isinstance(step, Send)
        assert engine_of(pair)._trusted == before
    # The flipped authFlag makes it an unsigned Report, which may be obeyed in sending.
    assert sent <= 1


@USERS
def test_no_changed_request_is_answered_with_values(user: UsmUser) -> None:
    """Each change brings silence, a Report, or authorizationError; the request itself is answered."""
    pair, exchange = ready(user)
    request = exchange.datagram
    for changed in (*flipped(request), *resized(request)):
        reply = pair.respond(changed)
        if reply is not None:
            assert is_harmless(reply), changed.hex()
    assert isinstance(exchange.receive(pair.answer(request), 0.0), Answer)


UNSIGNED: frozenset[Oid] = frozenset(
    {
        counters.UNKNOWN_ENGINE_IDS,
        counters.UNKNOWN_USER_NAMES,
        counters.UNSUPPORTED_SEC_LEVELS,
        counters.WRONG_DIGESTS,
    }
)


def is_harmless(reply: bytes) -> bool:
    """Return True for an unsigned Report from before authentication, and for authorizationError."""
    message = read_v3(reply)
    if message.flags:
        return False
    scoped = read_scoped_pdu(reply, message.data_at, message.data_end)
    head = read_pdu(reply, scoped.pdu_at, scoped.end)
    if head.kind is PduType.REPORT:
        return read_varbinds(reply, head)[0].oid in UNSIGNED
    return head.error_status == ErrorStatus.AUTHORIZATION_ERROR


def test_flips_are_found_by_the_digest_and_nothing_weaker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the digest check flipped answers do get through: the tests above can fail."""
    monkeypatch.setattr("snmp.usm_exchange.verify_digest", lambda *_: None)
    user = usm_user()
    pair, exchange = ready(user)
    answer = pair.answer(exchange.datagram)
    known = engine_of(pair)
    clock = known._trusted
    accepted = 0
    for changed in flipped(answer):
        accepted += isinstance(exchange.receive(changed, 0.0), Answer)
        exchange.done, known._trusted = False, clock
    assert accepted >= 24 * 8
