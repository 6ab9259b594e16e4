"""What the agent takes: per snapshot, per SNMP walk, per report, at rest; beside snmpd and node_exporter.

    sudo .venv/bin/python -m bench.agent [--interfaces 32] [--node-exporter PROGRAM]

Runs in a network namespace of its own with so many interfaces (as root; else with those of the machine), so all
are asked for the same tables. Prints tables and writes bench/results/agent-<date>.json. CPU is what the kernel
counted for the process, all its threads, in nanoseconds.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from agent.snapshot import Sampler
from agent.spool import Spool
from agent.wire import render_snapshot
from bench.measure import memory_bytes, save, show
from deploy.stack.child import Child
from deploy.stack.ports import free_port
from deploy.stack.snmpd import SnmpdUser, answers, configuration, find_snmpd, snmpd_child

COMMUNITY = "bench"
PASSWORDS = ("bench-auth-password", "bench-priv-password")
V2C = ["-v2c", "-c", COMMUNITY]
V3 = [
    "-v3",
    "-l",
    "authPriv",
    "-u",
    "bench",
    "-a",
    "SHA-256",
    "-A",
    PASSWORDS[0],
    "-x",
    "AES",
    "-X",
    PASSWORDS[1],
]
TABLES = ("1.3.6.1.2.1.2.2", "1.3.6.1.2.1.31.1.1")
NAMESPACED = "HAIDANG_BENCH_INTERFACES"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """CPU and wall time of one operation, in milliseconds: medians, and the least, which others disturb least."""

    who: str
    operation: str
    cpu_ms: float
    cpu_least_ms: float
    wall_ms: float
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Resident memory after the work was done."""

    who: str
    rss_mib: float


def cost(who: str, operation: str, cpu: list[float], wall: list[float], detail: str = "") -> Cost:
    """Return what so many runs took."""
    return Cost(
        who=who,
        operation=operation,
        cpu_ms=statistics.median(cpu),
        cpu_least_ms=min(cpu),
        wall_ms=statistics.median(wall),
        detail=detail,
    )


def cpu_ns(pid: int) -> int:
    """Return the time that all threads of a process have run."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks)


def repeat(who: str, operation: str, pid: int, act: Callable[[], str], times: int) -> Cost:
    """Let another process work so many times and return what it took for each."""
    act()
    cpu, wall, detail = [], [], ""
    for _ in range(times):
        before, begun = cpu_ns(pid), time.perf_counter()
        detail = act()
        wall.append((time.perf_counter() - begun) * 1e3)
        cpu.append((cpu_ns(pid) - before) / 1e6)
    return cost(who, operation, cpu, wall, detail)


def walk(port: int, options: list[str]) -> Callable[[], str]:
    """Return what reads ifTable and ifXTable with GETBULK of 25."""

    def act() -> str:
        count = 0
        for table in TABLES:
            command = ["snmpbulkwalk", "-Cr25", "-Oqn", *options, f"127.0.0.1:{port}", table]
            env = {"PATH": os.environ["PATH"], "MIBS": ""}
            done = subprocess.run(command, capture_output=True, check=True, env=env)
            count += done.stdout.count(b"\n.") + 1
        return f"{count} values"

    return act


def snapshots(directory: Path, times: int) -> list[Cost]:
    """Take snapshots in this process, as the service does, and store them durably."""
    sampler = Sampler()
    spool = Spool(
        directory / "bench-spool",
        boot_id="bench",
        interval_ms=15_000,
        max_bytes=1 << 28,
        max_records=1 << 20,
        new_id=lambda: "0" * 16,
    )
    taken = sampler.take()
    lines = [render_snapshot(taken)]
    steps: dict[str, Callable[[], object]] = {
        "snapshot: all probes": sampler.take,
        "quick reading for SNMP": lambda: sampler.refresh(taken),
        "render as JSON": lambda: lines.append(render_snapshot(taken)),
        "store, flushed to disk": lambda: spool.append(lines[0], uptime_ms=1),
    }
    costs = []
    for operation, act in steps.items():
        cpu, wall = [], []
        for _ in range(times):
            begun, before = time.perf_counter(), time.process_time()
            act()
            cpu.append((time.process_time() - before) * 1e3)
            wall.append((time.perf_counter() - begun) * 1e3)
        detail = f"{len(lines[0])} bytes" if "JSON" in operation else ""
        costs.append(cost("agent", operation, cpu, wall, detail))
    spool.close()
    return costs


def process_cost(who: str, operation: str, command: list[str], times: int) -> Cost:
    """Run a command from start to exit so many times."""
    cpu, wall, size = [], [], 0
    for _ in range(times):
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        size = len(subprocess.run(command, capture_output=True, check=True).stdout)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        wall.append((time.perf_counter() - begun) * 1e3)
        cpu.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3)
    return cost(who, operation, cpu, wall, f"{size} bytes")


@contextmanager
def running_agent(directory: Path, port: int) -> Iterator[Child]:
    """Run the agent with a snapshot every 15 s, as installed."""
    for name, text in (("auth", PASSWORDS[0]), ("priv", PASSWORDS[1]), ("community", COMMUNITY)):
        path = directory / name
        path.touch(mode=0o600)
        path.write_text(text)
    (directory / "agent.toml").write_text(f"""
state_directory = "{directory}"
[snmp]
listen = ["127.0.0.1:{port}"]
communities = ["file:{directory}/community"]
rate.per_peer = 100000
rate.total = 100000
[[snmp.user]]
name = "bench"
auth_password = "file:{directory}/auth"
priv_password = "file:{directory}/priv"
""")
    command = [sys.executable, "-m", "agent", "serve", "--config", str(directory / "agent.toml")]
    with Child("agent", command, log=directory / "agent.log") as child:
        child.wait_until(lambda: answers("127.0.0.1", port, COMMUNITY))
        yield child


def measure(directory: Path, times: int, node_exporter: str | None) -> tuple[list[Cost], list[Memory]]:
    """Measure everything, one program after the other."""
    costs, memory = snapshots(directory, 10 * times), []
    port = free_port(kind=socket.SOCK_DGRAM)
    with running_agent(directory, port) as child:
        at_rest = memory_bytes(child.pid)
        for version, options in (("v2c", V2C), ("v3 SHA-256 AES-128", V3)):
            costs.append(repeat("agent", f"walk, {version}", child.pid, walk(port, options), times))
        memory += [
            Memory(who="agent, after its start", rss_mib=at_rest / 2**20),
            Memory(who="agent, after the walks", rss_mib=memory_bytes(child.pid) / 2**20),
        ]
        report = [
            sys.executable,
            "-m",
            "agent",
            "report",
            "--spool",
            str(directory / "spool"),
            "--limit",
            "1",
        ]
        costs.append(process_cost("agent", "report, start to exit", report, times))
        costs.append(process_cost("python", "nothing, start to exit", [sys.executable, "-c", ""], times))
        isolated = [sys.executable, "-I", "-S", "-c", ""]
        costs.append(process_cost("python -I -S", "nothing, start to exit", isolated, times))
    if find_snmpd() is not None:
        port = free_port(kind=socket.SOCK_DGRAM)
        user = SnmpdUser(
            name="bench", auth="SHA-256", auth_password=PASSWORDS[0], priv="AES", priv_password=PASSWORDS[1]
        )
        text = configuration(listen=(f"udp:127.0.0.1:{port}",), users=(user,), community=COMMUNITY)
        with snmpd_child(directory / "snmpd", text) as child:
            child.wait_until(lambda: answers("127.0.0.1", port, COMMUNITY))
            for version, options in (("v2c", V2C), ("v3 SHA-256 AES-128", V3)):
                costs.append(repeat("snmpd", f"walk, {version}", child.pid, walk(port, options), times))
            memory.append(Memory(who="snmpd, after the walks", rss_mib=memory_bytes(child.pid) / 2**20))
    if node_exporter is not None:
        found, used = scrapes(directory, node_exporter, times)
        costs.append(found)
        memory.append(used)
    return costs, memory


def scrapes(directory: Path, program: str, times: int) -> tuple[Cost, Memory]:
    """Scrape node_exporter."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/metrics"

    def act() -> str:
        with urllib.request.urlopen(url, timeout=30) as response:
            return f"{len(response.read())} bytes"

    command = [program, f"--web.listen-address=127.0.0.1:{port}"]
    with Child("node_exporter", command, log=directory / "node_exporter.log") as child:
        child.wait_until(lambda: up(port))
        found = repeat("node_exporter", "scrape", child.pid, act, times)
        return found, Memory(who="node_exporter, after the scrapes", rss_mib=memory_bytes(child.pid) / 2**20)


def up(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def enter_namespace(interfaces: int) -> None:
    """Start over in a network namespace with so many interfaces; return if that is done or cannot be done."""
    if NAMESPACED in os.environ or os.geteuid() != 0 or shutil.which("unshare") is None:
        return
    os.environ[NAMESPACED] = str(interfaces)
    pairs = [f"link add v{n} type veth peer name w{n}" for n in range((interfaces - 1) // 2)]
    ups = [f"link set {side}{n} up" for n in range((interfaces - 1) // 2) for side in "vw"]
    # Interfaces of the kernel's own (ifb0 …) may be there already; the count is printed with the results.
    batch = "\n".join(["link set lo up", *pairs, *ups])
    script = f"ip -force -batch - <<'END' && exec \"$@\"\n{batch}\nEND"
    again = [sys.executable, "-m", "bench.agent", *sys.argv[1:]]
    os.execvp("unshare", ["unshare", "--net", "sh", "-c", script, "sh", *again])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--interfaces", type=int, default=32)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--node-exporter", default=shutil.which("prometheus-node-exporter"))
    options = parser.parse_args()
    enter_namespace(options.interfaces)
    count = len(socket.if_nameindex())
    with tempfile.TemporaryDirectory(prefix="haidang-bench-", dir=Path.cwd()) as name:
        costs, memory = measure(Path(name), options.times, options.node_exporter)
    rows = [(one.who, one.operation, one.cpu_ms, one.cpu_least_ms, one.wall_ms, one.detail) for one in costs]
    show(f"{count} interfaces", ("who", "operation", "CPU ms", "least", "wall ms", ""), rows)
    show("Memory", ("who", "RSS MiB"), [(one.who, one.rss_mib) for one in memory])
    results = {
        "interfaces": count,
        "processes": sum(path.name.isdecimal() for path in Path("/proc").iterdir()),
        "costs": [asdict(one) for one in costs],
        "memory": [asdict(one) for one in memory],
    }
    print(save("agent", results))


if __name__ == "__main__":
    main()
