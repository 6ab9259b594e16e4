"""Whether a period can be closed: it is over, its rows are final, and nothing of it waits in a memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from collector.closing.closed import uncovered
from collector.closing.errors import ClosingError
from collector.closing.segments import Segment
from collector.figures.period import Period, month_before
from collector.figures.spans import Span
from collector.ledger.open_rows import FINAL_AFTER_MS
from collector.ledger.reader import LedgerReader
from collector.ledger.tables import HEARTBEAT
from collector.register.entries import ClockStated, Entry

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAMED = 3


def ready_ms(period: Period, margin_ms: int) -> int:
    """Return from when on a period can be closed: what bears on its figures is in rows that are final."""
    return period.end_ms + margin_ms + FINAL_AFTER_MS


def must_be_over(period: Period, margin_ms: int, now_ms: int) -> None:
    """Raise ClosingError before a period's rows are final."""
    if now_ms < ready_ms(period, margin_ms):
        raise ClosingError(
            f"{period.name} lasts until {local(period.end_ms, period)}, and polls of its last minutes may "
            f"still come in. It can be closed from {local(ready_ms(period, margin_ms), period)} on"
        )


def must_be_written(reader: LedgerReader, entries: Iterable[Entry], period: Period, margin_ms: int) -> None:
    """Raise ClosingError if a collector has evidence of the period that it has not written yet.

    If it was stopped before, the ledger does not show that the period is over: then a person must have stated
    since which clock is right, in one of these entries of the register.
    """
    final_ms = ready_ms(period, margin_ms)
    last = max(reader.all(HEARTBEAT), key=lambda beat: beat.last_ms, default=None)
    if last is not None and last.ended is None and last.last_ms < final_ms:
        raise ClosingError(
            f"the collector last wrote at {local(last.last_ms, period)} and did not stop: evidence of "
            f"{period.name} may still be missing. If it runs, see why it cannot write (haidang_ledger_ok, "
            "its log). If it was killed, start it; it ends what was left open"
        )
    stated = (entry.at_ms for entry in entries if isinstance(entry.payload, ClockStated))
    latest_ms = reader.latest_ms()
    if not reader.meta().simulated and max(latest_ms, *stated, 0) < final_ms:
        raise ClosingError(
            f"the collector was stopped at {local(latest_ms, period)}, and only this machine's clock says "
            f"that {period.name} is over. Start the collector once. If it cannot be started, put on record "
            'that the clock is right: haidang audit --clock-is-right "the collector was off at the end of '
            f'{period.name}"'
        )


def must_be_final(segments: Mapping[str, Mapping[str, Segment]], period: Period) -> None:
    """Raise ClosingError if rows of the period are garbled, or may still grow."""
    for day, tables in segments.items():
        for table, segment in tables.items():
            if segment.garbled:
                raise ClosingError(
                    f"{period.name} cannot be closed: on {day}, {len(segment.garbled)} rows of table {table} "
                    f"are not what was written: {'; '.join(segment.garbled[:_NAMED])}. "
                    "`haidang ledger check` lists all that is wrong"
                )
    still_open = sum(segment.still_open for tables in segments.values() for segment in tables.values())
    if still_open:
        raise ClosingError(
            f"{period.name} cannot be closed: {still_open} of its rows were left open by a collector that "
            "was killed. Start the collector once; it ends them"
        )


def open_before(reader: LedgerReader, period: Period, spans: Sequence[Span]) -> Span | None:
    """Return what of the period before this one has evidence and lies in no closed period; `spans` are those.

    Their edges are compared, not their names: periods of another kind or time zone were closed by other days.
    """
    before = month_before(period)
    part = uncovered((before.start_ms, period.start_ms), spans)
    while part is not None:
        if any(beat.first_ms < part[1] and beat.last_ms > part[0] for beat in reader.rows(HEARTBEAT, *part)):
            return part
        part = uncovered((part[1], period.start_ms), spans) if part[1] < period.start_ms else None
    return None


def has_evidence(reader: LedgerReader, period: Period) -> bool:
    """Return True if the collector was there at some time of the period."""
    return next(iter(reader.rows(HEARTBEAT, period.start_ms, period.end_ms)), None) is not None


def local(ms: int, period: Period) -> str:
    """Return an instant in the period's local time, to the minute."""
    return f"{(_EPOCH + timedelta(milliseconds=ms)).astimezone(ZoneInfo(period.timezone)):%Y-%m-%d %H:%M}"
