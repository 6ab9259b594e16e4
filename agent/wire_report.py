"""The frame of a report: a header line, one line per snapshot, an end line. Each is one JSON object.

    {"header":{"schema":1,"version":"0.1.0","spool":"…","first":7,"last":9,…}}
    {"seq":8,"age_ms":15004,"snapshot":{…}}
    {"end":{"count":1,"more":true,"gaps":[{"first":3,"last":6,"cause":"dropped"}]}}

A reply without its end line was cut off. The snapshot is spliced in as the spool holds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agent.wire_json import Count, Number, SpanMs, Text, WallMs, encode

MAX_LINE_BYTES = 512 * 1024
MAX_REPORT_BYTES = 16 * 1024 * 1024
"""The agent stops before this and says that there is more."""


class GapCause(StrEnum):
    """Why numbers are missing. No number is ever given to two snapshots of one spool."""

    DROPPED = "dropped"  # the oldest had to make room
    NOT_WRITTEN = "not_written"  # the disk was full, failing or too slow
    RESTART = "restart"  # the service ended without notice; numbers set aside for it were skipped
    UNREADABLE = "unreadable"  # what is on the disk is damaged


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Numbers `first` to `last`, both included, of which there is no snapshot."""

    first: Number
    last: Number
    cause: GapCause


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the agent is and what its spool holds at the moment of the report.

    `spool` is None while there is no spool, `first` and `last` while it holds nothing. `newest_age_ms` is the
    age of number `last` by the clock that counts from boot; None if there is none, or it is from before this
    boot: the service has then stored nothing since boot, `uptime_ms` ago. `interval_ms` is how often it
    should.
    """

    schema: Count
    version: Text
    spool: Text | None = None
    first: Number | None = None
    last: Number | None = None
    interval_ms: SpanMs | None = None
    newest_age_ms: SpanMs | None = None
    now_ms: WallMs
    boot_ms: WallMs
    uptime_ms: SpanMs
    boot_id: Text

    @property
    def serving(self) -> bool:
        """True if the newest snapshot is so young that the service must be running: three intervals."""
        if self.newest_age_ms is None or self.interval_ms is None:
            return False
        return self.newest_age_ms <= 3 * self.interval_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How many snapshots were sent, whether there are more, and the numbers passed over on the way."""

    count: Count
    more: bool
    gaps: tuple[Gap, ...] = ()


def header_line(header: Header) -> bytes:
    """Return the first line of a report."""
    return f'{{"header":{encode(header)}}}\n'.encode()


def snapshot_line(*, seq: int, age_ms: int | None, snapshot: bytes) -> bytes:
    """Return the line of one snapshot, given as the JSON that the spool holds."""
    age = b"" if age_ms is None else b'"age_ms":%d,' % age_ms
    return b'{"seq":%d,%s"snapshot":%s}\n' % (seq, age, snapshot)


def end_line(end: End) -> bytes:
    """Return the last line of a report."""
    return f'{{"end":{encode(end)}}}\n'.encode()
