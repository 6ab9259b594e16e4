"""The agent's side: one datagram in, one datagram or silence out. No I/O, no clock of its own.

    users = access_table([Access(user=UsmUser(...))])             # snmp.engine; may be shared by many engines
    engine = Engine(engine_id, boots=7, started_at=now, users=users)
    responder = Responder(engine, SortedTree({oid: counter64(5), other: lambda: gauge32(...)}))
    reply = responder.respond(datagram, now, salt)                # bytes to send back, or None
    responder.tree = SortedTree(...)                              # a new snapshot, between two requests

`now` is seconds of the clock that `started_at` was read from. `salt` is a number never used before (see
`snmp.identifiers`). v1 and v2c are answered only if communities are given. Checking where a datagram came
from is the caller's affair: `community_allowed=False` drops v1 and v2c from that source and counts them as a
wrong community; v3 proves its sender itself.

`respond` raises nothing for what the network sent; an exception out of a Tree's own value passes through.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from snmp import ber, counters
from snmp.ber import Oid
from snmp.commands import HANDLED, Outcome, execute
from snmp.engine import Engine
from snmp.errors import ProtocolError, Reason
from snmp.message import (
    PRIV_FLAG,
    REPORTABLE_FLAG,
    USM_SECURITY_MODEL,
    CommunityMessage,
    ScopedPdu,
    UsmMessage,
    Version,
    encode_community_message,
    encode_scoped_pdu,
    read_community_message,
    read_scoped_pdu,
    read_usm_message,
    read_version,
)
from snmp.pdu import CONFIRMED, ErrorStatus, PduHead, PduType, encode_pdu, encode_varbind, read_pdu
from snmp.smi import Tag, encode_value
from snmp.tree import Tree
from snmp.usm import level_of, seal
from snmp.usm_keys import NO_KEYS
from snmp.usm_protocols import SecurityLevel

# What an answer takes besides its variables, at most: every header with a three-octet length, every number at
# full size. To it come the strings whose lengths differ from message to message.
_COMMUNITY_OVERHEAD = 40
_USM_OVERHEAD = 110


@dataclass(frozen=True, slots=True)
class _Incoming:
    """A v3 message with what its answer will need."""

    datagram: bytes
    message: UsmMessage
    level: SecurityLevel
    now: float
    salt: int


class Responder:
    """Answers for one engine from one Tree; `tree` may be replaced between requests."""

    __slots__ = ("_communities", "_context_name", "engine", "tree")

    def __init__(
        self, engine: Engine, tree: Tree, *, communities: Iterable[bytes] = (), context_name: bytes = b""
    ) -> None:
        self.engine = engine
        self.tree = tree
        self._communities = frozenset(communities)
        self._context_name = context_name

    def respond(
        self, datagram: bytes, now: float, salt: int, *, community_allowed: bool = True
    ) -> bytes | None:
        """Return the answer to a datagram, or None where the protocol wants silence."""
        engine = self.engine
        engine.count(counters.IN_PKTS)
        try:
            version, at = read_version(datagram)
            if version == Version.V3:
                return self._respond_usm(datagram, read_usm_message(datagram, at), now, salt)
            if version in (Version.V1, Version.V2C):
                message = read_community_message(datagram, version, at)
                return self._respond_community(datagram, message, allowed=community_allowed)
        except ProtocolError:
            # RFC 3412 section 7.2 steps 2 and 6, RFC 1157 section 4.1: what cannot be parsed is discarded.
            engine.count(counters.IN_ASN_PARSE_ERRS)
            return None
        engine.count(counters.IN_BAD_VERSIONS)
        return None

    def _respond_community(
        self, datagram: bytes, message: CommunityMessage, *, allowed: bool
    ) -> bytes | None:
        if not allowed or message.community not in self._communities:
            self.engine.count(counters.IN_BAD_COMMUNITY_NAMES)
            return None
        head = read_pdu(datagram, message.pdu_at, message.end)
        v1_bulk = message.version is Version.V1 and head.kind is PduType.GET_BULK
        if head.kind not in HANDLED or v1_bulk:
            return None
        size = self.engine.max_size
        room = size - _COMMUNITY_OVERHEAD - len(message.community)
        outcome = execute(self.tree, datagram, head, message.version, room)
        pdu = _response(datagram, head, outcome)
        return self._if_it_fits(encode_community_message(message.version, message.community, pdu), size)

    def _respond_usm(self, datagram: bytes, message: UsmMessage, now: float, salt: int) -> bytes | None:
        engine = self.engine
        if message.security_model != USM_SECURITY_MODEL:
            # RFC 3412 section 7.2 step 3.
            engine.count(counters.UNKNOWN_SECURITY_MODELS)
            return None
        try:
            level = level_of(message)
        except ProtocolError:
            # Step 5 (d): privacy without authentication.
            engine.count(counters.INVALID_MSGS)
            return None
        incoming = _Incoming(datagram, message, level, now, salt)
        if (counter := engine.refuse(datagram, message, level, now)) is not None:
            return self._report_unopened(incoming, counter)
        try:
            data, scoped = engine.open(datagram, message)
        except ProtocolError as error:
            if error.reason is not Reason.DECRYPTION:
                raise
            return self._report_unopened(incoming, counters.DECRYPTION_ERRORS)
        return self._respond_scoped(incoming, data, scoped)

    def _respond_scoped(self, incoming: _Incoming, data: bytes, scoped: ScopedPdu) -> bytes | None:
        head = read_pdu(data, scoped.pdu_at, scoped.end)
        if head.kind not in HANDLED or scoped.context_engine_id != self.engine.engine_id:
            # RFC 3412 section 7.2 step 13 (b): nobody here handles this kind of PDU for that engine.
            counter = counters.UNKNOWN_PDU_HANDLERS
        elif scoped.context_name != self._context_name:
            # RFC 3413 section 3.2 (5).
            counter = counters.UNKNOWN_CONTEXTS
        else:
            return self._answer(incoming, data, head)
        if head.kind in CONFIRMED:
            return self._report(incoming, counter, head.request_id, incoming.level)
        self.engine.count(counter)
        return None

    def _answer(self, incoming: _Incoming, data: bytes, head: PduHead) -> bytes | None:
        engine, message = self.engine, incoming.message
        access = engine.users[message.user]
        # RFC 3412 section 7.1 and RFC 3416 section 4.2: no larger than either side takes.
        size = min(message.max_size, engine.max_size)
        if access.allows(incoming.level):
            digest = access.user.auth.digest_size if access.user.auth else 0
            strings = 2 * len(engine.engine_id) + len(message.user) + len(self._context_name) + digest
            outcome = execute(self.tree, data, head, Version.V3, size - _USM_OVERHEAD - strings)
        else:
            # RFC 3413 section 3.2 (4): no access at this security level.
            outcome = Outcome(ErrorStatus.AUTHORIZATION_ERROR, 0, None)
        reply = self._seal(incoming, _response(data, head, outcome), incoming.level)
        return self._if_it_fits(reply, size)

    def _report_unopened(self, incoming: _Incoming, counter: Oid) -> bytes | None:
        """Report on a message whose scoped PDU was not believed, if it asks for Reports."""
        message = incoming.message
        # RFC 3412 section 7.2 step 6 and section 6.4: a PDU that can be read decides by its class whether it
        # is reported on; of one that is encrypted, reportableFlag is all there is to go by.
        if message.flags & PRIV_FLAG:
            request_id, reportable = 0, bool(message.flags & REPORTABLE_FLAG)
        else:
            scoped = read_scoped_pdu(incoming.datagram, message.data_at, message.data_end)
            head = read_pdu(incoming.datagram, scoped.pdu_at, scoped.end)
            request_id, reportable = head.request_id, head.kind in CONFIRMED
        if not reportable:
            self.engine.count(counter)
            return None
        # RFC 3414 section 3.2 step 7 (a): notInTimeWindows is signed, so that its clock may be believed. The
        # other Reports are not: most of their causes lie before there is a key to sign with.
        signed = counter == counters.NOT_IN_TIME_WINDOWS
        level = SecurityLevel.AUTH_NO_PRIV if signed else SecurityLevel.NO_AUTH_NO_PRIV
        return self._report(incoming, counter, request_id, level)

    def _report(
        self, incoming: _Incoming, counter: Oid, request_id: int, level: SecurityLevel
    ) -> bytes | None:
        value = encode_value(Tag.COUNTER32, self.engine.count(counter))
        varbinds = ber.encode_tlv(ber.SEQUENCE, encode_varbind(counter, value))
        pdu = encode_pdu(PduType.REPORT, request_id, 0, 0, varbinds)
        return self._if_it_fits(self._seal(incoming, pdu, level), incoming.message.max_size)

    def _seal(self, incoming: _Incoming, pdu: bytes, level: SecurityLevel) -> bytes:
        engine, message = self.engine, incoming.message
        access = engine.users.get(message.user) if level else None
        user = None if access is None else access.user
        return seal(
            message_id=message.message_id,
            max_size=engine.max_size,
            # RFC 3412 section 7.1: neither a Response nor a Report is reportable.
            flags=level,
            clock=engine.clock(incoming.now),
            user=user,
            user_name=message.user,
            keys=NO_KEYS if user is None else engine.keys_of(user),
            scoped_pdu=encode_scoped_pdu(engine.engine_id, self._context_name, pdu),
            salt=incoming.salt,
        )

    def _if_it_fits(self, reply: bytes, size: int) -> bytes | None:
        if len(reply) <= size:
            return reply
        # RFC 3416 section 4.2.1: when even the error does not fit, the answer is dropped and counted.
        self.engine.count(counters.SILENT_DROPS)
        return None


def _response(data: bytes, head: PduHead, outcome: Outcome) -> bytes:
    varbinds = data[head.varbinds_at : head.end] if outcome.varbinds is None else outcome.varbinds
    return encode_pdu(
        PduType.RESPONSE,
        head.request_id,
        outcome.status,
        outcome.index,
        ber.encode_tlv(ber.SEQUENCE, varbinds),
    )
