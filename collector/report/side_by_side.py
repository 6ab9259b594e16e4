"""Processes that work side by side on one report; whoever leaves early leaves none behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_Outcome = tuple[T, Exception | None]
_LOADED = ["__main__", "weasyprint", "collector.report.pdf.draw", "collector.report.traffic_reading"]

MOST = 6
"""A text and five annexes: more would have nothing to do."""


@contextmanager
def side_by_side(count: int) -> Iterator[Executor]:
    """Yield what runs so many calls at a time: up to one here and at once, more in a process each.

    A call whose process is killed raises BrokenExecutor.
    """
    if count <= 1:
        yield Here()
        return
    elsewhere = _Elsewhere(min(count, MOST))
    try:
        yield elsewhere
    except BaseException:
        elsewhere.stop()
        raise
    finally:
        elsewhere.shutdown(cancel_futures=True)


class Here(Executor):
    """Runs a call in this process, at once."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Return what is done already; what it raises is raised here."""
        done: Future[T] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


class _Elsewhere(Executor):
    """Runs each call in a process of its own, watched by a thread.

    The standard library's pool would wait for ever where a process is killed while much waits in its pipes.
    """

    def __init__(self, count: int) -> None:
        # Forked from a clean process that has loaded what takes a second: no thread of the caller's is in it.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(_LOADED)
        _start_deaf_to_ctrl_c()
        self._watchers = ThreadPoolExecutor(count, thread_name_prefix="side-by-side")
        self._running: set[ForkServerProcess] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Return what will be done."""
        return self._watchers.submit(self._run, fn, args, kwargs)

    def stop(self) -> None:
        """End what runs, and begin nothing more."""
        with self._lock:
            self._stopped = True
            for process in self._running:
                process.terminate()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for what runs."""
        self._watchers.shutdown(wait, cancel_futures=cancel_futures)

    def _run(self, call: Callable[..., T], args: tuple[Any, ...], named: dict[str, Any]) -> T:
        results, send = self._context.Pipe(duplex=False)
        with results:
            try:
                process = self._started(send, call, args, named)
                try:
                    outcome: _Outcome[T] = results.recv()
                finally:
                    process.join()
                    with self._lock:
                        self._running.discard(process)
            except (EOFError, OSError):
                raise BrokenExecutor("its process was killed") from None
        found, error = outcome
        if error is not None:
            raise error
        return found

    def _started(self, send: Connection, *work: Any) -> ForkServerProcess:
        process = self._context.Process(target=_work, args=(send, *work))
        with send, self._lock:
            if self._stopped:
                raise BrokenExecutor("stopped")
            process.start()
            self._running.add(process)
        return process


def _start_deaf_to_ctrl_c() -> None:
    """Start what the others are forked from: to Ctrl-C, which is the caller's, they would add tracebacks."""
    # By itself it would be started just before, and lift the block.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(
    send: Connection, call: Callable[..., object], args: tuple[Any, ...], named: dict[str, Any]
) -> None:
    # The caller ends this one; a caller that is killed cannot.
    threading.Thread(target=_end_with_the_caller, daemon=True).start()
    try:
        outcome: tuple[object, Exception | None] = (call(*args, **named), None)
    except Exception as error:  # noqa: BLE001 - it is the caller's to judge
        outcome = (None, error)
    with suppress(OSError):
        send.send(outcome)


def _end_with_the_caller() -> None:
    caller = multiprocessing.parent_process()
    if caller is not None:
        caller.join()
        os._exit(1)
