"""The collector's HTTP side: /metrics, its health, a reload, and what is current as JSON.

It listens on loopback unless TLS and a password are configured. Requests for other host names are refused, so
that a page in somebody's browser cannot reach it by giving a name of its own the address of this machine.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import hmac
import ipaddress
import logging
import os
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from aiohttp import BasicAuth, hdrs, web
from aiohttp.http_exceptions import HttpProcessingError

MAX_CONNECTIONS = 256
"""Further ones are closed at once. Descriptors are for devices first."""
MAX_EXPOSITIONS = 8
"""Rendered and under way at once; further scrapes wait. Each may take many megabytes."""
_SENDING_S = 15.0
"""Longer than Prometheus ever waits; a reader that is slower is cut off."""
_HANDSHAKE_S = 5.0

CONTENTS = """\
Hải Đăng collector

/metrics             all metrics, for Prometheus
/metrics/area/ID     those of one area's devices
/api/v1/devices      what is current of all devices, as JSON
/api/v1/devices/ID   one device in detail
/-/healthy           200 while the process lives
/-/ready             200, or 503 with what is missing
POST /-/reload       read the inventory again; 422 with its mistakes if it has any
"""
"""What somebody finds who opens the address in a browser."""

TEXT = "text/plain; version=0.0.4; charset=utf-8"
_GZIP_FROM = 2_048
_FAILED_LOGIN_S = 1.0
_LOOPBACK_NAMES = frozenset({"localhost", "localhost.localdomain"})

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Facade(Protocol):
    """What the server shows; the application implements it."""

    def metrics(self, area: str | None) -> bytes | None:
        """Return the exposition, of one area or of all; None if there is no such area."""
        ...

    def devices(self) -> object:
        """Return what is current of all devices, ready for JSON."""
        ...

    def device(self, device: str) -> object | None:
        """Return what is current of one device in detail, None if there is no such device."""
        ...

    def not_ready(self) -> str | None:
        """Return why the collector does not do all its work yet, None if it does."""
        ...

    async def reload(self) -> tuple[bool, object]:
        """Read the inventory again; return whether it was taken up, and what to say of it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may ask: a user and the SHA-256 of the password, or None for everybody who reaches the address."""

    username: str
    password_sha256: bytes

    @staticmethod
    def of(username: str, password: bytes) -> Access:
        """Return the access of a user with this password."""
        return Access(username=username, password_sha256=hashlib.sha256(password).digest())

    def allows(self, header: str | None) -> bool:
        """Return True if the Authorization header names the user and the password (RFC 7617)."""
        try:
            given = BasicAuth.decode(header or "", encoding="utf-8")
        except ValueError:
            return False
        digest = hashlib.sha256(given.password.encode()).digest()
        right = hmac.compare_digest(digest, self.password_sha256)
        return hmac.compare_digest(given.login.encode(), self.username.encode()) and right


class AddressError(Exception):
    """The address to serve at cannot be had; the text says which and why."""


def _is_ours(record: logging.LogRecord) -> bool:
    """Return False for what a client sent wrongly: it is answered 400, and is nobody's business in the log.

    aiohttp writes a traceback for each, with the line in it: it may be the one that holds a password.
    """
    return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError)


logging.getLogger("aiohttp.server").addFilter(_is_ours)


class _Refused(asyncio.Protocol):
    """A connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Close it."""
        transport.close()


class _Door:
    """Makes a protocol for each connection, counting those whose TLS handshake is under way too."""

    def __init__(self, server: web.Server, mono: Callable[[], float]) -> None:
        self._server, self._mono = server, mono
        self._opening: dict[web.RequestHandler, float] = {}

    def __call__(self) -> asyncio.Protocol:
        """Let a connection in, unless there are as many as may be."""
        now, connections = self._mono(), set(self._server.connections)
        for handler, since in tuple(self._opening.items()):
            if handler in connections or now - since > _HANDSHAKE_S:
                del self._opening[handler]
        if len(connections) + len(self._opening) >= MAX_CONNECTIONS:
            return _Refused()
        handler = self._server()
        self._opening[handler] = now
        return handler


class HttpServer:
    """Serves a facade. `start` raises AddressError if the address cannot be had."""

    def __init__(
        self,
        facade: Facade,
        *,
        host: str,
        port: int,
        access: Access | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._facade = facade
        self._host, self._port, self._access, self._tls = host, port, access, tls
        self._runner: web.AppRunner | None = None
        self._listener: asyncio.Server | None = None
        self._expositions = asyncio.Semaphore(MAX_EXPOSITIONS)

    @property
    def address(self) -> str:
        """Where the metrics are."""
        scheme = "http" if self._tls is None else "https"
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{scheme}://{host}:{self._port}/metrics"

    async def start(self) -> None:
        """Listen; one listener a server."""
        application = web.Application(middlewares=[self._guard], client_max_size=1_024)
        application.on_response_prepare.append(_harmless)
        application.add_routes(
            [
                web.get("/", _contents),
                web.get("/metrics", self._metrics),
                web.get("/metrics/area/{area}", self._metrics),
                web.get("/-/healthy", _healthy),
                web.get("/-/ready", self._ready),
                web.post("/-/reload", self._reload),
                web.get("/api/v1/devices", self._devices),
                web.get("/api/v1/devices/{device}", self._device),
            ]
        )
        self._runner = web.AppRunner(
            application, access_log=None, keepalive_timeout=75, handle_signals=False, shutdown_timeout=2.0
        )
        await self._runner.setup()
        if self._runner.server is None:
            raise RuntimeError("aiohttp has set up no server")
        loop = asyncio.get_running_loop()
        try:
            self._listener = await loop.create_server(
                _Door(self._runner.server, loop.time),
                self._host,
                self._port,
                ssl=self._tls,
                ssl_handshake_timeout=None if self._tls is None else _HANDSHAKE_S,
            )
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else str(error)
            raise AddressError(f"{self._host}:{self._port}: {why.lower()}") from error

    async def stop(self) -> None:
        """Stop listening and end what is under way."""
        if self._listener is not None:
            self._listener.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self._access is None:
            if not _is_here(request.headers.get(hdrs.HOST, ""), self._host):
                return _text(421, "this address is served under its IP address or localhost only\n")
        elif not self._access.allows(request.headers.get(hdrs.AUTHORIZATION)):
            # Slows down guessing without keeping any state that guessing could fill.
            await asyncio.sleep(_FAILED_LOGIN_S)
            refusal = _text(401, "user name and password, please\n")
            refusal.headers[hdrs.WWW_AUTHENTICATE] = 'Basic realm="haidang", charset="UTF-8"'
            return refusal
        if request.method == "POST" and hdrs.ORIGIN in request.headers:
            return _text(403, "not from a web page\n")
        return await handler(request)

    async def _metrics(self, request: web.Request) -> web.Response:
        async with self._expositions:
            response = await self._exposition(request)
            return await _sent(request, response)

    async def _exposition(self, request: web.Request) -> web.Response:
        body = self._facade.metrics(request.match_info.get("area"))
        if body is None:
            return _text(404, "no such area\n")
        headers = {hdrs.CONTENT_TYPE: TEXT, hdrs.VARY: hdrs.ACCEPT_ENCODING}
        if len(body) >= _GZIP_FROM and "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            body = await asyncio.to_thread(gzip.compress, body, 1)
            headers[hdrs.CONTENT_ENCODING] = "gzip"
        return web.Response(body=body, headers=headers)

    async def _ready(self, _request: web.Request) -> web.Response:
        why_not = self._facade.not_ready()
        return _text(200, "ready\n") if why_not is None else _text(503, f"{why_not}\n")

    async def _reload(self, _request: web.Request) -> web.Response:
        taken, said = await self._facade.reload()
        return web.json_response(said, status=200 if taken else 422)

    async def _devices(self, _request: web.Request) -> web.Response:
        return web.json_response(self._facade.devices())

    async def _device(self, request: web.Request) -> web.Response:
        found = self._facade.device(request.match_info["device"])
        return _text(404, "no such device\n") if found is None else web.json_response(found)


async def _sent(request: web.Request, response: web.Response) -> web.Response:
    """Send a response now; one that is not taken in time, or not at all, ends with its connection."""
    try:
        async with asyncio.timeout(_SENDING_S):
            await response.prepare(request)
            await response.write_eof()
    except (TimeoutError, ConnectionError):
        if request.transport is not None:
            request.transport.abort()
    return response


async def _harmless(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Server"] = "haidang"


async def _contents(_request: web.Request) -> web.Response:
    return _text(200, CONTENTS)


async def _healthy(_request: web.Request) -> web.Response:
    return _text(200, "alive\n")


def _text(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text)


def _is_here(host_header: str, served: str) -> bool:
    """Return True if the Host header names an IP address, localhost, or what was configured."""
    name = host_header.rsplit(":", 1)[0] if not host_header.endswith("]") else host_header
    name = name.strip("[]").lower()
    if name in _LOOPBACK_NAMES or name == served.lower():
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
