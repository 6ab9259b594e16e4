"""A line through the whole collector: its rate at /metrics, and its bucket over a restart."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

from collector.ledger import lines
from collector.ledger.reader import LedgerReader
from collector.ledger.tables import TRAFFIC
from tests.e2e.rig import Running, collecting, device, entry, router

BYTES_A_SECOND = 1_000_000
LINE = ", capacity: 10M, uplink: {interface: wan0}"


def shown(running: Running, name: str) -> dict[str, float]:
    """Return a family's values by their labels, without those of every series."""
    found = re.findall(rf"^haidang_line_{name}{{([^}}]*)}} (\S+)", running.get("/metrics"), re.MULTILINE)
    return {re.sub(r'(instance|job)="[^"]*",?', "", labels): float(value) for labels, value in found}


def lived(directory: Path, port: int, *, first: bool) -> None:
    """Run a collector until the line has a rate, and stop it."""
    with collecting(directory, [entry("far", port, more=LINE)], interval="2s") as running:
        if not first:
            # Taken up from the ledger, before any bucket of this session is finished.
            running.wait_for(lambda: bool(shown(running, "bucket_covered_ratio")))
            assert 0 < shown(running, "bucket_covered_ratio")[""] < 1
        running.wait_for(lambda: bool(shown(running, "bits_per_second")))
        began = time.monotonic()
        running.wait_for(lambda: time.monotonic() - began > 3)
        assert shown(running, "found") == {'interface="wan0",side="site"': 1.0}
        rate = shown(running, "bits_per_second")['direction="in"']
        assert abs(rate - 8 * BYTES_A_SECOND) < 0.2 * 8 * BYTES_A_SECOND
        assert shown(running, "capacity_bits_per_second")['direction="out"'] == 10_000_000


def test_a_line_is_measured_and_its_bucket_survives_a_restart(tmp_path: Path) -> None:
    """What the first session had of the running five minutes and what the second adds are one bucket."""
    began = time.monotonic()
    with device(router(lambda: int((time.monotonic() - began) * BYTES_A_SECOND))) as port:
        lived(tmp_path, port, first=True)
        lived(tmp_path, port, first=False)
    ledger = tmp_path / "ledger.sqlite"
    with LedgerReader(ledger) as reader:
        rows = list(reader.all(TRAFFIC))
        ((_, buckets),) = lines.buckets(reader, 0, 2**53)
    assert {str(row.ended) for row in rows} == {"stop"}
    assert len({row.session for row in rows}) == 2
    into = sum(bucket.in_bytes for bucket in buckets.values())
    covered_s = sum(bucket.covered_ms for bucket in buckets.values()) / 1000
    assert covered_s > 3
    assert abs(into / covered_s - BYTES_A_SECOND) < 0.1 * BYTES_A_SECOND
    program = Path(sys.executable).with_name("haidang")
    command = [str(program), "traffic", "far", "--json", "-i", str(tmp_path / "inventory.yaml")]
    told = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    assert (told["device"], told["in"]["capacity_bps"]) == ("far", 10_000_000)
    # Figures are of whole buckets that are over.
    assert told["in"]["p95_bps"] is None
