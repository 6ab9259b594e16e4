"""A running haidang-agent for tests: settings, secrets, start, readiness, and net-snmp's tools to ask it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.wire import Report, parse_report
from deploy.stack.child import Child
from deploy.stack.ports import free_port
from deploy.stack.snmpd import answers

COMMUNITY = "lighthouse"
USER = "haidang"
AUTH_PASSWORD = "authentication-word"
PRIV_PASSWORD = "privacy-word"
V2C = ("-v2c", "-c", COMMUNITY)
V3 = (
    *("-v3", "-l", "authPriv", "-u", USER),
    *("-a", "SHA-256", "-A", AUTH_PASSWORD, "-x", "AES", "-X", PRIV_PASSWORD),
)
_LINE = re.compile(r"^\.([0-9.]+) = (.*?)(?=\n\.[0-9]|\n?\Z)", re.MULTILINE | re.DOTALL)


def missing_tools() -> str | None:
    """Return what a machine lacks for these tests, None if nothing."""
    tools = ("snmpget", "snmpgetnext", "snmpbulkget", "snmpbulkwalk", "snmpset", "snmptable")
    absent = [tool for tool in tools if shutil.which(tool) is None]
    return f"not installed: {', '.join(absent)} (Debian package snmp)" if absent else None


@dataclass(frozen=True, slots=True)
class RunningAgent:
    """A started agent, its port, and its folders."""

    child: Child
    directory: Path
    port: int

    @property
    def spool(self) -> Path:
        return self.directory / "state" / "spool"

    def tool(self, name: str, *arguments: str, host: str = "127.0.0.1") -> subprocess.CompletedProcess[str]:
        """Run one of net-snmp's tools against the agent; options first, then OIDs."""
        options = [one for one in arguments if not one.startswith("1.")]
        oids = [one for one in arguments if one.startswith("1.")]
        target = f"udp6:[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"
        command = [name, "-On", "-Oe", "-t", "2", "-r", "1", *options, target, *oids]
        persistent = self.directory / "snmp"
        # Otherwise the tools say on stderr that they made it.
        (persistent / "cert_indexes").mkdir(parents=True, exist_ok=True)
        env = {"PATH": os.environ["PATH"], "MIBS": "", "SNMP_PERSISTENT_DIR": str(persistent)}
        return subprocess.run(command, capture_output=True, text=True, env=env, timeout=60, check=False)

    def walk(self, root: str, *options: str) -> list[tuple[tuple[int, ...], str]]:
        """Return the OIDs and printed values below a root, in the order they came; no error is tolerated."""
        done = self.tool("snmpbulkwalk", *options, root)
        assert (done.returncode, done.stderr) == (0, ""), done
        found = parse(done.stdout)
        # At the very end of the tree the last OID comes once more, with endOfMibView.
        return found[:-1] if found and found[-1][1].startswith("No more variables") else found

    def get(self, *oids: str, options: tuple[str, ...] = V2C) -> list[str]:
        """Return the printed values of exact instances."""
        done = self.tool("snmpget", *options, *oids)
        assert (done.returncode, done.stderr) == (0, ""), done
        return [value for _, value in parse(done.stdout)]

    def report(self, *arguments: str) -> Report:
        """Return what `haidang-agent report` prints."""
        command = [sys.executable, "-m", "agent", "report", "--spool", str(self.spool), *arguments]
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)
        assert done.stderr == b""
        return parse_report(done.stdout)


def parse(printed: str) -> list[tuple[tuple[int, ...], str]]:
    """Parse the lines that net-snmp prints with -On."""
    return [(tuple(map(int, oid.split("."))), value) for oid, value in _LINE.findall(printed)]


def number(value: str) -> int:
    """Return the number of a printed value such as `Counter64: 5` or `Timeticks: (7) 0:00:00.07`."""
    match = re.search(r"\(([0-9]+)\)|: ?(-?[0-9]+)$", value)
    assert match is not None, value
    return int(match[1] or match[2])


def secret(path: Path, text: str) -> str:
    path.touch(mode=0o600)
    path.write_text(text + "\n")
    return f"file:{path}"


def configuration(directory: Path, port: int, *, interval_s: int = 1, extra: str = "") -> str:
    """Return an agent.toml with a v3 user, a community, and loopback addresses; `extra` follows [snmp]."""
    auth, priv = secret(directory / "auth", AUTH_PASSWORD), secret(directory / "priv", PRIV_PASSWORD)
    community = secret(directory / "community", COMMUNITY)
    return f"""
interval_s = {interval_s}
state_directory = "{directory / "state"}"
[snmp]
listen = ["127.0.0.1:{port}", "[::1]:{port}"]
allow = ["127.0.0.1", "::1"]
communities = ["{community}"]
contact = "duty room"
{extra}
[[snmp.user]]
name = "{USER}"
auth = "SHA-256"
auth_password = "{auth}"
priv = "AES"
priv_password = "{priv}"
"""


def agent_child(directory: Path, *, name: str = "agent") -> Child:
    """Return an unstarted agent on `directory`/agent.toml."""
    command = [sys.executable, "-m", "agent", "serve", "--config", str(directory / "agent.toml")]
    return Child(name, command, log=directory / f"{name}.log")


@contextmanager
def running_agent(directory: Path, *, interval_s: int = 1, extra: str = "") -> Iterator[RunningAgent]:
    """Run an agent with a snapshot a second and yield it once it answers; it must end cleanly."""
    directory.mkdir(parents=True, exist_ok=True)
    port = free_port(kind=socket.SOCK_DGRAM)
    text = configuration(directory, port, interval_s=interval_s, extra=extra)
    (directory / "agent.toml").write_text(text)
    with agent_child(directory) as child:
        child.wait_until(lambda: answers("127.0.0.1", port, COMMUNITY))
        yield RunningAgent(child, directory, port)
        child.stop()
        assert child.exit_code == 0, child.log_tail()
