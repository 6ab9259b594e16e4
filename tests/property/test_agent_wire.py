"""Any snapshot and any report survive the way over the wire."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.wire import Gap, GapCause, Snapshot, parse_report, parse_snapshot, render_snapshot
from agent.wire_frame import MAX_LINE_BYTES
from tests.unit.agent.samples import anything, end, entry, header

SLOW = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@SLOW
@given(anything(Snapshot))
def test_every_snapshot_comes_back_equal(snapshot: Snapshot) -> None:
    """Rendering and parsing is the identity on all values that the types allow."""
    data = render_snapshot(snapshot)
    assert b"\n" not in data
    assert parse_snapshot(data) == snapshot


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([*GapCause, None]), st.integers(1, 40)), max_size=20), st.booleans()
)
def test_every_report_comes_back_equal(parts: list[tuple[Any, int]], more: bool) -> None:
    """Numbers, gaps and the mark that there is more come back as they were sent."""
    at, lines, gaps, seqs = 0, [], [], []
    for cause, size in parts:
        if cause is None:
            at += 1
            seqs.append(at)
            lines.append(entry(at))
        else:
            gaps.append(Gap(first=at + 1, last=at + size, cause=cause))
            at += size
    last = at or None
    data = header(last=last) + b"".join(lines) + end(len(seqs), more=more, gaps=gaps)
    report = parse_report(data)
    assert [one.seq for one in report.entries] == seqs
    assert report.gaps == tuple(gaps)
    assert report.more is more
    assert all(len(line) < MAX_LINE_BYTES for line in lines)
