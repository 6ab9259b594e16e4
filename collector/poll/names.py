"""Looks names up with this machine's resolver; tells a broken resolver from a name that is not there."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Any

from collector.model import Reason

_MAX_LOOKUPS = 16
"""Lookups under way at once. One that hangs holds a thread, which nobody can end from outside."""

_NOT_THERE = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})

Lookup = Callable[[str], Sequence[Any]]


class LookupFailedError(Exception):
    """No address. `reason` says whose fault it is."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def _system(host: str) -> Sequence[Any]:
    return socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)


class Resolver:
    """Looks up names in threads of its own; the same name is never looked up twice at once."""

    def __init__(self, lookup: Lookup = _system) -> None:
        self._lookup = lookup
        self._under_way: dict[str, asyncio.Future[tuple[str, ...]]] = {}

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Return a host's addresses, the preferred one first, or raise LookupFailedError.

        Without a limit of its own: cancel it when time is up. The thread ends when the resolver gives up.
        """
        with contextlib.suppress(ValueError):
            return (str(ipaddress.ip_address(host)),)
        found = self._under_way.get(host)
        if found is None:
            if len(self._under_way) >= _MAX_LOOKUPS:
                stuck = ", ".join(sorted(self._under_way)[:3])
                raise LookupFailedError(
                    Reason.RESOLVER_FAILED, f"the resolver is stuck on {stuck} and others"
                )
            found = self._start(host)
        return await asyncio.shield(found)

    def _start(self, host: str) -> asyncio.Future[tuple[str, ...]]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[tuple[str, ...]] = loop.create_future()
        self._under_way[host] = future
        future.add_done_callback(lambda done: self._ended(host, done))

        def look_up() -> None:
            try:
                found = tuple(dict.fromkeys(str(entry[4][0]) for entry in self._lookup(host)))
                outcome: tuple[str, ...] | Exception = found
            except (OSError, UnicodeError) as error:
                outcome = _told_apart(host, error)
            # The loop may be gone: whoever asked has long stopped waiting.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_settle, future, outcome)

        threading.Thread(target=look_up, name=f"look up {host}", daemon=True).start()
        return future

    def _ended(self, host: str, done: asyncio.Future[tuple[str, ...]]) -> None:
        self._under_way.pop(host, None)
        if not done.cancelled():
            done.exception()


def _settle(future: asyncio.Future[tuple[str, ...]], outcome: tuple[str, ...] | Exception) -> None:
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


def _told_apart(host: str, error: OSError | UnicodeError) -> LookupFailedError:
    """Return whose fault a failed lookup is: only `no such name` is an answer, all else is our side's."""
    if isinstance(error, socket.gaierror) and error.errno in _NOT_THERE:
        return LookupFailedError(Reason.NAME_UNKNOWN, f"{host}: {error.strerror}")
    if isinstance(error, UnicodeError):
        return LookupFailedError(Reason.NAME_UNKNOWN, f"{host} is no name that can be looked up")
    return LookupFailedError(Reason.RESOLVER_FAILED, f"{host}: {error.strerror or error}")
