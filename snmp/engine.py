"""An authoritative engine (RFC 3414 sections 2.2 and 3.2): who may speak to it, and what is fresh.

An engine is light: an id, a clock, and keys of the users that came by. The table of users may be shared by
thousands of engines. Keeping `boots` over restarts is the caller's affair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from snmp import counters
from snmp.ber import Oid
from snmp.errors import ProtocolError, UsageError
from snmp.message import MAX_MESSAGE_SIZE, MIN_MESSAGE_SIZE, ScopedPdu, UsmMessage
from snmp.smi import MAX_UINT32, Typed, counter32, integer, octets
from snmp.tree import Source
from snmp.usm import (
    MAX_BOOTS,
    MAX_ENGINE_ID,
    MAX_TIME,
    MIN_ENGINE_ID,
    TIME_WINDOW,
    EngineTime,
    open_scoped_pdu,
    verify_digest,
)
from snmp.usm_keys import NO_KEYS, UserKeys, UsmUser
from snmp.usm_protocols import SecurityLevel

# SNMP-FRAMEWORK-MIB (RFC 3411 section 5).
_ENGINE_GROUP: Oid = (1, 3, 6, 1, 6, 3, 10, 2, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A user and the lowest security level at which it is answered; by default its highest."""

    user: UsmUser
    min_level: SecurityLevel | None = None

    def allows(self, level: SecurityLevel) -> bool:
        """Return True if a message at this level may be answered with values."""
        return level >= (self.user.level if self.min_level is None else self.min_level)


def access_table(accesses: Iterable[Access]) -> dict[bytes, Access]:
    """Return the accesses by user name; raise UsageError if a name comes twice."""
    table: dict[bytes, Access] = {}
    for access in accesses:
        if access.user.name in table:
            raise UsageError(f"user {access.user.name.decode(errors='replace')} is defined twice")
        table[access.user.name] = access
    return table


class Engine:
    """One engine. `started_at` is the `now` at which engine time was zero; `boots` counts from 1."""

    __slots__ = ("_boots", "_keys", "_started_at", "counters", "engine_id", "max_size", "users")

    def __init__(
        self,
        engine_id: bytes,
        *,
        boots: int,
        started_at: float,
        users: Mapping[bytes, Access] | None = None,
        max_size: int = 1_472,
    ) -> None:
        if not MIN_ENGINE_ID <= len(engine_id) <= MAX_ENGINE_ID:
            raise UsageError(
                f"engine id has {len(engine_id)} octets; must have {MIN_ENGINE_ID} to {MAX_ENGINE_ID}"
            )
        if not 0 <= boots <= MAX_BOOTS:
            raise UsageError(f"boots is {boots}; must be 0 to {MAX_BOOTS}")
        if not MIN_MESSAGE_SIZE <= max_size <= MAX_MESSAGE_SIZE:
            raise UsageError(f"max_size is {max_size}; must be {MIN_MESSAGE_SIZE} to {MAX_MESSAGE_SIZE}")
        self.engine_id = engine_id
        self.users: Mapping[bytes, Access] = {} if users is None else users
        self.max_size = max_size
        self.counters: dict[Oid, int] = {}
        self._boots = boots
        self._started_at = started_at
        self._keys: dict[bytes, UserKeys] = {}

    def clock(self, now: float) -> EngineTime:
        """Return boots and time now; the caller keeps `boots` for the next start, raised by one."""
        # RFC 3414 section 2.2.2: when time reaches its maximum, boots rises by one and time begins at zero;
        # boots stays at its own maximum for ever.
        overflows, time = divmod(max(0, int(now - self._started_at)), MAX_TIME)
        return EngineTime(
            engine_id=self.engine_id, boots=min(self._boots + overflows, MAX_BOOTS), time_s=time
        )

    def count(self, counter: Oid) -> int:
        """Raise one of the engine's own counters and return its new value."""
        value = (self.counters.get(counter, 0) + 1) & MAX_UINT32
        self.counters[counter] = value
        return value

    def keys_of(self, user: UsmUser) -> UserKeys:
        """Return the user's keys at this engine, computed when first needed."""
        keys = self._keys.get(user.name)
        if keys is None:
            keys = self._keys[user.name] = user.keys_for(self.engine_id)
        return keys

    def refuse(self, datagram: bytes, message: UsmMessage, level: SecurityLevel, now: float) -> Oid | None:
        """Return the counter under which a message must be refused, or None if it may be believed.

        The steps are those of RFC 3414 section 3.2, in their order. Nothing has been counted yet.
        """
        # Step 3: an engine id that is not ours, be it empty (discovery) or of no legal size.
        if message.engine_id != self.engine_id:
            return counters.UNKNOWN_ENGINE_IDS
        # Step 4.
        access = self.users.get(message.user)
        if access is None:
            return counters.UNKNOWN_USER_NAMES
        # Step 5: a level beyond what the user has protocols for.
        user = access.user
        if level > user.level:
            return counters.UNSUPPORTED_SEC_LEVELS
        if level is SecurityLevel.NO_AUTH_NO_PRIV or user.auth is None:
            return None
        # Step 6.
        try:
            verify_digest(datagram, message, user.auth, self.keys_of(user).auth)
        except ProtocolError:
            return counters.WRONG_DIGESTS
        return None if self._in_window(message, now) else counters.NOT_IN_TIME_WINDOWS

    def _in_window(self, message: UsmMessage, now: float) -> bool:
        """RFC 3414 section 3.2 step 7 (a)."""
        clock = self.clock(now)
        return (
            clock.boots != MAX_BOOTS
            and message.boots == clock.boots
            and abs(message.time - clock.time_s) <= TIME_WINDOW
        )

    def open(self, datagram: bytes, message: UsmMessage) -> tuple[bytes, ScopedPdu]:
        """Return the scoped PDU of a message that `refuse` let pass (step 8); raise ProtocolError if none."""
        access = self.users.get(message.user)
        user = None if access is None else access.user
        return open_scoped_pdu(datagram, message, user, NO_KEYS if user is None else self.keys_of(user))

    def items(self, now: Callable[[], float]) -> dict[Oid, Source]:
        """Return the engine's own variables for a tree: snmpEngine group and all its counters."""
        engine: dict[Oid, Source] = {
            (*_ENGINE_GROUP, 1, 0): octets(self.engine_id),
            (*_ENGINE_GROUP, 2, 0): lambda: integer(self.clock(now()).boots),
            (*_ENGINE_GROUP, 3, 0): lambda: integer(self.clock(now()).time_s),
            (*_ENGINE_GROUP, 4, 0): integer(self.max_size),
        }
        return engine | {counter: partial(self._counter, counter) for counter in counters.ENGINE_COUNTERS}

    def _counter(self, counter: Oid) -> Typed:
        return counter32(self.counters.get(counter, 0))
