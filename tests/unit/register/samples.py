"""An entry of every kind, and how somebody with SQLite would change one."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from collector.register.entries import (
    ClockStated,
    Closing,
    DayDigest,
    EvidenceRemoved,
    MaintenanceAdded,
    MaintenanceEnded,
    MonthClosed,
    MonthRestated,
    OutageAnnotated,
    Payload,
    TableDigest,
)

NOW_MS = 1_795_366_800_000
LEDGER_ID = "0f" * 16

CLOSING = Closing(
    period="2026-10",
    kind="month",
    timezone="Asia/Ho_Chi_Minh",
    start_ms=1_790_787_600_000,
    end_ms=1_793_466_000_000,
    revision=1,
    previous_period="",
    previous_sha256="",
    days=(
        DayDigest(
            day="2026-10-01",
            tables=(TableDigest(table="run", rows=3, sha256="ab" * 32),),
            chain="cd" * 32,
        ),
    ),
    standing=(TableDigest(table="meta", rows=1, sha256="ef" * 32),),
    figures="eJyrrgUAAXUA+Q==",
    figures_sha256="12" * 32,
    register_number=3,
    register_sha256="34" * 32,
    version="0.1",
    sha256="56" * 32,
    seal="ABCD-EFGH",
)

PAYLOADS: tuple[Payload, ...] = (
    MaintenanceAdded(
        id="cap-quang",
        devices=("r1",),
        areas=("hung-ha",),
        start_ms=NOW_MS + 1,
        end_ms=NOW_MS + 2,
        repeat=None,
        reason="Thay cáp quang\nđoạn cầu Tân Đệ",
    ),
    MaintenanceEnded(id="cap-quang", end_ms=NOW_MS + 2),
    OutageAnnotated(device="r1", at_ms=NOW_MS, cause="power", note="mất điện", responsible="Điện lực"),
    MonthClosed(closing=CLOSING),
    MonthRestated(closing=CLOSING, reason="ghi muộn", accepted=("cap-quang",)),
    EvidenceRemoved(before_ms=NOW_MS, months_kept=12, periods=("2026-10",)),
    ClockStated(reason="giờ máy đúng"),
)


def meddle(path: Path, statement: str, *values: object) -> None:
    """Change a database as somebody who knows SQLite does: the triggers go first."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            assert re.fullmatch(r"\w+", name)
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement, values)
