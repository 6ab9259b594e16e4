"""Lets connections in, so many at once and no more, those whose TLS handshake is under way among them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web

MAX_CONNECTIONS = 256
"""Further ones are closed at once. Descriptors are for devices first."""
HANDSHAKE_S = 5.0


class _Refused(asyncio.Protocol):
    """A connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Close it."""
        transport.close()


class Door:
    """Makes a protocol for each connection, counting those whose TLS handshake is under way too."""

    def __init__(self, server: web.Server, mono: Callable[[], float]) -> None:
        self._server, self._mono = server, mono
        self._opening: dict[web.RequestHandler, float] = {}

    def __call__(self) -> asyncio.Protocol:
        """Let a connection in, unless there are as many as may be."""
        now, connections = self._mono(), set(self._server.connections)
        for handler, since in tuple(self._opening.items()):
            if handler in connections or now - since > HANDSHAKE_S:
                del self._opening[handler]
        if len(connections) + len(self._opening) >= MAX_CONNECTIONS:
            return _Refused()
        handler = self._server()
        self._opening[handler] = now
        return handler
