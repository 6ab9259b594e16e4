"""Where stored rows and a closing differ, in sentences that name the place. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from collector.closing.chain import chained, closing_sha256, seal_of
from collector.closing.closed import Closed, closings
from collector.closing.errors import ClosingError
from collector.closing.figures_text import unpacked
from collector.closing.segments import Segment
from collector.register.entries import Entry, MonthRestated, TableDigest

_NAMED = 5


def stated(closed: Closed, ledger_id: str) -> Iterator[str]:
    """Yield where a closing does not follow from what it states itself."""
    closing = closed.closing
    anew = chained(ledger_id, [(one.day, one.tables) for one in closing.days])
    broken = [mine.day for mine, theirs in zip(closing.days, anew, strict=True) if mine != theirs]
    if broken:
        yield f"{closing.period}, day {broken[0]}: the chain of days does not follow from the digests"
    sha256 = closing_sha256(closing, ledger_id, reason=closed.reason, accepted=closed.accepted)
    if sha256 != closing.sha256:
        yield f"{closing.period}: the hash of the closing does not follow from what it states"
    if seal_of(closing.sha256) != closing.seal:
        yield f"{closing.period}: the seal is not the one of its hash"


def content(closed: Closed, ledger_id: str, entries: Sequence[Entry]) -> tuple[str, ...]:
    """Return where a closing contradicts itself or the register around it; no row is asked."""
    faults = [*stated(closed, ledger_id), *placed(closed, entries)]
    try:
        unpacked(closed.closing.figures, closed.closing.figures_sha256)
    except ClosingError as error:
        faults.append(f"{closed.closing.period}: {error}")
    return tuple(faults)


def placed(closed: Closed, entries: Sequence[Entry]) -> Iterator[str]:
    """Yield where a closing does not fit to the register around it."""
    closing, entry = closed.closing, closed.entry
    before = [one for one in closings(entries) if one.entry.number < entry.number][-1:]
    named = (before[0].closing.period, before[0].closing.sha256) if before else ("", "")
    if (closing.previous_period, closing.previous_sha256) != named:
        yield f"{closing.period}: it does not follow the closing before it ({named[0] or 'none'})"
    number = 1 + sum(
        one.closing.period == closing.period for one in closings(entries) if one.entry.number < entry.number
    )
    if (closing.revision, isinstance(entry.payload, MonthRestated)) != (number, number > 1):
        yield f"{closing.period}: it says revision {closing.revision}, and is number {number} of its period"
    last = (entry.number - 1, entry.previous if entry.number > 1 else "")
    if (closing.register_number, closing.register_sha256) != last:
        yield f"{closing.period}: it was not made right after entry {last[0]} of the register"


def differences(where: str, sealed: Sequence[TableDigest], found: Mapping[str, Segment]) -> Iterator[str]:
    """Yield which tables, and which of their rows, are not what was sealed; `where` is the period or day."""
    before = {one.table: one for one in sealed}
    for table in (*found, *(name for name in before if name not in found)):
        segment, was = found.get(table), before.get(table)
        garbled = () if segment is None else segment.garbled
        for row in garbled[:_NAMED]:
            yield f"{where}, table {table}: {row}"
        if len(garbled) > _NAMED:
            yield f"{where}, table {table}: {len(garbled) - _NAMED} more rows are not what was written"
        if (None if segment is None else segment.digest) != was:
            yield f"{where}, table {table}: {_what_changed(segment, was)}"


def _what_changed(segment: Segment | None, was: TableDigest | None) -> str:
    rows, sealed = 0 if segment is None else segment.digest.rows, 0 if was is None else was.rows
    if rows != sealed:
        return f"{rows} rows where {sealed} were sealed"
    if segment is not None and segment.garbled:
        return "its rows are not the ones that were sealed"
    return "its rows are not the ones that were sealed, though each matches its checksum"
