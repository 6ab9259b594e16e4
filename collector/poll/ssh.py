"""Fetches an agent's report over SSH: connections kept, calls in threads, a hung one cut from outside."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from collector.inventory.values import Probe
from collector.model import Check, Fault, Printed, Reason, Reply
from collector.poll.base import Note, Timing
from collector.poll.ssh_error import NotOpenedError, SshError
from collector.poll.ssh_session import SshIdentity, SshSession
from collector.poll.tcp import ConnectError, connect

_MAX_THREADS = 128

_KEPT_SHARE = 1 / 3
"""The part of a poll's time in which a kept connection must take a command, before a new one is tried."""

_GRACE_S = 0.5
"""A thread that has not noticed its own deadline by then is cut off."""

_LEAST_SHARE = 1 / 10
"""The part of a poll's time without which silence at a new connection proves nothing."""

T = TypeVar("T")

Key = tuple[str, int, SshIdentity]
"""Address, port and as whom: what a connection is kept for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SshRequest:
    """One command at a host, the most bytes it may print, and the most time it may take."""

    address: str
    port: int
    identity: SshIdentity
    command: str
    limit: int
    timeout_s: float


@dataclass(slots=True)
class _Progress:
    """What has happened in one poll so far; it becomes part of the Reply or the Fault."""

    exchanges: int = 0
    answered_at: float | None = None
    rtt_s: float | None = None

    def heard(self, at: float, asked_at: float) -> None:
        """Note that the host answered at `at` what it was asked at `asked_at`."""
        self.exchanges += 1
        self.answered_at = self.answered_at or at
        self.rtt_s = self.rtt_s or at - asked_at


class SshPoller:
    """Polls by SSH. Keeps one session for each address, port and identity."""

    def __init__(self, *, mono: Callable[[], float]) -> None:
        self._mono = mono
        self._sessions: dict[Key, SshSession] = {}
        self._wanted: frozenset[Key] | None = None
        self._threads = ThreadPoolExecutor(max_workers=_MAX_THREADS, thread_name_prefix="ssh")

    async def poll(self, request: SshRequest, timing: Timing, note: Note | None = None) -> Check:
        """Run the request's command once; see Poller."""
        timing = Timing(
            started_at=timing.started_at,
            deadline_at=min(timing.deadline_at, timing.started_at + request.timeout_s),
        )
        key = (request.address, request.port, request.identity)
        progress = _Progress()
        try:
            session, printed = await self._printed(self._kept(key), request, timing, progress, note)
        except ConnectError as error:
            if error.answered:
                progress.answered_at = self._mono()
            return self._fault(error.reason, str(error), timing, progress)
        except SshError as error:
            return self._fault(error.reason, str(error), timing, progress)
        if self._wanted is None or key in self._wanted:
            self._sessions[key] = session
        else:
            self._discard(session)
        done_at = self._mono()
        return Reply(
            probe=Probe.SSH,
            sent_at=timing.started_at,
            answered_at=progress.answered_at or done_at,
            done_at=done_at,
            rtt_s=progress.rtt_s or done_at - timing.started_at,
            packets_sent=progress.exchanges,
            packets_received=progress.exchanges,
            payload=printed,
        )

    def retain(self, wanted: frozenset[Key]) -> None:
        """Close the connections that are kept for anybody else."""
        self._wanted = wanted
        for key in self._sessions.keys() - wanted:
            self._discard(self._sessions.pop(key))

    async def close(self) -> None:
        """Cut all sessions and end the threads."""
        for session in self._sessions.values():
            session.cut()
            self._discard(session)
        self._sessions.clear()
        await asyncio.to_thread(self._threads.shutdown)

    def _kept(self, key: Key) -> SshSession | None:
        session = self._sessions.pop(key, None)
        if session is None or session.alive:
            return session
        self._discard(session)
        return None

    async def _printed(
        self,
        kept: SshSession | None,
        request: SshRequest,
        timing: Timing,
        progress: _Progress,
        note: Note | None,
    ) -> tuple[SshSession, Printed]:
        """Run the command; a kept connection that takes none proves nothing, so a new one is made."""
        if kept is not None:
            now = self._mono()
            open_by = now + (timing.deadline_at - now) * _KEPT_SHARE
            try:
                return kept, await self._run(kept, request, timing, progress, note, open_by=open_by)
            except NotOpenedError as error:
                _say(note, f"the kept connection is gone ({error}); making a new one")
        session = await self._open(request, timing, progress, note)
        return session, await self._run(session, request, timing, progress, note, open_by=timing.deadline_at)

    async def _open(
        self, request: SshRequest, timing: Timing, progress: _Progress, note: Note | None
    ) -> SshSession:
        began = self._mono()
        if timing.deadline_at - began < (timing.deadline_at - timing.started_at) * _LEAST_SHARE:
            raise SshError(Reason.LATE, "no time was left for a new connection: this machine is too busy")
        connected = await connect(request.address, request.port, seconds=timing.deadline_at - began)
        progress.heard(self._mono(), began)
        session = SshSession(
            connected, request.identity, host=request.address, port=request.port, mono=self._mono
        )
        _say(note, f"TCP connection to port {request.port} in {(self._mono() - began) * 1000:.1f} ms")
        await self._call(session, timing, lambda: session.login(timing.deadline_at))
        _say(note, f"host key as pinned, logged in as {request.identity.username}")
        return session

    async def _run(
        self,
        session: SshSession,
        request: SshRequest,
        timing: Timing,
        progress: _Progress,
        note: Note | None,
        *,
        open_by: float,
    ) -> Printed:
        began = self._mono()
        printed = await self._call(
            session,
            timing,
            lambda: session.run(
                request.command,
                open_by=open_by,
                deadline=timing.deadline_at,
                limit=request.limit,
                heard=lambda at: progress.heard(at, began),
            ),
        )
        took = self._mono() - began
        _say(note, f"`{request.command}` printed {len(printed.stdout)} bytes in {took * 1000:.1f} ms")
        return printed

    async def _call(self, session: SshSession, timing: Timing, call: Callable[[], T]) -> T:
        """Run a blocking call in a thread; if it outlives the deadline, cut its socket so that it ends."""
        submitted = self._threads.submit(call)
        future = asyncio.wrap_future(submitted)
        try:
            async with asyncio.timeout(max(timing.deadline_at - self._mono(), 0.0) + _GRACE_S):
                return await asyncio.shield(future)
        except TimeoutError:
            if submitted.cancel():
                self._discard(session)
                why = f"no thread was free in time: {_MAX_THREADS} other hosts hang"
                raise SshError(Reason.LATE, why) from None
            session.cut()
            future.add_done_callback(_retrieve)
            self._discard(session)
            raise SshError(Reason.DEADLINE, "hung; the connection was cut") from None
        except BaseException:
            self._discard(session)
            raise

    def _discard(self, session: SshSession) -> None:
        """Close a session in a thread: closing waits for paramiko's own thread."""
        session.cut()
        asyncio.get_running_loop().run_in_executor(self._threads, session.close)

    def _fault(self, reason: Reason, detail: str, timing: Timing, progress: _Progress) -> Fault:
        return Fault(
            probe=Probe.SSH,
            reason=reason,
            detail=detail,
            sent_at=timing.started_at,
            done_at=self._mono(),
            answered_at=progress.answered_at,
            packets_sent=progress.exchanges + 1,
            packets_received=progress.exchanges,
        )


def _retrieve(future: asyncio.Future[T]) -> None:
    """Take note of the cut call's exception, which nobody waits for any more."""
    if not future.cancelled():
        future.exception()


def _say(note: Note | None, text: str) -> None:
    if note is not None:
        note(text)
