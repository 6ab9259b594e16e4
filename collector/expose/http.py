"""The collector's HTTP side: /metrics, its health, a reload, what is current as JSON, and pages for people.

It listens on loopback unless TLS and a password are configured. Requests for other host names are refused, so
that a page in somebody's browser cannot reach it by giving a name of its own the address of this machine.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import os
import ssl
from collections.abc import Awaitable, Callable
from typing import Protocol

from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError

from collector.expose.access import Access, is_here
from collector.expose.door import HANDSHAKE_S, Door
from collector.expose.page import Answer, Ask, Site

MAX_EXPOSITIONS = 8
"""Rendered and under way at once; further scrapes wait. Each may take many megabytes."""
_SENDING_S = 15.0
"""Longer than Prometheus ever waits; a reader that is slower is cut off."""

CONTENTS = """\
Hải Đăng collector. In a browser this address is the status page; what it shows is also there as JSON,
below /api/v1/: province, outages, maintenance, availability, devices/ID/history.

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
_MAX_PATH = 512
_REMEMBERED_S = 31_536_000
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": _POLICY,
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "haidang",
}

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


class AddressError(Exception):
    """The address to serve at cannot be had; the text says which and why."""


def _is_ours(record: logging.LogRecord) -> bool:
    """Return False for what a client sent wrongly: it is answered 400, and is nobody's business in the log.

    aiohttp writes a traceback for each, with the line in it: it may be the one that holds a password.
    """
    return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError)


logging.getLogger("aiohttp.server").addFilter(_is_ours)


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
        site: Site | None = None,
    ) -> None:
        self._facade, self._site = facade, site
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
                web.get("/", self._first),
                web.get("/metrics", self._metrics),
                web.get("/metrics/area/{area}", self._metrics),
                web.get("/-/healthy", _healthy),
                web.get("/-/ready", self._ready),
                web.post("/-/reload", self._reload),
                web.get("/api/v1/devices", self._devices),
                web.get("/api/v1/devices/{device}", self._device),
                web.get("/{path:.*}", self._page),
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
                Door(self._runner.server, loop.time),
                self._host,
                self._port,
                ssl=self._tls,
                ssl_handshake_timeout=None if self._tls is None else HANDSHAKE_S,
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
            if not is_here(request.headers.get(hdrs.HOST, ""), self._host):
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

    async def _devices(self, request: web.Request) -> web.StreamResponse:
        if self._site is not None:
            return await self._page(request)
        return web.json_response(self._facade.devices())

    async def _device(self, request: web.Request) -> web.Response:
        found = self._facade.device(request.match_info["device"])
        return _text(404, "no such device\n") if found is None else web.json_response(found)

    async def _first(self, request: web.Request) -> web.StreamResponse:
        """Show people the status page, and programs what else there is."""
        if self._site is None or "text/html" not in request.headers.get(hdrs.ACCEPT, ""):
            return _text(200, CONTENTS)
        return await self._page(request)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        if self._site is None or len(request.path) > _MAX_PATH:
            return _text(404, "nothing here\n")
        ask = Ask(path=request.path, query=request.query, cookies=request.cookies)
        answer = await self._site.answer(ask)
        if answer is None:
            return _text(404, "nothing here; GET / says what there is\n")
        return await _sent(request, _response(request, answer))


def _response(request: web.Request, answer: Answer) -> web.Response:
    zipped = answer.zipped is not None and "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, "")
    response = web.Response(
        status=answer.status,
        body=answer.zipped if zipped else answer.body,
        content_type=answer.content_type,
        charset="utf-8",
        headers={hdrs.VARY: "Accept-Encoding, Cookie"},
    )
    if zipped:
        response.headers[hdrs.CONTENT_ENCODING] = "gzip"
    if answer.kept_s:
        response.headers[hdrs.CACHE_CONTROL] = f"private, max-age={answer.kept_s}, immutable"
    for name, value in answer.cookies:
        response.set_cookie(name, value, max_age=_REMEMBERED_S, httponly=True, samesite="Lax")
    return response


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
    response.headers.update(_SAFE)
    response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")


async def _healthy(_request: web.Request) -> web.Response:
    return _text(200, "alive\n")


def _text(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text)
