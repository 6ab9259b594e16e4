"""One UDP socket a family for all SNMP devices: sends at once, hands each datagram to who waits for it."""

from __future__ import annotations

import asyncio
import socket
from typing import Protocol

Address = tuple[str, int]

_BUFFER = 8 << 20
_LARGEST = 65_535
_MAX_BURST = 512


class Listener(Protocol):
    """Somebody who has sent datagrams to a peer and waits for what comes back."""

    def heard(self, datagram: bytes) -> None:
        """Take a datagram that came from the peer's address and port."""
        ...


class UdpHub:
    """The sockets, and who listens to which peer. What comes from anybody else is dropped and counted."""

    def __init__(self) -> None:
        self._sockets: dict[bool, socket.socket] = {}
        self._listeners: dict[Address, list[Listener]] = {}
        self.strangers = 0

    def listen(self, peer: Address, listener: Listener) -> None:
        """Hand datagrams from `peer` to `listener` until it is forgotten."""
        self._listeners.setdefault(peer, []).append(listener)

    def forget(self, peer: Address, listener: Listener) -> None:
        """Hand no more datagrams to `listener`."""
        listeners = self._listeners[peer]
        listeners.remove(listener)
        if not listeners:
            del self._listeners[peer]

    def send(self, datagram: bytes, peer: Address) -> None:
        """Send now; raises OSError if nothing left this machine."""
        self._socket(":" in peer[0]).sendto(datagram, peer)

    def close(self) -> None:
        """Close the sockets."""
        loop = asyncio.get_running_loop()
        for transport in self._sockets.values():
            loop.remove_reader(transport.fileno())
            transport.close()
        self._sockets.clear()

    def _socket(self, ipv6: bool) -> socket.socket:
        transport = self._sockets.get(ipv6)
        if transport is None:
            transport = socket.socket(socket.AF_INET6 if ipv6 else socket.AF_INET, socket.SOCK_DGRAM)
            transport.setblocking(False)
            # Thousands of devices may answer while the event loop is busy with one scrape.
            transport.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
            transport.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
            asyncio.get_running_loop().add_reader(transport.fileno(), self._readable, transport)
            self._sockets[ipv6] = transport
        return transport

    def _readable(self, transport: socket.socket) -> None:
        for _ in range(_MAX_BURST):
            try:
                datagram, peer = transport.recvfrom(_LARGEST)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                continue
            listeners = self._listeners.get((peer[0], peer[1]))
            if listeners is None:
                self.strangers += 1
                continue
            for listener in tuple(listeners):
                listener.heard(datagram)
