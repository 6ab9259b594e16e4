"""A collector process on an inventory of the test's own, devices that answer SNMP, and a real Prometheus."""

from __future__ import annotations

import json
import secrets
import socket
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.stack.child import Child
from deploy.stack.ports import free_port
from deploy.stack.prometheus import http_ok, prometheus_child, prometheus_configuration
from snmp.ber import Oid
from snmp.engine import Engine
from snmp.identifiers import Identifiers
from snmp.responder import Responder
from snmp.smi import Tag, Typed
from snmp.tree import SortedTree, Source

COMMUNITY = "e2e"
SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
IF: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1)
IFX: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)


def router(
    octets: Callable[[], int], *, alias: bytes = b"uplink", name: bytes = b"wan0"
) -> dict[Oid, Source]:
    """Return the objects of a router with one interface whose incoming octets are `octets()`."""
    began = time.monotonic()
    return {
        (*SYSTEM, 1, 0): Typed(Tag.OCTET_STRING, b"router of a test"),
        (*SYSTEM, 3, 0): lambda: Typed(Tag.TIME_TICKS, round((time.monotonic() - began) * 100)),
        (*SYSTEM, 5, 0): Typed(Tag.OCTET_STRING, name),
        (1, 3, 6, 1, 2, 1, 2, 1, 0): Typed(Tag.INTEGER, 1),
        (*IF, 2, 1): Typed(Tag.OCTET_STRING, name),
        (*IF, 3, 1): Typed(Tag.INTEGER, 6),
        (*IF, 7, 1): Typed(Tag.INTEGER, 1),
        (*IF, 8, 1): Typed(Tag.INTEGER, 1),
        (*IFX, 1, 1): Typed(Tag.OCTET_STRING, name),
        (*IFX, 6, 1): lambda: Typed(Tag.COUNTER64, octets()),
        (*IFX, 10, 1): Typed(Tag.COUNTER64, 0),
        (*IFX, 15, 1): Typed(Tag.GAUGE32, 1000),
        (*IFX, 18, 1): Typed(Tag.OCTET_STRING, alias),
    }


@contextmanager
def device(objects: Mapping[Oid, Source], *, host: str = "127.0.0.1") -> Iterator[int]:
    """Answer SNMPv2c for these objects until the block ends; yields the port."""
    engine = Engine(b"\x80\x00\x00\x00\x05e2e", boots=1, started_at=time.monotonic())
    responder = Responder(engine, SortedTree(objects), communities=[COMMUNITY.encode()])
    salts = Identifiers(secrets.token_bytes)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((host, 0))
        server.settimeout(0.1)
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                try:
                    datagram, sender = server.recvfrom(65_535)
                except TimeoutError:
                    continue
                answer = responder.respond(datagram, time.monotonic(), salts.salt())
                if answer is not None:
                    server.sendto(answer, sender)

        thread = threading.Thread(target=serve, name="device")
        thread.start()
        try:
            yield int(server.getsockname()[1])
        finally:
            stop.set()
            thread.join()


@dataclass(frozen=True)
class Running:
    """A collector that answers: where, its folder, its process."""

    url: str
    directory: Path
    child: Child

    @property
    def inventory(self) -> Path:
        return self.directory / "inventory.yaml"

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> str:
        request = urllib.request.Request(self.url + path, headers=dict(headers or {}))
        with urllib.request.urlopen(request, timeout=5) as response:
            return str(response.read().decode())

    def post(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
        request = urllib.request.Request(
            self.url + path, data=b"", headers=dict(headers or {}), method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                body = error.read().decode()
            return error.code, json.loads(body) if body.startswith("{") else body

    def states(self) -> dict[str, str]:
        return {
            device["id"]: device["state"] for device in json.loads(self.get("/api/v1/devices"))["devices"]
        }

    def wait_for(self, condition: Callable[[], bool], *, seconds: float = 20.0) -> None:
        self.child.wait_until(condition, seconds=seconds)


def entry(name: str, port: int, *, more: str = "", credential: str = "old") -> str:
    """Return a device of the inventory that is polled by SNMP at this port of loopback."""
    return (
        f"{{id: {name}, name: Device {name}, role: commune, address: 127.0.0.1, "
        f"snmp: {{credential: {credential}, port: {port}}}{more}}}"
    )


def write_inventory(
    directory: Path,
    devices: list[str],
    *,
    port: int,
    extra: str = "",
    interval: str = "2s",
    deadline: str = "1500ms",
) -> Path:
    """Write an inventory whose devices are given as YAML flow mappings; community and ledger beside it."""
    directory.mkdir(parents=True, exist_ok=True)
    secret = directory / "community"
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text(COMMUNITY)
    file = directory / "inventory.yaml"
    file.write_text(
        "organisation: {name: Test, language: en, timezone: Asia/Ho_Chi_Minh}\n"
        f"collector: {{listen: 127.0.0.1:{port}, ledger: ledger.sqlite}}\n"
        "credentials: {old: {type: snmpv2c, community: file:community}, "
        "lost: {type: snmpv2c, community: env:HAIDANG_TEST_NOT_SET}}\n"
        f"defaults: {{interval: {interval}, deadline: {deadline}}}\n"
        f"{extra}"
        "devices:\n" + "".join(f"  - {device}\n" for device in devices),
        encoding="utf-8",
    )
    return file


def collector(directory: Path, port: int) -> Child:
    """Return the unstarted collector of the inventory in this folder."""
    program = str(Path(sys.executable).with_name("haidang"))
    command = [program, "run", "--inventory", str(directory / "inventory.yaml")]
    return Child("collector", command, log=directory / "collector.log")


@contextmanager
def collecting(
    directory: Path, devices: list[str], *, extra: str = "", interval: str = "2s"
) -> Iterator[Running]:
    """Run a collector on these devices."""
    port = free_port()
    write_inventory(directory, devices, port=port, extra=extra, interval=interval)
    with collector(directory, port) as child:
        url = f"http://127.0.0.1:{port}"
        child.wait_until(lambda: http_ok(f"{url}/-/healthy"))
        yield Running(url, directory, child)


@dataclass(frozen=True)
class Prometheus:
    """A running Prometheus."""

    url: str

    def query(self, expression: str, **parameters: object) -> list[dict[str, Any]]:
        kind = "query_range" if "step" in parameters else "query"
        text = urllib.parse.urlencode({"query": expression, **parameters})
        with urllib.request.urlopen(f"{self.url}/api/v1/{kind}?{text}", timeout=10) as response:
            found: list[dict[str, Any]] = json.load(response)["data"]["result"]
        return found


@contextmanager
def prometheus(directory: Path, collector_url: str, *, scrape_s: int = 1) -> Iterator[Prometheus]:
    """Run a Prometheus that scrapes the collector."""
    port = free_port()
    text = prometheus_configuration(collector=collector_url.removeprefix("http://"), scrape_s=scrape_s)
    with prometheus_child(directory, text, port=port) as child:
        url = f"http://127.0.0.1:{port}"
        child.wait_until(lambda: http_ok(f"{url}/-/ready"), seconds=30)
        yield Prometheus(url)
