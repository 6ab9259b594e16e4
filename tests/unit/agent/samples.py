"""Snapshots and reports for tests: small ones by hand, any by Hypothesis."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from agent.wire import Gap, Interface, OperState, Snapshot, render_snapshot
from agent.wire_frame import end_line, header_line, snapshot_line
from agent.wire_json import Length, Range

BOOT = "73c1eac9-2d13-4293-a812-a1f6fd6b0064"
SPOOL = "0123456789abcdef"


def interface(index: int = 2, name: str = "eth0", **fields: Any) -> Interface:
    """Return an interface that is up, with counters of its own."""
    values: dict[str, Any] = {
        "index": index,
        "name": name,
        "type": 6,
        "admin_up": True,
        "oper_state": OperState.UP,
        "in_bytes": 1_000,
        "in_packets": 10,
        "out_bytes": 2_000,
        "out_packets": 20,
    }
    return Interface(**values | fields)


def snapshot(**fields: Any) -> Snapshot:
    """Return a snapshot without sections but those given."""
    values: dict[str, Any] = {"wall_ms": 1_795_438_100_000, "uptime_ms": 62_000, "boot_id": BOOT}
    return Snapshot(**values | fields)


def header(**fields: Any) -> bytes:
    values: dict[str, Any] = {
        "schema": 1,
        "version": "0.1.0",
        "spool": SPOOL,
        "first": 1,
        "last": 9,
        "interval_ms": 15_000,
        "newest_age_ms": 400,
        "now_ms": 1_795_438_100_000,
        "boot_ms": 1_795_438_038_000,
        "uptime_ms": 62_000,
        "boot_id": BOOT,
    }
    return header_line(values | fields)


def entry(seq: int, *, age_ms: int | None = 400, of: Snapshot | None = None) -> bytes:
    return snapshot_line(seq=seq, age_ms=age_ms, snapshot=render_snapshot(of or snapshot()))


def end(count: int, *, more: bool = False, gaps: Sequence[Gap] = ()) -> bytes:
    return end_line(count=count, more=more, gaps=[(gap.first, gap.last, gap.cause) for gap in gaps])


def anything(kind: Any) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one return per kind of type
    """Return a strategy for every value that a wire type allows."""
    origin = get_origin(kind)
    if origin is Annotated:
        base, mark = get_args(kind)
        if isinstance(mark, Length):
            return printable(mark.most)
        assert isinstance(mark, Range)
        if base is int:
            return st.integers(int(mark.low), int(mark.high))
        return st.floats(mark.low, mark.high)
    if origin in (UnionType, Union):
        return st.one_of([st.none() if one is NoneType else anything(one) for one in get_args(kind)])
    if origin is tuple:
        return st.lists(anything(get_args(kind)[0]), max_size=3).map(tuple)
    if kind is bool:
        return st.booleans()
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    hints = get_type_hints(kind, include_extras=True)
    return st.builds(kind, **{field.name: anything(hints[field.name]) for field in dataclasses.fields(kind)})


def printable(most: int) -> st.SearchStrategy[str]:
    characters = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp", "Zs", "Cf"))
    return st.text(st.one_of(st.just(" "), characters.filter(str.isprintable)), max_size=min(most, 20))
