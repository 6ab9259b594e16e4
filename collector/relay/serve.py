"""Takes messages from Alertmanager on loopback and posts them to the SMS gateway; a failure is told back."""

from __future__ import annotations

import json
import logging
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from collector.relay.message import posted, sms
from collector.relay.settings import RelaySettings

log = logging.getLogger(__name__)

_MOST_BYTES = 1_000_000
_TIMEOUT_S = 10.0


def server(settings: RelaySettings, port: int | None = None) -> ThreadingHTTPServer:
    """Return the server, bound to loopback and not yet serving; raise OSError if the port is taken."""

    class Handler(_Handler):
        relay = settings

    return ThreadingHTTPServer(("127.0.0.1", settings.port if port is None else port), Handler)


class _Handler(BaseHTTPRequestHandler):
    relay: RelaySettings
    timeout = _TIMEOUT_S

    def do_POST(self) -> None:
        """Send one notification on: 502 makes Alertmanager try again."""
        phone = self.relay.phones.get(self.path.strip("/"))
        length = self.headers.get("Content-Length", "")
        if phone is None or not length.isdecimal() or int(length) > _MOST_BYTES:
            self._answer(400)
            return
        try:
            text = sms(json.loads(self.rfile.read(int(length))), self.relay.language)
        except ValueError:
            self._answer(400)
            return
        try:
            self._send(phone, text)
        except OSError as error:
            log.warning("the SMS gateway did not take a message: %s", getattr(error, "code", error))
            self._answer(502)
            return
        self._answer(200)

    def _send(self, phone: str, text: str) -> None:
        body, kind = posted(self.relay, phone, text)
        headers = {"Content-Type": kind}
        if self.relay.token is not None:
            headers["Authorization"] = f"Bearer {self.relay.token}"
        request = urllib.request.Request(  # noqa: S310 - the inventory's own gateway
            self.relay.url, data=body, headers=headers, method="POST"
        )
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:  # noqa: S310 - as above
            response.read(65_536)

    def _answer(self, code: int) -> None:
        self.send_response(code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing for each request: what fails is logged where it does."""
