"""Opens a TCP connection without a thread, and tells what failed here from what failed there."""

from __future__ import annotations

import asyncio
import errno
import os
import socket

from collector.model import Reason
from collector.poll.base import send_reason


class ConnectError(Exception):
    """No connection. `answered` is true if a packet came back all the same (the port is closed)."""

    def __init__(self, reason: Reason, detail: str, *, answered: bool = False) -> None:
        super().__init__(detail)
        self.reason, self.answered = reason, answered


async def connect(address: str, port: int, *, seconds: float) -> socket.socket:
    """Return a connected, non-blocking socket, or raise ConnectError within `seconds`.

    An error of the connect call itself means that nothing left this machine; one that arrives later was
    caused by the network or the peer.
    """
    connecting = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        connecting.setblocking(False)
        failed = connecting.connect_ex((address, port))
        if failed not in (0, errno.EINPROGRESS, errno.ECONNREFUSED):
            error = OSError(failed, os.strerror(failed))
            raise ConnectError(send_reason(error), error.strerror or "cannot connect")
        if failed == errno.EINPROGRESS:
            failed = await _outcome(connecting, seconds)
        if failed == errno.ECONNREFUSED:
            raise ConnectError(Reason.REFUSED, f"port {port} is closed", answered=True)
        if failed:
            raise ConnectError(Reason.TIMEOUT, f"no connection to port {port}: {os.strerror(failed)}")
        connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        connecting.close()
        raise
    return connecting


async def _outcome(connecting: socket.socket, seconds: float) -> int:
    """Wait until the connection stands or has failed, and return its error number (0: it stands)."""
    loop = asyncio.get_running_loop()
    writable = asyncio.Event()
    loop.add_writer(connecting.fileno(), writable.set)
    try:
        async with asyncio.timeout(max(seconds, 0.0)):
            await writable.wait()
    except TimeoutError:
        return errno.ETIMEDOUT
    finally:
        loop.remove_writer(connecting.fileno())
    return connecting.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
