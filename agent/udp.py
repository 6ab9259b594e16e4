"""UDP sockets that answer from the address they were asked at, also where they listen on all addresses."""

from __future__ import annotations

import socket
import struct
import sys
from dataclasses import dataclass
from typing import Any

_MAX_DATAGRAM = 65_535
_ANCILLARY_BYTES = 64
# Linux; Python names it from 3.12 on. Elsewhere a wildcard socket answers from where routing leads.
_IP_PKTINFO: int | None = getattr(socket, "IP_PKTINFO", 8 if sys.platform == "linux" else None)
_IN_PKTINFO = struct.Struct("@I4s4s")
_IN6_PKTINFO = struct.Struct("@16sI")
_LINK_LOCAL = b"\xfe\x80"

Ancillary = list[tuple[int, int, bytes]]
Address = Any
"""What socket calls an address: a tuple whose first item is the host."""


@dataclass(frozen=True, slots=True)
class Received:
    """A datagram, who sent it, and what makes the answer leave from the right address."""

    data: bytes
    peer: Address
    reply_from: Ancillary


class UdpSocket:
    """One bound, non-blocking socket."""

    def __init__(self, host: str, port: int) -> None:
        """Bind; raise OSError."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        try:
            self._socket.setblocking(False)
            if family == socket.AF_INET6:
                # IPv4 has its own addresses in the configuration and its own allow-list entries.
                self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            if host == "0.0.0.0" and _IP_PKTINFO is not None:  # noqa: S104 - asks whether it is
                self._socket.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
            elif host == "::":
                self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
            self._socket.bind((host, port))
        except OSError:
            self._socket.close()
            raise

    def fileno(self) -> int:
        """Return the descriptor, for an event loop."""
        return self._socket.fileno()

    def receive(self) -> Received | None:
        """Return the next datagram, None if there is none."""
        try:
            data, ancillary, _, peer = self._socket.recvmsg(_MAX_DATAGRAM, _ANCILLARY_BYTES)
        except OSError:
            # Nothing there (any more), or the error of an earlier answer, such as a closed port.
            return None
        return Received(data, peer, [found for one in ancillary if (found := _source(*one))])

    def send(self, data: bytes, received: Received) -> bool:
        """Send an answer; False if the system would not."""
        try:
            self._socket.sendmsg([data], received.reply_from, 0, received.peer)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Let the address go."""
        self._socket.close()


def _source(level: int, kind: int, data: bytes) -> tuple[int, int, bytes] | None:
    """Turn what came with a datagram into what must go with its answer (ip(7), RFC 3542 section 6)."""
    if level == socket.IPPROTO_IP and kind == _IP_PKTINFO and len(data) >= _IN_PKTINFO.size:
        _, local, _ = _IN_PKTINFO.unpack_from(data)
        return level, kind, _IN_PKTINFO.pack(0, local, bytes(4))
    if level == socket.IPPROTO_IPV6 and kind == socket.IPV6_PKTINFO and len(data) >= _IN6_PKTINFO.size:
        local, interface = _IN6_PKTINFO.unpack_from(data)
        # The way back is routing's affair, but a link-local address means nothing without its link.
        return level, kind, _IN6_PKTINFO.pack(local, interface if local.startswith(_LINK_LOCAL) else 0)
    return None
