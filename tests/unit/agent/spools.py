"""Spools for tests: in a directory of their own, with a record that can be told from all others."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from agent.spool import Spool
from agent.spool_reader import Missing, SpoolReader, Stored

BOOT = "73c1eac9-2d13-4293-a812-a1f6fd6b0064"
_ids = count(1)


def open_spool(directory: Path, **settings: Any) -> Spool:
    """Open a spool whose id is the next of 0…01, 0…02 and so on, if it needs one."""
    values: dict[str, Any] = {
        "boot_id": BOOT,
        "interval_ms": 15_000,
        "max_bytes": 64 * 1024 * 1024,
        "max_records": 1_000_000,
        "new_id": lambda: f"{next(_ids):016x}",
    }
    return Spool(directory, **values | settings)


def body(seq: int, size: int = 0) -> bytes:
    """Return the snapshot that number `seq` must hold, with `size` octets of ballast."""
    return json.dumps({"of": seq, "check": seq * 7919, "ballast": "x" * size}).encode()


def put(spool: Spool, many: int = 1, *, size: int = 0) -> list[int | None]:
    """Append so many records, each with the content that belongs to its number."""
    return [
        spool.append(body(spool.next_number, size), uptime_ms=spool.next_number * 1_000) for _ in range(many)
    ]


def read(directory: Path, after: int = 0) -> tuple[list[int], list[Missing]]:
    """Return the numbers and the gaps above `after`; every record must be the one of its number."""
    reader = SpoolReader(directory)
    view = reader.view()
    numbers, gaps = [], []
    for item in () if view is None else reader.above(after, view):
        if isinstance(item, Stored):
            content = json.loads(item.record.snapshot)
            assert (content["of"], content["check"]) == (item.record.seq, item.record.seq * 7919)
            assert item.record.uptime_ms == item.record.seq * 1_000
            numbers.append(item.record.seq)
        else:
            gaps.append(item)
    return numbers, gaps


def reached(numbers: list[int], gaps: list[Missing], after: int) -> int:
    """Return the last number that is there or listed; each one above `after` must be one of the two, once."""
    for first, last in sorted([(n, n) for n in numbers] + [(gap.first, gap.last) for gap in gaps]):
        assert first == after + 1, "a hole that no gap lists"
        after = last
    return after


def segments(directory: Path) -> list[Path]:
    """Return the segment files, oldest first."""
    return sorted(directory.glob("*.segment"))


@contextmanager
def fast_directory() -> Iterator[Path]:
    """A directory where flushing costs nothing, for tests of many runs."""
    root = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=root, prefix="haidang-spool-") as name:
        yield Path(name) / "spool"
