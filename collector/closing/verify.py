"""Recomputes a closed period from the rows, and says where it is not what was sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from collector.closing.begins import equal_but_for_begins
from collector.closing.chain import chained, closing_sha256, seal_of
from collector.closing.closed import Closed, removed_before_ms
from collector.closing.comparing import content, differences
from collector.closing.computed import figures_of
from collector.closing.errors import ClosingError
from collector.closing.figures_text import sha256_of_text, unpacked
from collector.closing.segments import Segment, segments, standing
from collector.closing.source import Source, Sourced
from collector.figures.errors import FiguresError
from collector.figures.period import Period, month_period
from collector.inventory.report_values import PeriodKind
from collector.ledger.days import midnight_ms
from collector.ledger.errors import LedgerDamagedError
from collector.ledger.reader import LedgerReader
from collector.register.entries import Closing, Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What became of one closing: `faults` are where it is not what was sealed, each with its place.

    `seal` is computed anew from what is there now. `notes` say what could not be looked at, or is no fault.
    """

    closed: Closed
    seal: str
    faults: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """True if all that is there is as it was sealed."""
        return not self.faults


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figures:
    """The hash of the figures as they come out now, and what there is to say about it."""

    sha256: str
    fault: str = ""
    note: str = ""


def period_of(closing: Closing) -> Period:
    """Return the period that was closed; ClosingError if there is none of its name and edges."""
    try:
        period = month_period(closing.period, PeriodKind(closing.kind), closing.timezone)
        edges = (period.start_ms, period.end_ms)
    except (ValueError, KeyError, OSError) as error:
        raise ClosingError(f"{closing.period}: the closing names no period: {error}") from None
    if edges != (closing.start_ms, closing.end_ms):
        raise ClosingError(
            f"{closing.period} lasts from {edges[0]} to {edges[1]}, its closing says {closing.start_ms} to "
            f"{closing.end_ms}: the closing, or this machine's data of time zones, was changed"
        )
    return period


class Verifier:
    """Compares closings with the rows and entries that are there now; `version` is this program's."""

    def __init__(
        self, reader: LedgerReader, entries: Sequence[Entry], *, source: Source, version: str
    ) -> None:
        self._reader = reader
        self._entries = entries
        self._source = source
        self._version = version
        self._ledger_id = reader.meta().ledger_id
        self._removed_ms = removed_before_ms(entries)

    def verify(self, closed: Closed) -> Verified:
        """Return what became of one closing; raise a ClosingError or LedgerError if it cannot be told."""
        closing, period = closed.closing, period_of(closed.closing)
        of_days, fixed = segments(self._reader, period), standing(self._reader, period)
        gone = self._gone(period)
        faults = list(self.content(closed))
        faults += differences(closing.period, closing.standing, fixed)
        sealed = {one.day: one.tables for one in closing.days}
        for day in sorted({*of_days, *sealed} - gone):
            where = f"{closing.period}, day {day}"
            faults += differences(where, sealed.get(day, ()), of_days.get(day, {}))
        figures = self._figures(closed, period)
        kept = {day: tables for day, tables in of_days.items() if day not in gone}
        sha256 = self._sha256_anew(closed, kept, fixed, figures.sha256)
        notes = (_removal(period, gone), figures.note)
        return Verified(
            closed=closed,
            seal=seal_of(sha256),
            faults=tuple(one for one in (*faults, figures.fault) if one),
            notes=tuple(one for one in notes if one),
        )

    def content(self, closed: Closed) -> tuple[str, ...]:
        """Return where a closing contradicts itself or the register around it; no row is asked."""
        return content(closed, self._ledger_id, self._entries)

    def _gone(self, period: Period) -> frozenset[str]:
        zone = ZoneInfo(period.timezone)
        return frozenset(str(day) for day in period.days if midnight_ms(day, zone) < self._removed_ms)

    def _figures(self, closed: Closed, period: Period) -> _Figures:
        closing = closed.closing
        try:
            sealed = unpacked(closing.figures, closing.figures_sha256)
        except ClosingError:
            # Said already, where the closing's content was looked at.
            return _Figures(sha256=closing.figures_sha256)
        if self._removed_ms > period.start_ms:
            return _Figures(sha256=closing.figures_sha256)
        entries = self._entries[: closing.register_number]
        try:
            found = self._source.figures(self._reader, entries, period, closed.accepted)
            margin_ms = self._source.margin_ms(self._reader, period) if self._removed_ms else 0
        except (FiguresError, LedgerDamagedError) as error:
            why = str(error).partition(". Nothing")[0]
            return _Figures(
                sha256="", fault=f"{closing.period}: the figures cannot be computed any more: {why}"
            )
        return self._compared(closing, sealed, found, margin_ms)

    def _compared(self, closing: Closing, sealed: str, found: Sourced, margin_ms: int) -> _Figures:
        sha256, name = sha256_of_text(found.text), closing.period
        if sha256 == closing.figures_sha256:
            return _Figures(sha256=sha256)
        if self._version != closing.version:
            note = (
                f"{name}: version {self._version} of this program computes other figures than version "
                f"{closing.version}, which closed it; the sealed ones stand"
            )
            return _Figures(sha256=closing.figures_sha256, note=note)
        before_ms = self._removed_ms + margin_ms
        if self._removed_ms and equal_but_for_begins(figures_of(sealed), found.figures, before_ms):
            note = (
                f"{name}: evidence of what reached into it from before was removed at the end of its "
                "retention; the figures were compared without that"
            )
            return _Figures(sha256=closing.figures_sha256, note=note)
        return _Figures(
            sha256=sha256, fault=f"{name}: the figures computed from the rows are not the sealed ones"
        )

    def _sha256_anew(
        self,
        closed: Closed,
        kept: Mapping[str, Mapping[str, Segment]],
        fixed: Mapping[str, Segment],
        figures_sha256: str,
    ) -> str:
        """Return the hash of a closing of what is there now; of days that are removed, of what was stored."""
        stored = {one.day: one.tables for one in closed.closing.days}
        now = {day: tuple(one.digest for one in tables.values()) for day, tables in kept.items()}
        anew = replace(
            closed.closing,
            days=chained(self._ledger_id, sorted({**stored, **now}.items())),
            standing=tuple(segment.digest for segment in fixed.values()),
            figures_sha256=figures_sha256,
        )
        return closing_sha256(anew, self._ledger_id, reason=closed.reason, accepted=closed.accepted)


def _removal(period: Period, gone: frozenset[str]) -> str:
    if not gone:
        return ""
    days = "all of its days" if len(gone) == len(period.days) else f"its days up to {max(gone)}"
    return (
        f"{period.name}: the evidence of {days} was removed at the end of its retention; the digests, the "
        "figures and the seal that were stored at its closing are what is left, and they were checked"
    )
