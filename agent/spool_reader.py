"""Reads the spool while the service writes it: what there is above a number, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from agent.spool_format import (
    MAX_SEGMENT_BYTES,
    SEGMENT_NAME,
    After,
    Record,
    Segment,
    parse_segment,
    segment_name,
)
from agent.wire_frame import GapCause


class Stored(NamedTuple):
    """A snapshot in the spool, and the boot in which it was taken."""

    record: Record
    boot_id: str


class Missing(NamedTuple):
    """Numbers `first` to `last`, both included, of which there is no snapshot."""

    first: int
    last: int
    cause: GapCause


class View(NamedTuple):
    """The spool at one moment. `first` is the lowest number that it may still hold."""

    spool: str
    interval_ms: int
    first: int
    newest: Stored | None


class SpoolReader:
    """Needs no more than to read the files. The writer may drop and add segments at any moment."""

    def __init__(self, directory: Path) -> None:
        """List the segments; raise OSError if the directory cannot be read."""
        self._directory = directory
        matches = (SEGMENT_NAME.fullmatch(path.name) for path in directory.iterdir())
        self._firsts = sorted(int(match[1]) for match in matches if match is not None)

    def view(self) -> View | None:
        """Return what the spool holds; None if it holds nothing that can be read. Raise OSError."""
        segments = (self._load(first) for first in reversed(self._firsts))
        readable = (segment for segment in segments if isinstance(segment, Segment))
        latest = next(readable, None)
        if latest is None:
            return None
        # A segment just begun has no record yet.
        holder: Segment | None = latest
        while holder is not None and not (holder.records and holder.header.spool == latest.header.spool):
            holder = next(readable, None)
        return View(
            spool=latest.header.spool,
            interval_ms=latest.header.interval_ms,
            first=self._firsts[0],
            newest=None
            if holder is None
            else Stored(record=holder.records[-1], boot_id=holder.header.boot_id),
        )

    def above(self, number: int, view: View) -> Iterator[Stored | Missing]:
        """Yield snapshots and gaps by rising number, from `number` + 1 to the view's newest."""
        last = 0 if view.newest is None else view.newest.record.seq
        wanted = number + 1
        if wanted < view.first <= last:
            yield Missing(first=wanted, last=view.first - 1, cause=GapCause.DROPPED)
            wanted = view.first
        cause, torn = GapCause.NOT_WRITTEN, False
        for first in self._from(wanted):
            if wanted > last:
                return
            segment = self._load(first)
            if isinstance(segment, GapCause):
                cause = segment
                continue
            if cause is GapCause.NOT_WRITTEN:
                cause = _cause(segment.header.after, torn=torn)
            for record in segment.records:
                if wanted <= record.seq <= last:
                    if record.seq > wanted:
                        why = GapCause.UNREADABLE if record.damage else cause
                        yield Missing(first=wanted, last=record.seq - 1, cause=why)
                    yield Stored(record=record, boot_id=segment.header.boot_id)
                    wanted = record.seq + 1
                    cause = GapCause.NOT_WRITTEN
            # A segment that another one follows ends with its closing line, or it was torn.
            torn = segment.damage_after or not segment.closed
        if wanted <= last:
            yield Missing(first=wanted, last=last, cause=GapCause.UNREADABLE)

    def _from(self, number: int) -> list[int]:
        """Return the segments that may hold `number` or one above it."""
        before = [first for first in self._firsts if first <= number]
        return before[-1:] + self._firsts[len(before) :]

    def _load(self, first: int) -> Segment | GapCause:
        """Return the segment, or why it cannot be had: dropped meanwhile, or not even its header is whole."""
        try:
            with (self._directory / segment_name(first)).open("rb") as file:
                data = file.read(MAX_SEGMENT_BYTES + 1)
        except FileNotFoundError:
            return GapCause.DROPPED
        segment = parse_segment(data) if len(data) <= MAX_SEGMENT_BYTES else None
        if segment is None or segment.header.first != first:
            return GapCause.UNREADABLE
        return segment


def _cause(after: After, *, torn: bool) -> GapCause:
    """Return why numbers are missing between two segments, by what the later one says of its beginning."""
    if after is After.CRASH:
        return GapCause.RESTART
    if after is After.CLOSED and torn:
        return GapCause.UNREADABLE
    return GapCause.NOT_WRITTEN
