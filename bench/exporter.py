"""Debian's prometheus-snmp-exporter on the benchmark's devices: the same columns, names and labels as ours."""

from __future__ import annotations

import shutil
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy.stack.child import Child
from deploy.stack.ports import free_port
from deploy.stack.prometheus import http_ok

SNMP_YML = """\
  walk: [1.3.6.1.2.1.2, 1.3.6.1.2.1.31.1.1]
  get: [1.3.6.1.2.1.1.3.0]
  metrics:
    - {name: sysUpTime, oid: 1.3.6.1.2.1.1.3, type: gauge, help: sysUpTime}
"""


def community(name: str) -> str:
    """Return how to log in by SNMPv2c."""
    return f"  version: 2\n  auth: {{community: {name}}}\n"


def bench_user() -> str:
    """Return how to log in to the benchmark's devices by SNMPv3: SHA-256, AES-128."""
    return (
        "  version: 3\n  auth: {username: bench, security_level: authPriv, password: bench-auth-password, "
        "auth_protocol: SHA256, priv_protocol: AES, priv_password: bench-priv-password}\n"
    )


def if_mib() -> str:
    """Return a module in the form of 0.21, less its login: all columns that ours reads, the same lookups."""
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
    return SNMP_YML + metrics


class Exporter:
    """A running snmp_exporter."""

    def __init__(self, child: Child, url: str) -> None:
        self.child, self._url = child, url

    def scrape(self, target: str, module: str = "if_mib") -> str:
        """Return the exposition of one device, given as address:port."""
        query = f"{self._url}/snmp?module={module}&target={target}"
        with urllib.request.urlopen(query, timeout=30) as response:
            text: str = response.read().decode()
        return text


def missing() -> str | None:
    """Return why there is no snmp_exporter here, None if there is one."""
    if shutil.which("prometheus-snmp-exporter") is None:
        return "prometheus-snmp-exporter is not installed"
    return None


@contextmanager
def running(folder: Path, logins: Mapping[str, str]) -> Iterator[Exporter]:
    """Run an exporter with one module for each login, all alike but for that."""
    http = free_port()
    config = folder / "snmp.yml"
    config.write_text("".join(f"{module}:\n{if_mib()}{login}" for module, login in logins.items()))
    command = [
        "prometheus-snmp-exporter", f"--config.file={config}", f"--web.listen-address=127.0.0.1:{http}",
        "--log.level=error",
    ]  # fmt: skip
    with Child("snmp_exporter", command, log=folder / "exporter.log") as child:
        url = f"http://127.0.0.1:{http}"
        child.wait_until(lambda: http_ok(f"{url}/metrics"), seconds=20)
        yield Exporter(child, url)
