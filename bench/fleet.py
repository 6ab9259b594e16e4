"""How a fleet is polled: lateness with dead devices among it, CPU, memory, size of /metrics.

    .venv/bin/python -m bench.fleet [--devices 300] [--interval 10] [--silent 0.3] [--seconds 120]

What one poll costs beside snmp_exporter's scrape is bench.poll's to say.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.measure import Samples, cpu_seconds, memory_bytes, quantile, save, scrape, show
from bench.targets import collector, devices, write_inventory
from deploy.stack.ports import free_port

INTERFACES = 24


@dataclass(frozen=True)
class Fleet:
    """Figures of one collector on one fleet."""

    devices: int
    silent: int
    interval_s: float
    version: str
    seconds: float
    polls: float
    missed: float
    skipped: float
    lateness_p99_below_s: float
    lateness_max_below_s: float
    cpu_s_per_1000_polls: float
    cpu_share_of_a_core: float
    memory_mb: float
    metrics_bytes: int
    samples: int


def total(found: Samples, name: str) -> float:
    return sum(value for _, value in found.get(name, []))


def measure_fleet(
    count: int, silent: int, *, version: str, interval: float, seconds: float, warm_up: float
) -> Fleet:
    """Poll a fleet for a while, after everything has been discovered."""
    port, http = free_port(), free_port()
    url = f"http://127.0.0.1:{http}/metrics"
    with (
        tempfile.TemporaryDirectory() as name,
        devices(count, port, silent=silent, interfaces=INTERFACES),
    ):
        folder = Path(name)
        write_inventory(folder, count, port, version=version, interval=interval, http=http)
        with collector(folder, http) as child:
            time.sleep(warm_up)
            before, _ = scrape(url)
            cpu, began = cpu_seconds(child.pid), time.monotonic()
            time.sleep(seconds)
            cpu, took = cpu_seconds(child.pid) - cpu, time.monotonic() - began
            after, size = scrape(url)
            memory = memory_bytes(child.pid)
    lateness = [
        (labels, value - value_of(before, "haidang_poll_start_lateness_seconds_bucket", labels))
        for labels, value in after["haidang_poll_start_lateness_seconds_bucket"]
    ]
    polls = total(after, "haidang_polls_total") - total(before, "haidang_polls_total")
    return Fleet(
        devices=count,
        silent=silent,
        interval_s=interval,
        version=version,
        seconds=round(took, 1),
        polls=polls,
        missed=total(after, "haidang_polls_missed_total") - total(before, "haidang_polls_missed_total"),
        skipped=total(after, "haidang_polls_skipped_total") - total(before, "haidang_polls_skipped_total"),
        lateness_p99_below_s=quantile(lateness, 0.99),
        lateness_max_below_s=quantile(lateness, 1.0),
        cpu_s_per_1000_polls=cpu / polls * 1000,
        cpu_share_of_a_core=cpu / took,
        memory_mb=memory / 1e6,
        metrics_bytes=size,
        samples=sum(len(samples) for samples in after.values()),
    )


def value_of(found: Samples, name: str, labels: Mapping[str, str]) -> float:
    return next(value for known, value in found[name] if known == labels)


def main() -> None:
    """Measure, print, save."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--devices", type=int, default=300)
    parser.add_argument("--interval", type=float, default=10.0)
    parser.add_argument("--silent", type=float, default=0.3)
    parser.add_argument("--seconds", type=float, default=120.0)
    given = parser.parse_args()
    silent = round(given.devices * given.silent)
    fleet = measure_fleet(
        given.devices, silent, version="v2c", interval=given.interval, seconds=given.seconds,
        warm_up=3 * given.interval,
    )  # fmt: skip
    show("A fleet with dead devices", ["figure", "value"], asdict(fleet).items())
    print(save("fleet", {"fleet": asdict(fleet)}))


if __name__ == "__main__":
    main()
