"""Starts everything on this machine, agent to Alertmanager, each ready before the next; stops it all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from collector.alerting.pace import scrape_interval_s
from collector.inventory.loaded import Accepted
from collector.inventory.values import Device
from deploy.stack import this_machine
from deploy.stack.alerting import NOBODY, alerting_files
from deploy.stack.child import Child, ChildError
from deploy.stack.grafana import grafana_child
from deploy.stack.picture import Place
from deploy.stack.ports import can_ping, prefer
from deploy.stack.prometheus import (
    alertmanager_child,
    http_ok,
    prometheus_child,
    prometheus_configuration,
)
from deploy.stack.watch import Ended, fetch, watch
from lab.control import ControlError, send
from lab.province import reference
from lab.start import CONTROL

PROMETHEUS_PORT, ALERTMANAGER_PORT, GRAFANA_PORT = 9090, 9093, 3000
DASHBOARDS = Path(__file__).resolve().parents[2] / "dashboards"


class Stack:
    """The running parts. `without` says in words what could not be had, `places` what to open."""

    def __init__(self, path: Path, accepted: Accepted, var: Path) -> None:
        self._path, self._inventory, self._var = path.resolve(), accepted.inventory, var.resolve()
        self._children: list[Child] = []
        self._exit = ExitStack()
        self.without: list[str] = []
        self.notes: list[str] = []
        self.places: list[Place] = []
        self.devices_url = ""

    def start(self) -> None:
        """Start the parts, each ready before the next; raise ChildError if the collector cannot run."""
        try:
            self._var.mkdir(parents=True, exist_ok=True)
            self._var.chmod(0o700)
            this_machine.make_secrets(self._inventory, self._var)
        except OSError as error:
            why = f"{error.filename}: {error.strerror}"
            raise ChildError(f"{why}. Run it as the owner of this folder, or elsewhere") from error
        found = self._inventory.device(this_machine.AGENT_DEVICE)
        if found is not None:
            self._device(found, this_machine.agent, needed=True)
            if found.ssh is not None:
                self._device(found, this_machine.agent_sshd)
        found = self._inventory.device(this_machine.SNMPD_DEVICE)
        if found is not None and found.snmp is not None:
            self._device(found, this_machine.net_snmp)
        judged_by_snmp = self._lab()
        if not can_ping():
            self.without.append("ping: it needs root, CAP_NET_RAW, or net.ipv4.ping_group_range to allow it")
        collector = self._collector(judged_by_snmp=judged_by_snmp)
        rules, somebody = alerting_files(self._inventory, self._var / "alertmanager")
        if not somebody:
            self.notes.append(NOBODY)
        alertmanager = self._alertmanager()
        self._grafana(self._prometheus(collector, alertmanager, rules))

    def check(self) -> None:
        """Raise Ended if a part has ended by itself."""
        for child in self._children:
            if not child.running():
                raise Ended(f"{child.name} has ended (code {child.exit_code}):\n{child.log_tail()}")

    def stop(self) -> None:
        """Stop all parts, the last one started first."""
        self._exit.close()

    def _start(self, child: Child) -> Child:
        self._exit.enter_context(child)
        self._children.append(child)
        return child

    def _device(self, device: Device, make: Callable[..., Child], *, needed: bool = False) -> None:
        try:
            self._start(make(self._inventory, device, self._var))
        except ChildError as error:
            if needed or "is taken" in str(error):
                raise
            self.without.append(str(error))

    def _lab(self) -> bool:
        """Start the lab if it has devices of the inventory; return whether pings tell nothing of them."""
        places = reference().by_id
        if not any(device.id in places for device in self._inventory.devices):
            return False
        command = [_haidang(), "lab", "serve", "--inventory", str(self._path)]
        child = self._start(Child("lab", command, log=self._var / "lab.log"))
        control = self._var / "lab" / CONTROL
        child.wait_until(lambda: lab_status(control) is not None, seconds=60.0)
        status = lab_status(control)
        if status is None or status["silence"]:
            return False
        self.without.append(
            "silent pings in the lab (they need root): its devices are judged by SNMP alone, because "
            "loopback answers every ping"
        )
        return True

    def _collector(self, *, judged_by_snmp: bool) -> str:
        http = self._inventory.collector.http
        port = prefer(http.port, host=http.host)
        if port != http.port:
            self.notes.append(f"port {http.port} is taken, so /metrics is served at {port}")
        host = f"[{http.host}]" if ":" in http.host else http.host
        scheme = "http" if http.tls_certificate is None else "https"
        base = f"{scheme}://{host}:{port}"
        command = [
            _haidang(),
            "run",
            "--inventory",
            str(self._path),
            "--listen",
            f"{host}:{port}",
            *(["--reachability", "snmp"] if judged_by_snmp else []),
        ]
        child = self._start(Child("collector", command, log=self._var / "collector.log"))
        child.wait_until(lambda: http_ok(f"{base}/-/healthy"))
        self.devices_url = f"{base}/api/v1/devices"
        self.places.append(Place(name="Status page", url=f"{base}/"))
        self.places.append(Place(name="Metrics", url=f"{base}/metrics"))
        return f"{host}:{port}"

    def _alertmanager(self) -> str | None:
        port = prefer(ALERTMANAGER_PORT)
        try:
            child = self._start(alertmanager_child(self._var / "alertmanager", port=port))
            child.wait_until(lambda: http_ok(f"http://127.0.0.1:{port}/-/ready"))
        except ChildError as error:
            self.without.append(str(error))
            return None
        self.places.append(Place(name="Alertmanager", url=f"http://127.0.0.1:{port}"))
        return f"127.0.0.1:{port}"

    def _prometheus(self, collector: str, alertmanager: str | None, rules: Path) -> str | None:
        port = prefer(PROMETHEUS_PORT)
        configuration = prometheus_configuration(
            collector=collector,
            scrape_s=scrape_interval_s([device.interval_ms for device in self._inventory.devices]),
            alertmanager=alertmanager,
            rules=(rules,),
        )
        try:
            child = self._start(prometheus_child(self._var / "prometheus", configuration, port=port))
            child.wait_until(lambda: http_ok(f"http://127.0.0.1:{port}/-/ready"), seconds=60.0)
        except ChildError as error:
            self.without.append(str(error))
            return None
        self.places.insert(0, Place(name="Prometheus", url=f"http://127.0.0.1:{port}"))
        return f"http://127.0.0.1:{port}"

    def _grafana(self, prometheus: str | None) -> None:
        if prometheus is None:
            return
        port = prefer(GRAFANA_PORT)
        shortest = min((device.interval_ms for device in self._inventory.devices), default=30_000)
        try:
            child = self._start(
                grafana_child(
                    self._var / "grafana",
                    port=port,
                    prometheus=prometheus,
                    interval=f"{max(1, shortest // 1_000)}s",
                    language=self._inventory.organisation.language,
                    dashboards=DASHBOARDS,
                )
            )
            child.wait_until(lambda: http_ok(f"http://127.0.0.1:{port}/api/health"), seconds=120.0)
        except ChildError as error:
            self.without.append(str(error))
            return
        self.places.insert(0, Place(name="Grafana", url=f"http://127.0.0.1:{port}"))


def lab_status(control: Path) -> dict[str, Any] | None:
    """Return what the lab says of itself, None while it does not answer."""
    try:
        return send(control, {"order": "status"})
    except (ControlError, OSError):
        return None


def _haidang() -> str:
    return str(Path(sys.executable).with_name("haidang"))


@contextmanager
def running(stack: Stack) -> Iterator[Stack]:
    """Start a stack and stop it at the end, also if the start fails half way."""
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


def up(path: Path, accepted: Accepted, var: Path, console: Console) -> None:
    """Run everything until Ctrl-C; raise ChildError or Ended with what went wrong."""
    stack = Stack(path, accepted, var)
    with running(stack):
        for text in stack.notes:
            console.print(f"note: {text}", highlight=False, soft_wrap=True)
        for text in stack.without:
            console.print(f"goes without {text}", highlight=False, soft_wrap=True)
        areas = {area.id: area.name for area in accepted.inventory.areas}
        watch(lambda: fetch(stack.devices_url), stack.places, stack, console, areas=areas)
