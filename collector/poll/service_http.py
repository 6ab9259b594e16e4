"""Checks pages: one request a hop over a new connection, bounded in all it reads, then judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import h11

from collector.inventory.service_values import HttpCheck
from collector.inventory.values import Probe
from collector.model import Check, Reason
from collector.patterns import matches
from collector.poll.base import Note, Timing
from collector.poll.service import ServiceError, ServiceRequest, Trip, checked
from collector.poll.service_tls import Dialer, Line
from collector.visit import PageSeen, Phase

MAX_HEAD = 32 * 1024
MAX_BODY = 512 * 1024
MAX_PIECES = 10_000
"""A body in smaller pieces than servers send is an attempt to keep us busy."""

_MAX_INTERIM = 10
_READ = 16 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}
_UNRESERVED = "/%:@!$&'()*+,;=~-._"
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class _Hop:
    """One URL on the way: where it is, and what is asked there."""

    url: str
    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """The value of the Host field."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


class HttpPoller:
    """Asks for pages. Nothing is kept from poll to poll: no connection, no cookie, no cache."""

    def __init__(self, *, mono: Callable[[], float], dialer: Dialer) -> None:
        self._mono, self._dialer = mono, dialer

    async def poll(
        self, request: ServiceRequest[HttpCheck], timing: Timing, note: Note | None = None
    ) -> Check:
        """Ask for the page once, redirects included; see Poller."""

        async def ask(trip: Trip) -> None:
            await self._visit(trip, request)

        return await checked(Probe.HTTP, ask, timing=timing, mono=self._mono, note=note)

    async def close(self) -> None:
        """Nothing is kept open."""

    async def _visit(self, trip: Trip, request: ServiceRequest[HttpCheck]) -> None:
        check = request.check
        hop = first = _hop(urlsplit(check.url), check.url)
        for redirects in range(check.redirects + 1):
            at_home = hop.host == first.host
            name = (check.trust.server_name if at_home else None) or hop.host
            line = await self._dialer.dial(
                trip,
                (request.address if at_home else hop.host, hop.port),
                check.trust if hop.scheme == "https" else None,
                name,
            )
            try:
                talk = _Talk(trip, line)
                answer = await talk.ask(check.method, hop)
                trip.page = _page(answer, hop, redirects)
                if answer.status_code not in _REDIRECTS or check.redirects == 0:
                    await _judge(check, trip, trip.page, talk)
                    return
            finally:
                line.close()
            hop = _next(check, first, hop, answer)
            trip.say(f"redirected to {_shown(hop.url)}")
        raise ServiceError(Reason.BAD_REDIRECT, f"redirected more than {check.redirects} times")


class _Talk:
    """One request and its answer on a line."""

    def __init__(self, trip: Trip, line: Line) -> None:
        self._trip, self._line = trip, line
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        self._ended = False

    async def ask(self, method: str, hop: _Hop) -> h11.Response:
        """Send a request and return the head of its answer."""
        request = h11.Request(
            method=method,
            target=hop.target,
            headers=[
                ("Host", hop.authority),
                ("User-Agent", "haidang"),
                ("Accept", "*/*"),
                ("Accept-Encoding", "identity"),
                ("Connection", "close"),
            ],
        )
        with self._trip.phase(Phase.PROCESSING):
            self._trip.sent += 1
            self._line.writer.write(
                (self._http.send(request) or b"") + (self._http.send(h11.EndOfMessage()) or b"")
            )
            await self._line.writer.drain()
            for _ in range(_MAX_INTERIM):
                event = await self._event()
                if isinstance(event, h11.Response):
                    break
                if not isinstance(event, h11.InformationalResponse):
                    raise ServiceError(Reason.CLOSED, "the connection was closed without an answer")
            else:
                raise ServiceError(Reason.MALFORMED, f"more than {_MAX_INTERIM} interim answers")
        self._trip.answered()
        took = self._trip.ms(Phase.PROCESSING)
        self._trip.say(f"{method} {_shown(hop.url)}: {_status(event.status_code)} after {took}")
        return event

    async def body(self) -> bytes:
        """Return the whole body, or raise ServiceError if it is too long."""
        body = bytearray()
        with self._trip.phase(Phase.TRANSFER):
            for _ in range(MAX_PIECES):
                event = await self._event()
                if not isinstance(event, h11.Data):
                    break
                body += event.data
                if len(body) > MAX_BODY:
                    raise ServiceError(Reason.TOO_LARGE, f"the page is larger than {MAX_BODY} bytes")
            else:
                raise ServiceError(Reason.TOO_LARGE, f"the page comes in more than {MAX_PIECES} pieces")
        self._trip.say(f"{len(body)} bytes in {self._trip.ms(Phase.TRANSFER)}")
        return bytes(body)

    async def _event(self) -> h11.Event | None:
        """Return what comes next; None if this request has nothing more to come."""
        try:
            while (event := self._http.next_event()) is h11.NEED_DATA:
                received = await self._line.reader.read(_READ)
                self._ended = not received
                self._http.receive_data(received)
        except h11.RemoteProtocolError as error:
            if self._ended:
                raise ServiceError(Reason.CLOSED, f"the answer breaks off: {error}") from error
            reason = (
                Reason.TOO_LARGE
                if error.error_status_hint == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                else Reason.MALFORMED
            )
            raise ServiceError(reason, f"this is no HTTP answer: {_shown(str(error))}") from error
        return event if isinstance(event, h11.Event) else None


def _hop(parts: SplitResult, url: str) -> _Hop:
    """Return where a URL leads; ValueError if it leads nowhere."""
    host = (
        (parts.hostname or "").encode("idna").decode()
        if ":" not in (parts.hostname or "")
        else parts.hostname or ""
    )
    target = quote(parts.path or "/", safe=_UNRESERVED)
    if parts.query:
        target += "?" + quote(parts.query, safe=_UNRESERVED + "?")
    return _Hop(url, parts.scheme, host.lower(), parts.port or _PORTS[parts.scheme], target)


def _next(check: HttpCheck, first: _Hop, hop: _Hop, answer: h11.Response) -> _Hop:
    """Return where a redirect leads, if it may be followed; else raise ServiceError."""
    location = next((value for name, value in answer.headers if name == b"location"), None)
    if location is None:
        raise ServiceError(Reason.BAD_REDIRECT, f"{_status(answer.status_code)} without a location")
    url = location.decode("utf-8", "replace")
    try:
        url = urljoin(hop.url, url)
        parts = urlsplit(url)
        if parts.scheme not in _PORTS:
            raise ServiceError(Reason.BAD_REDIRECT, f"redirected to {_shown(url)}, which is no page")
        if parts.username is not None or parts.password is not None:
            raise ServiceError(Reason.BAD_REDIRECT, "redirected to a URL with a user name")
        following = _hop(parts, url)
    except ValueError:  # UnicodeError is one
        raise ServiceError(Reason.BAD_REDIRECT, f"redirected to {_shown(url)}, which is no URL") from None
    if following.host != first.host and following.host not in check.redirect_hosts:
        raise ServiceError(
            Reason.BAD_REDIRECT,
            f"redirected to {_shown(url)}, another host; if that is right, name it in http.redirect_hosts",
        )
    if hop.scheme == "https" and following.scheme == "http":
        raise ServiceError(Reason.BAD_REDIRECT, f"redirected to {_shown(url)}, which is not encrypted")
    return following


def _page(answer: h11.Response, hop: _Hop, redirects: int) -> PageSeen:
    length = next((value for name, value in answer.headers if name == b"content-length"), None)
    return PageSeen(
        status=answer.status_code,
        version=float(answer.http_version),
        encrypted=hop.scheme == "https",
        redirects=redirects,
        announced=None if length is None else int(length),
    )


async def _judge(check: HttpCheck, trip: Trip, page: PageSeen, talk: _Talk) -> None:
    """Read the body and return if the page is right; else raise ServiceError."""
    if not any(first <= page.status <= last for first, last in check.status):
        wanted = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in check.status)
        raise ServiceError(Reason.UNEXPECTED_STATUS, f"{_status(page.status)}, wanted {wanted}")
    body = await talk.body()
    wrong = _wrong(check, body)
    trip.page = replace(page, length=len(body), body_right=wrong is None)
    if wrong is not None:
        raise ServiceError(Reason.UNEXPECTED_BODY, f"{wrong} (page of {len(body)} bytes)")


def _wrong(check: HttpCheck, body: bytes) -> str | None:
    for text in check.contains:
        if text.encode() not in body:
            return f'"{text}" is not in the page'
    for text in check.lacks:
        if text.encode() in body:
            return f'"{text}" is in the page'
    for pattern in check.matches:
        if not matches(pattern, body):
            return f'"{pattern}" matches nothing in the page'
    return None


def _status(code: int) -> str:
    try:
        return f"status {code} {HTTPStatus(code).phrase}"
    except ValueError:
        return f"status {code}"


def _shown(text: str) -> str:
    clean = "".join(char if char.isprintable() else "\ufffd" for char in text[: _SHOWN + 1])
    return clean if len(clean) <= _SHOWN else clean[: _SHOWN - 1] + "…"
