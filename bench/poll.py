"""What one poll costs, request to rendered text, beside Debian's snmp_exporter on the same devices.

    .venv/bin/python -m bench.poll [--rounds 30] [--quick]

For 24 and 48 interfaces, by v2c and by v3 (SHA-256, AES-128), on devices that give answers of one frame at most
and on such as give any size, it prints CPU seconds per 1,000 polls of

- the path: the collector's poller, decoder, live states and blocks, without schedule and ledger;
- the whole collector process at 50 polls a second, ledger and all (one-frame devices only);
- the same requests sent and their answers received without a look at them: the least that any poller takes;
- prometheus-snmp-exporter (module if_mib), one scrape, ten at a time as in the path.

Counters, states and gauges are fresh at every poll; names, types and other slow columns are from discovery, which
is measured too: once an hour. All are medians of rounds over 50 devices; the devices run in a process of their
own, which is not counted. About 6 minutes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from bench import exporter
from bench.devices import COMMUNITY, ONE_FRAME, addresses
from bench.measure import cpu_seconds, save, show
from bench.targets import FIRST, collector, devices, write_inventory
from deploy.stack.ports import free_port
from snmp.message import MAX_MESSAGE_SIZE

DEVICES = 50
ABREAST = 10
_SETTLED_S, _WATCHED_S = 20.0, 15.0
GOAL = 8
"""So many times less CPU than snmp_exporter is the aim."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """CPU seconds per 1,000 polls (or scrapes, or discoveries) of one kind of device, and what they bring."""

    version: str
    interfaces: int
    max_size: int
    path: float
    raw: float
    discovery: float
    packets: float
    samples: float
    process: float | None
    exporter: float | None
    exporter_samples: float | None

    @property
    def times_less(self) -> float | None:
        """How many polls of ours snmp_exporter's CPU time for one scrape would do."""
        return None if self.exporter is None else self.exporter / self.path


def measure(version: str, interfaces: int, max_size: int, rounds: int) -> Result:
    """Measure all on the same devices, one after the other."""
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as name,
        devices(DEVICES, port, interfaces=interfaces, max_size=max_size),
    ):
        folder = Path(name)
        write_inventory(folder, DEVICES, port, version=version, interval=60.0, http=free_port())
        command = [
            sys.executable, "-m", "bench.poll_path", str(folder / "inventory.yaml"), str(rounds), str(ABREAST),
        ]  # fmt: skip
        ran = subprocess.run(command, check=True, capture_output=True, text=True)
        ours: dict[str, float] = json.loads(ran.stdout)
        theirs = measure_exporter(folder, version, port, rounds // 2) if exporter.missing() is None else None
        process = measure_process(folder, version, port) if max_size == ONE_FRAME else None
    return Result(
        version=version,
        interfaces=interfaces,
        max_size=max_size,
        **ours,
        process=process,
        exporter=None if theirs is None else theirs[0],
        exporter_samples=None if theirs is None else theirs[1],
    )


def measure_exporter(folder: Path, version: str, port: int, rounds: int) -> tuple[float, float]:
    """Scrape all devices in each round; return CPU seconds per 1,000 scrapes and samples of a scrape."""
    auth = exporter.community(COMMUNITY.decode()) if version == "v2c" else exporter.bench_user()
    targets = [f"{address}:{port}" for address in addresses(FIRST, DEVICES)]
    with exporter.running(folder, {"if_mib": auth}) as running, ThreadPoolExecutor(ABREAST) as pool:

        def samples(number: int) -> int:
            text = running.scrape(targets[number])
            return sum(1 for line in text.splitlines() if line and line[0] != "#")

        list(pool.map(samples, range(DEVICES)))
        costs, brought = [], 0
        for _ in range(rounds):
            before = cpu_seconds(running.child.pid)
            brought += sum(pool.map(samples, range(DEVICES)))
            costs.append((cpu_seconds(running.child.pid) - before) / DEVICES * 1000)
    return median(costs), brought / rounds / DEVICES


def measure_process(folder: Path, version: str, port: int) -> float:
    """Run a collector that polls each device once a second; return CPU seconds per 1,000 polls."""
    http = free_port()
    url = f"http://127.0.0.1:{http}/metrics"
    write_inventory(folder, DEVICES, port, version=version, interval=1.0, http=http)
    with collector(folder, http) as child:
        time.sleep(_SETTLED_S)
        polls, cpu = polls_of(url), cpu_seconds(child.pid)
        time.sleep(_WATCHED_S)
        polls, cpu = polls_of(url) - polls, cpu_seconds(child.pid) - cpu
    return cpu / polls * 1000


def polls_of(url: str) -> float:
    """Return how many polls were answered; the exposition is large, and parsing it would take seconds."""
    with urllib.request.urlopen(url, timeout=30) as response:
        for line in response:
            if line.startswith(b'haidang_polls_total{verdict="answered"}'):
                return float(line.split()[-1])
    raise LookupError("haidang_polls_total")


def main() -> None:
    """Measure, print, save."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--quick", action="store_true", help="24 interfaces and one frame only; not saved")
    given = parser.parse_args()
    kinds = [
        (version, interfaces, size)
        for size in (ONE_FRAME, MAX_MESSAGE_SIZE)
        for interfaces in (24, 48)
        for version in ("v2c", "v3")
    ]
    results = []
    for version, interfaces, size in kinds[:2] if given.quick else kinds:
        results.append(measure(version, interfaces, size, given.rounds))
    show(
        f"CPU seconds per 1,000 polls; the goal is {GOAL} times less than snmp_exporter",
        ["", "path", "all", "raw", "walk", "packets", "samples", "exporter", "samples", "×"],
        [
            (
                f"{r.version} {r.interfaces} {'frame' if r.max_size == ONE_FRAME else 'any'}",
                r.path, "–" if r.process is None else r.process, r.raw, r.discovery, round(r.packets),
                round(r.samples), r.exporter, round(r.exporter_samples or 0), r.times_less,
            )
            for r in results
        ],
    )  # fmt: skip
    if not given.quick:
        print(save("poll", {"results": [asdict(r) | {"times_less": r.times_less} for r in results]}))


if __name__ == "__main__":
    main()
