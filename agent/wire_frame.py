"""The frame of a report: a header line, one line per snapshot, an end line. Each is one JSON object.

    {"header":{"schema":1,"version":"0.1.0","spool":"…","first":7,"last":9,…}}
    {"seq":8,"age_ms":15004,"snapshot":{…}}
    {"end":{"count":1,"more":true,"gaps":[{"first":3,"last":6,"cause":"dropped"}]}}

A reply without its end line was cut off. This is the writer's side; wire_report has the values that are read.
It goes without dataclasses, whose import alone would double the time that a report takes from start to end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

MAX_LINE_BYTES: Final = 512 * 1024
MAX_REPORT_BYTES: Final = 4 * 1024 * 1024
"""The agent stops before this and says that there is more. The collector reads a report in one go: four times
as much, from a hostile agent, would keep it from all other devices for half a second."""
MAX_GAPS: Final = 1_024


class GapCause(StrEnum):
    """Why numbers are missing. No number is ever given to two snapshots of one spool."""

    DROPPED = "dropped"  # the oldest had to make room
    NOT_WRITTEN = "not_written"  # the disk was full, failing or too slow
    RESTART = "restart"  # the service ended without notice; numbers set aside for it were skipped
    UNREADABLE = "unreadable"  # what is on the disk is damaged


def header_line(fields: Mapping[str, int | str | None]) -> bytes:
    """Return the first line of a report, with the fields of wire_report.Header."""
    return _line({"header": {name: value for name, value in fields.items() if value is not None}})


def snapshot_line(*, seq: int, age_ms: int | None, snapshot: bytes) -> bytes:
    """Return the line of one snapshot, spliced in as the JSON that the spool holds."""
    age = b"" if age_ms is None else b'"age_ms":%d,' % age_ms
    return b'{"seq":%d,%s"snapshot":%s}\n' % (seq, age, snapshot)


def end_line(*, count: int, more: bool, gaps: Sequence[tuple[int, int, GapCause]]) -> bytes:
    """Return the last line of a report; a gap is its first and last number and its cause."""
    listed = [{"first": first, "last": last, "cause": cause.value} for first, last, cause in gaps]
    return _line({"end": {"count": count, "more": more, "gaps": listed}})


def _line(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
