"""What the running collector does about closed periods: tells whether the last one is, removes old evidence.

Its methods read files and are called off the event loop, one at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from collector.closing.closed import closings, removed_before_ms
from collector.closing.readiness import has_evidence
from collector.closing.retention import removable_before_ms
from collector.figures.period import Period, month_at, month_before
from collector.figures.spans import Span
from collector.inventory.values import Inventory
from collector.ledger.reader import LedgerReader
from collector.ledger.tables import HEARTBEAT
from collector.register.access import open_if_there
from collector.register.entries import EvidenceRemoved
from collector.register.store import Register, register_of

AUTHOR = "haidang"
"""Who removes evidence: the collector itself, by the retention that the inventory sets."""

_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LastPeriod:
    """The last period that is over and has evidence, and whether it is closed."""

    name: str
    end_ms: int
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    """What the register says: which file it was, how many entries, what is closed, what was removed."""

    file: int
    entries: int
    closed: Mapping[str, Span]
    removed_ms: int


_NOTHING = _Decided(file=0, entries=0, closed=MappingProxyType({}), removed_ms=0)


class Keeper:
    """Looks after the periods of one ledger; `remove` is told before which instant evidence goes."""

    def __init__(self, ledger: Path, ledger_id: str, remove: Callable[[int], None]) -> None:
        self._ledger, self._ledger_id = ledger, ledger_id
        self._remove = remove
        self._next_ms = 0
        self._decided = _NOTHING
        self.last: LastPeriod | None = None

    def look(self, now_ms: int, inventory: Inventory) -> None:
        """See what is closed; once a day also remove what need not be kept. Raises a LedgerError."""
        now = month_at(now_ms, inventory.report.period, inventory.organisation.timezone)
        self._decided = decided = self._read()
        with LedgerReader(self._ledger) as reader:
            self.last = _last(reader, month_before(now), decided.closed)
            from_ms = min((beat.first_ms for beat in reader.all(HEARTBEAT)), default=now_ms)
        if now_ms < self._next_ms:
            return
        removed_ms = decided.removed_ms
        found = removable_before_ms(
            now,
            months_kept=inventory.collector.retention_months,
            closed=decided.closed,
            evidence_from_ms=max(from_ms, removed_ms),
        )
        if found is not None and found[0] > removed_ms:
            removed_ms = self._decide(found, decided.entries, now_ms, inventory)
        if removed_ms:
            # Also where it was decided before: the collector may have been stopped half way.
            self._remove(removed_ms)
        self._next_ms = now_ms + _DAY_MS

    def _read(self) -> _Decided:
        """Return what was decided; the entries are read again only if there are new ones."""
        register = open_if_there(self._ledger, self._ledger_id)
        if register is None:
            return _NOTHING
        with register:
            file, version = register.path.stat().st_ino, register.version()
            if (file, version) == (self._decided.file, self._decided.entries):
                return self._decided
            entries = tuple(register.entries())
        made = [one.closing for one in closings(entries)]
        return _Decided(
            file=file,
            entries=len(entries),
            closed={one.period: (one.start_ms, one.end_ms) for one in made},
            removed_ms=removed_before_ms(entries),
        )

    def _decide(
        self, found: tuple[int, tuple[str, ...]], after: int, now_ms: int, inventory: Inventory
    ) -> int:
        """Put the removal on record before a row is touched."""
        before_ms, gone = found
        payload = EvidenceRemoved(
            before_ms=before_ms, months_kept=inventory.collector.retention_months, periods=gone
        )
        with Register.open(register_of(self._ledger), self._ledger_id, create=now_ms) as register:
            register.append(AUTHOR, payload, now_ms, after=after)
        return before_ms


def _last(reader: LedgerReader, period: Period, closed: Mapping[str, Span]) -> LastPeriod | None:
    if not has_evidence(reader, period):
        return None
    return LastPeriod(name=period.name, end_ms=period.end_ms, closed=period.name in closed)
