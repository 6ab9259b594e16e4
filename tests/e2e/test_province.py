"""The whole province at once: `haidang up` with the lab, what is cut and muted in it, nothing left."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.place import Kind
from lab.province import reference
from tests.e2e.rig import Prometheus
from tests.e2e.test_up import (
    HAIDANG,
    ROOT,
    interrupt,
    judge,
    needs_nobody,
    needs_prometheus,
    started,
    wait_for,
    with_free_ports,
)

pytestmark = [pytest.mark.all, needs_prometheus]

HUB, MUTE = "hub-dong-hung", "hub-vu-thu"
CUT_OFF = {place.id for place in reference().places if HUB in place.parents}
BEHIND_MUTE = {place.id for place in reference().places if MUTE in place.parents}
SERVERS = {place.id for place in reference().places if place.kind is Kind.SERVER}


def settle(folder: Path) -> None:
    """Put the shipped inventory and its tables into a folder, with addresses and ports of their own."""
    network = f"127.{random.randrange(100, 200)}."
    for name in ("inventory.yaml", "lab/data/servers.csv", "lab/data/communes.csv"):
        text = (ROOT / name).read_text(encoding="utf-8").replace("127.34.", network)
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(with_free_ports(text) if name == "inventory.yaml" else text, encoding="utf-8")


@dataclass(frozen=True)
class Province:
    """A running stack: its folder, what it has printed, its process."""

    folder: Path
    output: Path
    process: subprocess.Popen[bytes]

    @property
    def metrics(self) -> str:
        line = wait_for("Metrics: ", self.output, self.process, 60)
        return line.split(": ", 1)[1].strip().removesuffix("/metrics")

    def devices(self) -> dict[str, dict[str, object]]:
        with urllib.request.urlopen(f"{self.metrics}/api/v1/devices", timeout=5) as response:
            return {one["id"]: one for one in json.load(response)["devices"]}

    def states(self) -> dict[str, str]:
        return {name: str(one["state"]) for name, one in self.devices().items()}

    def lab(self, *words: str) -> str:
        ran = subprocess.run(
            [HAIDANG, "lab", *words], cwd=self.folder, capture_output=True, text=True, timeout=30, check=False
        )
        assert (ran.returncode, ran.stderr) == (0, ""), ran
        return ran.stdout

    def until(self, condition: Callable[[dict[str, str]], bool], seconds: float = 90) -> dict[str, str]:
        """Return the states once the condition holds for them."""
        deadline = time.monotonic() + seconds
        while not condition(states := self.states()):
            assert time.monotonic() < deadline, {name: s for name, s in states.items() if s != "up"}
            assert self.process.poll() is None
            time.sleep(0.5)
        return states


def all_up(states: dict[str, str]) -> bool:
    return len(states) >= 319 and set(states.values()) == {"up"}


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    folder = tmp_path_factory.mktemp("province")
    settle(folder)
    output = folder / "output"
    with started([HAIDANG, "up"], folder, output) as process:
        found = Province(folder, output, process)
        found.until(all_up, seconds=120)
        yield found
        assert interrupt(process) == set()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root for silence")
def test_a_cut_hub_is_down_and_its_communes_are_upstream(province: Province) -> None:
    """One cause, one name: nobody behind it is called down, not even for a moment; restored, all is up."""
    assert f"{len(CUT_OFF)} other places are now upstream" in province.lab("cut", HUB)
    seen: set[str] = set()

    def cut(states: dict[str, str]) -> bool:
        seen.update(states[name] for name in CUT_OFF)
        return states[HUB] == "down" and {states[name] for name in CUT_OFF} == {"upstream"}

    states = province.until(cut)
    assert seen <= {"up", "upstream"}
    assert {name for name, state in states.items() if state == "down"} == {HUB}
    assert {name for name, state in states.items() if state == "upstream"} == CUT_OFF
    province.lab("restore", HUB)
    province.until(all_up)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root for silence")
def test_a_hub_whose_snmp_died_is_up_with_a_fault(province: Province) -> None:
    """It forwards: its communes stay up, and it is a management fault, not an outage."""
    province.lab("mute", MUTE)
    deadline = time.monotonic() + 60
    while True:
        devices = province.devices()
        assert {str(devices[name]["state"]) for name in (MUTE, *BEHIND_MUTE)} == {"up"}
        probes = devices[MUTE]["probes"]
        assert isinstance(probes, dict)
        if not probes["snmp"]["ok"]:
            break
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert (probes["icmp"]["ok"], probes["snmp"]["reason"]) == (True, "timeout")
    province.lab("restore", MUTE)
    province.until(all_up)


def test_a_hub_with_a_second_line_stays_up_when_one_is_cut(province: Province) -> None:
    """Thái Thụy goes on through the core switch."""
    province.lab("cut", "hub-thai-thuy", "--to", "core-router")
    time.sleep(20)  # two intervals: long enough for a poll of every device
    province.until(all_up, seconds=5)
    province.lab("restore")


def test_the_servers_reports_come_over_ssh(province: Province) -> None:
    """From OpenSSH at 21 addresses, with the simulated machine's own boot time."""
    province.until(
        lambda _: all(
            dict(probes)["ssh"]["ok"]
            for name, one in province.devices().items()
            if name in SERVERS and isinstance(probes := one["probes"], dict)
        )
    )


def test_prometheus_has_everybodys_traffic(province: Province) -> None:
    """Of every commune's line, and it flows."""
    url = wait_for("Prometheus: ", province.output, province.process, 60).split(": ", 1)[1].strip()
    deadline = time.monotonic() + 120
    line = 'ifHCInOctets{ifAlias=~"Đường truyền về hub-.*"}[2m]'
    expression = f"count(count by (instance) (rate({line}) > 0))"
    while True:
        found = Prometheus(url).query(expression)
        if found and int(float(found[0]["value"][1])) == 286:
            break
        assert time.monotonic() < deadline, found
        time.sleep(1)


def test_run_from_a_fresh_clone_shows_the_province_within_two_minutes(tmp_path: Path) -> None:
    """`git clone`, `./run`; once set up, all are up, Prometheus knows; Ctrl-C leaves no process, no veth."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    settle(clone)
    output = tmp_path / "output"
    before = set(socket.if_nameindex())
    with started([str(clone / "run")], clone, output) as process:
        wait_for("Metrics: ", output, process, 300)
        Province(clone, output, process).until(all_up, seconds=120)
        answers = judge(output, process, 60)
        assert {question for question, answered in answers.items() if not answered} == set()
        assert interrupt(process) == set()
    assert {name for _, name in set(socket.if_nameindex()) - before if name.startswith("hdlab")} == set()


@needs_nobody
def test_without_root_the_lab_is_judged_by_snmp(tmp_path: Path) -> None:
    """No silence, so a ping says nothing: it is said, and a cut hub is down all the same."""
    settle(tmp_path)
    for path in (tmp_path, *tmp_path.rglob("*")):
        os.chown(path, 65534, 65534)
    for path in tmp_path.parents:
        if "pytest-" in str(path):
            path.chmod(path.stat().st_mode | 0o011)
    output = tmp_path / "output"
    setpriv = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"]
    with started([*setpriv, HAIDANG, "up"], tmp_path, output) as process:
        found = Province(tmp_path, output, process)
        found.until(all_up, seconds=120)
        found.lab("cut", HUB)
        states = found.until(
            lambda states: states[HUB] == "down" and "up" not in {states[n] for n in CUT_OFF}
        )
        assert {states[name] for name in CUT_OFF} == {"upstream"}
        found.lab("mute", MUTE)
        time.sleep(30)
        states = found.states()
        assert {states[name] for name in (MUTE, *BEHIND_MUTE)} == {"up"}
        assert interrupt(process) == set()
    assert "goes without silent pings in the lab (they need root)" in output.read_text()
