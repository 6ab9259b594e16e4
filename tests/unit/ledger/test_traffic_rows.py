"""Buckets of lines as rows: folded by day, read back exactly, safe across restarts, plain to SQL."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.ledger import lines
from collector.ledger.book import Book
from collector.ledger.connection import connect
from collector.ledger.evidence import LeftOutEvidence, TrafficEvidence
from collector.ledger.migrations import STEPS, insert_sql
from collector.ledger.opening import create
from collector.ledger.reader import LedgerReader
from collector.ledger.restored import Restored
from collector.ledger.rows import Document, Ended, LeftOut, Revision, Row, Run, Session, Traffic
from collector.ledger.salvage import salvage
from collector.ledger.store import open_store
from collector.ledger.tables import LEFT_OUT, TRAFFIC, RowKey, table_of
from collector.ledger.traffic_rows import LeftOutBook, TrafficBook, buckets_of, merged
from collector.model import Doubt, Verdict
from collector.traffic.buckets import BUCKET_MS, Bucket

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MIDNIGHT_MS = 1_795_366_800_000


def part(place: int, in_bytes: int, *, covered_s: int = 300, device: str = "d") -> TrafficEvidence:
    """Return a bucket, or a part of one, so many buckets after midnight."""
    bucket = Bucket(
        start_ms=MIDNIGHT_MS + place * BUCKET_MS,
        in_bytes=in_bytes,
        out_bytes=2 * in_bytes,
        covered_ms=covered_s * 1000,
    )
    return TrafficEvidence(device=device, interface="wan0", bucket=bucket)


def left(from_s: int, to_s: int, doubt: Doubt = Doubt.WRAP) -> LeftOutEvidence:
    return LeftOutEvidence(
        device="d",
        interface="wan0",
        doubt=doubt,
        from_ms=MIDNIGHT_MS + from_s * 1000,
        to_ms=MIDNIGHT_MS + to_s * 1000,
        in_bytes=5,
        out_bytes=7,
    )


def folded(*parts: TrafficEvidence) -> list[Traffic]:
    """Return the last version of each row that these buckets make."""
    book = TrafficBook("s1", HANOI)
    rows: dict[RowKey, Traffic] = {}
    for one in parts:
        rows |= {TRAFFIC.key_of(row): row for row in book.feed(one)}
    return list(rows.values())


def test_a_days_buckets_are_one_row_with_holes_in_it() -> None:
    """Arrays run without a break; a bucket that nobody handed over is wholly missed."""
    (row,) = folded(part(0, 10), part(1, 20, covered_s=100), part(4, 30))
    assert (row.start_ms, row.end_ms) == (MIDNIGHT_MS, MIDNIGHT_MS + 5 * BUCKET_MS)
    assert (row.in_bytes, row.out_bytes) == ("[10,20,0,0,30]", "[20,40,0,0,60]")
    assert row.missed_ms == "[0,200000,300000,300000,0]"
    assert row.covered_ms == 700_000
    assert list(buckets_of(row)) == [
        one.bucket for one in (part(0, 10), part(1, 20, covered_s=100), part(4, 30))
    ]


def test_the_next_local_day_begins_a_row() -> None:
    """The day's row ends at midnight in Hanoi and is final."""
    first, second = folded(part(287, 1), part(288, 2))
    assert (first.ended, second.ended) == (Ended.MIDNIGHT, None)
    assert second.start_ms == MIDNIGHT_MS + 288 * BUCKET_MS


def test_a_day_ends_by_time_where_no_more_buckets_come() -> None:
    """A line that was taken away leaves no row open for ever."""
    book = TrafficBook("s1", HANOI)
    book.feed(part(280, 1))
    assert book.open.tick(MIDNIGHT_MS + 86_400_000 + 600_000)[0].ended is Ended.MIDNIGHT


@pytest.mark.parametrize("before", [[], [part(0, 5)]], ids=["first", "later"])
def test_another_part_of_the_last_bucket_is_added_to_it(before: list[TrafficEvidence]) -> None:
    """An uplink that was changed and changed back within five minutes loses nothing."""
    (row,) = folded(*before, part(1, 20, covered_s=100), part(1, 4, covered_s=50), part(2, 1))
    assert [bucket.in_bytes for bucket in buckets_of(row)] == [*(5 for _ in before), 24, 1]
    assert row.covered_ms == 300_000 * len(before) + 450_000


def test_a_bucket_of_the_past_is_refused() -> None:
    """What is handed over twice is not counted twice."""
    book = TrafficBook("s1", HANOI)
    book.feed(part(0, 1))
    book.feed(part(3, 1))
    assert book.known(part(0, 1))
    assert book.feed(part(0, 1)) == ()


def test_neighbouring_doubts_of_one_kind_are_one_row() -> None:
    """A device that is in doubt at every poll does not fill the ledger."""
    book = LeftOutBook("s1", HANOI)
    rows: dict[object, LeftOut] = {}
    for one in (left(0, 60), left(60, 120), left(120, 180, Doubt.RESET), left(600, 660, Doubt.RESET)):
        rows |= {LEFT_OUT.key_of(row): row for row in book.feed(one)}
    told = [(row.doubt, row.readings, row.in_bytes, row.ended) for row in rows.values()]
    assert told == [
        (Doubt.WRAP, 2, 10, Ended.REASON),
        (Doubt.RESET, 1, 5, Ended.GAP),
        (Doubt.RESET, 1, 5, None),
    ]


def session(name: str) -> Session:
    return Session(id=name, started_ms=MIDNIGHT_MS, version="test")


def life(path: Path, name: str, *evidence: TrafficEvidence | LeftOutEvidence, stop: bool = True) -> None:
    """Let one collector live: open the ledger, book, and stop or be killed."""
    store, restored = open_store(path, now_ms=MIDNIGHT_MS)
    book = Book(session(name), restored, HANOI)
    book.heartbeat(MIDNIGHT_MS + 1)
    for one in evidence:
        if isinstance(one, TrafficEvidence):
            book.traffic(one)
        else:
            book.left_out(one)
    if stop:
        book.stop()
    store.write(book.take().rows.values())
    store.close()


def test_parts_of_a_bucket_in_two_sessions_add_up(path: Path) -> None:
    """A restart within a bucket: each session has its own row, and the bucket is whole again when read."""
    life(path, "s1", part(0, 10), part(1, 20, covered_s=120))
    life(path, "s2", part(1, 30, covered_s=170), part(2, 40))
    with LedgerReader(path) as reader:
        ((device, found),) = lines.buckets(reader, MIDNIGHT_MS, MIDNIGHT_MS + 86_400_000)
    assert device == "d"
    assert [(b.in_bytes, b.covered_ms // 1000) for b in found.values()] == [(10, 300), (50, 290), (40, 300)]


def test_what_a_killed_collector_left_open_is_ended_by_the_next(path: Path) -> None:
    """And its buckets stand; nothing is added to another session's row."""
    life(path, "s1", part(0, 10), left(300, 400), stop=False)
    life(path, "s2", part(2, 40))
    with LedgerReader(path) as reader:
        rows = [(row.session, row.ended) for row in reader.all(TRAFFIC)]
        lefts = [(row.session, row.ended) for row in reader.all(LEFT_OUT)]
    assert rows == [("s1", Ended.KILLED), ("s2", Ended.STOP)]
    assert lefts == [("s1", Ended.KILLED)]


def test_a_ledger_of_before_gets_the_tables_and_keeps_its_rows(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ledger that was written when there was no traffic in it: read as it is, then brought up to date."""
    run = Run(
        device="d",
        session="s0",
        revision=1,
        verdict=Verdict.ANSWERED,
        reason=None,
        interval_ms=60_000,
        deadline_ms=20_000,
        first_sent_ms=MIDNIGHT_MS,
        first_end_ms=MIDNIGHT_MS + 20,
        last_sent_ms=MIDNIGHT_MS,
        last_end_ms=MIDNIGHT_MS + 20,
        polls=1,
        longest_gap_ms=0,
        ended=Ended.STOP,
    )
    rows: list[Row] = [
        session("s0"),
        Document(sha256="x", json="{}"),
        Revision(id=1, session="s0", took_effect_ms=MIDNIGHT_MS, sha256="x"),
        run,
    ]
    with monkeypatch.context() as before:
        before.setattr("collector.ledger.migrations.STEPS", STEPS[:1])
        create(path, now_ms=MIDNIGHT_MS, simulated=False)
    with closing(connect(path, mode="rw")) as connection:
        for row in rows:
            table = table_of(row)
            connection.execute(insert_sql(table.name, (*table.columns, "crc")), table.values(row))
    with LedgerReader(path) as reader:
        assert list(lines.buckets(reader, 0, 2 * MIDNIGHT_MS)) == []
    life(path, "s1", part(0, 10))
    store, restored = open_store(path, now_ms=MIDNIGHT_MS)
    store.close()
    assert restored.last["d"].run == run
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(STEPS),)
        assert connection.execute("SELECT in_bytes FROM traffic").fetchall() == [("[10]",)]


def test_an_auditor_needs_nothing_but_sqlite(path: Path) -> None:
    """The query of docs/traffic.md gives the P95 that the program gives."""
    page = (Path(__file__).parents[3] / "docs" / "traffic.md").read_text(encoding="utf-8")
    query = page.partition("```sql\n")[2].partition("```")[0]
    assert "json_each" in query
    life(
        path,
        "s1",
        *(part(place, 1_000 * (place * 37 % 101)) for place in range(200)),
        part(200, 9, covered_s=100),
    )
    query = query.replace("xa-ngoc-son", "d").replace("1795366800000", str(MIDNIGHT_MS))
    query = query.replace("1795453200000", str(MIDNIGHT_MS + 86_400_000))
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(query).fetchall()
    with LedgerReader(path) as reader:
        ((_, buckets),) = lines.buckets(reader, MIDNIGHT_MS, MIDNIGHT_MS + 86_400_000)
    rates = sorted(bucket.in_bps for bucket in buckets.values() if not bucket.missing)
    assert found == [(200, rates[190 - 1])]


def test_salvage_saves_lines_too(path: Path, tmp_path: Path, nothing_restored: Restored) -> None:
    """Rows of arrays longer than a page come back whole."""
    life(path, "s1", *(part(place, 10**9 + place) for place in range(288)), left(0, 60))
    saved = salvage(path, tmp_path / "new.db", now_ms=MIDNIGHT_MS)
    assert (saved.rows["traffic"], saved.rows["left_out"]) == (1, 1)
    with LedgerReader(path) as old, LedgerReader(tmp_path / "new.db") as new:
        assert list(new.all(TRAFFIC)) == list(old.all(TRAFFIC))
        assert len(merged(new.all(TRAFFIC))) == 288
    assert nothing_restored.traffic == ()


def test_without_memory_a_bucket_is_counted_as_lost_and_open_rows_still_grow() -> None:
    """Its time stays uncovered, which is honest; what costs no new row is kept."""
    meta = Restored(
        meta=None,  # type: ignore[arg-type]
        latest_ms=0,
        last={},
        boots={},
        spools={},
        heartbeat=None,
        revision=None,
    )
    book = Book(session("s1"), meta, HANOI, max_pending=2)
    book.traffic(part(0, 10))
    book.traffic(part(0, 10, device="other"))
    book.left_out(left(0, 60))
    book.traffic(replace(part(1, 20)))
    assert book.tally.lost == 2
    (row,) = (row for row in book.take().rows.values() if isinstance(row, Traffic))
    assert row.in_bytes == "[10,20]"
