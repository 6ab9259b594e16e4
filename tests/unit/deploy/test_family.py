"""Processes that outlive who began them."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from deploy.stack.child import Child
from deploy.stack.family import Process, descendants, end

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs proc(5)")

LEAVES_ITS_GROUP = (
    "import os, sys, time\n"
    "if os.fork() == 0:\n"
    "    os.setsid()\n"
    "    open(sys.argv[1], 'w').write(str(os.getpid()))\n"
    "time.sleep(600)\n"
)


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_grandchild_in_a_session_of_its_own_ends_with_the_child(tmp_path: Path) -> None:
    """As sshd's sessions, which no signal to sshd's group reaches."""
    told = tmp_path / "pid"
    command = [sys.executable, "-c", LEAVES_ITS_GROUP, str(told)]
    with Child("forks", command, log=tmp_path / "log") as child:
        child.wait_until(lambda: told.exists() and bool(told.read_text()))
        grandchild = int(told.read_text())
        assert grandchild in {process.pid for process in descendants(child.pid)}
        assert os.getsid(grandchild) != os.getsid(child.pid)
    deadline = time.monotonic() + 5
    while not gone(grandchild) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert gone(grandchild)


def test_an_id_that_came_round_again_is_left_alone(tmp_path: Path) -> None:
    """Another process under the same id began at another time."""
    with Child("sleeps", ["sleep", "600"], log=tmp_path / "log") as child:
        (mine,) = {process for process in descendants(os.getpid()) if process.pid == child.pid}
        end(frozenset({Process(mine.pid, mine.began + 1)}))
        assert child.running()
        end(frozenset({mine}))
        assert child._process is not None
        assert child._process.wait(5) == -9
