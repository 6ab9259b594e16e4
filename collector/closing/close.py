"""Closes a period and restates a closed one: digests, figures and a seal, in one entry of the register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from collector.closing.chain import chained, closing_sha256, seal_of
from collector.closing.closed import Closed, closings, periods, removed_before_ms, revisions, sealed
from collector.closing.errors import ClosingError
from collector.closing.figures_text import packed, sha256_of_text
from collector.closing.readiness import local, must_be_final, must_be_over, must_be_written, open_before
from collector.closing.segments import Segment, segments, standing
from collector.closing.source import Source, Sourced
from collector.closing.verify import period_of
from collector.figures.period import Period, month_before
from collector.figures.spans import Span
from collector.ledger.reader import LedgerReader
from collector.register.access import known_of
from collector.register.entries import Closing, Entry, MonthClosed, MonthRestated, TableDigest
from collector.register.store import Register, register_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Closer:
    """Who closes, when, and by which program; where the figures come from."""

    author: str
    now_ms: int
    version: str
    source: Source


def close(ledger: Path, period: Period, by: Closer, *, first: bool = False) -> Closed:
    """Close a period for the first time; raise a ClosingError, FiguresError or LedgerError.

    With `first` the period before it may have evidence and stay open.
    """
    with LedgerReader(ledger) as reader, _register(ledger, reader, by) as register:
        entries = tuple(register.entries())
        done = closings(entries)
        if period.name in periods(done):
            last = revisions(done, period.name)[-1]
            raise ClosingError(
                f"{period.name} is closed already{_by_other_days(last.closing, period)} "
                f"(seal {last.closing.seal}, by {last.entry.author}). A "
                f"correction is a new revision: haidang month restate {period.name} --reason …"
            )
        if not first and (before := open_before(reader, period, sealed(done))) is not None:
            raise ClosingError(_open(before, period, periods(done)))
        closing, _ = _closing(reader, entries, period, by)
        closing = _sealed(closing, reader.meta().ledger_id)
        entry = register.append(by.author, MonthClosed(closing=closing), by.now_ms, after=len(entries))
    return Closed(entry=entry, closing=closing)


def restate(ledger: Path, name: str, by: Closer, *, reason: str, accept: Sequence[str] = ()) -> Closed:
    """Close a closed period again, as its next revision; late maintenance of the ids in `accept` counts.

    It lasts from when to when it was closed, whatever the inventory says of periods by now.
    What earlier revisions accepted stays accepted. Raises as `close` does, also if nothing has changed.
    """
    with LedgerReader(ledger) as reader, _register(ledger, reader, by) as register:
        entries = tuple(register.entries())
        last = revisions(closings(entries), name)[-1]
        period = period_of(last.closing)
        if removed_before_ms(entries) > period.start_ms:
            raise ClosingError(
                f"{period.name} cannot be restated: its evidence was removed at the end of its "
                "retention. Its closed figures stay as they are"
            )
        accepted = tuple(dict.fromkeys((*last.accepted, *accept)))
        closing, found = _closing(reader, entries, period, by, accepted)
        _must_be_late(found, accept)
        closing = replace(closing, revision=last.closing.revision + 1)
        if _states(closing) == _states(last.closing) and accepted == last.accepted:
            raise ClosingError(
                f"nothing of {period.name} has changed since its revision {last.closing.revision}; there is "
                "nothing to restate"
            )
        closing = _sealed(closing, reader.meta().ledger_id, reason, accepted)
        payload = MonthRestated(closing=closing, reason=reason, accepted=accepted)
        entry = register.append(by.author, payload, by.now_ms, after=len(entries))
    return Closed(entry=entry, closing=closing, reason=reason, accepted=accepted)


def _by_other_days(closing: Closing, period: Period) -> str:
    if (closing.start_ms, closing.end_ms) == (period.start_ms, period.end_ms):
        return ""
    return f" by other days, {closing.days[0].day} to {closing.days[-1].day}"


def _open(before: Span, period: Period, names: Sequence[str]) -> str:
    name = month_before(period).name
    if name not in names:
        return (
            f"{name} has evidence and is not closed. Close it first, or begin the chain with {period.name}: "
            "--first"
        )
    return (
        f"from {local(before[0], period)} to {local(before[1], period)} there is evidence that no closed "
        f"period covers: {name} was closed by other days. Begin the chain with {period.name}: --first. That "
        "evidence is kept"
    )


def _register(ledger: Path, reader: LedgerReader, by: Closer) -> Register:
    ledger_id, known = reader.meta().ledger_id, known_of(reader)
    return Register.open(register_of(ledger), ledger_id, create=by.now_ms, known=known)


def _closing(
    reader: LedgerReader, entries: Sequence[Entry], period: Period, by: Closer, accepted: Sequence[str] = ()
) -> tuple[Closing, Sourced]:
    """Return all that is closed but its hash and seal."""
    margin_ms = by.source.margin_ms(reader, period)
    must_be_over(period, margin_ms, by.now_ms)
    must_be_written(reader, entries, period, margin_ms)
    of_days, fixed = segments(reader, period), standing(reader, period)
    must_be_final({**of_days, "no day": fixed}, period)
    found = by.source.figures(reader, entries, period, accepted)
    before = closings(entries)[-1:]
    closing = Closing(
        period=period.name,
        kind=str(period.kind),
        timezone=period.timezone,
        start_ms=period.start_ms,
        end_ms=period.end_ms,
        revision=1,
        previous_period=before[0].closing.period if before else "",
        previous_sha256=before[0].closing.sha256 if before else "",
        days=chained(reader.meta().ledger_id, digests(of_days)),
        standing=tuple(segment.digest for segment in fixed.values()),
        figures=packed(found.text),
        figures_sha256=sha256_of_text(found.text),
        register_number=len(entries),
        register_sha256=entries[-1].sha256 if entries else "",
        version=by.version,
        sha256="",
        seal="",
    )
    return closing, found


def digests(of_days: Mapping[str, Mapping[str, Segment]]) -> list[tuple[str, tuple[TableDigest, ...]]]:
    """Return the digests of segments, by day, in the order of the tables."""
    return [(day, tuple(one.digest for one in tables.values())) for day, tables in of_days.items()]


def _sealed(closing: Closing, ledger_id: str, reason: str = "", accepted: Sequence[str] = ()) -> Closing:
    sha256 = closing_sha256(closing, ledger_id, reason=reason, accepted=accepted)
    return replace(closing, sha256=sha256, seal=seal_of(sha256))


def _states(closing: Closing) -> tuple[object, ...]:
    return closing.days, closing.standing, closing.figures_sha256


def _must_be_late(found: Sourced, accept: Sequence[str]) -> None:
    late = {work.id for work in found.figures.planned if work.late_ms > 0}
    for one in accept:
        if one not in late:
            known = ", ".join(sorted(late)) or "there is none"
            raise ClosingError(f"no maintenance {one!r} was recorded late in {found.figures.name}: {known}")
