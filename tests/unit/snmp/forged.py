"""Answers made to measure: right in everything but what a test wants wrong."""

from __future__ import annotations

from snmp import ber
from snmp.ber import Oid
from snmp.errors import Reason
from snmp.exchange import Exchange
from snmp.message import AUTH_FLAG, encode_scoped_pdu, encode_usm_message
from snmp.operations import Get
from snmp.pdu import PduType, encode_pdu, encode_varbinds
from snmp.smi import VarBind, counter32, counter64
from snmp.steps import Answer, Refusal, Step
from snmp.usm import EngineTime, seal
from snmp.usm_keys import UsmUser
from snmp.usm_protocols import SecurityLevel
from tests.unit.snmp.pair import ENGINE_ID, FIRST, Pair, usm_user

NO_AUTH = usm_user(None, None)
NO_PRIV = usm_user(priv=None)
FULL = usm_user()
VALUE = (VarBind(FIRST, *counter64(5)),)
GET = Get((FIRST,))


def forge(
    exchange: Exchange,
    user: UsmUser = FULL,
    *,
    level: SecurityLevel | None = None,
    kind: PduType = PduType.RESPONSE,
    varbinds: tuple[VarBind, ...] = VALUE,
    message_id: int | None = None,
    request_id: int | None = None,
    engine_id: bytes = ENGINE_ID,
    keys_of: bytes | None = None,
    boots: int = 7,
    time: int = 1_000,
    user_name: bytes | None = None,
    context_engine_id: bytes | None = None,
    context_name: bytes = b"",
) -> bytes:
    """Return an answer to the exchange in which anything may be another than it should."""
    number = exchange.message_id if message_id is None else message_id
    pdu = encode_pdu(kind, number if request_id is None else request_id, 0, 0, encode_varbinds(varbinds))
    return seal(
        message_id=number,
        max_size=1_472,
        flags=user.level if level is None else level,
        clock=EngineTime(engine_id=engine_id, boots=boots, time_s=time),
        user=user,
        user_name=user.name if user_name is None else user_name,
        keys=user.keys_for(engine_id if keys_of is None else keys_of),
        scoped_pdu=encode_scoped_pdu(
            engine_id if context_engine_id is None else context_engine_id, context_name, pdu
        ),
        salt=99,
    )


def report(
    exchange: Exchange, counter: Oid, *, engine_id: bytes = ENGINE_ID, boots: int = 7, time: int = 1_000
) -> bytes:
    """Return a Report of this counter that nobody has signed."""
    return forge(
        exchange,
        NO_AUTH,
        kind=PduType.REPORT,
        varbinds=(VarBind(counter, *counter32(1)),),
        engine_id=engine_id,
        boots=boots,
        time=time,
    )


def ready(user: UsmUser = FULL) -> tuple[Pair, Exchange]:
    """Return a pair that has spoken before, and a new exchange."""
    pair = Pair(user)
    assert isinstance(pair.ask(GET), Answer)
    return pair, pair.start(GET)


def refused(step: Step) -> tuple[Reason, bool]:
    """Return reason and finality of a Refusal, which it must be."""
    assert isinstance(step, Refusal), step
    return step.reason, step.final


def with_digest(exchange: Exchange, digest: bytes) -> bytes:
    """Return an authNoPriv answer whose digest field holds just these octets."""
    pdu = encode_pdu(PduType.RESPONSE, exchange.message_id, 0, 0, encode_varbinds(VALUE))
    parameters = ber.encode_tlv(
        0x30,
        ber.encode_tlv(4, ENGINE_ID)
        + ber.encode_integer(7)
        + ber.encode_integer(1_000)
        + ber.encode_tlv(4, NO_PRIV.name)
        + ber.encode_tlv(4, digest)
        + ber.encode_tlv(4, b""),
    )
    return encode_usm_message(
        message_id=exchange.message_id,
        max_size=1_472,
        flags=AUTH_FLAG,
        security_parameters=parameters,
        data=encode_scoped_pdu(ENGINE_ID, b"", pdu),
    )


def sealed(exchange: Exchange, user: UsmUser, scoped_pdu: bytes) -> bytes:
    """Return these octets as the scoped PDU of an answer that is in order otherwise."""
    return seal(
        message_id=exchange.message_id,
        max_size=1_472,
        flags=user.level,
        clock=EngineTime(engine_id=ENGINE_ID, boots=7, time_s=1_000),
        user=user,
        user_name=user.name,
        keys=user.keys_for(ENGINE_ID),
        scoped_pdu=scoped_pdu,
        salt=98,
    )
