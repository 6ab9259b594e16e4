"""`haidang up` and ./run: everything at once on this machine, and nothing left after Ctrl-C."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.stack.ports import is_free
from tests.e2e.rig import Prometheus
from tests.nobody import NOBODY, as_nobody, cannot_be_nobody

ROOT = Path(__file__).resolve().parents[2]
HAIDANG = str(Path(sys.executable).with_name("haidang"))
MUST_ANSWER = (
    'haidang_device_state{{instance="{device}",state="up"}} == 1',
    'ifHCInOctets{{instance="{device}"}}',
    'node_cpu_seconds_total{{instance="{device}"}}',
    'haidang_probe_rtt_seconds{{instance="{device}",probe="icmp"}}',
    'haidang_probe_rtt_seconds{{instance="{device}",probe="snmp"}}',
)

needs_prometheus = pytest.mark.skipif(
    shutil.which("prometheus") is None or shutil.which("prometheus-alertmanager") is None,
    reason="not installed: prometheus, prometheus-alertmanager",
)

needs_nobody = pytest.mark.skipif(cannot_be_nobody() is not None, reason=str(cannot_be_nobody()))


def descendants(of: int) -> set[int]:
    """Return the ids of all processes that this one has started, and those that they have."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    found = {of}
    grew = True
    while grew:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found |= more
        grew = bool(more)
    return found - {of}


def alive(pid: int) -> bool:
    """Return True if the process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def started(command: list[str], folder: Path, output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in a folder, as in a terminal of its own; whatever it leaves is killed at the end."""
    with output.open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        children: set[int] = set()
        try:
            yield process
        finally:
            children |= descendants(process.pid)
            if process.poll() is None:
                process.kill()
                process.wait()
            for pid in children:
                if alive(pid):
                    os.kill(pid, signal.SIGKILL)


def wait_for(text: str, output: Path, process: subprocess.Popen[bytes], seconds: float) -> str:
    """Return the first line with this text once it is printed."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        said = output.read_text(errors="replace")
        for line in said.splitlines():
            if text in line:
                return line
        assert process.poll() is None, said
        time.sleep(0.1)
    raise AssertionError(f"{text!r} did not appear in {seconds:g} s:\n{output.read_text(errors='replace')}")


def quiet_port() -> int:
    """Return a port that is free for TCP and UDP and below those that the kernel gives to clients."""
    while True:
        port = random.randrange(20_000, 30_000)
        if is_free(port) and is_free(port, kind=socket.SOCK_DGRAM):
            return port


def without_lab(inventory: str) -> str:
    """Return the shipped inventory with this machine's own two devices only."""
    inventory = inventory[: inventory.index("\n  - id: core-switch")] + "\n"
    return re.sub(r"^(  - \{id: .*, hub: .*|    parents: .*)\n", "", inventory, flags=re.MULTILINE)


def own_inventory() -> str:
    """Return what the shipped inventory says of this machine, with ports of its own."""
    return with_free_ports(without_lab((ROOT / "inventory.yaml").read_text()))


def with_free_ports(inventory: str) -> str:
    """Return an inventory with ports of its own, so that tests do not disturb a running stack."""
    for port in sorted(set(re.findall(r"port: (\d+)", inventory))):
        inventory = re.sub(rf"port: {port}\b", f"port: {quiet_port()}", inventory)
    return f"collector: {{listen: 127.0.0.1:{quiet_port()}}}\n{inventory}"


def judge(output: Path, process: subprocess.Popen[bytes], seconds: float) -> dict[tuple[str, str], bool]:
    """Return, for each device and expression, whether Prometheus answered it before the time was up."""
    url = wait_for("Prometheus: ", output, process, seconds).split(": ", 1)[1].strip()
    deadline = time.monotonic() + seconds
    asked = {(device, text): False for device in ("this-machine", "net-snmp") for text in MUST_ANSWER}
    while not all(asked.values()) and time.monotonic() < deadline:
        for device, text in asked:
            asked[device, text] = bool(Prometheus(url).query(text.format(device=device)))
        time.sleep(0.5)
    return asked


def interrupt(process: subprocess.Popen[bytes]) -> set[int]:
    """Press Ctrl-C; return the processes that were there before and still are."""
    before = descendants(process.pid)
    assert len(before) >= 5, "the stack has children"
    process.send_signal(signal.SIGINT)
    process.wait(20)
    deadline = time.monotonic() + 5
    while any(alive(pid) for pid in before) and time.monotonic() < deadline:
        time.sleep(0.05)
    return {pid for pid in before if alive(pid)}


@needs_prometheus
def test_up_shows_both_devices_in_prometheus_within_a_minute_and_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    """Agent and snmpd answer by SNMPv3, the agent by SSH too; Ctrl-C ends every child."""
    (tmp_path / "inventory.yaml").write_text(own_inventory())
    output = tmp_path / "output"
    with started([HAIDANG, "up"], tmp_path, output) as process:
        assert {
            question for question, answered in judge(output, process, 60).items() if not answered
        } == set()
        assert interrupt(process) == set()
        assert process.returncode == 0
    assert (tmp_path / "var").stat().st_mode & 0o077 == 0
    said = output.read_text()
    # Grafana is not in Debian; everything else must be there.
    missed = [line for line in said.splitlines() if "goes without" in line]
    assert [line for line in missed if "goes without Grafana" not in line] == []
    assert re.search(r"this-machine: up +icmp [\d.]+ ms +snmp [\d.]+ ms +ssh [\d.]+ ms", said)


@needs_prometheus
def test_a_killed_stack_takes_its_children_along(tmp_path: Path) -> None:
    """Even kill -9 of the parent leaves no child."""
    (tmp_path / "inventory.yaml").write_text(own_inventory())
    output = tmp_path / "output"
    with started([HAIDANG, "up"], tmp_path, output) as process:
        wait_for("Prometheus: ", output, process, 60)
        before = descendants(process.pid)
        process.kill()
        process.wait()
        deadline = time.monotonic() + 5
        while any(alive(pid) for pid in before) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert [pid for pid in before if alive(pid)] == []


def test_a_taken_port_of_a_device_is_said_and_nothing_starts(tmp_path: Path) -> None:
    """Which port, whose, and what to do; exit code 10."""
    text = own_inventory()
    (tmp_path / "inventory.yaml").write_text(text)
    taken = int(re.findall(r"port: (\d+)", text)[0])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as squatter:
        squatter.bind(("127.0.0.1", taken))
        ran = subprocess.run(
            [HAIDANG, "up"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
        )
    assert ran.returncode == 10
    assert ran.stderr == (
        f"haidang: this-machine: UDP port {taken} of 127.0.0.1 is taken. Stop what listens there (another "
        "./run?), or give the device another port in the inventory\n"
    )


@needs_prometheus
def test_a_taken_port_for_metrics_is_replaced_and_said(tmp_path: Path) -> None:
    """The collector serves at another port, and Prometheus knows."""
    text = own_inventory()
    (tmp_path / "inventory.yaml").write_text(text)
    taken = int(re.findall(r"listen: 127.0.0.1:(\d+)", text)[0])
    output = tmp_path / "output"
    with (
        socket.create_server(("127.0.0.1", taken)),
        started([HAIDANG, "up"], tmp_path, output) as process,
    ):
        wait_for(f"note: port {taken} is taken, so /metrics is served at ", output, process, 60)
        assert interrupt(process) == set()


@needs_prometheus
@needs_nobody
def test_without_root_it_says_what_it_goes_without_and_runs_all_the_same(tmp_path: Path) -> None:
    """As nobody: no ping, no login by SSH, but collector and agent by SNMP."""
    (tmp_path / "inventory.yaml").write_text(own_inventory())
    for path in (tmp_path, *tmp_path.iterdir()):
        os.chown(path, NOBODY, NOBODY)
    for path in tmp_path.parents:
        if "pytest-" in str(path):
            path.chmod(path.stat().st_mode | 0o011)
    output = tmp_path / "output"
    command = as_nobody(HAIDANG, "up")
    with started(command, tmp_path, output) as process:
        wait_for("this-machine: up", output, process, 60)
        assert interrupt(process) == set()
    said = output.read_text()
    if Path("/proc/sys/net/ipv4/ping_group_range").read_text().split() == ["1", "0"]:
        assert (
            "goes without ping: it needs root, CAP_NET_RAW, or net.ipv4.ping_group_range to allow it" in said
        )
        assert "icmp no_permission" in said
    assert "snmp " in said.partition("this-machine: up")[2].splitlines()[0]


@needs_nobody
def test_a_folder_that_is_not_ours_is_said(tmp_path: Path) -> None:
    """No traceback; exit code 10."""
    (tmp_path / "inventory.yaml").write_text(own_inventory())
    for path in (tmp_path, *tmp_path.parents):
        if "pytest-" in str(path):
            path.chmod(path.stat().st_mode | 0o055)
    command = as_nobody(HAIDANG, "up")
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 10
    assert ran.stderr.splitlines()[-1] == (
        f"haidang: {tmp_path}/var: Permission denied. Run it as the owner of this folder, or elsewhere"
    )
