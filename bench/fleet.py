"""How a fleet is polled: lateness with dead devices among it, and CPU per 1,000 polls beside snmp_exporter.

    .venv/bin/python -m bench.fleet [--devices 300] [--interval 10] [--silent 0.3] [--seconds 120]

1. A collector on a fleet of which a part answers nothing: start lateness, CPU, memory, size of /metrics.
2. On 24-interface devices that all answer, by v2c and v3: the collector's CPU for a poll (request to rendered
   text), and that of Debian's prometheus-snmp-exporter (module if_mib) for a scrape of the same devices, in
   the same run. Samples of both are counted. Devices run in a process of their own, which is not counted.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.devices import COMMUNITY, addresses
from bench.measure import Samples, cpu_seconds, memory_bytes, quantile, save, scrape, show
from deploy.stack.child import Child
from deploy.stack.ports import free_port
from deploy.stack.prometheus import http_ok

FIRST = "127.90.0.1"
INTERFACES = 24
COMPARED = 50


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


@contextmanager
def devices(count: int, silent: int, port: int) -> Iterator[None]:
    command = [
        sys.executable, "-m", "bench.devices", FIRST, str(count), str(silent), str(port), str(INTERFACES),
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == b"ready\n"
        try:
            yield
        finally:
            process.stdin.close()
            process.wait()


def write_inventory(folder: Path, count: int, port: int, *, version: str, interval: float, http: int) -> None:
    for name, text in (
        ("community", COMMUNITY.decode()),
        ("auth", "bench-auth-password"),
        ("priv", "bench-priv-password"),
    ):
        file = folder / name
        file.touch(mode=0o600)
        file.write_text(text)
    entries = "".join(
        f"  - {{id: d{number}, name: Device {number}, group: g, address: {address}}}\n"
        for number, address in enumerate(addresses(FIRST, count))
    )
    (folder / "inventory.yaml").write_text(
        "organisation: {name: Bench, language: en, timezone: Asia/Ho_Chi_Minh}\n"
        f"collector: {{listen: 127.0.0.1:{http}, ledger: ledger.sqlite}}\n"
        "credentials:\n"
        "  v2c: {type: snmpv2c, community: file:community}\n"
        "  v3: {type: snmpv3, user: bench, auth: SHA-256, auth_password: file:auth,"
        " priv: AES-128, priv_password: file:priv}\n"
        f"defaults: {{interval: {round(interval * 1000)}ms, deadline: {round(min(interval * 0.9, 5) * 1000)}ms}}\n"
        "groups:\n"
        f"  g: {{role: commune, reachability: [snmp], snmp: {{credential: {version}, port: {port}}}}}\n"
        f"devices:\n{entries}"
    )


@contextmanager
def collector(folder: Path, http: int) -> Iterator[Child]:
    program = str(Path(sys.executable).with_name("haidang"))
    command = [program, "run", "-i", str(folder / "inventory.yaml")]
    with Child("collector", command, log=folder / "collector.log") as child:
        child.wait_until(lambda: http_ok(f"http://127.0.0.1:{http}/-/healthy"), seconds=60)
        yield child


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
        devices(count, silent, port),
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


SNMP_YML = """\
if_mib:
  walk: [1.3.6.1.2.1.2, 1.3.6.1.2.1.31.1.1]
  get: [1.3.6.1.2.1.1.3.0]
  metrics:
    - {name: sysUpTime, oid: 1.3.6.1.2.1.1.3, type: gauge, help: sysUpTime}
"""


def exporter_configuration(version: str) -> str:
    """Return an if_mib module in the form of 0.21: every column that ours polls or discovers, same lookups."""
    types = {"counter": "counter", "gauge": "gauge"}
    columns = [
        (name, f"1.3.6.1.2.1.2.2.1.{column}", kind)
        for column, name, kind in (
            (3, "ifType", "gauge"), (4, "ifMtu", "gauge"), (5, "ifSpeed", "gauge"),
            (6, "ifPhysAddress", "PhysAddress48"), (7, "ifAdminStatus", "gauge"), (8, "ifOperStatus", "gauge"),
            (9, "ifLastChange", "gauge"), (10, "ifInOctets", "counter"), (11, "ifInUcastPkts", "counter"),
            (13, "ifInDiscards", "counter"), (14, "ifInErrors", "counter"), (15, "ifInUnknownProtos", "counter"),
            (16, "ifOutOctets", "counter"), (17, "ifOutUcastPkts", "counter"), (19, "ifOutDiscards", "counter"),
            (20, "ifOutErrors", "counter"), (21, "ifOutQLen", "gauge"),
        )
    ] + [
        (name, f"1.3.6.1.2.1.31.1.1.1.{column}", kind)
        for column, name, kind in (
            (2, "ifInMulticastPkts", "counter"), (3, "ifInBroadcastPkts", "counter"),
            (4, "ifOutMulticastPkts", "counter"), (5, "ifOutBroadcastPkts", "counter"),
            (6, "ifHCInOctets", "counter"), (7, "ifHCInUcastPkts", "counter"),
            (8, "ifHCInMulticastPkts", "counter"), (9, "ifHCInBroadcastPkts", "counter"),
            (10, "ifHCOutOctets", "counter"), (11, "ifHCOutUcastPkts", "counter"),
            (12, "ifHCOutMulticastPkts", "counter"), (13, "ifHCOutBroadcastPkts", "counter"),
            (15, "ifHighSpeed", "gauge"), (16, "ifPromiscuousMode", "gauge"),
            (17, "ifConnectorPresent", "gauge"), (19, "ifCounterDiscontinuityTime", "gauge"),
        )
    ]  # fmt: skip
    lookups = "".join(
        f"      - {{labels: [ifIndex], labelname: {label}, oid: {oid}, type: DisplayString}}\n"
        for label, oid in (
            ("ifAlias", "1.3.6.1.2.1.31.1.1.1.18"),
            ("ifDescr", "1.3.6.1.2.1.2.2.1.2"),
            ("ifName", "1.3.6.1.2.1.31.1.1.1.1"),
        )
    )
    metrics = "".join(
        f"    - name: {name}\n      oid: {oid}\n      type: {types.get(kind, kind)}\n      help: {name}\n"
        f"      indexes: [{{labelname: ifIndex, type: gauge}}]\n      lookups:\n{lookups}"
        for name, oid, kind in columns
    )
    auth = (
        f"  version: 2\n  auth: {{community: {COMMUNITY.decode()}}}\n"
        if version == "v2c"
        else "  version: 3\n  auth: {username: bench, security_level: authPriv, password: bench-auth-password, "
        "auth_protocol: SHA256, priv_protocol: AES, priv_password: bench-priv-password}\n"
    )
    return SNMP_YML + metrics + auth


@dataclass(frozen=True)
class Exporter:
    """Figures of snmp_exporter on the same devices."""

    version: str
    scrapes: int
    cpu_s_per_1000_scrapes: float
    samples_per_device: float


def measure_exporter(version: str, scrapes: int) -> Exporter:
    """Scrape each device in turn, ten at a time."""
    port, http = free_port(), free_port()
    with tempfile.TemporaryDirectory() as name, devices(COMPARED, 0, port):
        config = Path(name) / "snmp.yml"
        config.write_text(exporter_configuration(version))
        command = [
            "prometheus-snmp-exporter", f"--config.file={config}", f"--web.listen-address=127.0.0.1:{http}",
            "--log.level=error",
        ]  # fmt: skip
        with Child("snmp_exporter", command, log=Path(name) / "log") as child:
            child.wait_until(lambda: http_ok(f"http://127.0.0.1:{http}/metrics"), seconds=20)
            targets = addresses(FIRST, COMPARED)
            samples: list[int] = []
            lock = threading.Lock()

            def one(number: int) -> None:
                target = f"{targets[number % COMPARED]}:{port}"
                query = f"http://127.0.0.1:{http}/snmp?module=if_mib&target={target}"
                with urllib.request.urlopen(query, timeout=30) as response:
                    text = response.read().decode()
                with lock:
                    samples.append(sum(1 for line in text.splitlines() if line and line[0] != "#"))

            with ThreadPoolExecutor(10) as pool:
                list(pool.map(one, range(COMPARED)))
                samples.clear()
                cpu = cpu_seconds(child.pid)
                list(pool.map(one, range(scrapes)))
                cpu = cpu_seconds(child.pid) - cpu
    return Exporter(
        version=version,
        scrapes=scrapes,
        cpu_s_per_1000_scrapes=cpu / scrapes * 1000,
        samples_per_device=sum(samples) / len(samples),
    )


def main() -> None:
    """Measure, print, save."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--devices", type=int, default=300)
    parser.add_argument("--interval", type=float, default=10.0)
    parser.add_argument("--silent", type=float, default=0.3)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--scrapes", type=int, default=1_000)
    given = parser.parse_args()
    silent = round(given.devices * given.silent)
    fleet = measure_fleet(
        given.devices, silent, version="v2c", interval=given.interval, seconds=given.seconds,
        warm_up=3 * given.interval,
    )  # fmt: skip
    show("A fleet with dead devices", ["figure", "value"], asdict(fleet).items())
    compared = []
    for version in ("v2c", "v3"):
        ours = measure_fleet(COMPARED, 0, version=version, interval=1.0, seconds=20.0, warm_up=15.0)
        theirs = (
            measure_exporter(version, given.scrapes) if shutil.which("prometheus-snmp-exporter") else None
        )
        compared.append({"ours": asdict(ours), "snmp_exporter": None if theirs is None else asdict(theirs)})
        show(
            f"CPU seconds per 1,000 devices of {INTERFACES} interfaces, {version}",
            ["", "CPU s", "samples per device"],
            [
                ("Hải Đăng, poll to rendered text", ours.cpu_s_per_1000_polls, ours.samples / COMPARED),
                *(
                    [("snmp_exporter, scrape", theirs.cpu_s_per_1000_scrapes, theirs.samples_per_device)]
                    if theirs is not None
                    else []
                ),
            ],
        )
    print(save("fleet", {"fleet": asdict(fleet), "compared": compared}))


if __name__ == "__main__":
    main()
