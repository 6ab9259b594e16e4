"""What the core hands evidence to: the ledger's writer, seen from the other side."""

from __future__ import annotations

from typing import Protocol

from collector.ledger.evidence import Evidence, SpoolEvidence
from collector.model import SpoolCursor, Uptime
from collector.traffic.measure import TrafficSink


class Sink(TrafficSink, Protocol):
    """Where evidence goes: the ledger's writer."""

    def poll(self, evidence: Evidence) -> None:
        """Book one poll."""
        ...

    def uptime(self, device: str, uptime: Uptime) -> None:
        """Book one reading of an uptime."""
        ...

    def agent_range(self, spool: SpoolEvidence) -> None:
        """Book snapshots of an agent's spool."""
        ...

    def cursor(self, device: str) -> SpoolCursor | None:
        """Return what is had of an agent's spool."""
        ...
