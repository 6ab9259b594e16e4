"""A connected socket that takes no more from its peer than it is told to: what it would flood is cut off."""

from __future__ import annotations

import errno
import socket

_CHUNK = 65_536


class FloodError(OSError):
    """The peer sent more than it was allowed."""


class MeteredSocket(socket.socket):
    """Takes a socket over. `allow` says how much may still come; what lies beyond raises FloodError.

    paramiko reads lines and packets of any announced length into memory, before the peer has shown who it is.
    """

    def __init__(self, connected: socket.socket, *, octets: int) -> None:
        super().__init__(connected.family, connected.type, connected.proto, connected.detach())
        self._room = octets
        self.flooded = False

    def allow(self, octets: int) -> None:
        """Let so many octets come from now on."""
        self._room = octets

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """Receive at most `size` octets, fewer where a peer announces more than is sensible."""
        if self._room <= 0:
            self.flooded = True
            raise FloodError(errno.EMSGSIZE, "more came than was asked for")
        data = super().recv(min(size, _CHUNK, self._room), flags)
        self._room -= len(data)
        return data
