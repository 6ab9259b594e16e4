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
from collector.poll.ssh_session import SshError, SshIdentity, SshSession
from collector.poll.tcp import ConnectError, connect

_MAX_THREADS = 128
_GRACE_S = 0.5
"""A thread that has not noticed its own deadline by then is cut off."""

T = TypeVar("T")


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


class SshPoller:
    """Polls by SSH. Keeps one session for each address, port and identity."""

    def __init__(self, *, mono: Callable[[], float]) -> None:
        self._mono = mono
        self._sessions: dict[tuple[str, int, SshIdentity], SshSession] = {}
        self._threads = ThreadPoolExecutor(max_workers=_MAX_THREADS, thread_name_prefix="ssh")

    async def poll(self, request: SshRequest, timing: Timing, note: Note | None = None) -> Check:
        """Run the request's command once; see Poller."""
        timing = Timing(
            started_at=timing.started_at,
            deadline_at=min(timing.deadline_at, timing.started_at + request.timeout_s),
        )
        key = (request.address, request.port, request.identity)
        progress = _Progress()
        session = self._sessions.pop(key, None)
        if session is not None and not session.alive:
            self._discard(session)
            session = None
        try:
            if session is None:
                session = await self._open(request, timing, progress, note)
            stdout = await self._run(session, request, timing, progress, note)
        except ConnectError as error:
            if error.answered:
                progress.answered_at = self._mono()
            return self._fault(error.reason, str(error), timing, progress)
        except SshError as error:
            return self._fault(error.reason, str(error), timing, progress)
        self._sessions[key] = session
        done_at = self._mono()
        return Reply(
            probe=Probe.SSH,
            sent_at=timing.started_at,
            answered_at=progress.answered_at or done_at,
            done_at=done_at,
            rtt_s=progress.rtt_s or done_at - timing.started_at,
            packets_sent=progress.exchanges,
            packets_received=progress.exchanges,
            payload=Printed(stdout=stdout),
        )

    async def close(self) -> None:
        """Cut all sessions and end the threads."""
        for session in self._sessions.values():
            session.cut()
            self._discard(session)
        self._sessions.clear()
        await asyncio.to_thread(self._threads.shutdown)

    async def _open(
        self, request: SshRequest, timing: Timing, progress: _Progress, note: Note | None
    ) -> SshSession:
        began = self._mono()
        connected = await connect(request.address, request.port, seconds=timing.deadline_at - began)
        progress.exchanges += 1
        progress.answered_at = self._mono()
        progress.rtt_s = progress.answered_at - began
        session = SshSession(
            connected, request.identity, host=request.address, port=request.port, mono=self._mono
        )
        _say(note, f"TCP connection to port {request.port} in {progress.rtt_s * 1000:.1f} ms")
        await self._call(session, timing, lambda: session.login(timing.deadline_at))
        _say(note, f"host key as pinned, logged in as {request.identity.username}")
        return session

    async def _run(
        self, session: SshSession, request: SshRequest, timing: Timing, progress: _Progress, note: Note | None
    ) -> bytes:
        began = self._mono()
        stdout = await self._call(
            session,
            timing,
            lambda: session.run(request.command, deadline=timing.deadline_at, limit=request.limit),
        )
        took = self._mono() - began
        progress.exchanges += 1
        progress.answered_at = progress.answered_at or self._mono()
        progress.rtt_s = progress.rtt_s or took
        _say(note, f"`{request.command}` printed {len(stdout)} bytes in {took * 1000:.1f} ms")
        return stdout

    async def _call(self, session: SshSession, timing: Timing, call: Callable[[], T]) -> T:
        """Run a blocking call in a thread; if it outlives the deadline, cut its socket so that it ends."""
        future = asyncio.get_running_loop().run_in_executor(self._threads, call)
        try:
            left = timing.deadline_at - self._mono()
            return await asyncio.wait_for(asyncio.shield(future), max(left, 0.0) + _GRACE_S)
        except TimeoutError:
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
