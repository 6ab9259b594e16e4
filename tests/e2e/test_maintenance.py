"""Planned work entered on the command line while the collector runs, as two processes."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

from tests.e2e.rig import Running, collecting, device, entry, router

HAIDANG = str(Path(sys.executable).with_name("haidang"))
WITHIN_S = 10.0


def haidang(running: Running, *arguments: str) -> str:
    """Run `haidang maintenance …`; return what it says."""
    ran = subprocess.run(
        [HAIDANG, "maintenance", *arguments],
        cwd=running.directory,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return ran.stdout


def shown_within(running: Running, state: str) -> float:
    """Return after how many seconds the device is shown so."""
    began = time.monotonic()
    running.child.wait_until(lambda: running.states()["r"] == state, seconds=30)
    return time.monotonic() - began


def test_work_that_is_entered_and_ended_is_shown_within_seconds(tmp_path: Path) -> None:
    """Nobody reloads anything; before and after, the device is up."""
    with device(router(lambda: 1)) as port, collecting(tmp_path, [entry("r", port)]) as running:
        shown_within(running, "up")
        said = haidang(running, "add", "--device", "r", "--for", "1h", "--reason", "Thay nguồn")
        assert "late" not in said
        found = re.match(r"maintenance (\S+): ", said)
        assert found is not None
        assert shown_within(running, "maintenance") < WITHIN_S
        assert "running" in haidang(running, "list")
        haidang(running, "end", found[1])
        assert shown_within(running, "up") < WITHIN_S
        assert "haidang_register_ok 1.0" in running.get("/metrics")
