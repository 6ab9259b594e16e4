r"""How the spool's files read: pure, bytes in and values out. docs/decisions/0010-agent-spool.md says why.

A segment is a file of lines, each `CRC LENGTH BODY\n`: CRC-32 of the body in eight hexadecimal digits, its
length in decimal. A body begins with what it is:

    H SPOOL FIRST INTERVAL_MS AFTER BOOT_ID    the first line of each segment
    R SEQ UPTIME_MS {…}                        one snapshot, its number, and when by the clock since boot
    E                                          the segment was closed

A line that does not read exactly so is damage. The name of a segment is the first number that it may hold.
The state file is one such line, `S SPOOL NEXT CLEAN`.
"""

from __future__ import annotations

import re
import zlib
from enum import StrEnum
from typing import Final, NamedTuple

MAX_BODY_BYTES: Final = 480 * 1024
MAX_SEGMENT_BYTES: Final = 4 * 1024 * 1024
SEGMENT_NAME: Final = re.compile(r"([0-9]{16})\.segment", re.ASCII)
STATE_NAME: Final = "state"
LOCK_NAME: Final = "lock"

_SPOOL = rb"([0-9a-f]{16})"
_POSITIVE = rb"([1-9][0-9]{0,15})"
_FRAME = re.compile(rb"([0-9a-f]{8}) (0|[1-9][0-9]{0,6}) (.*)", re.DOTALL)
_HEADER = re.compile(rb"H " + _SPOOL + rb" " + _POSITIVE + rb" " + _POSITIVE + rb" ([a-z]+) ([!-~]{0,64})")
_RECORD = re.compile(rb"R " + _POSITIVE + rb" (0|[1-9][0-9]{0,15}) (\{.*\})", re.DOTALL)
_CLOSING = b"E"
_STATE = re.compile(rb"S " + _SPOOL + rb" " + _POSITIVE + rb" ([01])")


class After(StrEnum):
    """What came before a segment: it explains the numbers that are missing there."""

    CLOSED = "closed"  # the segment before it, complete with its closing line, or nothing
    CRASH = "crash"  # the service ended without notice
    FAILURE = "failure"  # the disk would not take what was to be written


class SegmentHeader(NamedTuple):
    """Whose segment it is, how often a snapshot is to come, and what came before."""

    spool: str
    first: int
    interval_ms: int
    after: After
    boot_id: str


class State(NamedTuple):
    """What the writer must not forget: no number from `next` on was ever given out."""

    spool: str
    next: int
    clean: bool


class Record(NamedTuple):
    """One stored snapshot. `damage` is true if something unreadable stands between it and the one before."""

    seq: int
    uptime_ms: int
    snapshot: bytes
    damage: bool


class Segment(NamedTuple):
    """What could be read of a segment. `closed` if its last line is whole and says so."""

    header: SegmentHeader
    records: tuple[Record, ...]
    closed: bool
    damage_after: bool


def segment_name(first: int) -> str:
    """Return the file name of the segment whose first number this is."""
    return f"{first:016d}.segment"


def frame(body: bytes) -> bytes:
    """Return a body as a line of the file."""
    return b"%08x %d %s\n" % (zlib.crc32(body), len(body), body)


def header_line(header: SegmentHeader) -> bytes:
    """Return the first line of a segment."""
    spool, boot_id = header.spool.encode(), header.boot_id.encode("ascii", "replace")[:64]
    after = header.after.value.encode()
    return frame(b"H %s %d %d %s %s" % (spool, header.first, header.interval_ms, after, boot_id))


def record_line(*, seq: int, uptime_ms: int, snapshot: bytes) -> bytes:
    """Return the line that stores a snapshot, which is JSON without a line end."""
    return frame(b"R %d %d %s" % (seq, uptime_ms, snapshot))


def closing_line() -> bytes:
    """Return the line that ends a segment."""
    return frame(_CLOSING)


def state_line(state: State) -> bytes:
    """Return the content of the state file."""
    return frame(b"S %s %d %d" % (state.spool.encode(), state.next, state.clean))


def parse_state(data: bytes) -> State | None:
    """Return the state, None if the file is damaged."""
    body = unframe(data[:-1]) if data.endswith(b"\n") else None
    match = None if body is None else _STATE.fullmatch(body)
    if match is None:
        return None
    return State(spool=match[1].decode(), next=int(match[2]), clean=match[3] == b"1")


def unframe(line: bytes) -> bytes | None:
    """Return the body of a line without its line end, None if the line is not whole."""
    match = _FRAME.fullmatch(line)
    if match is None:
        return None
    digest, length, body = match.groups()
    if len(body) != int(length) or zlib.crc32(body) != int(digest, 16):
        return None
    return body


def parse_segment(data: bytes) -> Segment | None:
    """Return what can be read of a segment's bytes; None if not even its header can."""
    lines = data.split(b"\n")
    header = _header(lines[0])
    if header is None:
        return None
    records: list[Record] = []
    closed = damage = False
    # What follows the last line end is nothing, or a line that was being written.
    for line in lines[1:-1]:
        body = unframe(line)
        match = None if body is None else _RECORD.fullmatch(body)
        if match is not None and (not records or int(match[1]) > records[-1].seq):
            records.append(Record(int(match[1]), int(match[2]), match[3], damage))
            closed = damage = False
        elif body == _CLOSING:
            closed = True
        else:
            damage = True
    return Segment(header, tuple(records), closed and not lines[-1], damage or bool(lines[-1]))


def _header(line: bytes) -> SegmentHeader | None:
    body = unframe(line)
    match = None if body is None else _HEADER.fullmatch(body)
    if match is None:
        return None
    spool, first, interval_ms, after, boot_id = match.groups()
    if after.decode() not in set(After):
        return None
    return SegmentHeader(
        spool=spool.decode(),
        first=int(first),
        interval_ms=int(interval_ms),
        after=After(after.decode()),
        boot_id=boot_id.decode(),
    )
