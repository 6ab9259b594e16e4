"""v3 as the manager: Reports, signed and unsigned, honest and forged."""

from __future__ import annotations

import pytest

from snmp import counters
from snmp.engine import Access
from snmp.errors import ProtocolError, Reason, UsageError
from snmp.manager import Session
from snmp.operations import Get
from snmp.steps import Answer, Refusal, Send
from snmp.usm_keys import NO_KEYS, UsmUser
from snmp.usm_protocols import AuthProtocol, PrivProtocol
from tests.unit.snmp.forged import FULL, GET, NO_AUTH, NO_PRIV, forge, ready, refused, report
from tests.unit.snmp.pair import (
    BASE,
    ENGINE_ID,
    OTHER_ENGINE_ID,
    Pair,
    read_v3,
    usm_user,
)


@pytest.mark.parametrize(
    ("counter", "reason"),
    [
        (counters.UNSUPPORTED_SEC_LEVELS, Reason.SECURITY_LEVEL),
        (counters.UNKNOWN_USER_NAMES, Reason.UNKNOWN_USER),
        (counters.WRONG_DIGESTS, Reason.WRONG_KEY),
        (counters.DECRYPTION_ERRORS, Reason.DECRYPTION),
        (counters.UNKNOWN_CONTEXTS, Reason.UNEXPECTED),
        (counters.UNKNOWN_PDU_HANDLERS, Reason.UNEXPECTED),
        ((1, 3, 6, 1, 9), Reason.UNEXPECTED),
    ],
)
def test_unsigned_report_is_a_hint_for_the_reason(counter: tuple[int, ...], reason: Reason) -> None:
    """Not final, as anybody could have sent it: the true answer is still taken."""
    _, exchange = ready()
    assert refused(exchange.receive(report(exchange, counter), 0.0)) == (reason, False)
    assert isinstance(exchange.receive(forge(exchange), 0.0), Answer)


def test_report_to_a_user_without_authentication_is_final() -> None:
    """Nothing better can come where nothing is signed."""
    _, exchange = ready(NO_AUTH)
    step = exchange.receive(report(exchange, counters.UNKNOWN_USER_NAMES), 0.0)
    assert refused(step) == (Reason.UNKNOWN_USER, True)


WRONG = usm_user(password="another password")


@pytest.mark.parametrize(
    ("ours", "theirs", "reason"),
    [
        (FULL, WRONG, Reason.WRONG_KEY),
        (FULL, usm_user(name=b"somebody"), Reason.UNKNOWN_USER),
        (FULL, NO_PRIV, Reason.SECURITY_LEVEL),
        (FULL, NO_AUTH, Reason.SECURITY_LEVEL),
        (FULL, usm_user(AuthProtocol.SHA_512), Reason.WRONG_KEY),
        (FULL, usm_user(priv=PrivProtocol.DES), Reason.DECRYPTION),
        (
            FULL,
            UsmUser(
                name=FULL.name,
                auth=FULL.auth,
                auth_secret=FULL.auth_secret,
                priv=FULL.priv,
                priv_secret=WRONG.priv_secret,
            ),
            Reason.DECRYPTION,
        ),
    ],
)
def test_misconfiguration_has_its_reason(ours: UsmUser, theirs: UsmUser, reason: Reason) -> None:
    """What an operator got wrong is told apart: user, password, protocol, level."""
    assert refused(Pair(ours, accesses=(Access(user=theirs),)).ask(GET)) == (reason, False)


def test_level_below_the_users_minimum_is_an_error_status() -> None:
    """RFC 3413 section 3.2 (4): authorizationError, as net-snmp answers too."""
    refusal = Pair(NO_AUTH, accesses=(Access(user=FULL),)).ask(GET)
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.detail) == (Reason.ERROR_STATUS, "AUTHORIZATION_ERROR at variable 0")


def test_forged_clock_in_discovery_costs_one_step_and_nothing_else() -> None:
    """The hint is used for sending; the signed Report puts it right; the session is not poisoned."""
    pair = Pair(FULL)
    exchange = pair.start(GET)
    lie = exchange.receive(report(exchange, counters.UNKNOWN_ENGINE_IDS, boots=900_000, time=77), 0.0)
    assert isinstance(lie, Send)
    assert read_v3(lie.datagram).boots == 900_000
    truth = exchange.receive(pair.answer(lie.datagram), 0.0)
    assert isinstance(truth, Send)
    assert isinstance(exchange.receive(pair.answer(truth.datagram), 0.0), Answer)
    assert isinstance(pair.ask(GET), Answer)


def test_forged_engine_in_discovery_is_put_right_by_the_true_one() -> None:
    """An engine that has signed nothing is given up for the one that the device itself reports."""
    pair = Pair(FULL)
    exchange = pair.start(GET)
    lie = exchange.receive(report(exchange, counters.UNKNOWN_ENGINE_IDS, engine_id=OTHER_ENGINE_ID), 0.0)
    assert isinstance(lie, Send)
    truth = exchange.receive(pair.answer(lie.datagram), 0.0)
    assert isinstance(truth, Send)
    assert isinstance(exchange.receive(pair.answer(truth.datagram), 0.0), Answer)
    assert pair.session.engine_id == ENGINE_ID


def test_unsigned_clock_does_not_change_what_is_accepted() -> None:
    """After a forged notInTimeWindow the right answer is taken and a replay refused, as before."""
    pair, exchange = ready()
    forged = report(exchange, counters.NOT_IN_TIME_WINDOWS, boots=900_000, time=5)
    assert isinstance(exchange.receive(forged, 0.0), Send)
    assert isinstance(exchange.receive(forge(exchange, boots=7, time=1_000), 0.0), Answer)
    assert isinstance(pair.ask(GET), Answer)
    late = pair.start(GET)
    assert refused(late.receive(forge(late, boots=6), 0.0)) == (Reason.NOT_IN_WINDOW, True)


def test_proven_engine_is_not_given_up_for_an_unsigned_word() -> None:
    """The exchange refuses; only the next one begins anew, and whatever it finds must sign."""
    pair, exchange = ready()
    step = exchange.receive(report(exchange, counters.UNKNOWN_ENGINE_IDS, engine_id=OTHER_ENGINE_ID), 0.0)
    assert step == Refusal(
        reason=Reason.UNKNOWN_ENGINE, detail="the device answers for another engine than before", final=False
    )
    assert isinstance(exchange.receive(forge(exchange), 0.0), Answer)
    assert not pair.session.ready
    assert isinstance(pair.ask(GET), Answer)


def test_report_on_a_discovery_long_past_forgets_nothing() -> None:
    """Another exchange has proven the engine since; the word of another engine comes too late."""
    pair = Pair(FULL)
    slow = pair.start(GET)
    assert isinstance(pair.ask(GET), Answer)
    step = slow.receive(report(slow, counters.UNKNOWN_ENGINE_IDS, engine_id=OTHER_ENGINE_ID), 0.0)
    assert refused(step) == (Reason.UNKNOWN_ENGINE, False)
    assert pair.session.engine_id == ENGINE_ID


def test_engine_that_calls_its_own_id_unknown_is_not_believed() -> None:
    """Nothing is forgotten for a contradiction."""
    pair, exchange = ready()
    step = exchange.receive(report(exchange, counters.UNKNOWN_ENGINE_IDS), 0.0)
    assert refused(step) == (Reason.UNEXPECTED, False)
    assert pair.session.ready


@pytest.mark.parametrize("size", [0, 4, 33])
def test_engine_id_of_no_legal_size_is_refused(size: int) -> None:
    """RFC 3411 section 5: 5 to 32 octets."""
    exchange = Pair(FULL).start(GET)
    step = exchange.receive(report(exchange, counters.UNKNOWN_ENGINE_IDS, engine_id=b"e" * size), 0.0)
    assert isinstance(step, Refusal)
    assert step.reason in (Reason.UNKNOWN_ENGINE, Reason.UNEXPECTED)


def test_device_that_reports_for_ever_is_given_up() -> None:
    """Each obeyed Report costs a packet; there is an end to it."""
    _, exchange = ready()
    steps = [
        exchange.receive(report(exchange, counters.NOT_IN_TIME_WINDOWS, boots=number), 0.0)
        for number in range(6)
    ]
    assert [type(step) for step in steps] == [Send] * 3 + [Refusal] * 3
    assert steps[3] == Refusal(
        reason=Reason.NOT_IN_WINDOW, detail="still refused after 3 Reports were obeyed", final=False
    )


def test_pinned_engine_needs_no_discovery_and_is_never_changed() -> None:
    """An engine id from the configuration: its clock is fetched, another engine is refused."""
    pair = Pair(FULL)
    pair.session = Session(FULL, pair.identifiers, engine_id=ENGINE_ID)
    exchange = pair.start(GET)
    assert read_v3(exchange.datagram).engine_id == ENGINE_ID
    assert isinstance(pair.finish(exchange), Answer)
    stranger = pair.start(GET)
    step = stranger.receive(report(stranger, counters.UNKNOWN_ENGINE_IDS, engine_id=OTHER_ENGINE_ID), 0.0)
    assert refused(step) == (Reason.UNKNOWN_ENGINE, False)
    assert pair.session.engine_id == ENGINE_ID
    with pytest.raises(UsageError, match="engine id has 3 octets; must have 5 to 32"):
        Session(FULL, pair.identifiers, engine_id=b"abc")


def test_request_beyond_what_the_device_takes_is_not_sent() -> None:
    """Its signed msgMaxSize is known after the first answer."""
    pair = Pair(FULL, max_size=500)
    assert isinstance(pair.ask(GET), Answer)
    assert pair.session.max_request == 500
    with pytest.raises(ProtocolError, match="the device takes 500"):
        pair.start(Get(tuple((*BASE, 1, index) for index in range(60))))


def test_message_of_another_security_model_is_refused() -> None:
    """It is not ours to open."""
    _, exchange = ready()
    datagram = forge(exchange)
    at = datagram.index(b"\x02\x01\x03\x04", 10)
    spoilt = datagram[:at] + b"\x02\x01\x04\x04" + datagram[at + 4 :]
    assert exchange.receive(spoilt, 0.0) == Refusal(
        reason=Reason.UNEXPECTED, detail="security model 4", final=False
    )


def test_privacy_without_authentication_is_malformed() -> None:
    """RFC 3412 section 7.2 step 5 (d)."""
    _, exchange = ready()
    datagram = forge(exchange)
    at = datagram.index(b"\x04\x01\x03")
    spoilt = datagram[:at] + b"\x04\x01\x02" + datagram[at + 3 :]
    assert exchange.receive(spoilt, 0.0) == Refusal(
        reason=Reason.MALFORMED, detail="privacy without authentication in msgFlags", final=False
    )


def test_session_size_has_its_bounds() -> None:
    """RFC 3412 section 6: 484 at least."""
    with pytest.raises(UsageError, match="max_size is 483; must be 484 to 65507"):
        Pair(FULL, session_max_size=483)


def test_keys_of_nobody_are_no_keys() -> None:
    """A user without authentication has none to leak."""
    assert NO_AUTH.keys_for(ENGINE_ID) is NO_KEYS
