"""Reading a ledger beside its writer: rows of a period, and clear refusals."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from collector.ledger.errors import (
    LedgerDamagedError,
    LedgerNewerError,
    LedgerUnavailableError,
)
from collector.ledger.evidence import Evidence
from collector.ledger.reader import LedgerReader
from collector.ledger.restored import Restored
from collector.ledger.rows import Heartbeat, Session
from collector.ledger.store import open_store
from collector.ledger.tables import HEARTBEAT, RUN, SESSION

NOW_MS = 1_795_366_800_000
Poll = Callable[..., Evidence]
Fill = Callable[..., Restored]


def test_the_reader_reads_beside_the_writer(path: Path, fill: Fill, poll: Poll, session: Session) -> None:
    """Rows of a period, by device and time, without disturbing the collector or seeing half a commit."""
    fill()
    store, _ = open_store(path, now_ms=NOW_MS)
    with LedgerReader(path) as reader:
        store.write([replace(session, id="s9")])
        minutes = (NOW_MS + 19 * 60_000 + 30_000, NOW_MS + 29 * 60_000 + 30_000)
        assert [run.verdict for run in reader.rows(RUN, *minutes)] == ["silent"]
        assert [run.verdict for run in reader.rows(RUN, 0, NOW_MS + 60_000, device="r1")] == ["answered"]
        assert list(reader.rows(RUN, 0, 2 * NOW_MS, device="r9")) == []
        assert [type(row) for row in reader.rows(HEARTBEAT, NOW_MS, NOW_MS + 1)] == [Heartbeat]
        assert reader.devices() == ["r1"]
        assert reader.meta().simulated is False
        assert reader.document("0" * 64) is None
        with pytest.raises(ValueError, match="rows of session belong to no period"):
            list(reader.rows(SESSION, 0, 1))
    store.close()


def test_a_reader_sees_the_ledger_of_one_instant(path: Path, fill: Fill, session: Session) -> None:
    """What is committed while a figure is being made does not change it; the next reader sees it."""
    fill()
    store, _ = open_store(path, now_ms=NOW_MS)
    with LedgerReader(path) as reader:
        store.write([replace(session, id="s9")])
        assert [row.id for row in reader.all(SESSION)] == ["s1"]
        with LedgerReader(path) as later:
            assert [row.id for row in later.all(SESSION)] == ["s1", "s9"]
        assert [row.id for row in reader.all(SESSION)] == ["s1"]
    store.close()


def test_the_reader_refuses_what_it_cannot_read(path: Path, fill: Fill) -> None:
    """A report on a missing, foreign, newer or garbled ledger says so."""
    with pytest.raises(LedgerUnavailableError, match=f"{path}: No such file or directory"):
        LedgerReader(path)
    fill()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER run_ended_is_final")
        connection.execute("UPDATE run SET device = 'r2' WHERE rowid = 1")
    with (
        LedgerReader(path) as reader,
        pytest.raises(LedgerDamagedError, match="a row does not match its checksum"),
    ):
        list(reader.all(RUN))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(LedgerNewerError):
        LedgerReader(path)
