"""The contract between agent and collector: what a snapshot holds, how it is asked for, how the reply reads.

The collector sends `request_line(…)` as the command of an SSH session and gives all that came back to
`parse_report`. Nothing here does I/O. Everything has a bound: a hostile agent can make its own report fail
with a WireError, and nothing else. The parts live in wire_sections (values), wire_request (grammar of the
request), wire_report and wire_frame (the reply, read and written) and wire_json (JSON within bounds).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from agent.wire_frame import MAX_LINE_BYTES, MAX_REPORT_BYTES, GapCause
from agent.wire_json import Count, Number, SpanMs, WireError, decode, encode, loads
from agent.wire_report import End, Gap, Header
from agent.wire_request import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    SCHEMA,
    Request,
    RequestError,
    is_spool_id,
    parse_request,
    request_line,
)
from agent.wire_sections import (
    Agent,
    Clock,
    Cpu,
    CpuTimes,
    Disk,
    Disks,
    FileSystem,
    FileSystems,
    Host,
    Interface,
    Interfaces,
    Memory,
    OperState,
    Processes,
    Snapshot,
    Temperature,
    Temperatures,
    Unavailability,
    Unavailable,
    Users,
)

__all__ = [
    "DEFAULT_LIMIT",
    "MAX_LIMIT",
    "MAX_LINE_BYTES",
    "MAX_REPORT_BYTES",
    "SCHEMA",
    "Agent",
    "Clock",
    "Cpu",
    "CpuTimes",
    "Disk",
    "Disks",
    "Entry",
    "FileSystem",
    "FileSystems",
    "Gap",
    "GapCause",
    "Header",
    "Host",
    "Interface",
    "Interfaces",
    "Memory",
    "OperState",
    "Processes",
    "Report",
    "Request",
    "RequestError",
    "Snapshot",
    "Temperature",
    "Temperatures",
    "Unavailability",
    "Unavailable",
    "Users",
    "WireError",
    "parse_report",
    "parse_request",
    "parse_snapshot",
    "render_snapshot",
    "request_line",
]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One snapshot of a report, with its number in the spool.

    `age_ms` is how long before the header's `now_ms` it was taken, by the clock that counts from boot. It is
    None for a snapshot of an earlier boot, of which only the agent's wall clock (`snapshot.wall_ms`) tells.
    """

    seq: Number
    snapshot: Snapshot
    age_ms: SpanMs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A complete reply: entries by rising number; `more` if the limit or the size cut it short.

    `gaps` are the missing numbers between what was asked for and the last entry; if the report is complete
    (not `more`), up to the header's `last`.
    """

    header: Header
    entries: tuple[Entry, ...]
    gaps: tuple[Gap, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class _Schema:
    schema: Count


def render_snapshot(snapshot: Snapshot) -> bytes:
    """Return a snapshot as JSON in UTF-8, without a line end."""
    return encode(snapshot).encode()


def parse_snapshot(data: bytes) -> Snapshot:
    """Parse one snapshot as the spool holds it; raise WireError."""
    value = loads(_text(data))
    try:
        return decode(Snapshot, value)
    except WireError as error:
        raise WireError(f"snapshot{error}") from None


def parse_report(data: bytes) -> Report:
    """Parse all that a report wrote; raise WireError for anything but a complete, consistent report."""
    if len(data) > MAX_REPORT_BYTES:
        raise WireError(f"{len(data)} bytes, at most {MAX_REPORT_BYTES} are allowed")
    if not data.endswith(b"\n"):
        raise WireError("cut off: the last line has no end" if data else "empty: nothing was sent")
    lines = data[:-1].split(b"\n", MAX_LIMIT + 2)
    if len(lines) > MAX_LIMIT + 2:
        raise WireError(f"more than {MAX_LIMIT} snapshots")
    header = _header(lines[0])
    if len(lines) < 2:
        raise WireError("cut off: there is no end line")
    end = _part(End, lines[-1], len(lines), "end")
    entries = tuple(_entry(line, number) for number, line in enumerate(lines[1:-1], start=2))
    if end.count != len(entries):
        raise WireError(f"the end line counts {end.count} snapshots, there are {len(entries)}")
    _check_order(header, entries, end.gaps)
    return Report(header=header, entries=entries, gaps=end.gaps, more=end.more)


def _header(line: bytes) -> Header:
    # Another schema may have other fields: its number decides before they are missed.
    schema = _part(_Schema, line, 1, "header").schema
    if schema != SCHEMA:
        raise WireError(f"line 1: schema {schema}, this side reads {SCHEMA}")
    header = _part(Header, line, 1, "header")
    if header.spool is not None and not is_spool_id(header.spool):
        raise WireError("line 1: header.spool: not 16 hexadecimal digits")
    return header


def _entry(line: bytes, number: int) -> Entry:
    value = _line(line, number)
    try:
        return decode(Entry, value)
    except WireError as error:
        raise WireError(f"line {number}: entry{error}") from None


def _part(kind: type[T], line: bytes, number: int, name: str) -> T:
    value = _line(line, number)
    if not isinstance(value, dict) or name not in value:
        raise WireError(f"line {number}: not the {name} line of a report")
    try:
        return decode(kind, value[name])
    except WireError as error:
        raise WireError(f"line {number}: {name}{error}") from None


def _line(line: bytes, number: int) -> object:
    try:
        return loads(_line_text(line))
    except WireError as error:
        raise WireError(f"line {number}: {error}") from None


def _line_text(line: bytes) -> str:
    if len(line) > MAX_LINE_BYTES:
        raise WireError(f"{len(line)} bytes, at most {MAX_LINE_BYTES} are allowed")
    return _text(line)


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise WireError(f"not UTF-8 at byte {error.start}") from None


def _check_order(header: Header, entries: tuple[Entry, ...], gaps: tuple[Gap, ...]) -> None:
    """Numbers rise, no number is both there and missing, and none lies beyond the header's last."""
    spans = [(entry.seq, entry.seq) for entry in entries] + [(gap.first, gap.last) for gap in gaps]
    if any(first > last for first, last in spans):
        raise WireError("a gap ends before it begins")
    if any(later.seq <= earlier.seq for earlier, later in pairwise(entries)):
        raise WireError("the snapshots' numbers do not rise")
    spans.sort()
    if any(later[0] <= earlier[1] for earlier, later in pairwise(spans)):
        raise WireError("a number is given twice")
    if spans and (header.last is None or spans[-1][1] > header.last):
        raise WireError("a number lies beyond the last of the spool")
