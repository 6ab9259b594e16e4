r"""How the spool's files read: pure, bytes in and values out. docs/decisions/0010-agent-spool.md says why.

A segment is a file of lines, each `CRC LENGTH BODY\n`: CRC-32 of the body in eight hexadecimal digits, its
length in decimal. A body begins with what it is:

    H {"spool":…}           header: the first line of each segment
    R SEQ UPTIME_MS {…}     one snapshot, its number, and when it was taken by the clock that counts from boot
    E LAST                  the segment was closed; LAST is the highest number given out so far

A line that does not read exactly so is damage. The name of a segment is the first number that it may hold.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import Final

from agent.wire_json import Number, SpanMs, Text, WireError, decode, encode, loads

MAX_BODY_BYTES: Final = 480 * 1024
MAX_SEGMENT_BYTES: Final = 4 * 1024 * 1024
SEGMENT_NAME: Final = re.compile(r"([0-9]{16})\.segment", re.ASCII)
STATE_NAME: Final = "state"
LOCK_NAME: Final = "lock"

_FRAME = re.compile(rb"([0-9a-f]{8}) (0|[1-9][0-9]{0,6}) (.*)", re.DOTALL)
_RECORD = re.compile(rb"R ([1-9][0-9]{0,15}) (0|[1-9][0-9]{0,15}) (\{.*\})", re.DOTALL)
_CLOSED = re.compile(rb"E ([0-9]{1,16})")


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentHeader:
    """Whose segment it is. `unclean` says that the service before this segment ended without notice."""

    spool: Text
    boot_id: Text
    first: Number
    interval_ms: SpanMs
    unclean: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the writer must not forget: no number from `next` on was ever given out."""

    spool: Text
    next: Number
    clean: bool


@dataclass(frozen=True, slots=True)
class Record:
    """One stored snapshot. `damage` is true if something unreadable stands between it and the one before."""

    seq: int
    uptime_ms: int
    snapshot: bytes
    damage: bool


@dataclass(frozen=True, slots=True)
class Segment:
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
    return frame(b"H " + encode(header).encode())


def record_line(*, seq: int, uptime_ms: int, snapshot: bytes) -> bytes:
    """Return the line that stores a snapshot, which is JSON without a line end."""
    return frame(b"R %d %d %s" % (seq, uptime_ms, snapshot))


def closing_line(last: int) -> bytes:
    """Return the line that ends a segment."""
    return frame(b"E %d" % last)


def state_line(state: State) -> bytes:
    """Return the content of the state file."""
    return frame(encode(state).encode())


def parse_state(data: bytes) -> State | None:
    """Return the state, None if the file is damaged."""
    body = unframe(data[:-1]) if data.endswith(b"\n") else None
    try:
        return None if body is None else decode(State, loads(body.decode()))
    except (UnicodeDecodeError, WireError):
        return None


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
        elif body is not None and _CLOSED.fullmatch(body):
            closed = True
        else:
            damage = True
    return Segment(header, tuple(records), closed and not lines[-1], damage or bool(lines[-1]))


def _header(line: bytes) -> SegmentHeader | None:
    body = unframe(line)
    if body is None or not body.startswith(b"H "):
        return None
    try:
        return decode(SegmentHeader, loads(body[2:].decode()))
    except (UnicodeDecodeError, WireError):
        return None
