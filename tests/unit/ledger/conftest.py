"""Samples of evidence for the ledger's tests: one polled device, minute by minute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.ledger.book import Book
from collector.ledger.evidence import Evidence, SpoolEvidence
from collector.ledger.restored import Restored
from collector.ledger.rows import Meta, Session
from collector.ledger.store import open_store
from collector.model import Reason, Uptime, UptimeSource, Verdict

# 2026-11-22T17:00:00Z, midnight in Hanoi.
MIDNIGHT_MS = 1_795_366_800_000

Poll = Callable[..., Evidence]
Read = Callable[..., Uptime]
Fill = Callable[..., Restored]


@pytest.fixture
def midnight_ms() -> int:
    """Return a local midnight of the tests' time zone, Asia/Ho_Chi_Minh."""
    return MIDNIGHT_MS


@pytest.fixture
def poll() -> Poll:
    """Return a maker of polls: answered after 20 ms unless `silent` or `local`; `at_s` is from midnight."""

    def make(
        at_s: float,
        device: str = "r1",
        *,
        silent: bool = False,
        local: bool = False,
        reason: Reason | None = None,
        revision: int = 1,
        interval_s: int = 60,
        deadline_s: int = 20,
    ) -> Evidence:
        sent_ms = MIDNIGHT_MS + round(at_s * 1000)
        verdict = Verdict.SILENT if silent else Verdict.LOCAL if local else Verdict.ANSWERED
        default = Reason.TIMEOUT if silent else Reason.NO_ROUTE if local else None
        waited_ms = 9_000 if silent else 0 if local else 30
        return Evidence(
            device=device,
            revision=revision,
            verdict=verdict,
            reason=reason or default,
            sent_ms=sent_ms,
            done_ms=sent_ms + waited_ms,
            answered_ms=sent_ms + 20 if verdict is Verdict.ANSWERED else None,
            interval_ms=interval_s * 1000,
            deadline_ms=deadline_s * 1000,
        )

    return make


@pytest.fixture
def read_uptime() -> Read:
    """Return a maker of uptime readings, answered within 30 ms; `at_s` is from midnight."""

    def make(
        at_s: float,
        ticks: int,
        *,
        source: UptimeSource = UptimeSource.SYS_UPTIME,
        wraps: bool = True,
        boots: int | None = None,
        boot_id: str = "",
    ) -> Uptime:
        sent_ms = MIDNIGHT_MS + round(at_s * 1000)
        return Uptime(
            source=source,
            ticks=ticks,
            sent_ms=sent_ms,
            at_ms=sent_ms + 30,
            wraps=wraps,
            boots=boots,
            boot_id=boot_id,
        )

    return make


@pytest.fixture
def session() -> Session:
    """Return the session that the tests write as."""
    return Session(id="s1", started_ms=MIDNIGHT_MS, version="test")


@pytest.fixture
def nothing_restored() -> Restored:
    """Return what a new ledger knows."""
    meta = Meta(ledger_id="0" * 32, created_ms=MIDNIGHT_MS, simulated=False)
    return Restored(meta=meta, latest_ms=0, last={}, boots={}, spools={}, heartbeat=None, revision=None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the test's ledger lies."""
    return tmp_path / "ledger.db"


@pytest.fixture
def fill(path: Path, poll: Poll, read_uptime: Read, session: Session) -> Fill:
    """Return a function that writes an hour of evidence, a cut of ten minutes in it, and closes the file."""

    def run(*, session_id: str = "s1", from_s: int = 0, stop: bool = True) -> Restored:
        store, restored = open_store(path, now_ms=MIDNIGHT_MS)
        book = Book(replace(session, id=session_id), restored, ZoneInfo("Asia/Ho_Chi_Minh"))
        book.revision('{"name": "demo"}', MIDNIGHT_MS, ZoneInfo("Asia/Ho_Chi_Minh"))
        for minute in range(60):
            at_s = from_s + 60 * minute
            book.poll(poll(at_s, silent=20 <= minute < 30))
            if not 20 <= minute < 30:
                book.uptime("r1", read_uptime(at_s, 100_000 + 100 * at_s))
            book.heartbeat(MIDNIGHT_MS + at_s * 1000)
            book.agent_range(
                SpoolEvidence(
                    device="srv1",
                    spool="a1",
                    first_seq=at_s // 60,
                    last_seq=at_s // 60,
                    first_ms=MIDNIGHT_MS + at_s * 1000,
                    last_ms=MIDNIGHT_MS + at_s * 1000,
                    received_ms=MIDNIGHT_MS + at_s * 1000,
                )
            )
        if stop:
            book.stop()
        store.write(book.take().rows.values())
        store.close()
        return restored

    return run
