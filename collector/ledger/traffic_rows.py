"""Folds finished buckets of lines into one row of arrays a line and day, and reads them back: pure.

An array is JSON text: SQLite's own `json_each` reads it, so that an auditor needs no program of ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import tzinfo

from collector.ledger.evidence import LeftOutEvidence, TrafficEvidence
from collector.ledger.open_rows import OpenRows
from collector.ledger.rows import Ended, LeftOut, Traffic
from collector.traffic.buckets import BUCKET_MS, Bucket

_Key = tuple[str, str]


def buckets_of(row: Traffic) -> Iterator[Bucket]:
    """Yield a row's buckets in order, those without any coverage left out."""
    arrays = zip(json.loads(row.in_bytes), json.loads(row.out_bytes), json.loads(row.missed_ms), strict=True)
    for place, (in_bytes, out_bytes, missed_ms) in enumerate(arrays):
        if missed_ms < BUCKET_MS:
            yield Bucket(
                start_ms=row.start_ms + place * BUCKET_MS,
                in_bytes=in_bytes,
                out_bytes=out_bytes,
                covered_ms=BUCKET_MS - missed_ms,
            )


def merged(rows: Iterable[Traffic]) -> dict[int, Bucket]:
    """Return the buckets of all rows of one line by their start: parts of one bucket are added up."""
    found: dict[int, Bucket] = {}
    for row in rows:
        of_row = {bucket.start_ms: bucket for bucket in buckets_of(row)}
        for start_ms in found.keys() & of_row.keys():
            of_row[start_ms] = found[start_ms].joined(of_row[start_ms])
        found |= of_row
    return found


class TrafficBook:
    """The open row of each line. Its methods return the rows that are new or changed."""

    def __init__(self, session: str, timezone: tzinfo) -> None:
        self._session = session
        self.open: OpenRows[_Key, Traffic] = OpenRows(timezone)

    def resume(self, left_open: Iterable[Traffic]) -> list[Traffic]:
        """Take up after an earlier collector: the rows that it left open end."""
        return [replace(row, ended=Ended.KILLED) for row in left_open]

    def known(self, evidence: TrafficEvidence) -> bool:
        """Return True for a bucket before the last one that was fed."""
        row = self.open.get(_key(evidence))
        return row is not None and evidence.bucket.start_ms < row.end_ms - BUCKET_MS

    def extends(self, evidence: TrafficEvidence) -> bool:
        """Return True if the bucket would lengthen an open row and start none."""
        key = _key(evidence)
        return self.open.get(key) is not None and not self.open.day_over(key, evidence.bucket.start_ms)

    def feed(self, evidence: TrafficEvidence) -> tuple[Traffic, ...]:
        """Book one bucket: the row it extends, or the one it ends and the one it starts, or nothing."""
        key, bucket = _key(evidence), evidence.bucket
        if self.known(evidence) or bucket.covered_ms == 0:
            return ()
        row = self.open.get(key)
        if row is not None and self.extends(evidence):
            return (self.open.extend(key, _longer(row, bucket), bucket.start_ms),)
        ended = self.open.end((key,), Ended.MIDNIGHT)
        return (*ended, self.open.start(key, self._first(evidence), bucket.start_ms))

    def _first(self, evidence: TrafficEvidence) -> Traffic:
        bucket = evidence.bucket
        return Traffic(
            device=evidence.device,
            interface=evidence.interface,
            session=self._session,
            start_ms=bucket.start_ms,
            end_ms=bucket.start_ms + BUCKET_MS,
            covered_ms=bucket.covered_ms,
            in_bytes=_json([bucket.in_bytes]),
            out_bytes=_json([bucket.out_bytes]),
            missed_ms=_json([BUCKET_MS - bucket.covered_ms]),
            ended=None,
        )


class LeftOutBook:
    """The open stretch of each line's time that no bucket has. Its methods return what is new or changed."""

    def __init__(self, session: str, timezone: tzinfo) -> None:
        self._session = session
        self.open: OpenRows[_Key, LeftOut] = OpenRows(timezone)

    def resume(self, left_open: Iterable[LeftOut]) -> list[LeftOut]:
        """Take up after an earlier collector: the rows that it left open end."""
        return [replace(row, ended=Ended.KILLED) for row in left_open]

    def extends(self, evidence: LeftOutEvidence) -> bool:
        """Return True if the evidence would lengthen an open row and start none."""
        row = self.open.get(_key(evidence))
        return row is not None and self._why_ended(row, evidence) is None

    def feed(self, evidence: LeftOutEvidence) -> tuple[LeftOut, ...]:
        """Book what was left out: the row it extends, or the one it ends and the one it starts."""
        key = _key(evidence)
        row = self.open.get(key)
        cause = None if row is None else self._why_ended(row, evidence)
        if row is None or cause is not None:
            ended = () if cause is None else self.open.end((key,), cause)
            return (*ended, self.open.start(key, self._first(evidence), evidence.from_ms))
        longer = replace(
            row,
            last_ms=evidence.to_ms,
            readings=row.readings + 1,
            in_bytes=row.in_bytes + evidence.in_bytes,
            out_bytes=row.out_bytes + evidence.out_bytes,
        )
        return (self.open.extend(key, longer, evidence.from_ms),)

    def _first(self, evidence: LeftOutEvidence) -> LeftOut:
        return LeftOut(
            device=evidence.device,
            interface=evidence.interface,
            session=self._session,
            doubt=evidence.doubt,
            first_ms=evidence.from_ms,
            last_ms=evidence.to_ms,
            readings=1,
            in_bytes=evidence.in_bytes,
            out_bytes=evidence.out_bytes,
            ended=None,
        )

    def _why_ended(self, row: LeftOut, evidence: LeftOutEvidence) -> Ended | None:
        if evidence.from_ms != row.last_ms:
            return Ended.GAP
        if evidence.doubt is not row.doubt:
            return Ended.REASON
        return Ended.MIDNIGHT if self.open.day_over(_key(evidence), evidence.from_ms) else None


def _key(evidence: TrafficEvidence | LeftOutEvidence) -> _Key:
    return evidence.device, evidence.interface


def _longer(row: Traffic, bucket: Bucket) -> Traffic:
    """Return the row with the bucket added, or joined to its last one."""
    if bucket.start_ms < row.end_ms:
        *_, last = buckets_of(row)
        bucket = last.joined(bucket)
        kept_ms, covered_ms = bucket.start_ms, row.covered_ms - last.covered_ms
    else:
        kept_ms, covered_ms = row.end_ms, row.covered_ms
    empty = (bucket.start_ms - kept_ms) // BUCKET_MS
    cut = kept_ms < row.end_ms
    return replace(
        row,
        end_ms=bucket.start_ms + BUCKET_MS,
        covered_ms=covered_ms + bucket.covered_ms,
        in_bytes=_appended(row.in_bytes, [0] * empty + [bucket.in_bytes], cut=cut),
        out_bytes=_appended(row.out_bytes, [0] * empty + [bucket.out_bytes], cut=cut),
        missed_ms=_appended(row.missed_ms, [BUCKET_MS] * empty + [BUCKET_MS - bucket.covered_ms], cut=cut),
    )


def _appended(array: str, values: list[int], *, cut: bool) -> str:
    """Return the JSON array with values after its last one, or in the place of its last one."""
    if cut:
        head = array.rpartition(",")[0] or "["
        return head + ("," if head != "[" else "") + _json(values)[1:]
    return f"{array[:-1]},{_json(values)[1:]}"


def _json(values: list[int]) -> str:
    # Plain whole numbers: what json.dumps would write, in a third of its time.
    return f"[{','.join(map(str, values))}]"
