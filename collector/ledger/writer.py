"""The one thread that writes the ledger; the event loop hands it evidence and never waits for a disk."""

from __future__ import annotations

from datetime import tzinfo

from collector.clock import ClockJump
from collector.ledger.evidence import Cursor, Evidence, SpoolEvidence
from collector.ledger.restored import LedgerHealth
from collector.model import Uptime


class LedgerWriter:
    """Books evidence in memory at once and commits it every few seconds. All methods are thread-safe."""

    def revision(self, document: str, took_effect_ms: int, timezone: tzinfo) -> int:
        """Announce the inventory (canonical JSON) that polls are made by; return its revision number."""
        raise NotImplementedError

    def poll(self, evidence: Evidence) -> None:
        """Book one poll."""
        raise NotImplementedError

    def uptime(self, device: str, uptime: Uptime) -> None:
        """Book one reading of an uptime."""
        raise NotImplementedError

    def agent_range(self, spool: SpoolEvidence) -> None:
        """Book snapshots of an agent's spool that were received."""
        raise NotImplementedError

    def cursor(self, device: str) -> Cursor | None:
        """Return what is had of this agent's spool; None before the first snapshot."""
        raise NotImplementedError

    def discontinuity(self, jump: ClockJump) -> None:
        """Book a clock jump: fit to be the clock's listener."""
        raise NotImplementedError

    def heartbeat(self, now_ms: int) -> None:
        """Book that the collector is alive; to be called every few seconds."""
        raise NotImplementedError

    def health(self) -> LedgerHealth:
        """Return how the ledger is doing."""
        raise NotImplementedError

    def close(self, timeout_s: float = 10.0) -> LedgerHealth:
        """End all runs, commit what is pending, close the file; return how that went."""
        raise NotImplementedError
