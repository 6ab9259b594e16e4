"""How a fleet of 2,000 devices is polled by one core: lateness, CPU, memory, /metrics; and how that grows.

    .venv/bin/python -m bench.fleet [--devices 2000] [--interval 60] [--silent 0.3] [--seconds 60]

Three runs, about eleven minutes: a fleet of 300 devices, the whole one, and the whole one with a part that answers
nothing. Each is watched once every device has been discovered, and polled once more since. The fleet is the
lab's, by SNMPv3 (SHA-256, AES-128), with 24 interfaces a site; its own CPU and how fast it answers are measured too,
so that it can be seen not to be the bottleneck. Collector and lab have a core each where there are two. What one
poll costs beside snmp_exporter's scrape is bench.poll's to say. The province polled at its fastest:

    .venv/bin/python -m bench.fleet --devices 300 --interval 10 --seconds 120
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import shutil
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from bench.measure import Samples, cpu_seconds, memory_bytes, quantile, save, show
from deploy.stack.child import Child
from deploy.stack.ports import free_port
from deploy.stack.prometheus import http_ok
from deploy.stack.secret_files import ensure_secret
from lab.control import ControlError, send
from lab.place import Kind, Province
from lab.province import fleet

SMALLER = (300,)
DISCOVERED_S = 300
SCRAPES = 5
OWN = (b"haidang_polls_", b"haidang_poll_start_lateness_seconds_bucket", b"haidang_probe_rtt_seconds")
HAIDANG = str(Path(sys.executable).with_name("haidang"))


@dataclass(frozen=True)
class Fleet:
    """Figures of one collector on one fleet; lateness is an upper estimate, a bucket's bound."""

    devices: int
    silent: int
    interfaces: int
    interval_s: float
    seconds: float
    polls: float
    answered: float
    missed: float
    skipped: float
    lateness_p99_below_s: float
    lateness_max_below_s: float
    cpu_s_per_1000_polls: float
    cpu_share_of_a_core: float
    memory_mb: float
    metrics_bytes: int
    metrics_gzip_bytes: int
    samples: int
    cpu_s_per_scrape: float
    cpu_s_per_gzip_scrape: float
    lab_cpu_share_of_a_core: float
    lab_answer_ms_p50: float
    lab_answer_ms_p99: float


@dataclass(frozen=True)
class Run:
    """One fleet to be measured: how many of its sites are silent, and for how long it is watched."""

    province: Province
    interfaces: int
    silent: int
    interval_s: float
    seconds: float


def pinned(core: int, command: Sequence[str]) -> list[str]:
    """Return the command bound to a core of its own, if there are two and a way to do it."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2 or shutil.which("taskset") is None:
        return list(command)
    return ["taskset", "-c", str(cores[core]), *command]


def write_inventory(folder: Path, run: Run, *, port: int, http: int) -> Path:
    for name in ("auth", "priv"):
        ensure_secret(folder / "var" / "secrets" / name)
    areas = "".join(
        f"  - {{id: {area.id}, name: {area.name}{f', hub: {area.hub}' if area.hub else ''}}}\n"
        for area in run.province.areas
    )
    devices = "".join(
        f"  - {{id: {place.id}, name: {place.name}, role: {place.kind}, area: {place.area}, group: all,"
        f" address: {place.address}, parents: [{', '.join(place.parents)}]"
        f"{f', uplink: {{interface: {place.uplink}}}, capacity: {place.capacity_in_bps} bit/s' if place.uplink else ''}}}\n"
        for place in run.province.places
    )
    file = folder / "inventory.yaml"
    file.write_text(
        "organisation: {name: Bench, language: en, timezone: Asia/Ho_Chi_Minh}\n"
        f"collector: {{listen: 127.0.0.1:{http}}}\n"
        "credentials:\n"
        "  v3: {type: snmpv3, user: bench, auth: SHA-256, auth_password: file:var/secrets/auth,"
        " priv: AES-128, priv_password: file:var/secrets/priv}\n"
        f"defaults: {{interval: {round(run.interval_s * 1000)}ms}}\n"
        f"groups:\n  all: {{snmp: {{credential: v3, port: {port}}}}}\n"
        f"areas:\n{areas}devices:\n{devices}",
        encoding="utf-8",
    )
    return file


@contextmanager
def lab(folder: Path, run: Run, inventory: Path) -> Iterator[Child]:
    """Serve the fleet, with its silent part cut off from the start."""
    size = len(run.province.places)
    command = pinned(
        1,
        [
            HAIDANG,
            "lab",
            "serve",
            "-i",
            str(inventory),
            "--fleet",
            str(size),
            "--interfaces",
            str(run.interfaces),
        ],
    )
    control = folder / "var" / "lab" / "control"

    def ready() -> bool:
        try:
            return int(send(control, {"order": "status"})["places"]) == size
        except (ControlError, OSError):
            return False

    with Child("lab", command, log=folder / "lab.log") as child:
        child.wait_until(ready, seconds=60)
        if run.silent:
            sites = [place.id for place in run.province.places if place.kind is Kind.COMMUNE]
            targets = ", ".join(f'"{site}"' for site in random.Random(1).sample(sites, run.silent))
            text = f'[[fault]]\nat = "0s"\nkind = "cut"\ntarget = [{targets}]\n'
            send(control, {"order": "scenario", "text": text, "name": "silent"})
            child.wait_until(lambda: send(control, {"order": "status"})["scenario"] is None, seconds=60)
        yield child


@contextmanager
def collector(folder: Path, inventory: Path, http: int) -> Iterator[Child]:
    command = pinned(0, [HAIDANG, "run", "-i", str(inventory)])
    with Child("collector", command, log=folder / "collector.log") as child:
        child.wait_until(lambda: http_ok(f"http://127.0.0.1:{http}/-/healthy"), seconds=60)
        yield child


def nobody_unknown(http: int) -> bool:
    time.sleep(2)  # the answer is some hundred kilobytes
    with urllib.request.urlopen(f"http://127.0.0.1:{http}/api/v1/devices", timeout=30) as response:
        return "unknown" not in json.load(response)["states"]


def measure(run: Run) -> Fleet:
    """Poll a fleet for a while, after everything has been discovered."""
    port, http = free_port(), free_port()
    url = f"http://127.0.0.1:{http}/metrics"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        inventory = write_inventory(folder, run, port=port, http=http)
        served = stack.enter_context(lab(folder, run, inventory))
        child = stack.enter_context(collector(folder, inventory, http))
        child.wait_until(lambda: nobody_unknown(http), seconds=DISCOVERED_S)
        time.sleep(run.interval_s + 10)
        before = scraped(url).samples
        cpu, lab_cpu, began = cpu_seconds(child.pid), cpu_seconds(served.pid), time.monotonic()
        time.sleep(run.seconds)
        cpu, lab_cpu = cpu_seconds(child.pid) - cpu, cpu_seconds(served.pid) - lab_cpu
        took = time.monotonic() - began
        last = scraped(url)
        after = last.samples
        memory = memory_bytes(child.pid)
        plain = cpu_of_scrapes(url, child.pid, cpu / took, zipped=False)
        zipped = cpu_of_scrapes(url, child.pid, cpu / took, zipped=True)
    polls = difference(before, after, "haidang_polls_total")
    lateness = [
        (labels, value - value_of(before, "haidang_poll_start_lateness_seconds_bucket", labels))
        for labels, value in after["haidang_poll_start_lateness_seconds_bucket"]
    ]
    rtts = sorted(value * 1000 for _, value in after["haidang_probe_rtt_seconds"])
    return Fleet(
        devices=len(run.province.places),
        silent=run.silent,
        interfaces=sum(len(place.interfaces) for place in run.province.places),
        interval_s=run.interval_s,
        seconds=round(took, 1),
        polls=polls,
        answered=difference(before, after, "haidang_polls_total", verdict="answered"),
        missed=difference(before, after, "haidang_polls_missed_total"),
        skipped=difference(before, after, "haidang_polls_skipped_total"),
        lateness_p99_below_s=quantile(lateness, 0.99),
        lateness_max_below_s=quantile(lateness, 1.0),
        cpu_s_per_1000_polls=cpu / polls * 1000,
        cpu_share_of_a_core=cpu / took,
        memory_mb=memory / 1e6,
        metrics_bytes=last.size,
        metrics_gzip_bytes=last.packed,
        samples=last.lines,
        cpu_s_per_scrape=plain,
        cpu_s_per_gzip_scrape=zipped,
        lab_cpu_share_of_a_core=lab_cpu / took,
        lab_answer_ms_p50=rtts[len(rtts) // 2],
        lab_answer_ms_p99=rtts[int(len(rtts) * 0.99)],
    )


@dataclass(frozen=True)
class Scraped:
    """What a scrape brought: its size, also packed, all its samples counted, and those of the collector's own."""

    size: int
    packed: int
    lines: int
    samples: Samples


def scraped(url: str) -> Scraped:
    with urllib.request.urlopen(url, timeout=60) as response:
        text = response.read()
    lines = [line for line in text.split(b"\n") if line and not line.startswith(b"#")]
    # To parse a million lines would take longer than to poll the devices.
    own = b"\n".join(line for line in lines if line.startswith(OWN)) + b"\n"
    samples: Samples = {}
    for family in text_string_to_metric_families(own.decode()):
        for sample in family.samples:
            samples.setdefault(sample.name, []).append((sample.labels, sample.value))
    return Scraped(len(text), len(gzip.compress(text, compresslevel=1)), len(lines), samples)


def cpu_of_scrapes(url: str, pid: int, share: float, *, zipped: bool) -> float:
    """Return the CPU of one scrape: that of several, less what the polls take meanwhile."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"} if zipped else {})
    cpu, began = cpu_seconds(pid), time.monotonic()
    for _ in range(SCRAPES):
        with urllib.request.urlopen(request, timeout=60) as response:
            response.read()
    took = time.monotonic() - began
    return max(0.0, cpu_seconds(pid) - cpu - share * took) / SCRAPES


def difference(before: Samples, after: Samples, name: str, **wanted: str) -> float:
    def total(found: Samples) -> float:
        return sum(v for labels, v in found.get(name, []) if wanted.items() <= dict(labels).items())

    return total(after) - total(before)


def value_of(found: Samples, name: str, labels: Mapping[str, str]) -> float:
    return next((value for known, value in found.get(name, []) if known == labels), 0.0)


def main() -> None:
    """Measure, print, save."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--devices", type=int, default=2_000)
    parser.add_argument("--interfaces", type=int, default=24, help="how many a site has")
    parser.add_argument("--interval", type=float, default=60.0)
    parser.add_argument("--silent", type=float, default=0.3, help="part of the devices, in the last run")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the whole fleet is watched")
    given = parser.parse_args()
    sizes = [size for size in SMALLER if size < given.devices]
    shares = [(size, 0.0, given.seconds) for size in sizes]
    shares += [(given.devices, 0.0, given.seconds), (given.devices, given.silent, given.seconds)]
    minutes = sum(seconds + 2.75 * given.interval for _, _, seconds in shares) / 60
    print(f"{len(shares)} runs, about {minutes:.0f} minutes", flush=True)
    found = []
    for size, silent, seconds in shares:
        run = Run(
            province=fleet(size, interfaces=given.interfaces),
            interfaces=given.interfaces,
            silent=round(size * silent),
            interval_s=given.interval,
            seconds=seconds,
        )
        found.append(asdict(measure(run)))
        print(f"{size} devices, {run.silent} silent: done", flush=True)
    rows = [(name, *(figures[name] for figures in found)) for name in found[0]]
    titles = [f"{one['devices']} devices" + (", part silent" if one["silent"] else "") for one in found]
    show("A fleet by one core", ["figure", *titles], rows)
    print(save(f"fleet-{given.devices}-at-{given.interval:g}s", {"fleets": found}))


if __name__ == "__main__":
    main()
