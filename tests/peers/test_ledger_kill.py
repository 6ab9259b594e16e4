"""kill -9 of a process that writes evidence: what was committed is there, what was not is a gap."""

from __future__ import annotations

import importlib.util
import random
import selectors
import signal
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from collector.ledger.reader import LedgerReader
from collector.ledger.rows import Ended, Heartbeat, Traffic
from collector.ledger.store import open_store
from collector.ledger.tables import BOOT, HEARTBEAT, RUN, TRAFFIC
from collector.ledger.traffic_rows import buckets_of
from collector.model import Verdict

CHILD = Path(__file__).with_name("ledger_child.py")
_spec = importlib.util.spec_from_file_location("ledger_child", CHILD)
assert _spec is not None
assert _spec.loader is not None
child = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(child)


def kill_at_random(path: Path, session: str, rng: random.Random) -> int:
    """Start the writer, kill it at a random moment, return the last instant it said was committed."""
    command = [sys.executable, str(CHILD), str(path), session]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        said = b""
        # Some are killed while they open the ledger, most after some commits, at any point of the next one.
        for _ in range(rng.choice([0, 1, 5, 40, 120, 300])):
            said += process.stdout.readline()
        if rng.random() < 0.5:
            with selectors.DefaultSelector() as selector:
                selector.register(process.stderr, selectors.EVENT_READ)
                selector.select(rng.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        rest, errors = process.communicate()
    assert errors == b""
    lines = (said + rest).decode().splitlines()
    complete = lines if (said + rest).endswith(b"\n") else lines[:-1]
    return int(complete[-1]) if complete else 0


def check(path: Path, committed_ms: int) -> None:
    """Check the ledger against what the writer was fed: all that was committed, and nothing else."""
    store, restored = open_store(path, now_ms=child.START_MS)
    store.close()
    assert not restored.wal_missing
    with LedgerReader(path) as reader:
        runs, beats = list(reader.all(RUN)), list(reader.all(HEARTBEAT))
        boots = list(reader.all(BOOT))
        traffic = list(reader.all(TRAFFIC))
    check_traffic(traffic, beats)
    polls: Counter[tuple[str, int]] = Counter()
    for run in runs:
        device = int(run.device[1:])
        first = (run.first_sent_ms - child.START_MS - device) // child.MINUTE_MS
        assert run.first_sent_ms == child.START_MS + first * child.MINUTE_MS + device
        for minute in range(first, first + run.polls):
            polls[run.device, minute] += 1
            assert child.is_silent(device, minute) == (run.verdict is Verdict.SILENT)
        assert run.last_sent_ms == run.first_sent_ms + (run.polls - 1) * child.MINUTE_MS
    assert set(polls.values()) <= {1}
    for beat in beats:
        for minute in range(
            (beat.first_ms - child.START_MS) // child.MINUTE_MS,
            (beat.last_ms - child.START_MS) // child.MINUTE_MS + 1,
        ):
            missing = [device for device in range(child.DEVICES) if not polls[f"r{device}", minute]]
            assert missing == []
    assert sum(beat.beats for beat in beats) * child.DEVICES == sum(polls.values())
    assert sum(boot.readings for boot in boots) == sum(
        1 for run in runs for _ in range(run.polls) if run.verdict is Verdict.ANSWERED
    )
    if committed_ms:
        assert restored.heartbeat is not None
        assert restored.heartbeat.last_ms >= committed_ms


def check_traffic(rows: list[Traffic], beats: list[Heartbeat]) -> None:
    """Check that each bucket which belongs to a heartbeat is there once, as it was written, and no other."""
    found = [(row.device, bucket) for row in rows for bucket in buckets_of(row)]
    due = {
        minute
        for beat in beats
        for minute in range(
            (beat.first_ms - child.START_MS) // child.MINUTE_MS,
            (beat.last_ms - child.START_MS) // child.MINUTE_MS + 1,
        )
        if minute % 5 == 0
    }
    written = [child.bucket_of(device, minute) for device in range(child.LINES) for minute in sorted(due)]
    assert sorted(found, key=lambda one: (one[0], one[1].start_ms)) == [
        (one.device, one.bucket) for one in written
    ]


def gaps(path: Path) -> list[int]:
    """Return the lengths of the collector's absences, in ms."""
    with LedgerReader(path) as reader:
        beats = [beat for beat in reader.all(HEARTBEAT) if beat.ended is not Ended.MIDNIGHT]
        pairs = pairwise(sorted(reader.all(HEARTBEAT), key=lambda beat: beat.first_ms))
        assert len(beats) >= 1
        return [after.first_ms - before.last_ms for before, after in pairs]


def kills(path: Path, count: int, seed: int) -> None:
    """Kill a writer again and again on one ledger, and check it after each time."""
    rng = random.Random(seed)
    lived = 0
    for number in range(count):
        before = child.START_MS
        if path.exists():
            with LedgerReader(path) as reader:
                before = max((beat.last_ms for beat in reader.all(HEARTBEAT)), default=before)
        committed_ms = kill_at_random(path, f"s{number}", rng)
        lived += committed_ms > before
        # Often the next writer itself has to recover what the killed one left.
        if path.exists() and (number == count - 1 or rng.random() < 0.5):
            check(path, committed_ms)
    absences = [gap for gap in gaps(path) if gap > 2 * child.MINUTE_MS]
    assert len(absences) >= lived - 1
    assert all(gap >= child.PAUSE_MS for gap in absences)


def test_a_killed_writer_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    """Five kills at random moments: committed rows are whole, counted once, and each absence is a gap."""
    kills(tmp_path / "ledger.db", 5, seed=20_261_123)


@pytest.mark.all
def test_fifty_kills_lose_nothing_that_was_committed(tmp_path: Path) -> None:
    """The same fifty times on one ledger, with another seed each run of the long tier's fixed set."""
    kills(tmp_path / "ledger.db", 50, seed=50)
