"""Processes that work side by side on one report; whoever leaves early leaves none behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_LOADED = ["__main__", "weasyprint", "collector.report.pdf.draw", "collector.report.traffic_reading"]

MOST = 6
"""A text and five annexes: more would have nothing to do."""


@contextmanager
def side_by_side(count: int) -> Iterator[Executor]:
    """Yield what runs so many calls at a time: up to one here and at once, more in processes of their own.

    A call whose process is killed raises BrokenExecutor.
    """
    count = min(count, MOST)
    if count <= 1:
        yield Here()
        return
    # Forked from a clean process that has loaded what takes a second: the caller's threads are not in it.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED)
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_prepared)
    try:
        # All are started by the first call, whatever it is.
        pool.submit(int)
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - before:
            child.terminate()
            child.join()
        raise
    pool.shutdown()


class Here(Executor):
    """Runs a call in this process, at once."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Return what is done already; what it raises is raised here."""
        done: Future[T] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


def _prepared() -> None:
    # Ctrl-C is the caller's, who ends these. One that is killed cannot, and they would wait for ever.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_caller, daemon=True).start()


def _end_with_the_caller() -> None:
    caller = multiprocessing.parent_process()
    if caller is not None:
        caller.join()
        os._exit(1)
