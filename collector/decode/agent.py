"""An agent's report: what its spool holds that we did not have, boot evidence, the newest snapshot. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agent import wire
from collector.decode.agent_series import cells
from collector.decode.section import Labels, batch_of
from collector.model import (
    Batch,
    Reason,
    Series,
    SpoolCursor,
    SpoolRange,
    Uptime,
    UptimeSource,
)

LEAST_LIMIT = 8
"""Fewer snapshots than this are not asked for: agents take several between two polls."""


class ReportError(ValueError):
    """What the forced command printed is no report; `reason` is of the closed list."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """What one report brought.

    `batches` is None if it holds nothing newer than the last one, and empty if the agent's service does not
    run: then what was shown before must not stay. `missing` counts, since the start, the snapshots that will
    never come.
    """

    cursor: SpoolCursor | None
    ranges: tuple[SpoolRange, ...]
    missing: int
    uptime: Uptime
    batches: tuple[Batch, ...] | None


def command(cursor: SpoolCursor | None, limit: int = wire.DEFAULT_LIMIT) -> str:
    """Return the command that asks for what is after the cursor, oldest first, or for the newest alone."""
    if cursor is None:
        return wire.request_line(limit=1)
    return wire.request_line(spool=cursor.spool, after=cursor.seq, limit=limit)


def next_limit(limit: int, *, fitted: bool) -> int:
    """Return how many snapshots to ask for after a report that fitted into its time and size, or did not."""
    return min(limit * 2, wire.DEFAULT_LIMIT) if fitted else max(limit // 4, LEAST_LIMIT)


def read(
    stdout: bytes,
    cursor: SpoolCursor | None,
    base: Labels,
    *,
    sent_ms: int,
    at_ms: int,
    missing: int = 0,
) -> Harvest:
    """Read a report that was asked for at `sent_ms` and began to arrive at `at_ms`; raise ReportError.

    `missing` is how many snapshots were missing before.
    """
    try:
        report = wire.parse_report(stdout)
    except wire.WireError as error:
        reason = Reason.WRONG_VERSION if "schema" in str(error) else Reason.MALFORMED
        raise ReportError(reason, str(error)) from error
    header, spool = report.header, report.header.spool
    known = cursor is not None and cursor.spool == spool
    entries = [e for e in report.entries if not known or cursor is None or e.seq > cursor.seq]
    reached = max(
        [entry.seq for entry in entries]
        + [gap.last for gap in report.gaps]
        + ([cursor.seq] if known and cursor is not None else []),
        default=None,
    )
    if known:
        missing += sum(gap.last - gap.first + 1 for gap in report.gaps)
    return Harvest(
        cursor=None if spool is None or reached is None else SpoolCursor(spool=spool, seq=reached),
        ranges=() if spool is None else tuple(_ranges(spool, entries, at_ms)),
        missing=missing,
        uptime=Uptime(
            source=UptimeSource.AGENT_BOOT,
            ticks=header.uptime_ms // 10,
            sent_ms=sent_ms,
            at_ms=at_ms,
            wraps=False,
            boot_id=header.boot_id,
        ),
        batches=_batches(report, entries, base, sent_ms=sent_ms, at_ms=at_ms, missing=missing),
    )


def _ranges(spool: str, entries: Iterable[wire.Entry], at_ms: int) -> list[SpoolRange]:
    """Join entries with neighbouring numbers; one of an earlier boot is timed by the agent's own clock."""
    ranges: list[SpoolRange] = []
    for entry in entries:
        taken_ms = at_ms - entry.age_ms if entry.age_ms is not None else entry.snapshot.wall_ms
        taken_ms = min(taken_ms, at_ms)
        if ranges and ranges[-1].last_seq == entry.seq - 1 and taken_ms >= ranges[-1].last_ms:
            before = ranges[-1]
            ranges[-1] = SpoolRange(
                spool=spool,
                first_seq=before.first_seq,
                last_seq=entry.seq,
                first_ms=before.first_ms,
                last_ms=taken_ms,
            )
        else:
            ranges.append(
                SpoolRange(
                    spool=spool,
                    first_seq=entry.seq,
                    last_seq=entry.seq,
                    first_ms=taken_ms,
                    last_ms=taken_ms,
                )
            )
    return ranges


def _batches(
    report: wire.Report,
    entries: list[wire.Entry],
    base: Labels,
    *,
    sent_ms: int,
    at_ms: int,
    missing: int,
) -> tuple[Batch, ...] | None:
    header = report.header
    own: list[tuple[str, Labels, float | None]] = [
        ("haidang_agent_clock_offset_seconds", (), (header.now_ms - (sent_ms + at_ms) / 2) / 1000),
        ("haidang_agent_snapshot_gaps_total", (), missing),
    ]
    ours = (*base, ("job", "haidang"))
    if not header.serving:
        return (_batch(own, ours, at_ms),)
    newest = entries[-1] if entries else None
    if newest is None or newest.seq != header.last or newest.age_ms is None:
        return None
    own.append(("haidang_agent_snapshot_age_seconds", (), newest.age_ms / 1000))
    return (
        _batch(own, ours, at_ms),
        _batch(cells(newest.snapshot), (*base, ("job", "node")), at_ms - newest.age_ms),
    )


def _batch(found: Iterable[tuple[str, Labels, float | None]], base: Labels, at_ms: int) -> Batch:
    unique: dict[Series, float | None] = {}
    for family, labels, value in found:
        if value is not None:
            unique.setdefault(Series(family, base + labels), value)
    return batch_of(unique, at_ms)
