"""Keeps snapshots on disk, numbered, until somebody asks: bounded, and whole after `kill -9` or a power cut.

One writer, any number of readers (spool_reader). docs/decisions/0010-agent-spool.md says why it is so.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Self

from agent.files import TEMPORARY_SUFFIX, create_durable, sync_directory, write_all, write_atomic
from agent.spool_format import (
    LOCK_NAME,
    MAX_BODY_BYTES,
    SEGMENT_NAME,
    STATE_NAME,
    After,
    SegmentHeader,
    State,
    closing_line,
    header_line,
    parse_segment,
    parse_state,
    record_line,
    segment_name,
    state_line,
)

RESERVED = 16
"""Numbers set aside at a time: at most so many are skipped when the service ended without notice."""
_SEGMENT_RECORDS = 256
_SEGMENT_BYTES = 1024 * 1024
_BLOCK = 4096
_FILE_MODE = 0o640
_DIRECTORY_MODE = 0o750


class SpoolError(Exception):
    """The spool cannot be used at all: where, and what to do."""


class Spool:
    """The writer's side. Not for use by several threads at once.

    `failed` counts snapshots that could not be written, `problem` says why the last of them could not. `lost`
    says that what the directory held could not be numbered any more and was removed: the spool has a new id.
    """

    def __init__(
        self,
        directory: Path,
        *,
        boot_id: str,
        interval_ms: int,
        max_bytes: int,
        max_records: int,
        new_id: Callable[[], str],
    ) -> None:
        """Take possession of the directory; `new_id` gives 16 random hexadecimal digits.

        Raise SpoolError if it cannot be used, or another service uses it.
        """
        self.failed = 0
        self.problem = ""
        self.lost = False
        self._directory = directory
        self._boot_id = boot_id
        self.limit(interval_ms=interval_ms, max_bytes=max_bytes, max_records=max_records)
        self._segment: int | None = None
        self._segment_size = 0
        self._segment_first = 0
        try:
            directory.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
            self._lock = _take_lock(directory)
            self._recover(new_id)
        except OSError as error:
            raise SpoolError(
                f"{error.filename or directory}: {error.strerror}; the service's user must own {directory}"
            ) from None

    @property
    def spool_id(self) -> str:
        """Name of this run of numbers; another one means that the numbers began anew."""
        return self._spool

    @property
    def size_bytes(self) -> int:
        """What the segments take on the disk."""
        return sum(self._sizes.values())

    @property
    def next_number(self) -> int:
        """The number that the next snapshot will get."""
        return self._next

    def limit(self, *, interval_ms: int, max_bytes: int, max_records: int) -> None:
        """Set the bounds that hold from the next snapshot on, and how often one is to come."""
        self._interval_ms = interval_ms
        self._max_bytes = max_bytes
        self._max_records = max_records

    def append(self, snapshot: bytes, *, uptime_ms: int) -> int | None:
        """Store a snapshot durably and return its number; None if it could not be written (see `failed`).

        A number that could not be written is used up: it shows as a gap.
        """
        seq = self._next
        self._next += 1
        try:
            self._write(seq, record_line(seq=seq, uptime_ms=uptime_ms, snapshot=snapshot))
        except OSError as error:
            self.failed += 1
            self.problem = error.strerror or str(error)
            return None
        with contextlib.suppress(OSError):
            self._drop_oldest()
        return seq

    def close(self) -> None:
        """Note that everything is written: the next start then skips no number."""
        with contextlib.suppress(OSError):
            self._end_segment()
            self._save_state(self._next, clean=True)
        os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _recover(self, new_id: Callable[[], str]) -> None:
        for left in self._directory.glob("*" + TEMPORARY_SUFFIX):
            left.unlink()
        self._sizes = dict(sorted(_segments(self._directory)))
        state = self._load_state()
        if state is None:
            # Which numbers were given out is not known: a new id, so that none can mean two snapshots.
            self.lost = bool(self._sizes)
            for first in list(self._sizes):
                self._unlink(first)
            state = State(spool=new_id(), next=1, clean=True)
        self._spool = state.spool
        self._after = After.CLOSED if state.clean else After.CRASH
        self._next = state.next
        self._reserved = state.next

    def _load_state(self) -> State | None:
        """Return the state if it is whole and no older than the segments."""
        try:
            state = parse_state((self._directory / STATE_NAME).read_bytes())
        except FileNotFoundError:
            return None
        if state is None or not self._sizes:
            return state
        newest = max(self._sizes)
        segment = parse_segment((self._directory / segment_name(newest)).read_bytes())
        seen = segment.records[-1].seq if segment is not None and segment.records else newest
        return state if newest <= seen < state.next else None

    def _write(self, seq: int, line: bytes) -> None:
        if len(line) > MAX_BODY_BYTES:
            raise OSError(f"a snapshot of {len(line)} bytes is too large for the spool")
        if seq >= self._reserved:
            self._save_state(seq + RESERVED, clean=False)
            self._reserved = seq + RESERVED
        descriptor = self._segment_for(seq, len(line))
        try:
            write_all(descriptor, line)
            # The last words before a power cut are the most wanted ones, and one flush in 15 s costs nothing.
            os.fsync(descriptor)
        except OSError:
            self._abandon_segment(descriptor)
            raise
        self._segment_size += len(line)
        self._sizes[self._segment_first] = _on_disk(self._segment_size)

    def _segment_for(self, seq: int, size: int) -> int:
        """Return the open segment, a new one where there is none or it is full."""
        full = seq - self._segment_first >= _SEGMENT_RECORDS or self._segment_size + size > _SEGMENT_BYTES
        if self._segment is not None and not full:
            return self._segment
        self._end_segment()
        self._segment = self._begin_segment(seq)
        return self._segment

    def _begin_segment(self, first: int) -> int:
        header = header_line(
            SegmentHeader(
                spool=self._spool,
                boot_id=self._boot_id,
                first=first,
                interval_ms=self._interval_ms,
                after=self._after,
            )
        )
        path = self._directory / segment_name(first)
        # Readers never see a segment without its header: it gets its name when the header is on the disk.
        temporary = path.with_suffix(TEMPORARY_SUFFIX)
        create_durable(temporary, header, mode=_FILE_MODE)
        temporary.replace(path)
        sync_directory(self._directory)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        self._segment_first = first
        self._segment_size = len(header)
        self._sizes[first] = _on_disk(len(header))
        self._after = After.CLOSED
        return descriptor

    def _end_segment(self) -> None:
        if self._segment is None:
            return
        descriptor, self._segment = self._segment, None
        try:
            write_all(descriptor, closing_line())
            os.fsync(descriptor)
        except OSError:
            self._after = After.FAILURE
            raise
        finally:
            os.close(descriptor)

    def _abandon_segment(self, descriptor: int) -> None:
        """Cut a line that was not written whole; the next snapshot goes into a new segment."""
        self._segment = None
        self._after = After.FAILURE
        # Where not even that is possible, readers pass the torn line over.
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, self._segment_size)
        os.close(descriptor)

    def _save_state(self, following: int, *, clean: bool) -> None:
        state = State(spool=self._spool, next=following, clean=clean)
        write_atomic(self._directory / STATE_NAME, state_line(state), mode=_FILE_MODE)

    def _drop_oldest(self) -> None:
        """Keep to both bounds. The segment that is being written stays, whatever it takes."""
        firsts = sorted(self._sizes)
        oldest_kept = self._next - self._max_records
        for first, following in pairwise(firsts):
            if self.size_bytes <= self._max_bytes and following > oldest_kept:
                return
            self._unlink(first)

    def _unlink(self, first: int) -> None:
        (self._directory / segment_name(first)).unlink(missing_ok=True)
        del self._sizes[first]


def _take_lock(directory: Path) -> int:
    descriptor = os.open(directory / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise SpoolError(f"{directory}: another haidang-agent writes here; stop it first") from None
    return descriptor


def _segments(directory: Path) -> list[tuple[int, int]]:
    """Return first number and size on disk of each segment."""
    found = []
    with os.scandir(directory) as entries:
        for entry in entries:
            match = SEGMENT_NAME.fullmatch(entry.name)
            if match is not None and int(match[1]) > 0:
                found.append((int(match[1]), _on_disk(entry.stat().st_size)))
    return found


def _on_disk(size: int) -> int:
    """Count whole blocks: many small segments must not outgrow the bound."""
    return -(-size // _BLOCK) * _BLOCK
