"""A disk that fills up under a running agent: it answers, counts, and stores again when there is room."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from pathlib import Path

import pytest

from agent.wire import GapCause
from deploy.stack.child import Child
from deploy.stack.ports import free_port
from deploy.stack.snmpd import answers
from tests.peers.agent_running import COMMUNITY, RunningAgent, configuration

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("unshare") is None, reason="needs root to mount a small disk for itself"
)


def test_a_full_disk_costs_its_own_snapshots_only(tmp_path: Path) -> None:
    """No room: the log says so once, SNMP answers, the loss is counted and listed; with room it goes on."""
    port = free_port(kind=socket.SOCK_DGRAM)
    state = tmp_path / "state"
    state.mkdir()
    (tmp_path / "agent.toml").write_text(configuration(tmp_path, port))
    # The disk is mounted where only this child sees it, and goes with it.
    mount = f"mount -t tmpfs -o size=300k tmpfs {state}"
    serve = f"exec {sys.executable} -m agent serve --config {tmp_path}/agent.toml"
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", f"{mount} && {serve}"]
    with Child("agent", command, log=tmp_path / "agent.log") as child:
        child.wait_until(lambda: answers("127.0.0.1", port, COMMUNITY))
        inside = Path(f"/proc/{child.pid}/root{tmp_path}")
        agent = RunningAgent(child, inside, port)
        child.wait_until(lambda: agent.report().header.last is not None)
        ballast = inside / "state" / "ballast"
        fill(ballast)
        child.wait_until(lambda: "cannot be written: No space left on device" in child.log.read_text())
        assert answers("127.0.0.1", port, COMMUNITY)
        ballast.unlink()
        child.wait_until(lambda: "can be written again" in child.log.read_text())
        report = agent.report("--after", "0", "--limit", "1000")
        assert {gap.cause for gap in report.gaps} == {GapCause.NOT_WRITTEN}
        missing = sum(gap.last - gap.first + 1 for gap in report.gaps)
        own = report.entries[-1].snapshot.agent
        assert getattr(own, "spool_failed", 0) == missing
        seqs = [entry.seq for entry in report.entries]
        assert len(seqs) + missing == seqs[-1]
        assert child.log.read_text().count("cannot be written") == 1


def fill(path: Path) -> None:
    """Write until there is no room, down to the last octet."""
    with path.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
