"""Services end to end: a running collector, the lab's portal with its faults, and all that shows them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.stack.ports import free_port
from lab.silence import Silence
from lab.web import AUTHORITY_FILE, SITES, Web, WebFault
from tests.e2e.rig import collecting, device, entry, router

ADDRESS = "127.34.250.17"
HAIDANG = str(Path(sys.executable).with_name("haidang"))


class Sites:
    """The lab's sites in a thread of their own."""

    def __init__(self, folder: Path, port: int, address: str) -> None:
        sites = tuple(replace(site, address=address) for site in SITES[:1])
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="web", daemon=True)
        self._thread.start()
        self._web = Web(folder, port=port, sites=sites)
        self._do("start")

    def _do(self, what: str, *arguments: object) -> None:
        async def work() -> None:
            await getattr(self._web, what)(*arguments)

        asyncio.run_coroutine_threadsafe(work(), self._loop).result(10)

    def fault(self, fault: WebFault | None) -> None:
        self._do("set_fault", "portal", fault)

    def close(self) -> None:
        self._do("stop")
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


@contextmanager
def sites(folder: Path, port: int, address: str = "127.0.0.1") -> Iterator[Sites]:
    running = Sites(folder, port, address)
    try:
        yield running
    finally:
        running.close()


def services(port: int, address: str = "127.0.0.1") -> str:
    """Return the portal as it should be, and the same site under a name that its certificate lacks."""
    return f"""
services:
  - id: portal
    name: Cổng thông tin
    url: https://portal.thaibinh.example:{port}/
    address: {address}
    parents: [server]
    serves: 788
    tls: &trust {{ca: {AUTHORITY_FILE}}}
    http: {{contains: Thái Bình}}
  - {{id: other, url: "https://other.example:{port}/", address: {address}, parents: [], tls: *trust}}
"""


def test_a_service_is_watched_like_a_device(tmp_path: Path) -> None:
    """Up, failing, healed, in states, metrics and JSON; one whose certificate is not its own stays down."""
    port = free_port()
    with (
        sites(tmp_path, port) as web,
        device(router(lambda: 0)) as snmp,
        collecting(tmp_path, [entry("server", snmp)], extra=services(port)) as running,
    ):
        running.wait_for(lambda: running.states().get("portal") == "up")
        text = running.get("/metrics")
        assert 'probe_success{instance="portal",job="blackbox"} 1\n' in text
        assert 'probe_http_status_code{instance="portal",job="blackbox"} 200\n' in text
        assert 'probe_http_duration_seconds{instance="portal",job="blackbox",phase="tls"} ' in text
        assert 'probe_ssl_earliest_cert_expiry{instance="portal",job="blackbox"} ' in text
        assert 'haidang_device_serves{instance="portal",job="haidang",role="service",area=""} 788' in text
        web.fault(WebFault.ERROR)
        running.wait_for(lambda: running.states()["portal"] == "down", seconds=40)
        running.wait_for(lambda: running.states()["other"] == "down")
        assert running.states()["server"] == "up"
        text = running.get("/metrics")
        assert 'probe_success{instance="portal",job="blackbox"} 0\n' in text
        assert 'probe_http_status_code{instance="portal",job="blackbox"} 500\n' in text
        assert 'instance="portal",job="haidang",probe="http",reason="unexpected_status"} 1\n' in text
        shown = json.loads(running.get("/api/v1/devices/other"))
        assert shown["probes"]["http"]["reason"] == "certificate_name"
        assert "not valid for 'other.example'" in shown["probes"]["http"]["detail"]
        web.fault(None)
        running.wait_for(lambda: running.states()["portal"] == "up")


@pytest.mark.all
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root for network namespaces")
def test_a_service_goes_upstream_with_what_it_hangs_on(tmp_path: Path) -> None:
    """The server's address swallows everything: the server is down, its portal upstream; both come back."""
    port = free_port()
    server = entry("server", 0).replace("127.0.0.1", ADDRESS)
    with (
        sites(tmp_path, port, ADDRESS),
        device(router(lambda: 0), host=ADDRESS) as snmp,
        Silence(tmp_path / "silence.log") as silence,
        collecting(
            tmp_path, [server.replace("port: 0", f"port: {snmp}")], extra=services(port, ADDRESS)
        ) as running,
    ):
        up = {"server": "up", "portal": "up", "other": "down"}
        running.wait_for(lambda: running.states() == up, seconds=60)
        silence.set([ADDRESS])
        cut = {"server": "down", "portal": "upstream", "other": "down"}
        running.wait_for(lambda: running.states() == cut, seconds=90)
        silence.set([])
        running.wait_for(lambda: running.states() == up, seconds=60)


def test_poll_explains_a_service_step_by_step(tmp_path: Path) -> None:
    """`haidang poll SERVICE --explain`: each step with its time, the certificate, and what to check next."""
    port = free_port()
    with sites(tmp_path, port) as web:
        (tmp_path / "inventory.yaml").write_text(
            "organisation: {name: Test}" + services(port).replace("[server]", "[]")
        )

        def poll() -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [HAIDANG, "poll", "portal", "--explain"],
                cwd=tmp_path,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )

        ran = poll()
        assert ran.returncode == 0, ran
        for step in (
            f"http: TCP connection to 127.0.0.1 port {port} in ",
            "http: TLSv1.3 in ",
            "http: certificate of portal.thaibinh.example, 127.0.0.1, issued by CN=Hai Dang lab authority",
            f"http: GET https://portal.thaibinh.example:{port}/: status 200 OK after ",
            "verdict: answered",
        ):
            assert step in ran.stdout
        web.fault(WebFault.EXPIRED)
        ran = poll()
        assert ran.returncode == 9, ran
        assert "http  certificate_expired: certificate has expired: certificate of portal" in ran.stdout
        assert "verdict: silent (certificate_expired)" in ran.stdout
        assert "http: Browsers refuse it too. Renew the certificate" in ran.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root for network namespaces")
@pytest.mark.parametrize("scheme", ["https", "tls", "tcp", "dns"])
def test_a_machine_without_a_network_accuses_nobody(tmp_path: Path, scheme: str) -> None:
    """In a namespace where nothing can be sent each check is our own failure, whatever it asks."""
    url = f"{scheme}://127.0.0.1:8443" + ("/x.vn" if scheme == "dns" else "")
    (tmp_path / "inventory.yaml").write_text(
        f"organisation: {{name: Test}}\nservices: [{{id: portal, url: '{url}'}}]\n"
    )
    ran = subprocess.run(
        ["unshare", "--net", HAIDANG, "poll", "portal"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 9, ran
    assert "verdict: local (no_route)" in ran.stdout
