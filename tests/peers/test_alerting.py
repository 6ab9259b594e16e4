"""Messages through a real Alertmanager: mail, webhook, SMS gateway and Telegram, all on loopback."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploy.stack.child import Child
from deploy.stack.ports import free_port
from deploy.stack.prometheus import alertmanager_child, http_ok
from tests.e2e.alerting_rig import HAIDANG, MailSink, mail_sink, run

pytestmark = pytest.mark.skipif(
    shutil.which("prometheus-alertmanager") is None, reason="not installed: prometheus-alertmanager"
)


@dataclass
class Posts:
    """What was posted to a web server, by path; it answers `code`."""

    port: int = 0
    code: int = 200
    bodies: list[tuple[str, bytes, str]] = field(default_factory=list)


@contextmanager
def web() -> Iterator[Posts]:
    posts = Posts()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posts.bodies.append((self.path, body, self.headers.get("Authorization", "")))
            answer = (
                b'{"ok": true, "result": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "group"}}}'
            )
            self.send_response(posts.code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    posts.port = int(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
    thread.start()
    try:
        yield posts
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Rig:
    """A folder with an inventory, and what its contacts were told."""

    folder: Path
    mails: MailSink
    hook: Posts
    gateway: Posts
    telegram: Posts

    def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < deadline, (self.hook, self.gateway, self.telegram, self.mails.mails)
            time.sleep(0.05)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """Everything that a contact can be told by, and an Alertmanager with the generated configuration."""
    with mail_sink() as (mails, mail_port), web() as hook, web() as gateway, web() as telegram:
        alertmanager, relay = free_port(), free_port()
        for name, secret in (
            ("community", "x"),
            ("hook", f"http://127.0.0.1:{hook.port}/hook"),
            ("gateway", f"http://127.0.0.1:{gateway.port}/send?key=k"),
            ("bearer", "bearer-token"),
            ("telegram", "123:token"),
        ):
            (tmp_path / name).touch(mode=0o600)
            (tmp_path / name).write_text(secret)
        (tmp_path / "inventory.yaml").write_text(
            "organisation: {name: Sở TTTT, language: vi, timezone: Asia/Ho_Chi_Minh}\n"
            "credentials: {old: {type: snmpv2c, community: file:community}}\n"
            "devices: [{id: a, address: 127.34.0.1, snmp: {credential: old}}]\n"
            "contacts:\n"
            '  - {id: duty, name: Trực ban, email: truc@haidang.example, phone: "0227 3"}\n'
            "  - {id: hook, webhook: file:hook}\n"
            '  - {id: chat, telegram: "-1001"}\n'
            "alerting:\n"
            f"  email: {{server: 127.0.0.1, port: {mail_port}, sender: hd@haidang.example, tls: none}}\n"
            "  sms: {url: file:gateway, token: file:bearer, "
            f"fields: {{to: '{{phone}}', message: '{{text}}'}}, port: {relay}}}\n"
            f"  telegram: {{token: file:telegram, api: 'http://127.0.0.1:{telegram.port}'}}\n"
            f"  dead_man: {{alertmanager: 'http://127.0.0.1:{alertmanager}', after: 1s, "
            "contacts: [duty, hook]}\n",
            encoding="utf-8",
        )
        wrote = run("alerts", "write", "out", cwd=tmp_path)
        assert wrote.returncode == 0, wrote
        command = [HAIDANG, "alerts", "relay", str(tmp_path / "out" / "relay.json")]
        with (
            alertmanager_child(tmp_path / "out", port=alertmanager) as child,
            Child("relay", command, log=tmp_path / "relay.log") as carries,
        ):
            child.wait_until(lambda: http_ok(f"http://127.0.0.1:{alertmanager}/-/ready"))
            carries.wait_until(lambda: "relay at" in carries.log_tail())
            yield Rig(tmp_path, mails, hook, gateway, telegram)


def test_a_test_message_goes_every_way_and_says_so(rig: Rig) -> None:
    """By mail with both forms of the text, SMS in the gateway's fields, webhook, and Telegram."""
    ran = run("alerts", "test", cwd=rig.folder)
    assert (ran.returncode, ran.stderr) == (0, ""), ran
    assert ran.stdout == ("duty by e-mail, SMS: taken\nhook by webhook: taken\nchat by Telegram: taken\n")
    rig.until(
        lambda: bool(rig.mails.mails and rig.gateway.bodies and rig.hook.bodies and rig.telegram.bodies)
    )
    (mail,) = rig.mails.mails
    assert mail.subject == "[THÔNG BÁO] Tin thử cảnh báo"
    assert "Đây là tin thử gửi đến Trực ban; không có sự cố nào." in mail.text
    assert "Đây là tin thử gửi đến Trực ban; không có sự cố nào." in mail.html
    assert "Việc cần làm" in mail.html
    ((path, body, authorization),) = rig.gateway.bodies
    assert (path, authorization) == ("/send?key=k", "Bearer bearer-token")
    assert body.startswith(b"to=0227+3&message=Tin+th%E1%BB%AD")
    ((path, body, _),) = rig.telegram.bodies
    assert path == "/bot123:token/sendMessage"
    assert "Tin thử cảnh báo" in body.decode("unicode_escape").encode("latin-1", "replace").decode() or (
        "Tin thử cảnh báo" in json.loads(body).get("text", "")
    )


def test_a_gateway_that_refuses_is_told_and_tried_again(rig: Rig) -> None:
    """Exit code 21, and Alertmanager goes on trying."""
    rig.gateway.code = 500
    ran = run("alerts", "test", "--to", "duty", cwd=rig.folder)
    assert ran.returncode == 21
    assert ran.stderr == (
        "haidang: duty by e-mail, SMS: refused, or no answer. Alertmanager's log says why, and it tries "
        "again\n"
    )
    rig.gateway.code = 200
    before = len(rig.gateway.bodies)
    rig.until(lambda: len(rig.gateway.bodies) > before)
    assert "the SMS gateway did not take a message: 500" in (rig.folder / "relay.log").read_text()


def test_the_switch_calls_by_mail_and_webhook_itself(rig: Rig) -> None:
    """Collector and Prometheus are away: two looks a second apart, one call to each, and no second one."""
    words = ("deadman", "out/deadman.json", "--state", "state.json")
    first = run(*words, cwd=rig.folder)
    assert (first.returncode, "called" in first.stdout) == (0, False), first
    time.sleep(1.0)
    second = run(*words, cwd=rig.folder)
    assert second.returncode == 0, second
    assert "called 2 of 2: [URGENT] The monitor does not answer" in second.stdout
    (mail,) = rig.mails.mails
    assert mail.subject.startswith("[KHẨN] Hệ thống giám sát không phản hồi: ")
    assert "bộ thu thập" in mail.subject
    assert "Prometheus" in mail.subject
    ((_, body, _),) = rig.hook.bodies
    assert json.loads(body)["status"] == "firing"
    third = run(*words, cwd=rig.folder)
    assert (third.returncode, "called" in third.stdout) == (0, False), third
