"""A collector's ledger writer in a process of its own, to be killed: prints what it knows to be committed.

Usage: ledger_child.py LEDGER SESSION. Each virtual minute every device is polled once; whether it answers
follows from its number and the minute, so that the parent knows what must be in the ledger.
"""

from __future__ import annotations

import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from collector.clock import ManualClock
from collector.ledger.evidence import Evidence, TrafficEvidence
from collector.ledger.rows import Session
from collector.ledger.store import open_store
from collector.ledger.writer import LedgerWriter, WriterSettings
from collector.model import Reason, Uptime, UptimeSource, Verdict
from collector.traffic.buckets import BUCKET_MS, Bucket

START_MS = 1_795_366_800_000
DEVICES = 12
LINES = 3
MINUTE_MS = 60_000
PAUSE_MS = 3_600_000


def is_silent(device: int, minute: int) -> bool:
    """Return whether a device stays silent in a minute since START_MS."""
    return (minute // 5 + device) % 4 == 0


def poll_of(device: int, minute: int, revision: int) -> Evidence:
    """Return the poll of a device in a minute since START_MS."""
    sent_ms = START_MS + minute * MINUTE_MS + device
    silent = is_silent(device, minute)
    return Evidence(
        device=f"r{device}",
        revision=revision,
        verdict=Verdict.SILENT if silent else Verdict.ANSWERED,
        reason=Reason.TIMEOUT if silent else None,
        sent_ms=sent_ms,
        done_ms=sent_ms + 9_000,
        answered_ms=None if silent else sent_ms + 20,
        interval_ms=MINUTE_MS,
        deadline_ms=20_000,
    )


def bucket_of(device: int, minute: int) -> TrafficEvidence:
    """Return the bucket of a device's line that a minute since START_MS begins, one of five."""
    return TrafficEvidence(
        device=f"r{device}",
        interface="wan0",
        bucket=Bucket(
            start_ms=START_MS + minute * MINUTE_MS,
            in_bytes=1_000_000_000 + 12 * minute + device,
            out_bytes=500 * minute,
            covered_ms=BUCKET_MS - minute,
        ),
    )


def main(path: Path, session: str) -> None:
    """Write evidence until killed; start an hour after the ledger's end."""
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    store, restored = open_store(path, now_ms=START_MS)
    behind_ms = max(0, restored.latest_ms - START_MS)
    minute = -(-(behind_ms + (PAUSE_MS if behind_ms else 0)) // MINUTE_MS)
    clock = ManualClock(START_MS + minute * MINUTE_MS)
    clock.not_before(restored.latest_ms)
    writer = LedgerWriter(
        store,
        restored,
        session=Session(id=session, started_ms=clock.now_ms(), version="test"),
        timezone=zone,
        mono=clock.mono,
        settings=WriterSettings(flush_s=0.005, first_retry_s=0.005, heartbeat_limit_ms=2 * MINUTE_MS),
    )
    revision = writer.revision('{"devices": 12}', clock.now_ms(), zone)
    while True:
        for device in range(DEVICES):
            poll = poll_of(device, minute, revision)
            writer.poll(poll)
            if poll.answered_ms is not None:
                uptime = Uptime(
                    source=UptimeSource.SYS_UPTIME,
                    ticks=(poll.sent_ms - START_MS) // 10 + 5_000,
                    sent_ms=poll.sent_ms,
                    at_ms=poll.answered_ms,
                    wraps=True,
                )
                writer.uptime(poll.device, uptime)
        if minute % 5 == 0:
            for device in range(LINES):
                writer.traffic(bucket_of(device, minute))
        writer.heartbeat(START_MS + minute * MINUTE_MS + 30_000)
        if minute % 3 == 0:
            writer.flush()
        print(writer.health().committed_ms or 0, flush=True)
        minute += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
