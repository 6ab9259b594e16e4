"""v3 as the manager: what is never accepted, and the reason that each is refused for."""

from __future__ import annotations

import pytest

from snmp.errors import Reason
from snmp.message import encode_scoped_pdu
from snmp.pdu import PduType, encode_pdu, encode_varbinds
from snmp.steps import Answer, Ignored, Refusal, Send
from snmp.usm_keys import UsmUser
from snmp.usm_protocols import PrivProtocol, SecurityLevel
from tests.unit.snmp.forged import (
    FULL,
    GET,
    NO_AUTH,
    NO_PRIV,
    VALUE,
    forge,
    ready,
    refused,
    sealed,
    with_digest,
)
from tests.unit.snmp.pair import (
    ENGINE_ID,
    OTHER_ENGINE_ID,
    V2C,
    Pair,
    read_v3,
    usm_user,
)

LEVELS = pytest.mark.parametrize("user", [NO_AUTH, NO_PRIV, FULL], ids=["noAuth", "authNoPriv", "authPriv"])


@LEVELS
def test_genuine_answer_is_accepted(user: UsmUser) -> None:
    """The answer that all cases below spoil is in order."""
    _, exchange = ready(user)
    assert isinstance(exchange.receive(forge(exchange, user), 0.0), Answer)


@pytest.mark.parametrize("size", [0, 1, 11, 12, 23, 25, 32, 255])
def test_digest_of_another_length_is_refused(size: int) -> None:
    """Empty, shortened, over-long: even where the octets that are there are right."""
    _, exchange = ready(NO_PRIV)
    datagram = forge(exchange, NO_PRIV)
    message = read_v3(datagram)
    good = datagram[message.digest_at : message.digest_at + message.digest_size]
    forged = with_digest(exchange, (good * 11)[:size])
    assert read_v3(forged).digest_size == size
    assert exchange.receive(forged, 0.0) == Refusal(
        reason=Reason.BAD_DIGEST, detail=f"digest of {size} octets, must have 24", final=False
    )
    assert isinstance(exchange.receive(datagram, 0.0), Answer)


@pytest.mark.parametrize(
    ("changes", "reason", "detail"),
    [
        (
            {"engine_id": OTHER_ENGINE_ID},
            Reason.UNKNOWN_ENGINE,
            "the answer names another engine than was asked",
        ),
        ({"user_name": b"root"}, Reason.UNKNOWN_USER, "the answer names another user than was asked"),
        ({"keys_of": OTHER_ENGINE_ID}, Reason.BAD_DIGEST, "the digest does not match the message"),
    ],
)
def test_sender_that_is_not_the_one_asked_is_refused(
    changes: dict[str, bytes], reason: Reason, detail: str
) -> None:
    """Another engine, another user, another key: not for good, as anybody could have sent it."""
    _, exchange = ready()
    assert exchange.receive(forge(exchange, **changes), 0.0) == Refusal(  # type: ignore[arg-type]
        reason=reason, detail=detail, final=False
    )
    assert isinstance(exchange.receive(forge(exchange), 0.0), Answer)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (FULL, SecurityLevel.AUTH_NO_PRIV),
        (FULL, SecurityLevel.NO_AUTH_NO_PRIV),
        (NO_PRIV, SecurityLevel.NO_AUTH_NO_PRIV),
    ],
)
def test_lower_level_than_asked_is_refused(asked: UsmUser, answered: SecurityLevel) -> None:
    """Even with a right digest: what should have been secret must not be taken in clear."""
    _, exchange = ready(asked)
    step = exchange.receive(forge(exchange, asked, level=answered), 0.0)
    assert step == Refusal(
        reason=Reason.SECURITY_LEVEL,
        detail=f"answer at {answered.name}, asked at {asked.level.name}",
        final=answered is SecurityLevel.AUTH_NO_PRIV,
    )


def test_higher_level_than_asked_is_refused() -> None:
    """RFC 3412 section 7.2 step 12 (b) wants the level that was asked."""
    _, exchange = ready(NO_AUTH)
    assert refused(exchange.receive(forge(exchange, FULL), 0.0)) == (Reason.SECURITY_LEVEL, False)


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"boots": 6}, "boots went back from 7 to 6"),
        ({"time": 849}, "time 849 is behind, about 1000 was expected"),
        ({"boots": 0x7FFF_FFFF}, "snmpEngineBoots is at its maximum: reset the device"),
    ],
)
def test_untimely_answer_is_refused_and_the_clock_learned_anew(changes: dict[str, int], detail: str) -> None:
    """The exchange has failed; the next begins with discovery, so a device that lost its boots comes back."""
    pair, exchange = ready()
    assert exchange.receive(forge(exchange, **changes), 0.0) == Refusal(  # type: ignore[arg-type]
        reason=Reason.NOT_IN_WINDOW, detail=detail, final=True
    )
    assert not pair.session.ready
    assert isinstance(pair.ask(GET), Answer)


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"request_id": 5}, "the answer's request-id is not the one that went with its msgID"),
        ({"context_engine_id": OTHER_ENGINE_ID}, "the answer has another context than was asked"),
        ({"context_name": b"vlan-7"}, "the answer has another context than was asked"),
        ({"kind": PduType.GET}, "GET in answer to GET"),
        ({"kind": PduType.TRAP}, "TRAP in answer to GET"),
        ({"varbinds": ()}, "the answer to GET has other names than were asked"),
        ({"kind": PduType.REPORT, "varbinds": ()}, "a Report that names no counter"),
        ({"kind": PduType.REPORT}, "Report of unknown counter 1.3.6.1.4.1.99999.1.1.0"),
    ],
)
def test_signed_answer_to_something_else_is_refused_for_good(changes: dict[str, int], detail: str) -> None:
    """RFC 3412 section 7.2 step 12 (b): ids, context and kind must be those that were asked with."""
    _, exchange = ready()
    assert exchange.receive(forge(exchange, **changes), 0.0) == Refusal(  # type: ignore[arg-type]
        reason=Reason.UNEXPECTED, detail=detail, final=True
    )


def test_wrong_privacy_key_is_a_decryption_failure() -> None:
    """The digest is right, the contents are noise."""
    _, exchange = ready()
    other = UsmUser(
        name=FULL.name,
        auth=FULL.auth,
        auth_secret=FULL.auth_secret,
        priv=FULL.priv,
        priv_secret=usm_user(password="something else").priv_secret,
    )
    assert refused(exchange.receive(forge(exchange, other), 0.0)) == (Reason.DECRYPTION, True)


def test_answers_of_earlier_exchanges_are_ignored() -> None:
    """A replay carries a msgID that is no longer ours."""
    pair = Pair(FULL)
    recorded = []
    for _ in range(3):
        exchange = pair.start(GET)
        step = exchange.receive(pair.answer(exchange.datagram), 0.0)
        while isinstance(step, Send):
            step = exchange.receive(pair.answer(step.datagram), 0.0)
        recorded.append(pair.answer(exchange.datagram))
    exchange = pair.start(GET)
    assert all(isinstance(exchange.receive(datagram, 0.0), Ignored) for datagram in recorded)
    assert isinstance(exchange.receive(pair.answer(exchange.datagram), 0.0), Answer)


def test_answer_in_another_version_is_ignored() -> None:
    """Nobody who was asked in v3 answers in v2c."""
    _, exchange = ready()
    assert exchange.receive(Pair(V2C).start(GET).datagram, 0.0) == Ignored(detail="v2c, asked in v3")


def test_values_cannot_come_during_discovery() -> None:
    """A Response to the discovery request is none of ours, whatever its level."""
    exchange = Pair(FULL).start(GET)
    assert refused(exchange.receive(forge(exchange, FULL), 0.0)) == (Reason.UNKNOWN_ENGINE, False)
    assert refused(exchange.receive(forge(exchange, NO_AUTH), 0.0)) == (Reason.SECURITY_LEVEL, False)
    plain = Pair(NO_AUTH).start(GET)
    assert refused(plain.receive(forge(plain, NO_AUTH), 0.0)) == (Reason.UNKNOWN_ENGINE, False)


@pytest.mark.parametrize(("priv", "block"), [(PrivProtocol.DES, 8), (PrivProtocol.AES_128, 16)])
def test_padding_may_fill_a_block_and_no_more(priv: PrivProtocol, block: int) -> None:
    """RFC 3414 section 8.1.1.2; what follows beyond a block is no padding."""
    user = usm_user(priv=priv)
    pair, _ = ready(user)
    for extra in range(4 * block):
        exchange = pair.start(GET)
        scoped = encode_scoped_pdu(
            ENGINE_ID,
            b"",
            encode_pdu(PduType.RESPONSE, exchange.message_id, 0, 0, encode_varbinds(VALUE)),
        )
        # DES fills up to whole blocks by itself, AES adds nothing.
        padding = extra + (-(len(scoped) + extra) % 8 if priv is PrivProtocol.DES else 0)
        step = exchange.receive(sealed(exchange, user, scoped + bytes(extra)), 0.0)
        if padding <= block:
            assert isinstance(step, Answer)
        else:
            assert step == Refusal(
                reason=Reason.DECRYPTION, detail=f"{padding} octets after the scoped PDU", final=True
            )
