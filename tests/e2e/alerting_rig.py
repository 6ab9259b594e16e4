"""The lab's province with collector, Prometheus and Alertmanager, and sinks for mail and webhooks."""

from __future__ import annotations

import contextlib
import email
import email.policy
import json
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from collector.alerting.pace import scrape_interval_s
from collector.inventory.load import load
from collector.inventory.loaded import Accepted
from deploy.stack.alerting import alerting_files
from deploy.stack.child import Child
from deploy.stack.ports import free_port
from deploy.stack.prometheus import (
    alertmanager_child,
    http_ok,
    open_here,
    prometheus_child,
    prometheus_configuration,
)
from deploy.stack.up import lab_status
from lab.control import send
from lab.start import CONTROL
from tests.e2e.test_up import with_free_ports

ROOT = Path(__file__).resolve().parents[2]
HAIDANG = str(Path(sys.executable).with_name("haidang"))


@dataclass(frozen=True)
class Mail:
    """An e-mail that came, and when."""

    at: float
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Hook:
    """What was posted to the webhook, and when."""

    at: float
    content: dict[str, Any]

    @property
    def alerts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.content.get("alerts", [])
        return found

    @property
    def status(self) -> str:
        return str(self.content.get("status", ""))

    @property
    def kind(self) -> str:
        return str(self.content.get("commonLabels", {}).get("alertname", ""))

    def about(self) -> set[str]:
        """Return the devices it names."""
        return {str(alert["labels"].get("instance", "")) for alert in self.alerts}


class MailSink:
    """An SMTP server on loopback that keeps what it is sent."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        message = email.message_from_bytes(raw, _class=EmailMessage, policy=email.policy.default)
        parts = {kind: message.get_body((kind,)) for kind in ("plain", "html")}
        text, html = (
            "" if part is None else str(part.get_content()) for part in (parts["plain"], parts["html"])
        )
        self.mails.append(Mail(time.time(), str(message["Subject"]), text, html))
        return "250 OK"


@contextmanager
def mail_sink() -> Iterator[tuple[MailSink, int]]:
    """Run a mail server; yields what it keeps, and its port."""
    sink, port = MailSink(), free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield sink, port
    finally:
        controller.stop()


@contextmanager
def hook_sink() -> Iterator[tuple[list[Hook], int]]:
    """Run a web server that keeps what is posted to it; yields that, and its port."""
    hooks: list[Hook] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hooks.append(Hook(time.time(), json.loads(body)))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
    thread.start()
    try:
        yield hooks, int(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Province:
    """The running parts; each can be killed and started again."""

    def __init__(self, folder: Path, mails: list[Mail], hooks: list[Hook], ports: Mapping[str, int]) -> None:
        self.folder, self.mails, self.hooks, self.ports = folder, mails, hooks, ports
        self.inventory = folder / "inventory.yaml"
        self.var = folder / "var"
        self.children: dict[str, Child] = {}
        self._exit = ExitStack()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def start(self, name: str) -> None:
        """Start a part and wait until it is ready."""
        child = getattr(self, f"_{name}")()
        self._exit.enter_context(child)
        self.children[name] = child
        path = {"collector": "/-/healthy", "prometheus": "/-/ready", "alertmanager": "/-/ready"}[name]
        child.wait_until(lambda: http_ok(f"{self.url(name)}{path}"), seconds=60)

    def start_lab(self) -> bool:
        """Start the lab; return whether it can be silent to pings."""
        command = [HAIDANG, "lab", "serve", "--inventory", str(self.inventory)]
        child = self._exit.enter_context(Child("lab", command, log=self.folder / "lab.log"))
        self.children["lab"] = child
        child.wait_until(lambda: lab_status(self.control) is not None, seconds=90)
        status = lab_status(self.control)
        assert status is not None
        return bool(status["silence"])

    @property
    def control(self) -> Path:
        return self.var / "lab" / CONTROL

    def _collector(self) -> Child:
        command = [HAIDANG, "run", "--inventory", str(self.inventory)]
        return Child("collector", command, log=self.folder / "collector.log")

    def _alertmanager(self) -> Child:
        return alertmanager_child(self.var / "alertmanager", port=self.ports["alertmanager"])

    def _prometheus(self) -> Child:
        loaded = load(self.inventory)
        assert isinstance(loaded, Accepted), loaded
        scrape_s = scrape_interval_s(device.interval_ms for device in loaded.inventory.devices)
        text = prometheus_configuration(
            collector=f"127.0.0.1:{self.ports['collector']}",
            scrape_s=scrape_s,
            alertmanager=f"127.0.0.1:{self.ports['alertmanager']}",
            rules=(self.var / "alertmanager" / "haidang.rules.yml",),
        )
        return prometheus_child(self.var / "prometheus", text, port=self.ports["prometheus"])

    def write_alerting(self) -> None:
        loaded = load(self.inventory)
        assert isinstance(loaded, Accepted), loaded
        alerting_files(loaded.inventory, self.var / "alertmanager")

    def order(self, kind: str, place: str) -> float:
        """Let something happen to a place of the lab; return when."""
        at = time.time()
        send(self.control, {"order": "apply", "kind": kind, "target": place, "parameters": {}})
        return at

    def restore(self, place: str) -> float:
        at = time.time()
        send(self.control, {"order": "restore", "target": place, "kind": None})
        return at

    def states(self) -> dict[str, str]:
        """Return all devices' states; nothing while the collector is too busy to say."""
        try:
            return self._states()
        except OSError:
            return {}

    def _states(self) -> dict[str, str]:
        with open_here(f"{self.url('collector')}/api/v1/devices", seconds=10) as response:
            return {one["id"]: one["state"] for one in json.load(response)["devices"]}

    def until(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait for a condition; no part may end meanwhile."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, (what, [(h.kind, h.status, h.about()) for h in self.hooks])
            time.sleep(0.25)

    def hooks_about(self, place: str, status: str, since: float = 0.0) -> list[Hook]:
        """Return the notifications in which this place's alert has this status."""
        return [
            hook
            for hook in self.hooks
            if hook.at >= since
            and any(
                alert["labels"].get("instance") == place and alert["status"] == status
                for alert in hook.alerts
            )
        ]

    def deadman(self) -> subprocess.CompletedProcess[str]:
        """Let the dead man's switch look once."""
        settings = str(self.var / "alertmanager" / "deadman.json")
        return run("deadman", settings, "--state", str(self.var / "deadman.json"), cwd=self.folder)

    def close(self) -> None:
        with contextlib.suppress(Exception):
            send(self.control, {"order": "restore", "target": None, "kind": None})
        self._exit.close()


@contextmanager
def province(folder: Path, *, more: Mapping[str, str] | None = None) -> Iterator[Province]:
    """Run the shipped province, polled every 30 s, with a contact by mail and one by webhook."""
    network = f"127.{random.randrange(100, 200)}."
    ports = {name: free_port() for name in ("collector", "prometheus", "alertmanager")}
    with mail_sink() as (mails, mail_port), hook_sink() as (hooks, hook_port):
        for name in ("inventory.yaml", "lab/data/servers.csv", "lab/data/communes.csv"):
            text = (ROOT / name).read_text(encoding="utf-8").replace("127.34.", network)
            if name == "inventory.yaml":
                text = _inventory(text, mail_port, ports, more or {})
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        hook = folder / "hook"
        hook.touch(mode=0o600)
        hook.write_text(f"http://127.0.0.1:{hook_port}/")
        found = Province(folder, mails.mails, hooks, ports)
        try:
            assert found.start_lab(), "the lab needs root for silence"
            found.write_alerting()
            for name in ("alertmanager", "collector", "prometheus"):
                found.start(name)
            found.until(lambda: _all_up(found.states()), 300, "all are up")
            yield found
        finally:
            found.close()


def _all_up(states: Mapping[str, str]) -> bool:
    return len(states) > 300 and set(states.values()) <= {"up", "maintenance"}


def _inventory(text: str, mail_port: int, ports: Mapping[str, int], more: Mapping[str, str]) -> str:
    text = re.sub(r"  - id: this-machine\n.*?(?=  - id: core-switch)", "", text, flags=re.DOTALL)
    text = re.sub(r"  this-machine:\n.*?(?=  core:)", "", text, flags=re.DOTALL)
    text = re.sub(r"  agents: .*?(?=  servers:)", "", text, flags=re.DOTALL)
    text = text.replace("  interval: 15s\n", "  interval: 30s\n")
    text = with_free_ports(text).partition("\n")[2]
    blocks = {
        "contacts": (
            "contacts:\n  - {id: duty, name: Trực ban, email: truc@haidang.example}\n"
            "  - {id: hook, name: Webhook, webhook: 'file:hook'}\n"
        ),
        "alerting": (
            "alerting:\n  contacts: [duty, hook]\n  language: vi\n"
            f"  email: {{server: 127.0.0.1, port: {mail_port}, sender: haidang@haidang.example, tls: none}}\n"
            f"  dead_man: {{after: 10s, prometheus: 'http://127.0.0.1:{ports['prometheus']}', "
            f"alertmanager: 'http://127.0.0.1:{ports['alertmanager']}'}}\n"
        ),
        "collector": f"collector: {{listen: 127.0.0.1:{ports['collector']}}}\n",
        **more,
    }
    return text + "\n" + "".join(blocks.values())


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run haidang and return how it ended."""
    return subprocess.run(
        [HAIDANG, *words], cwd=cwd, capture_output=True, text=True, timeout=120, check=False
    )
