"""kill -9 of the whole collector: it opens again, nothing committed is lost, each absence is a gap."""

from __future__ import annotations

import random
import re
import time
from itertools import pairwise
from pathlib import Path

import pytest

from collector.ledger.reader import LedgerReader
from collector.ledger.rows import Ended
from collector.ledger.tables import HEARTBEAT, RUN, SESSION
from deploy.stack.ports import free_port
from deploy.stack.prometheus import http_ok
from tests.e2e.rig import Running, collector, device, entry, router, write_inventory


def committed_ms(running: Running) -> int:
    """Return up to which instant the collector says that evidence is safe."""
    found = re.search(
        r"^haidang_ledger_last_commit_timestamp_seconds (\S+)$", running.get("/metrics"), re.MULTILINE
    )
    return 0 if found is None else round(float(found[1]) * 1000)


def live_and_die(directory: Path, port: int, rng: random.Random) -> tuple[int, int]:
    """Run a collector for a while and kill it; return what it had committed, and when it was killed."""
    with collector(directory, port) as child:
        running = Running(f"http://127.0.0.1:{port}", directory, child)
        child.wait_until(lambda: http_ok(f"{running.url}/-/healthy"), seconds=30)
        child.wait_until(lambda: committed_ms(running) > 0, seconds=30)
        time.sleep(rng.random() * 1.5)
        committed = committed_ms(running)
        child.kill()
        return committed, time.time_ns() // 1_000_000


@pytest.mark.parametrize("times", [3, pytest.param(50, marks=pytest.mark.all)])
def test_what_was_committed_survives_and_absences_are_gaps(tmp_path: Path, times: int) -> None:
    """Sessions follow each other with a hole between them that no run of evidence bridges."""
    rng = random.Random(times)
    port, dead = free_port(), free_port()
    deaths: list[tuple[int, int]] = []
    with device(router(lambda: 1)) as good:
        write_inventory(
            tmp_path, [entry("good", good), entry("dead", dead)], port=port, interval="1s", deadline="900ms"
        )
        for _ in range(times):
            deaths.append(live_and_die(tmp_path, port, rng))
            with LedgerReader(tmp_path / "ledger.sqlite") as reader:
                beats = list(reader.all(HEARTBEAT))
            assert beats[-1].last_ms >= deaths[-1][0] - 1
            assert beats[-1].last_ms <= deaths[-1][1]
    with LedgerReader(tmp_path / "ledger.sqlite") as reader:
        sessions, beats, runs = list(reader.all(SESSION)), list(reader.all(HEARTBEAT)), list(reader.all(RUN))
    assert len(sessions) == times
    by_session = {session.id: [beat for beat in beats if beat.session == session.id] for session in sessions}
    for earlier, later in pairwise(sessions):
        assert by_session[earlier.id][-1].last_ms < by_session[later.id][0].first_ms
        assert by_session[earlier.id][-1].ended is Ended.KILLED
    for run in runs:
        lived = by_session[run.session]
        assert lived[0].first_ms - 1_000 <= run.first_sent_ms
        assert run.last_end_ms <= lived[-1].last_ms + 3_000
    for number, session in enumerate(sessions):
        found = {run.device: run.verdict.value for run in runs if run.session == session.id}
        assert found.get("good") == "answered", number
        assert found.get("dead", "silent") == "silent", number
