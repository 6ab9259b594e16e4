"""What is closed, as the register's entries say it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from collector.closing.errors import NotClosedError
from collector.figures.spans import Span
from collector.register.entries import Closing, Entry, EvidenceRemoved, MonthClosed, MonthRestated


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """One closing of a period: its entry, what it states, and for a restatement why and what it accepted."""

    entry: Entry
    closing: Closing
    reason: str = ""
    accepted: tuple[str, ...] = ()


def closings(entries: Iterable[Entry]) -> tuple[Closed, ...]:
    """Return all closings, in the order in which they were made."""
    found: list[Closed] = []
    for entry in entries:
        payload = entry.payload
        if isinstance(payload, MonthClosed):
            found.append(Closed(entry=entry, closing=payload.closing))
        elif isinstance(payload, MonthRestated):
            found.append(
                Closed(entry=entry, closing=payload.closing, reason=payload.reason, accepted=payload.accepted)
            )
    return tuple(found)


def periods(closed: Iterable[Closed]) -> tuple[str, ...]:
    """Return the names of the closed periods, the earliest first."""
    return tuple(sorted({one.closing.period for one in closed}))


def sealed(closed: Iterable[Closed]) -> tuple[Span, ...]:
    """Return from when to when closed periods last, the earliest first: names do not tell, kinds change."""
    return tuple(sorted({(one.closing.start_ms, one.closing.end_ms) for one in closed}))


def uncovered(span: Span, spans: Iterable[Span]) -> Span | None:
    """Return the first part of a span that these, in order, leave open; None if there is none."""
    start_ms, end_ms = span
    for begin_ms, until_ms in spans:
        if start_ms < until_ms:
            if begin_ms > start_ms:
                return start_ms, min(begin_ms, end_ms)
            start_ms = until_ms
        if start_ms >= end_ms:
            return None
    return start_ms, end_ms


def revisions(closed: Iterable[Closed], period: str) -> tuple[Closed, ...]:
    """Return the closings of one period; NotClosedError if there is none."""
    found = tuple(one for one in closed if one.closing.period == period)
    if not found:
        raise NotClosedError(f"{period} is not closed; `haidang month close {period}` closes it")
    return found


def revision(closed: Iterable[Closed], period: str, number: int | None) -> Closed:
    """Return one revision of a closed period, the last one for None; NotClosedError if there is none."""
    found = revisions(closed, period)
    if number is None:
        return found[-1]
    for one in found:
        if one.closing.revision == number:
            return one
    raise NotClosedError(
        f"{period} has no revision {number}; there is 1" + (f" to {len(found)}" if len(found) > 1 else "")
    )


def removed_before_ms(entries: Iterable[Entry]) -> int:
    """Return the instant before which evidence was removed, 0 if none ever was."""
    return max(
        (entry.payload.before_ms for entry in entries if isinstance(entry.payload, EvidenceRemoved)),
        default=0,
    )
