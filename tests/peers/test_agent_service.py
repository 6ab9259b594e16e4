"""The running service: what it says, how it takes signals, and what it does where something is wrong."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.exit_codes import Exit
from agent.version import VERSION
from agent.wire import GapCause
from deploy.stack.child import Child
from deploy.stack.ports import free_port
from deploy.stack.snmpd import answers
from tests.peers.agent_running import (
    COMMUNITY,
    PRIV_PASSWORD,
    V2C,
    V3,
    RunningAgent,
    agent_child,
    configuration,
    missing_tools,
    number,
    running_agent,
    secret,
)

pytestmark = pytest.mark.skipif(missing_tools() is not None, reason=str(missing_tools()))

SYS_UPTIME = "1.3.6.1.2.1.1.3.0"
BOOTS = "1.3.6.1.6.3.10.2.1.2.0"


def udp_port() -> int:
    return free_port(kind=socket.SOCK_DGRAM)


def write_config(directory: Path, text: str) -> None:
    (directory / "agent.toml").write_text(text)


def reload(agent: RunningAgent, text: str) -> str:
    """Send SIGHUP with a new file and return what the agent logs about it."""
    before = len(agent.child.log.read_text())

    def done() -> bool:
        said = agent.child.log.read_text()[before:]
        return (
            "reload: nothing was changed\n" in said
            or "requests allowed from" in said
            or "SNMP is off" in said
        )

    write_config(agent.directory, text)
    os.kill(agent.child.pid, signal.SIGHUP)
    agent.child.wait_until(done)
    return agent.child.log.read_text()[before:]


def test_it_says_once_how_it_can_be_reached(tmp_path: Path) -> None:
    """Three lines at the start, none while all is well, one at the end."""
    with running_agent(tmp_path) as agent:
        agent.child.wait_until(lambda: (agent.report().header.last or 0) >= 3)
    users, allowed = "haidang (SHA-256, AES-128)", "127.0.0.1/32, ::1/128"
    old = "v1 and v2c: 1 community, unencrypted"
    listen = f"udp 127.0.0.1:{agent.port}, [::1]:{agent.port}"
    spool = f"a snapshot every 1 s into {tmp_path}/state/spool"
    assert (tmp_path / "agent.log").read_text().splitlines() == [
        f"INFO: haidang-agent {VERSION}: {spool}; over SSH: haidang-agent report",
        f"INFO: SNMP: {listen}; v3 users: {users}; {old}; requests allowed from: {allowed}",
        "WARNING: SNMP v1 and v2c are on: community and values cross the network unencrypted",
        "INFO: stopped",
    ]


def test_a_reload_takes_over_everything_at_once(tmp_path: Path) -> None:
    """New address, password, contact: in force after SIGHUP; the old ones are not, and boots stay."""
    with running_agent(tmp_path) as agent:
        boots = agent.get(BOOTS)
        port = udp_port()
        text = configuration(tmp_path, port, interval_s=2).replace("duty room", "night shift")
        secret(tmp_path / "auth", "a-new-password")
        said = reload(agent, text)
        assert f"127.0.0.1:{port}" in said
        assert "a snapshot every 2 s" in said
        assert not answers("127.0.0.1", agent.port, COMMUNITY)
        moved = RunningAgent(agent.child, tmp_path, port)
        assert moved.get("1.3.6.1.2.1.1.4.0", BOOTS) == ['STRING: "night shift"', *boots]
        refused = moved.tool("snmpget", "-r", "0", *V3, SYS_UPTIME)
        assert "Authentication failure" in refused.stderr
        renewed = [*V3[:8], "a-new-password", *V3[9:]]
        assert renewed[renewed.index("-X") + 1] == PRIV_PASSWORD
        assert number(moved.get(SYS_UPTIME, options=tuple(renewed))[0]) > 0


def test_a_broken_file_changes_nothing(tmp_path: Path) -> None:
    """Mistakes, missing secrets and addresses that cannot be had: all told, and the old settings stay."""
    with running_agent(tmp_path) as agent, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        good = (tmp_path / "agent.toml").read_text()
        path = tmp_path / "agent.toml"
        said = reload(agent, good + "colour = 3\n[spool]\nmax_mib = 1\n")
        assert [line for line in said.splitlines() if "unknown key" in line or "must be" in line] == [
            (
                f"ERROR: {path}:{good.count(chr(10)) + 1}: snmp.user[0].colour: unknown key; "
                "known here: auth, auth_password, name, priv, priv_password"
            ),
            f"ERROR: {path}:{good.count(chr(10)) + 3}: spool.max_mib: is 1; must be 4 to 1048576",
        ]
        assert agent.get(SYS_UPTIME, options=V3)
        said = reload(agent, good.replace(f"file:{tmp_path}/auth", f"file:{tmp_path}/gone"))
        gone = f"ERROR: {path}: snmp.user[0].auth_password: file:{tmp_path}/gone: No such file or directory"
        assert said.splitlines() == [gone, "ERROR: reload: nothing was changed"]
        taken.bind(("127.0.0.1", 0))
        occupied = taken.getsockname()[1]
        said = reload(agent, good.replace(f'"127.0.0.1:{agent.port}"', f'"127.0.0.1:{occupied}"'))
        assert said.splitlines() == [
            (
                f"ERROR: snmp.listen: 127.0.0.1:{occupied}: Address already in use; "
                "another program listens there, perhaps snmpd; stop it or use another port"
            ),
            "ERROR: reload: nothing was changed",
        ]
        assert agent.get(SYS_UPTIME, options=V3)


def test_snmp_can_be_switched_off_and_on(tmp_path: Path) -> None:
    """Without [snmp] the sockets are closed and the spool goes on; with it they are back."""
    with running_agent(tmp_path) as agent:
        good = (tmp_path / "agent.toml").read_text()
        said = reload(agent, f'interval_s = 1\nstate_directory = "{tmp_path}/state"\n')
        assert f"SNMP is off: there is no [snmp] in {tmp_path}/agent.toml" in said
        assert not answers("127.0.0.1", agent.port, COMMUNITY)
        last = agent.report().header.last or 0
        agent.child.wait_until(lambda: (agent.report().header.last or 0) > last)
        reload(agent, good)
        assert agent.get(SYS_UPTIME, options=V3)


def test_v3_stays_off_where_boots_cannot_be_kept(tmp_path: Path) -> None:
    """With no place for boots there is no v3, and the log says why; v2c and the spool go on."""
    (tmp_path / "state" / "engine").mkdir(parents=True)
    with running_agent(tmp_path) as agent:
        where = f"{tmp_path}/state/engine: Is a directory; the service's user must own {tmp_path}/state"
        assert f"ERROR: SNMPv3 is off: {where}" in agent.child.log.read_text()
        refused = agent.tool("snmpget", "-r", "0", *V3, SYS_UPTIME)
        assert "Unknown user name" in refused.stderr
        assert agent.get(SYS_UPTIME, options=V2C)
        agent.child.wait_until(lambda: agent.report().header.last is not None)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("192.0.2.77:16161", "Cannot assign requested address; this machine does not have that address"),
        (
            "taken",
            (
                "Address already in use; "
                "another program listens there, perhaps snmpd; stop it or use another port"
            ),
        ),
    ],
)
def test_an_address_that_cannot_be_had_ends_it(address: str, reason: str, tmp_path: Path) -> None:
    """serve ends at once with the code for it and says which address, why, and what to do."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        if address == "taken":
            address = f"127.0.0.1:{other.getsockname()[1]}"
        text = configuration(tmp_path, udp_port())
        lines = [
            f'listen = ["{address}"]' if line.startswith("listen") else line for line in text.splitlines()
        ]
        write_config(tmp_path, "\n".join(lines))
        command = [sys.executable, "-m", "agent", "serve", "--config", str(tmp_path / "agent.toml")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == Exit.ADDRESS
    assert done.stderr == f"snmp.listen: {address}: {reason}\n"


@pytest.mark.parametrize(
    ("listen", "asked", "family"),
    [("0.0.0.0", "127.0.0.9", socket.AF_INET), ("[::]", "::1", socket.AF_INET6)],
)
def test_answers_leave_from_the_address_that_was_asked(
    listen: str, asked: str, family: socket.AddressFamily, tmp_path: Path
) -> None:
    """On all addresses at once: a peer that takes answers from the asked one only gets them."""
    port = udp_port()
    text = configuration(tmp_path, port).replace(f'"127.0.0.1:{port}", "[::1]:{port}"', f'"{listen}:{port}"')
    write_config(tmp_path, text.replace('allow = ["127.0.0.1", "::1"]', 'allow = ["127.0.0.0/8", "::1"]'))
    # sysUpTime.0 in v2c, community lighthouse.
    request = bytes.fromhex(
        "302a020101040a6c69676874686f757365a019020101020100020100300e300c06082b060102010103000500"
    )
    with agent_child(tmp_path) as child:
        child.wait_until(lambda: "requests allowed from" in child.log.read_text())
        with socket.socket(family, socket.SOCK_DGRAM) as client:
            client.connect((asked, port))
            client.settimeout(5)
            client.send(request)
            # A connected socket takes nothing from any other address.
            assert client.recv(2_000)
        child.stop()


def test_a_clean_stop_leaves_no_gap_and_a_kill_a_listed_one(tmp_path: Path) -> None:
    """Numbers go on after SIGTERM; after kill -9 those that were set aside are listed as a restart."""

    def stored(agent: RunningAgent, many: int) -> Callable[[], bool]:
        return lambda: (agent.report().header.last or 0) >= many

    with running_agent(tmp_path) as agent:
        agent.child.wait_until(stored(agent, 2))
    with running_agent(tmp_path) as agent:
        last = agent.report().header.last or 0
        agent.child.wait_until(stored(agent, last + 1))
        assert agent.report("--after", "0").gaps == ()
    with agent_child(tmp_path, name="killed") as child:
        killed = RunningAgent(child, tmp_path, agent.port)
        last = agent.report().header.last or 0
        child.wait_until(stored(killed, last + 1))
        child.kill()
    before = agent.report().header.last or 0
    with running_agent(tmp_path) as agent:
        agent.child.wait_until(stored(agent, before + 1))
        report = agent.report("--after", "0")
    assert [(gap.first, gap.cause) for gap in report.gaps] == [(before + 1, GapCause.RESTART)]
    assert all(entry.age_ms is not None for entry in report.entries)
    assert report.header.serving


def test_systemd_is_told_how_it_goes(tmp_path: Path) -> None:
    """READY when it answers, RELOADING around a reload, STOPPING at the end: what Type=notify needs."""
    port = udp_port()
    write_config(tmp_path, configuration(tmp_path, port))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(10)
        env = {**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify")}
        command = [sys.executable, "-m", "agent", "serve", "--config", str(tmp_path / "agent.toml")]
        with Child("agent", command, log=tmp_path / "agent.log", env=env) as child:
            assert manager.recv(200) == b"READY=1"
            assert answers("127.0.0.1", port, COMMUNITY)
            os.kill(child.pid, signal.SIGHUP)
            assert manager.recv(200).startswith(b"RELOADING=1\nMONOTONIC_USEC=")
            assert manager.recv(200) == b"READY=1"
            child.stop()
            assert manager.recv(200) == b"STOPPING=1"
            assert child.exit_code == 0
