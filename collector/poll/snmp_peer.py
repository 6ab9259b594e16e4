"""What is learned of one SNMP device and kept between polls: its engine, round trip, size of answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from collector.model import Get, Oid
from snmp.manager import Session
from snmp.prepared import PreparedGet, prepare
from snmp.retry import RoundTrip

LARGEST, SMALLEST = 1_400, 484
"""Octets an answer is expected to fit in: an Ethernet frame; the least that every agent must take."""

GROW_AFTER = 60
"""Clean polls after which a size that was cut is doubled again."""


@dataclass(slots=True)
class Peer:
    """One device as the poller knows it. `refused` are instances that it answers with an error."""

    session: Session
    round_trip: RoundTrip
    size: int = LARGEST
    refused: set[Oid] = field(default_factory=set)
    _clean_polls: int = 0
    _packets_for: Get | None = None
    _packets: tuple[PreparedGet, ...] = ()

    def packets(self, ask: Get) -> tuple[PreparedGet, ...]:
        """Return the question in as few packets as fit; encoded once for as long as it stays the same."""
        if self._packets_for is not ask:
            self.refused.clear()
            self._prepare(ask)
        return self._packets

    def refuse(self, ask: Get, name: Oid) -> None:
        """Ask for this instance no more, until the question changes."""
        self.refused.add(name)
        self._prepare(ask)

    def all_arrived(self, ask: Get) -> None:
        """Note a clean poll; after many of them, try a size again that was too large once."""
        self._clean_polls += 1
        if self.size < LARGEST and self._clean_polls >= GROW_AFTER:
            self._resize(ask, min(self.size * 2, LARGEST))

    def some_lost(self, ask: Get) -> None:
        """Note that some packets were answered and others not: those answers may be too large to arrive."""
        self._resize(ask, max(self.size // 2, SMALLEST))

    def _resize(self, ask: Get, size: int) -> None:
        self._clean_polls = 0
        if size != self.size:
            self.size = size
            self._prepare(ask)

    def _prepare(self, ask: Get) -> None:
        names = [name for name in ask.names if name not in self.refused]
        self._packets = prepare(names, max_size=self.size) if names else ()
        self._packets_for = ask
