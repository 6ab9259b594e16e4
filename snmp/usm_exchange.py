"""Asking in v3 as the non-authoritative side: discovery, time, and which answers are believed.

The order of the checks is RFC 3412 section 7.2 around RFC 3414 section 3.2. Only a Report may come at a lower
security level than was asked, and it never brings values: unauthenticated, it is a hint why there are none.
"""

from __future__ import annotations

from snmp.counters import NOT_IN_TIME_WINDOWS, REPORT_REASONS, UNKNOWN_ENGINE_IDS
from snmp.errors import ProtocolError, Reason, unexpected
from snmp.exchange import Exchange
from snmp.identifiers import Identifiers
from snmp.message import (
    MAX_MESSAGE_SIZE,
    REPORTABLE_FLAG,
    USM_SECURITY_MODEL,
    ScopedPdu,
    UsmMessage,
    Version,
    encode_scoped_pdu,
    read_usm_message,
    read_version,
    version_name,
)
from snmp.operations import Operation, judge_response
from snmp.pdu import PduHead, PduType, encode_null_varbinds, encode_pdu, read_pdu, read_varbinds
from snmp.remote_engine import RemoteEngine, UsmPeer
from snmp.smi import VarBind, format_oid
from snmp.steps import Ignored, Refusal, Send, Step
from snmp.usm import EngineTime, level_of, open_scoped_pdu, seal, verify_digest
from snmp.usm_keys import NO_KEYS
from snmp.usm_protocols import SecurityLevel

# Discovery and one resynchronisation are the most an honest device causes; one more for a device replaced
# just then. What comes after that is a loop or an attack.
_MAX_REPORTS = 3


class UsmExchange(Exchange):
    """An exchange in v3. It may begin with discovery, which costs a round trip."""

    __slots__ = ("_engines", "_peer", "_reports")

    def __init__(self, operation: Operation, identifiers: Identifiers, peer: UsmPeer, now: float) -> None:
        super().__init__(operation, identifiers)
        self._peer = peer
        self._engines: dict[int, RemoteEngine | None] = {}
        self._reports = 0
        self._transmit(now)

    def _encode(self, message_id: int, now: float) -> bytes:
        engine, user = self._peer.engine, self._peer.user
        if engine is None:
            message = self._encode_discovery(message_id)
        else:
            message = seal(
                message_id=message_id,
                max_size=self._peer.max_size,
                flags=user.level | REPORTABLE_FLAG,
                clock=engine.clock(now),
                user=user,
                user_name=user.name,
                keys=engine.keys,
                scoped_pdu=encode_scoped_pdu(
                    engine.engine_id, user.context_name, self.operation.encode(message_id)
                ),
                salt=self._identifiers.salt(),
            )
        most = MAX_MESSAGE_SIZE if engine is None else engine.max_size
        if len(message) > most:
            raise ProtocolError(
                Reason.TOO_LARGE, f"request of {len(message)} octets, the device takes {most}"
            )
        self._engines[message_id] = engine
        return message

    def _encode_discovery(self, message_id: int) -> bytes:
        # RFC 3414 section 4: noAuthNoPriv, no user name, no engine id, an empty VarBindList.
        return seal(
            message_id=message_id,
            max_size=self._peer.max_size,
            flags=REPORTABLE_FLAG,
            clock=EngineTime(engine_id=b"", boots=0, time_s=0),
            user=None,
            user_name=b"",
            keys=NO_KEYS,
            scoped_pdu=encode_scoped_pdu(
                b"", b"", encode_pdu(PduType.GET, message_id, 0, 0, encode_null_varbinds(()))
            ),
            salt=0,
        )

    def _judge(self, datagram: bytes, now: float) -> Step:
        version, at = read_version(datagram)
        if version != Version.V3:
            return Ignored(detail=f"{version_name(version)}, asked in v3")
        message = read_usm_message(datagram, at)
        # RFC 3412 section 7.2 step 10 comes after security processing; looking first only saves its cost,
        # since what matches nothing is discarded either way.
        if message.message_id not in self._sent_at:
            return Ignored(detail=f"msgID {message.message_id} is not of this exchange")
        if message.security_model != USM_SECURITY_MODEL:
            raise unexpected(f"security model {message.security_model}")
        level = level_of(message)
        if level is SecurityLevel.NO_AUTH_NO_PRIV:
            return self._judge_contents(datagram, message, level, now)
        engine = self._authenticate(datagram, message, level)
        # From here on the device itself has spoken, to a msgID of ours: nothing better can follow.
        try:
            self._check_time(engine, message, now)
            return self._judge_contents(datagram, message, level, now)
        except ProtocolError as error:
            return Refusal(reason=error.reason, detail=error.detail, final=True)

    def _authenticate(self, datagram: bytes, message: UsmMessage, level: SecurityLevel) -> RemoteEngine:
        """RFC 3414 section 3.2 steps 3 to 6: engine, user, level, digest; raise ProtocolError."""
        user, engine = self._peer.user, self._engines[message.message_id]
        if engine is None or message.engine_id != engine.engine_id:
            raise ProtocolError(Reason.UNKNOWN_ENGINE, "the answer names another engine than was asked")
        if message.user != user.name:
            raise ProtocolError(Reason.UNKNOWN_USER, "the answer names another user than was asked")
        if user.auth is None or level > user.level:
            raise ProtocolError(Reason.SECURITY_LEVEL, f"answer at {level.name}, asked at {user.level.name}")
        verify_digest(datagram, message, user.auth, engine.keys.auth)
        return engine

    def _check_time(self, engine: RemoteEngine, message: UsmMessage, now: float) -> None:
        """RFC 3414 section 3.2 step 7 (b); raise ProtocolError if the message is out of time."""
        try:
            engine.check_time(message, now)
        except ProtocolError:
            # The RFC ends here, and a device that lost its boots counter would be lost until we restart. It
            # has signed a msgID we chose a moment ago, so this is no replay: forget its clock, and let the
            # next exchange learn it anew. This one brings nothing.
            self._peer.forget(engine)
            raise
        engine.max_size = message.max_size

    def _judge_contents(self, datagram: bytes, message: UsmMessage, level: SecurityLevel, now: float) -> Step:
        """RFC 3414 section 3.2 step 8 and RFC 3412 section 7.2 steps 6 to 12: decrypt, read, match."""
        engine = self._engines[message.message_id]
        keys = NO_KEYS if engine is None else engine.keys
        data, scoped = open_scoped_pdu(datagram, message, self._peer.user, keys)
        head = read_pdu(data, scoped.pdu_at, scoped.end)
        if head.kind is PduType.REPORT:
            return self._take_report(message, read_varbinds(data, head), level, now)
        if head.kind is not PduType.RESPONSE:
            raise unexpected(f"{head.kind.name} in answer to {self.operation.kind.name}")
        self._check_response(message, scoped, head, level)
        return judge_response(
            self.operation,
            data,
            head,
            rtt=now - self._sent_at[message.message_id],
            engine=EngineTime(engine_id=message.engine_id, boots=message.boots, time_s=message.time)
            if level
            else None,
        )

    def _check_response(
        self, message: UsmMessage, scoped: ScopedPdu, head: PduHead, level: SecurityLevel
    ) -> None:
        """RFC 3412 section 7.2 step 12 (b): all that was asked with must be what is answered with."""
        user, engine = self._peer.user, self._engines[message.message_id]
        if level is not user.level:
            raise ProtocolError(Reason.SECURITY_LEVEL, f"answer at {level.name}, asked at {user.level.name}")
        if engine is None or message.engine_id != engine.engine_id:
            raise ProtocolError(Reason.UNKNOWN_ENGINE, "the answer names another engine than was asked")
        if message.user != user.name:
            raise ProtocolError(Reason.UNKNOWN_USER, "the answer names another user than was asked")
        if (scoped.context_engine_id, scoped.context_name) != (engine.engine_id, user.context_name):
            raise unexpected("the answer has another context than was asked")
        if head.request_id != message.message_id:
            raise unexpected("the answer's request-id is not the one that went with its msgID")

    def _take_report(
        self, message: UsmMessage, varbinds: list[VarBind], level: SecurityLevel, now: float
    ) -> Step:
        if not varbinds:
            raise unexpected("a Report that names no counter")
        counter = varbinds[0].oid
        if counter == UNKNOWN_ENGINE_IDS:
            return self._learn_engine(message, now)
        if counter == NOT_IN_TIME_WINDOWS:
            return self._synchronise(message, now)
        reason, detail = REPORT_REASONS.get(
            counter, (Reason.UNEXPECTED, f"Report of unknown counter {format_oid(counter)}")
        )
        # Unless nothing better was asked for, a Report without authentication could be anybody's.
        return Refusal(reason=reason, detail=detail, final=level >= min(self._peer.user.level, 1))

    def _learn_engine(self, message: UsmMessage, now: float) -> Step:
        """Take the engine id of a Report (RFC 3414 section 4), unless that gave up a proven one."""
        peer, asked = self._peer, self._engines[message.message_id]
        known = peer.engine
        if asked is not None and message.engine_id == asked.engine_id:
            raise unexpected("the device calls its own engine id unknown")
        if known is None or known.engine_id != message.engine_id:
            if known is not None and (known.authenticated or peer.pinned):
                # On an unsigned word this exchange does not change engines; the next one discovers afresh.
                if asked is known:
                    peer.forget(known)
                raise ProtocolError(
                    Reason.UNKNOWN_ENGINE, "the device answers for another engine than before"
                )
            known = peer.engine = peer.meet(message.engine_id)
        if not known.authenticated:
            known.hint(message.boots, message.time, now)
        return self._send_again(Reason.UNKNOWN_ENGINE, now)

    def _synchronise(self, message: UsmMessage, now: float) -> Step:
        """Send again with the clock of a notInTimeWindows Report; a signed one was learned from already."""
        engine = self._engines[message.message_id]
        if engine is None or message.engine_id != engine.engine_id:
            raise ProtocolError(Reason.UNKNOWN_ENGINE, "the answer names another engine than was asked")
        engine.hint(message.boots, message.time, now)
        return self._send_again(Reason.NOT_IN_WINDOW, now)

    def _send_again(self, reason: Reason, now: float) -> Send:
        self._reports += 1
        if self._reports > _MAX_REPORTS:
            raise ProtocolError(reason, f"still refused after {_MAX_REPORTS} Reports were obeyed")
        return self._transmit(now)
