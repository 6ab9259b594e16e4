"""What a manager knows of one authoritative engine: identity, clock, keys (RFC 3414 sections 2.3 and 3.2).

Two clocks are kept apart. The *trusted* one comes from authenticated messages only and decides what is
accepted. The *sending* one may also come from an unauthenticated Report and decides nothing but which time a
request carries; if it is wrong, the device says so and nothing worse follows.
"""

from __future__ import annotations

from dataclasses import dataclass

from snmp.errors import ProtocolError, Reason, UsageError
from snmp.message import MAX_MESSAGE_SIZE, UsmMessage
from snmp.usm import MAX_BOOTS, MAX_ENGINE_ID, MAX_TIME, MIN_ENGINE_ID, TIME_WINDOW, EngineTime
from snmp.usm_keys import UserKeys, UsmUser


@dataclass(frozen=True, slots=True)
class _Clock:
    boots: int
    time: int
    at: float

    def time_now(self, now: float) -> int:
        return min(self.time + max(0, int(now - self.at)), MAX_TIME)


class RemoteEngine:
    """One engine as seen by one user. `now` is any clock in seconds that never goes back."""

    __slots__ = ("_sending", "_trusted", "engine_id", "keys", "max_size")

    def __init__(self, engine_id: bytes, user: UsmUser) -> None:
        self.engine_id = engine_id
        self.keys: UserKeys = user.keys_for(engine_id)
        self.max_size = MAX_MESSAGE_SIZE
        self._sending: _Clock | None = None
        self._trusted: _Clock | None = None

    @property
    def authenticated(self) -> bool:
        """True once a message with a right digest has come from this engine."""
        return self._trusted is not None

    def clock(self, now: float) -> EngineTime:
        """Return the boots and time that a request sent now should carry."""
        known = self._sending
        if known is None:
            # RFC 3414 section 4: zeros ask the engine for its clock.
            return EngineTime(engine_id=self.engine_id, boots=0, time_s=0)
        return EngineTime(engine_id=self.engine_id, boots=known.boots, time_s=known.time_now(now))

    def hint(self, boots: int, time: int, now: float) -> None:
        """Take boots and time of a message that is not authenticated, for sending only."""
        self._sending = _Clock(boots, time, now)

    def check_time(self, message: UsmMessage, now: float) -> None:
        """Take the clock of a message whose digest was right, or raise ProtocolError if it is out of time.

        RFC 3414 section 3.2 step 7 (b): first learn, then judge by what is known then.
        """
        boots, time = message.boots, message.time
        trusted = self._trusted
        # (1): newer boots, or the same and a later time than ever received: this is the engine's clock now.
        if trusted is None or boots > trusted.boots or (boots == trusted.boots and time > trusted.time):
            trusted = self._trusted = self._sending = _Clock(boots, time, now)
        # (2): an engine at the last of its boots can authenticate nothing any more.
        if trusted.boots == MAX_BOOTS:
            raise ProtocolError(Reason.NOT_IN_WINDOW, "snmpEngineBoots is at its maximum: reset the device")
        # (2): a message of earlier boots is a replay.
        if boots < trusted.boots:
            raise ProtocolError(Reason.NOT_IN_WINDOW, f"boots went back from {trusted.boots} to {boots}")
        # (2): and so is one more than 150 s behind the engine's clock as it should be by now.
        if time < trusted.time_now(now) - TIME_WINDOW:
            raise ProtocolError(
                Reason.NOT_IN_WINDOW, f"time {time} is behind, about {trusted.time_now(now)} was expected"
            )


class UsmPeer:
    """A device as a session knows it: the user it is asked as, and the engine it was found to have.

    `max_size` is what we take. A pinned engine id is never given up for another.
    """

    __slots__ = ("engine", "max_size", "pinned", "user")

    def __init__(self, user: UsmUser, *, max_size: int, engine_id: bytes | None) -> None:
        if engine_id is not None and not MIN_ENGINE_ID <= len(engine_id) <= MAX_ENGINE_ID:
            raise UsageError(_engine_id_message(engine_id))
        self.user = user
        self.max_size = max_size
        self.pinned = engine_id is not None
        self.engine = None if engine_id is None else RemoteEngine(engine_id, user)

    def meet(self, engine_id: bytes) -> RemoteEngine:
        """Return a new engine for an id that came off the network; raise ProtocolError if it is none."""
        if not MIN_ENGINE_ID <= len(engine_id) <= MAX_ENGINE_ID:
            raise ProtocolError(Reason.UNKNOWN_ENGINE, _engine_id_message(engine_id))
        return RemoteEngine(engine_id, self.user)

    def forget(self, engine: RemoteEngine) -> None:
        """Begin anew with the next exchange, if this is still the engine in use."""
        if self.engine is engine:
            self.engine = RemoteEngine(engine.engine_id, self.user) if self.pinned else None


def _engine_id_message(engine_id: bytes) -> str:
    return f"engine id has {len(engine_id)} octets; must have {MIN_ENGINE_ID} to {MAX_ENGINE_ID}"
