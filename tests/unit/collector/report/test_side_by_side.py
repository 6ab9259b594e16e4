"""Processes that work on a report: what comes back from them, and what is left of them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import BrokenExecutor, Executor
from pathlib import Path

import psutil
import pytest

from collector.ledger.errors import LedgerDamagedError
from collector.report.side_by_side import side_by_side

LONG = "x" * 1_000_000
ROOT = Path(__file__).resolve().parents[4]


def number_of_this_process() -> int:
    return os.getpid()


def wait_for_ever() -> None:
    threading.Event().wait()


def none_left() -> bool:
    """Say so once the pool's own thread has collected its processes too; False after ten seconds."""
    deadline = time.monotonic() + 10
    while multiprocessing.active_children() and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    return multiprocessing.active_children() == []


def tell_and_wait() -> None:
    print(os.getpid(), flush=True)
    wait_for_ever()


def as_long_as(text: str, rest: int) -> str:
    return text * rest


def test_one_works_here_and_more_elsewhere() -> None:
    """A machine with one core starts nothing; none is left when it is over."""
    with side_by_side(1) as able:
        assert able.submit(number_of_this_process).result() == os.getpid()
    with side_by_side(2) as able:
        assert able.submit(number_of_this_process).result() != os.getpid()
    assert none_left()


def test_one_that_is_killed_is_told() -> None:
    """As the kernel kills when memory is short: nobody waits for ever, however much waits to be begun."""
    with pytest.raises(BrokenExecutor), side_by_side(2) as able:
        _killed(able)
    assert none_left()


def test_what_is_said_and_raised_elsewhere_comes_back_whole() -> None:
    """More than a pipe holds in one piece, both ways; an error as it was raised."""
    with side_by_side(2) as able:
        found = [able.submit(as_long_as, LONG, 2) for _ in range(6)]
        assert {one.result() == LONG * 2 for one in found} == {True}
        with pytest.raises(LedgerDamagedError, match=r"^x: torn$"):
            able.submit(_torn).result()


def test_whoever_leaves_early_leaves_none_behind() -> None:
    """Ctrl-C while they work: they end at once, though they would never have come to an end."""
    with pytest.raises(KeyboardInterrupt), side_by_side(2) as able:
        _interrupted(able)
    assert none_left()


def test_a_caller_that_is_killed_leaves_none_behind() -> None:
    """It can end nobody; they see that it is gone."""
    code = (
        "from collector.report.side_by_side import side_by_side\n"
        "from tests.unit.collector.report.test_side_by_side import tell_and_wait\n"
        "if __name__ == '__main__':\n"
        "    with side_by_side(2) as able:\n"
        "        able.submit(tell_and_wait).result()\n"
    )
    command = [sys.executable, "-c", code]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=quiet, text=True, cwd=ROOT) as caller:
        assert caller.stdout is not None
        number = int(caller.stdout.readline())
        caller.kill()
    deadline = time.monotonic() + 10
    while psutil.pid_exists(number) and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    assert not psutil.pid_exists(number)


def _killed(able: Executor) -> None:
    killed = able.submit(signal.raise_signal, signal.SIGKILL)
    for _ in range(10):
        able.submit(as_long_as, LONG, 2)
    killed.result()


def _torn() -> None:
    raise LedgerDamagedError("x: torn")


def _interrupted(able: Executor) -> None:
    able.submit(wait_for_ever)
    assert able.submit(number_of_this_process).result() != os.getpid()
    raise KeyboardInterrupt
