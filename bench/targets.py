"""What benchmarks poll, and what polls it: devices in a process of their own, an inventory, a collector."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.devices import COMMUNITY, ONE_FRAME, addresses
from deploy.stack.child import Child
from deploy.stack.prometheus import http_ok

FIRST = "127.90.0.1"


@contextmanager
def devices(
    count: int, port: int, *, silent: int = 0, interfaces: int = 24, max_size: int = ONE_FRAME
) -> Iterator[None]:
    """Run devices from FIRST on, the first `silent` of which answer nothing."""
    numbers = map(str, (count, silent, port, interfaces, max_size))
    command = [sys.executable, "-m", "bench.devices", FIRST, *numbers]
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
    """Write an inventory of these devices, and its secrets, into a folder."""
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
    """Run a collector on the inventory in this folder."""
    program = str(Path(sys.executable).with_name("haidang"))
    command = [program, "run", "-i", str(folder / "inventory.yaml")]
    with Child("collector", command, log=folder / "collector.log") as child:
        child.wait_until(lambda: http_ok(f"http://127.0.0.1:{http}/-/healthy"), seconds=60)
        yield child
