"""How the stack asks its own parts."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from deploy.stack.prometheus import http_ok
from deploy.stack.watch import fetch


class Answer(BaseHTTPRequestHandler):
    """Says yes to everything, in JSON."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
        """Say nothing."""


def test_a_proxy_of_the_environment_is_not_asked_for_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this machine's parts say to each other leaves it nowhere."""
    with socket.create_server(("127.0.0.1", 0)) as proxy, HTTPServer(("127.0.0.1", 0), Answer) as server:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.delenv("no_proxy", raising=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            assert http_ok(f"http://127.0.0.1:{server.server_port}/")
            assert fetch(f"http://127.0.0.1:{server.server_port}/") == {}
        finally:
            server.shutdown()
