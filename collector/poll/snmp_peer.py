"""What is learned of one SNMP device and kept between polls: its engine, round trip, size of answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from collector.model import Get, Oid
from collector.poll.answer_size import AnswerSize
from snmp.manager import Credential, Session
from snmp.prepared import PreparedGet, prepare
from snmp.retry import RoundTrip

_NUMBER_SIZE, _TEXT_SIZE = 11, 48
"""Octets that one encoded value may take: the largest number, and a name or description."""

_QUESTIONS = 2
"""A device has two questions that come again: the everyday one, and with it what changes rarely."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAs:
    """How the inventory says that a device is asked; what was learned otherwise is not taken over."""

    credential: Credential
    timeout_s: float
    retries: int


@dataclass(slots=True)
class Peer:
    """One device as the poller knows it. `refused` are instances that it answers with an error."""

    asked_as: AskedAs
    session: Session
    round_trip: RoundTrip
    size: AnswerSize = field(default_factory=AnswerSize)
    refused: set[Oid] = field(default_factory=set)
    _packets: dict[Get, tuple[PreparedGet, ...]] = field(default_factory=dict)

    def packets(self, ask: Get) -> tuple[PreparedGet, ...]:
        """Return the question in as few packets as fit; encoded once while nothing new is learned."""
        packets = self._packets.get(ask)
        if packets is None:
            split = len(ask.names) - ask.rare
            packets = (
                *self._prepare(ask.names[:split], self.size.expected, _NUMBER_SIZE),
                *self._prepare(ask.names[split:], self.size.limit, _TEXT_SIZE),
            )
            if not packets and self.refused:
                # All was refused, perhaps by a passing fault: a poll that asks nothing proves nothing.
                self.discovered()
                return self.packets(ask)
            if len(self._packets) >= _QUESTIONS:
                del self._packets[next(iter(self._packets))]
            self._packets[ask] = packets
        return packets

    def discovered(self) -> None:
        """Begin anew with what the device refuses: it has just been asked what it has."""
        self.refused.clear()
        self._packets.clear()

    def refuse(self, name: Oid) -> None:
        """Ask for this instance no more, until the next discovery."""
        self.refused.add(name)
        self._packets.clear()

    def all_arrived(self, ask: Get, *, largest: int, resent: int) -> None:
        """Learn from a poll whose answers all came: the largest had so many octets."""
        packets, takes = len(self._packets[ask]), self.session.max_request
        if not ask.rare and self.size.arrived(largest, packets=packets, resent=resent, takes=takes):
            self._packets.clear()

    def too_large(self) -> None:
        """Learn that answers were too large for the device or for the path."""
        if self.size.too_large():
            self._packets.clear()

    def _prepare(self, names: Sequence[Oid], max_size: int, value_size: int) -> tuple[PreparedGet, ...]:
        wanted = [name for name in names if name not in self.refused]
        return prepare(wanted, max_size=max_size, max_varbinds=self.size.variables, value_size=value_size)
