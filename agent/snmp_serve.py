"""Answers SNMP requests: who may ask, how often, and with readings taken because of the asking."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent.config import Network
from agent.rate import RateCap, RateLimits
from agent.snapshot import Sampler
from agent.snmp_tables.history import EMPTY, advance
from agent.snmp_tables.tables import SYS_UP_TIME, SystemTexts, snapshot_items
from agent.udp import UdpSocket
from agent.wire_sections import Snapshot
from snmp import counters
from snmp.ber import Oid
from snmp.engine import Engine
from snmp.responder import Responder
from snmp.smi import MAX_UINT32, Typed, time_ticks
from snmp.tree import SortedTree, Source, merge

_log = logging.getLogger(__name__)

MAX_AGE_S = 0.25
"""One reading serves the packets of one poll. docs/decisions/0011-fresh-values.md says why it is so short."""

_BATCH = 32
"""Datagrams worked on before the event loop gets its turn again."""

_REFUSALS: Mapping[Oid, str] = {
    counters.IN_BAD_COMMUNITY_NAMES: "a community that is not configured",
    counters.UNKNOWN_USER_NAMES: "an SNMPv3 user that is not configured",
    counters.UNSUPPORTED_SEC_LEVELS: "a security level that the user does not have",
    counters.WRONG_DIGESTS: "a wrong authentication password or protocol",
    counters.DECRYPTION_ERRORS: "a wrong privacy password or protocol",
}


class LiveTables:
    """The responder's tree of values, taken anew when it is asked for and not just read."""

    def __init__(
        self, sampler: Sampler, snapshot: Snapshot, texts: SystemTexts, now: Callable[[], float]
    ) -> None:
        self.texts = texts
        self._sampler = sampler
        self._now = now
        self._started = now()
        self._snapshot = snapshot
        self._read_at: float | None = None
        self._latest_ms = -1
        self._history = EMPTY
        self.update(snapshot)

    def update(self, snapshot: Snapshot) -> None:
        """Take over a full snapshot: the next request reads its counters anew, and the rest is of use."""
        self._snapshot = snapshot
        self._read_at = None
        self._remember()

    def stale(self) -> bool:
        """Return True if the values are older than a request may get."""
        return self._read_at is None or self._now() - self._read_at > MAX_AGE_S

    def refresh(self) -> None:
        """Take a quick reading."""
        self._snapshot = self._sampler.refresh(self._snapshot)
        self._read_at = self._now()
        self._remember()

    def _remember(self) -> None:
        # A full snapshot takes its time: there may have been a quick reading since it began.
        if self._snapshot.uptime_ms > self._latest_ms:
            self._latest_ms = self._snapshot.uptime_ms
            self._history = advance(self._history, self._snapshot, self._ticks())

    def tree(self, engine: Engine) -> SortedTree:
        """Return all objects: those of the last reading, and the engine's own, which are always now."""
        own: dict[Oid, Source] = {SYS_UP_TIME: self._sys_up_time}
        own |= engine.items(self._now)
        return SortedTree(merge(snapshot_items(self._snapshot, self._history, self.texts), own))

    def _ticks(self) -> int:
        return int((self._now() - self._started) * 100)

    def _sys_up_time(self) -> Typed:
        # RFC 3418 sysUpTime: since the management part of the system began, which is this process.
        return time_ticks(self._ticks() & MAX_UINT32)


@dataclass(slots=True)
class SnmpTally:
    """What came in and what became of it."""

    requests: int = 0
    answers: int = 0
    denied: int = 0
    limited: int = 0
    unsent: int = 0


class SnmpServer:
    """Decides on each datagram; knows no socket but those it is told to serve."""

    def __init__(
        self,
        *,
        responder: Responder,
        tables: LiveTables,
        allow: tuple[Network, ...],
        limits: RateLimits,
        now: Callable[[], float],
        salt: Callable[[], int],
        tally: SnmpTally,
    ) -> None:
        self._responder = responder
        self._tables = tables
        self._allow = allow
        self._cap = RateCap(limits, now())
        self._now = now
        self._salt = salt
        self._tally = tally
        self._told: set[str] = set()
        self.renew()

    def renew(self) -> None:
        """Put the tables' newest values into the responder."""
        self._responder.tree = self._tables.tree(self._responder.engine)

    def serve(self, socket: UdpSocket) -> None:
        """Answer what has arrived at a socket."""
        for _ in range(_BATCH):
            received = socket.receive()
            if received is None:
                return
            answer = self.answer(received.data, received.peer[0])
            if answer is None:
                continue
            if socket.send(answer, received):
                self._tally.answers += 1
            else:
                self._tally.unsent += 1

    def answer(self, datagram: bytes, peer: str) -> bytes | None:
        """Return the answer to a datagram, None for silence."""
        tally = self._tally
        if not self._allowed(peer):
            tally.denied += 1
            self._tell("denied", "%s is not in [snmp] allow; its requests get no answer", peer)
            return None
        now = self._now()
        if not self._cap.allows(peer, now):
            tally.limited += 1
            self._tell("limited", "%s asks more often than [snmp.rate] allows; some get no answer", peer)
            return None
        tally.requests += 1
        if self._tables.stale():
            self._tables.refresh()
            self.renew()
        answer = self._responder.respond(datagram, now, self._salt())
        self._tell_refusals(peer)
        return answer

    def _allowed(self, peer: str) -> bool:
        address = ipaddress.ip_address(peer)
        return any(address in network for network in self._allow)

    def _tell_refusals(self, peer: str) -> None:
        counted = self._responder.engine.counters
        for counter, meaning in _REFUSALS.items():
            if counted.get(counter):
                self._tell(meaning, "%s asked with %s", peer, meaning)

    def _tell(self, what: str, message: str, *values: str) -> None:
        """Log the first of its kind; the rest is counted."""
        if what not in self._told:
            self._told.add(what)
            _log.warning("SNMP: " + message + " (told once; further ones are counted)", *values)


def refused(engine: Engine) -> int:
    """Return how many requests had a wrong user, key, level or community."""
    return sum(engine.counters.get(counter, 0) for counter in _REFUSALS)
