"""The agent as a user without any privilege, read by another user of its group, and by nobody else."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.exit_codes import Exit
from agent.wire import Unavailable, parse_report, request_line
from deploy.stack.child import Child
from deploy.stack.ports import free_port
from deploy.stack.snmpd import answers
from tests.nobody import NOBODY, as_user, cannot_be_nobody
from tests.peers.agent_running import COMMUNITY, V3, RunningAgent, configuration, missing_tools

SERVICE, READER, STRANGER = 64_001, 64_002, 64_003


pytestmark = pytest.mark.skipif(cannot_be_nobody() is not None, reason=str(cannot_be_nobody()))


@pytest.fixture
def directory() -> Iterator[Path]:
    """A folder that other users can enter; pytest's own are closed to them."""
    with tempfile.TemporaryDirectory(prefix="haidang-agent-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def report(directory: Path, uid: int, gid: int) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "agent", "report", "--spool", str(directory / "state" / "spool")]
    env = {"PATH": os.environ["PATH"], "SSH_ORIGINAL_COMMAND": request_line(limit=5)}
    return subprocess.run(
        as_user(uid, gid, *command), capture_output=True, env=env, cwd="/", check=False, timeout=60
    )


@pytest.mark.skipif(missing_tools() is not None, reason=str(missing_tools()))
@pytest.mark.parametrize(("uid", "gid"), [(SERVICE, SERVICE), (NOBODY, NOBODY)], ids=["service", "nobody"])
def test_it_serves_without_any_privilege(directory: Path, uid: int, gid: int) -> None:
    """No capability, no group: SNMP answers, every section is there, the group reads, others do not."""
    port = free_port(kind=socket.SOCK_DGRAM)
    (directory / "agent.toml").write_text(configuration(directory, port))
    for name in ("auth", "priv", "community", "state"):
        path = directory / name
        if name == "state":
            path.mkdir(mode=0o750)
        os.chown(path, uid, gid)
    serve = as_user(uid, gid, sys.executable, "-m", "agent", "serve", "--config", f"{directory}/agent.toml")
    with Child("agent", serve, log=directory / "agent.log", cwd=Path("/")) as child:
        child.wait_until(lambda: answers("127.0.0.1", port, COMMUNITY))
        agent = RunningAgent(child, directory, port)
        assert agent.walk("1.3.6.1.2.1.2", *V3)
        status = Path(f"/proc/{child.pid}/status").read_text()
        assert f"Uid:\t{uid}\t{uid}\t{uid}\t{uid}" in status
        assert "CapEff:\t0000000000000000" in status
        child.wait_until(lambda: report(directory, READER, gid).returncode == Exit.OK)
        read = parse_report(report(directory, READER, gid).stdout)
        taken = read.entries[0].snapshot
        assert read.header.serving
        for name in ("host", "clock", "cpu", "memory", "file_systems", "interfaces", "processes", "agent"):
            assert not isinstance(getattr(taken, name), Unavailable), name
        refused = report(directory, STRANGER, STRANGER)
        assert (refused.returncode, refused.stdout) == (Exit.SPOOL, b"")
        assert b"permission denied; make this user a member of the group" in refused.stderr
        child.stop()
        assert child.exit_code == 0
