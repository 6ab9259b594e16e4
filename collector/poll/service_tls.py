"""Encrypts connections and believes only whom it shall; checks that a port shows a good certificate."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from collector.inventory.service_values import TlsCheck, Trust
from collector.inventory.values import Probe
from collector.model import Check, Reason
from collector.poll.base import Note, Timing
from collector.poll.certificate import earliest_end_ms, shown_chain
from collector.poll.names import Resolver
from collector.poll.service import ServiceError, ServiceRequest, Trip, checked
from collector.poll.tcp import ConnectError, connect
from collector.visit import Phase, TlsSeen

_BUFFER = 65_536

_VERIFY_REASONS = {
    10: Reason.CERTIFICATE_EXPIRED,
    2: Reason.CERTIFICATE_ISSUER,
    18: Reason.CERTIFICATE_ISSUER,
    19: Reason.CERTIFICATE_ISSUER,
    20: Reason.CERTIFICATE_ISSUER,
    21: Reason.CERTIFICATE_ISSUER,
    27: Reason.CERTIFICATE_ISSUER,
    62: Reason.CERTIFICATE_NAME,
    64: Reason.CERTIFICATE_NAME,
}
"""OpenSSL's X509_V_ERR_* (x509_vfy.h): has_expired, issuer unknown in its forms, hostname and IP mismatch."""

_OF_CERTIFICATES = frozenset({*_VERIFY_REASONS.values(), Reason.CERTIFICATE_INVALID})


@dataclass(frozen=True, slots=True)
class Line:
    """A connection that can be talked over, encrypted or not."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def close(self) -> None:
        """Close without waiting for the other side's goodbye."""
        self.writer.transport.abort()


class Contexts:
    """TLS settings for each list of authorities, kept until the file changes."""

    def __init__(self) -> None:
        self._kept: dict[str | None, tuple[tuple[int, int, int] | None, ssl.SSLContext]] = {}

    def of(self, trust: Trust) -> ssl.SSLContext:
        """Return the settings for a list of authorities, or raise ServiceError."""
        try:
            mark = None if trust.ca is None else _mark(trust.ca)
            kept = self._kept.get(trust.ca)
            if kept is None or kept[0] != mark:
                kept = self._kept[trust.ca] = mark, _context(trust.ca)
        except OSError as error:  # ssl.SSLError is one too: a file without certificates
            said = error.strerror or str(error)
            why = f"the authorities in {trust.ca} cannot be used: {said}"
            raise ServiceError(Reason.NO_AUTHORITIES, why) from error
        return kept[1]


def _mark(path: str) -> tuple[int, int, int]:
    status = os.stat(path)  # noqa: PTH116 - a path of the inventory, not one that is worked with
    return status.st_mtime_ns, status.st_size, status.st_ino


def _context(ca: str | None) -> ssl.SSLContext:
    context = _client()
    if ca is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(ca)
    return context


def _client() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # The same on every Python: 3.13 refuses what many private authorities issue, before it pinning was off.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # A server may choose a modulus so large that this process would look at nothing else meanwhile.
    context.set_ciphers("DEFAULT:!DHE")
    context.set_alpn_protocols(["http/1.1"])
    return context


async def plain(connected: socket.socket) -> Line:
    """Return a connection as it is."""
    return Line(*await asyncio.open_connection(sock=connected, limit=_BUFFER))


async def encrypted(trip: Trip, connected: socket.socket, context: ssl.SSLContext, name: str) -> Line:
    """Return a connection encrypted, its server's certificate verified for `name`; else ServiceError."""
    try:
        with trip.phase(Phase.TLS):
            line = await _handshake(connected, context, name)
    except ssl.SSLCertVerificationError as error:
        reason = _VERIFY_REASONS.get(error.verify_code, Reason.CERTIFICATE_INVALID)
        raise ServiceError(reason, error.verify_message.rstrip(".")) from error
    except ssl.SSLError as error:
        said = (error.reason or str(error)).replace("_", " ").lower()
        raise ServiceError(Reason.TLS_FAILED, f"no TLS: {said}") from error
    except ConnectionError as error:
        why = "no TLS: the server closed the connection during the handshake"
        raise ServiceError(Reason.TLS_FAILED, why) from error
    tls: ssl.SSLObject = line.writer.get_extra_info("ssl_object")
    chain = shown_chain(tls)
    trip.tls = TlsSeen(version=tls.version() or "", expires_ms=earliest_end_ms(chain))
    trip.say(f"{trip.tls.version} in {trip.ms(Phase.TLS)}")
    for certificate in chain:
        trip.say(str(certificate))
    return line


async def _handshake(connected: socket.socket, context: ssl.SSLContext, name: str) -> Line:
    return Line(
        *await asyncio.open_connection(
            sock=connected, ssl=context, server_hostname=name, limit=_BUFFER, ssl_shutdown_timeout=0.5
        )
    )


class Dialer:
    """Reaches servers as services are reached: looked up, connected, encrypted where that is wanted."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver, self._contexts = resolver, Contexts()

    async def dial(self, trip: Trip, where: tuple[str, int], trust: Trust | None, name: str) -> Line:
        """Return a line to (host, port), encrypted if there is a trust; the certificate must bear `name`."""
        context = None if trust is None else self._contexts.of(trust)
        connected = await trip.connect(self.resolver, *where)
        if context is None:
            return await plain(connected)
        try:
            return await encrypted(trip, connected, context, name)
        except ServiceError as error:
            if error.reason in _OF_CERTIFICATES:
                detail = f"{error}: {await _described(trip, where[1], name)}"
                raise ServiceError(error.reason, detail) from error
            raise


async def _described(trip: Trip, port: int, name: str) -> str:
    """Return what a certificate that was not believed says of itself; nothing is sent to its server."""
    context = _client()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(trip.left() / 2):
            connected = await connect(trip.address or "", port, seconds=trip.left())
            line = await _handshake(connected, context, name)
    except (ConnectError, OSError):  # TimeoutError is one
        return "it could not be looked at closer"
    try:
        chain = shown_chain(line.writer.get_extra_info("ssl_object"))
    finally:
        line.close()
    trip.tls = TlsSeen(version="", expires_ms=earliest_end_ms(chain))
    return str(chain[0]) if chain else "it cannot be read"


class TlsPoller:
    """Looks at the certificate that a port shows."""

    def __init__(self, *, mono: Callable[[], float], dialer: Dialer) -> None:
        self._mono, self._dialer = mono, dialer

    async def poll(
        self, request: ServiceRequest[TlsCheck], timing: Timing, note: Note | None = None
    ) -> Check:
        """Shake hands once; see Poller."""
        check = request.check

        async def ask(trip: Trip) -> None:
            where = request.address, check.port
            name = check.trust.server_name or check.host
            (await self._dialer.dial(trip, where, check.trust, name)).close()

        return await checked(Probe.TLS, ask, timing=timing, mono=self._mono, note=note)

    async def close(self) -> None:
        """Nothing is kept open."""
