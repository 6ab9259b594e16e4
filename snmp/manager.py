"""The manager's side: a `Session` for each device, and the exchanges it starts. No I/O, no clock of its own.

    identifiers = Identifiers(secrets.token_bytes)       # one for all sessions that share a socket
    session = Session(UsmUser(...), identifiers)         # one for each device; or Community(...)
    exchange = session.start(Get((oid,)), now)           # also GetNext, GetBulk, PreparedGet
    ...send exchange.datagram, remember exchange.message_id...

    message_id = peek_message_id(datagram)               # snmp.message: finds the exchange, cheaply
    match exchange.receive(datagram, now):
        case Answer(varbinds=...): ...                   # or Values(values=...) for a PreparedGet
        case Send(datagram=..., message_id=...): ...     # after discovery or resynchronisation
        case Refusal(reason=..., final=...): ...         # final: stop; else keep as the reason, listen on
        case Ignored(): ...                              # as if it had never come

    exchange.resend(now)                                 # at a time-out; earlier ones may still be answered
    round_trip.timeout(n), round_trip.observe(rtt)       # snmp.retry: how long to wait, when to give up
    prepare(oids, max_size=..., max_varbinds=...)        # snmp.prepared: the hot path, one GET per packet
    Walk(roots, bulk=session.bulk)                       # snmp.walk: subtrees

`now` is seconds of any clock that never goes back, the same for one session. `start` and `resend` raise
UsageError for what the version cannot do, and ProtocolError (too_large) for a request beyond what the device
takes. `receive` raises nothing, whatever arrived.

A v3 session begins with discovery. Start one exchange alone until `ready`, then as many at once as you like.
"""

from __future__ import annotations

from snmp.community_exchange import Community, CommunityExchange
from snmp.errors import UsageError
from snmp.exchange import Exchange
from snmp.identifiers import Identifiers
from snmp.message import MAX_MESSAGE_SIZE, MIN_MESSAGE_SIZE, Version
from snmp.operations import Operation
from snmp.remote_engine import UsmPeer
from snmp.usm_exchange import UsmExchange
from snmp.usm_keys import UsmUser

Credential = Community | UsmUser


class Session:
    """One device as seen by one credential: learned once, used for every exchange with it.

    `max_size` is announced in v3 as the largest message we take. Leave it at what UDP can carry, and ask for
    less instead: where a GETBULK fills a smaller size, net-snmp 5.9.3 says genErr, loops or crashes.
    `engine_id` pins the device's engine: then there is no discovery, and no other engine is ever accepted.
    """

    def __init__(
        self,
        credential: Credential,
        identifiers: Identifiers,
        *,
        max_size: int = MAX_MESSAGE_SIZE,
        engine_id: bytes | None = None,
    ) -> None:
        if not MIN_MESSAGE_SIZE <= max_size <= MAX_MESSAGE_SIZE:
            raise UsageError(f"max_size is {max_size}; must be {MIN_MESSAGE_SIZE} to {MAX_MESSAGE_SIZE}")
        self.credential = credential
        self._identifiers = identifiers
        self._side: Community | UsmPeer
        if isinstance(credential, Community):
            self._side = credential
        else:
            self._side = UsmPeer(credential, max_size=max_size, engine_id=engine_id)

    @property
    def bulk(self) -> bool:
        """True if the version has GETBULK."""
        return not (isinstance(self._side, Community) and self._side.version is Version.V1)

    @property
    def engine_id(self) -> bytes | None:
        """The device's engine id as far as known; None before discovery and in v1 and v2c."""
        engine = None if isinstance(self._side, Community) else self._side.engine
        return None if engine is None else engine.engine_id

    @property
    def ready(self) -> bool:
        """True if an exchange needs no discovery: several may be started at once."""
        return isinstance(self._side, Community) or self._side.engine is not None

    @property
    def max_request(self) -> int:
        """The largest request the device takes, in octets, as far as it has said under its signature."""
        engine = None if isinstance(self._side, Community) else self._side.engine
        return MAX_MESSAGE_SIZE if engine is None else engine.max_size

    def forget(self) -> None:
        """Begin with discovery again: what cannot decrypt a request may still tell its engine."""
        if not isinstance(self._side, Community) and self._side.engine is not None:
            self._side.forget(self._side.engine)

    def start(self, operation: Operation, now: float) -> Exchange:
        """Return a new exchange, its first datagram ready to be sent."""
        if isinstance(self._side, Community):
            return CommunityExchange(operation, self._identifiers, self._side, now)
        return UsmExchange(operation, self._identifiers, self._side, now)
