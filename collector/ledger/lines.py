"""Reads lines out of a ledger: their buckets of a period, and what was left out of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from collector.ledger.reader import LedgerReader
from collector.ledger.rows import LeftOut
from collector.ledger.tables import LEFT_OUT, TRAFFIC
from collector.ledger.traffic_rows import merged
from collector.traffic.buckets import Bucket


def buckets(
    reader: LedgerReader, start_ms: int, end_ms: int, *, device: str | None = None
) -> Iterator[tuple[str, dict[int, Bucket]]]:
    """Yield each device with its line's buckets that begin in [start, end), in order, by their start."""
    rows = reader.rows(TRAFFIC, start_ms, end_ms, device=device)
    for one, of_device in groupby(rows, key=lambda row: row.device):
        found = merged(of_device)
        yield one, {start: found[start] for start in sorted(found) if start_ms <= start < end_ms}


def left_out(reader: LedgerReader, start_ms: int, end_ms: int, device: str) -> list[LeftOut]:
    """Return what touches [start, end) and is in no bucket, in the order in which it began."""
    return list(reader.rows(LEFT_OUT, start_ms, end_ms, device=device))
