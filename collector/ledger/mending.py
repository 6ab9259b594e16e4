"""Makes one ledger of rescued rows: supplies what they refer to, ends what had ended, notes what is lost."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from collector.ledger.queries import read
from collector.ledger.rows import (
    Document,
    Ended,
    Loss,
    LossCause,
    Meta,
    Revision,
    Row,
    Session,
)
from collector.ledger.store import upsert_sql
from collector.ledger.tables import BOOT, HEARTBEAT, LEFT_OUT, META, RUN, SPOOL_RANGE, TRAFFIC, table_of

LOST_DOCUMENT = "null"
"""Stands for an inventory that could not be read any more."""

LOST_VERSION = "lost"
"""Stands for the program version of a session whose row could not be read any more."""

_LOST_SHA256 = "lost"

_SESSIONS = """SELECT session, min(ms) FROM (
    SELECT session, min(first_sent_ms) AS ms FROM run GROUP BY session
    UNION ALL SELECT session, min(first_at_ms) FROM boot GROUP BY session
    UNION ALL SELECT session, min(first_ms) FROM heartbeat GROUP BY session
    UNION ALL SELECT session, min(from_ms) FROM discontinuity GROUP BY session
    UNION ALL SELECT session, min(first_received_ms) FROM spool_range GROUP BY session
    UNION ALL SELECT session, min(took_effect_ms) FROM revision GROUP BY session
    UNION ALL SELECT session, min(start_ms) FROM traffic GROUP BY session
    UNION ALL SELECT session, min(first_ms) FROM left_out GROUP BY session
    UNION ALL SELECT session, min(first_ms) FROM loss GROUP BY session
) WHERE session NOT IN (SELECT id FROM session) GROUP BY session"""

_REVISIONS = """SELECT revision, min(first_sent_ms) FROM run
    WHERE revision NOT IN (SELECT id FROM revision) GROUP BY revision"""

_DOCUMENTS = "SELECT DISTINCT sha256 FROM revision WHERE sha256 NOT IN (SELECT sha256 FROM document)"

_LATER = "WHERE ended IS NULL AND EXISTS (SELECT 1 FROM {table} AS later WHERE {later})"


def mend(connection: sqlite3.Connection, path: Path, session: Session, *, simulated: bool) -> None:
    """Add to rescued rows what makes them a ledger, inside the caller's transaction, as `session`."""
    if connection.execute("SELECT count(*) FROM meta").fetchone()[0] == 0:
        meta = Meta(ledger_id=secrets.token_hex(16), created_ms=session.started_ms, simulated=simulated)
        _store(connection, (meta,))
    _store(connection, (session,))
    created_ms = next(read(connection, path, META)).created_ms
    _store(connection, list(_lost_rows_between(connection, session, created_ms)))
    _store(connection, list(_ended_rows(connection, path)))
    _store(connection, list(_lost_parents(connection, session)))


def _store(connection: sqlite3.Connection, rows: Iterable[Row]) -> None:
    for row in rows:
        table = table_of(row)
        connection.execute(upsert_sql(table), table.values(row))


def _lost_parents(connection: sqlite3.Connection, session: Session) -> Iterator[Row]:
    for lost, began_ms in connection.execute(_SESSIONS).fetchall():
        yield Session(id=lost, started_ms=began_ms, version=LOST_VERSION)
    revisions = connection.execute(_REVISIONS).fetchall()
    for lost, began_ms in revisions:
        yield Revision(id=lost, session=session.id, took_effect_ms=began_ms, sha256=_LOST_SHA256)
    hashes = [row[0] for row in connection.execute(_DOCUMENTS)]
    for sha256 in (*hashes, *([_LOST_SHA256] if revisions else [])):
        yield Document(sha256=sha256, json=LOST_DOCUMENT)


def _ended_rows(connection: sqlite3.Connection, path: Path) -> Iterator[Row]:
    """Yield, ended, the rows that are open only because their last version is lost: a later row follows."""
    heartbeat = _LATER.format(table="heartbeat", later="later.first_ms > heartbeat.first_ms")
    run = _LATER.format(
        table="run", later="later.device = run.device AND later.first_sent_ms > run.first_sent_ms"
    )
    boot = _LATER.format(
        table="boot",
        later="later.device = boot.device AND later.source = boot.source"
        " AND later.first_at_ms > boot.first_at_ms",
    )
    spool = _LATER.format(
        table="spool_range",
        later="later.device = spool_range.device AND later.last_received_ms > spool_range.last_received_ms",
    )
    traffic = _LATER.format(
        table="traffic",
        later="later.device = traffic.device AND later.interface = traffic.interface"
        " AND later.start_ms > traffic.start_ms",
    )
    left_out = _LATER.format(
        table="left_out",
        later="later.device = left_out.device AND later.interface = left_out.interface"
        " AND later.first_ms > left_out.first_ms",
    )
    for beat in read(connection, path, HEARTBEAT, heartbeat):
        yield replace(beat, ended=Ended.LOSS)
    for row in read(connection, path, RUN, run):
        yield replace(row, ended=Ended.LOSS)
    for reading in read(connection, path, BOOT, boot):
        yield replace(reading, ended=Ended.LOSS)
    for spooled in read(connection, path, SPOOL_RANGE, spool):
        yield replace(spooled, ended=Ended.LOSS)
    for buckets in read(connection, path, TRAFFIC, traffic):
        yield replace(buckets, ended=Ended.LOSS)
    for stretch in read(connection, path, LEFT_OUT, left_out):
        yield replace(stretch, ended=Ended.LOSS)


def _lost_rows_between(connection: sqlite3.Connection, session: Session, created_ms: int) -> Iterator[Loss]:
    """Yield a loss for each hole in the numbers of runs: of any device, begun between its neighbours.

    Runs are stored in the order they began, but for the length of a poll.
    """
    before, before_ms, slack_ms = 0, created_ms, 0
    query = "SELECT rowid, first_sent_ms, deadline_ms FROM run ORDER BY rowid"
    for rowid, first_ms, deadline_ms in connection.execute(query):
        slack_ms = max(slack_ms, deadline_ms)
        if rowid > before + 1:
            yield Loss(
                device="",
                session=session.id,
                cause=LossCause.SALVAGE,
                first_ms=max(0, min(before_ms, first_ms) - slack_ms),
                last_ms=max(before_ms, first_ms) + slack_ms,
                rows=rowid - before - 1,
                polls=0,
            )
        before, before_ms = rowid, first_ms
