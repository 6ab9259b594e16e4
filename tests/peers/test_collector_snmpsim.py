"""Recordings of real devices, polled by the collector and scraped by snmp_exporter: both must show the same.

snmpsim replays devices of fifteen makers from the package snmpsim-data. Of each recording only the objects
that are polled are kept, so that there is less to index. What the two show differently is counted in DEVICES
by its reason, and there are four:

narrow    A 32-bit counter that we do not ask for, because the interface has its 64-bit one (decision 0005).
text      A label that ends in NUL or has blanks around it: we cut them off, snmp_exporter writes them out.
address   A hardware address that is not six octets long: we write what there is, or no series if that is
          nothing; snmp_exporter fills up with zeros or cuts.
number    ifNumber: the if_mib module does not ask for it.
"""

from __future__ import annotations

import asyncio
import bz2
import secrets
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import snmpsim_data  # type: ignore[import-untyped]
from prometheus_client.parser import text_string_to_metric_families

from bench import exporter
from collector.decode.device import DevicePlan, subtrees
from collector.expose.blocks import Blocks
from collector.expose.catalogue.all import DEVICE_FAMILIES
from collector.model import Get, Got, Reply, SnmpAsk, Walk, Walked
from collector.poll.base import Timing
from collector.poll.snmp import SnmpPoller, SnmpRequest
from deploy.stack.child import Child
from deploy.stack.ports import free_port
from snmp.community_exchange import Community
from snmp.message import Version

DATA = Path(snmpsim_data.__file__).parent / "data"
KEPT = tuple(
    f"1.3.6.1.{subtree}.".encode()
    for subtree in ("2.1.1", "2.1.2", "2.1.31", "2.1.25.1", "2.1.25.2", "2.1.25.3", "6.3.10.2.1", "4.1.2021")
)


@dataclass(frozen=True)
class Device:
    """A recording, how many interfaces are in it, and what is shown differently, by reason."""

    path: str
    interfaces: int
    narrow: int = 0
    text: int = 0
    address: int = 0

    @property
    def name(self) -> str:
        """The community it answers to."""
        return Path(self.path).name

    @property
    def differences(self) -> Counter[str]:
        """What `compare` must find."""
        return +Counter(narrow=self.narrow, text=self.text, address=self.address, number=1)


DEVICES = (
    Device("cloud/arista-dcs-7150s-52-cl", 59, narrow=472, address=2),
    Device("network/firewall/paloalto-pa-5000", 46, narrow=368, address=35),
    # No ifXTable: 32-bit counters only, and no ifName.
    Device("network/firewall/topsec-ngfw4000-uf", 108),
    Device("network/router/cisco-unmarked-0", 28, narrow=8, address=1),
    Device("network/router/huawei-s5720", 39, narrow=312),
    Device("network/router/juniper-mx960-12-3r6-6", 74, narrow=592, address=9),
    Device("network/switch/brocade-icx6430-24", 29, narrow=232),
    Device("network/switch/cisco-c3560", 57, narrow=432, address=1),
    Device("network/switch/cts-media-converter", 3, narrow=24, text=99, address=2),
    Device("network/switch/dlink-des3200", 23, narrow=184, text=165),
    Device("network/switch/h3c-e528-2", 31, narrow=248),
    # Two interfaces by the name of lo0.
    Device("network/switch/hpe-procurve-516733-b21", 42, narrow=336, address=9),
    Device("network/wifi/ubiquiti-m5", 9, address=1),
    Device("os/windows/server-2003-5-2", 2, address=1),
    Device("storage/isilon-onefs", 8, narrow=64, address=3),
    Device("storage/netapp-fas3270", 15, address=2),
)
ODD = """\
1.3.6.1.2.1.1.3.0|67|4294967295
1.3.6.1.2.1.2.1.0|2|3
1.3.6.1.2.1.2.2.1.2.3|4|eth0
1.3.6.1.2.1.2.2.1.2.70000|4|eth0
1.3.6.1.2.1.2.2.1.2.2147483647|4x|00
1.3.6.1.2.1.2.2.1.8.3|2|1
1.3.6.1.2.1.2.2.1.10.3|65|4294967295
1.3.6.1.2.1.2.2.1.10.2147483647|65|7
1.3.6.1.2.1.31.1.1.1.1.3|4|eth0
1.3.6.1.2.1.31.1.1.1.1.70000|4|eth0
1.3.6.1.2.1.31.1.1.1.6.70000|70|18446744073709551615
1.3.6.1.2.1.31.1.1.1.18.3|4x|78e3ff0a22
"""
"""Gaps, names twice or empty, counters at their ends, half a table, an alias that is no UTF-8."""

Labels = tuple[tuple[str, str], ...]
Shown = dict[tuple[str, Labels], float]
_WIDE = {
    f"if{way}{kind}": f"ifHC{way}{kind}"
    for way in ("In", "Out")
    for kind in ("Octets", "UcastPkts", "MulticastPkts", "BroadcastPkts")
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where snmpsim answers for all devices, told apart by their community."""
    folder = tmp_path_factory.mktemp("snmpsim")
    data = folder / "data"
    data.mkdir()
    (data / "odd.snmprec").write_text(ODD)
    for device in DEVICES:
        with (
            bz2.open(DATA / f"{device.path}.snmprec.bz2") as recording,
            (data / f"{device.name}.snmprec").open("wb") as kept,
        ):
            kept.writelines(line for line in recording if line.startswith(KEPT))
    port = free_port(kind=socket.SOCK_DGRAM)
    # snmpsim prefers a user of its own; without these two it does not start as root.
    command = [
        str(Path(sys.executable).with_name("snmpsim-command-responder")), f"--data-dir={data}",
        f"--cache-dir={folder / 'cache'}", f"--agent-udpv4-endpoint=127.0.0.1:{port}",
        "--process-user=root", "--process-group=root", "--quiet", "--logging-method=null",
    ]  # fmt: skip
    with Child("snmpsim", command, log=folder / "log") as child:
        ready = Get(((1, 3, 6, 1, 2, 1, 1, 3, 0),))
        child.wait_until(lambda: isinstance(poll(port, "odd", ready, timeout_s=0.3)[0], Reply), seconds=60)
        yield port


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[exporter.Exporter]:
    if (why := exporter.missing()) is not None:
        pytest.skip(why)
    logins = {device.name: exporter.community(device.name) for device in DEVICES}
    with exporter.running(tmp_path_factory.mktemp("exporter"), logins) as running:
        yield running


def poll(
    port: int, community: str, *asks: SnmpAsk, version: Version = Version.V2C, timeout_s: float = 5.0
) -> list[object]:
    """Return the checks of these questions, asked one after the other."""

    async def run() -> list[object]:
        poller = SnmpPoller(mono=time.monotonic, random_bytes=secrets.token_bytes)
        checks: list[object] = []
        for ask in asks:
            request = SnmpRequest(
                address="127.0.0.1",
                port=port,
                credential=Community(version=version, name=community.encode()),
                ask=ask,
                timeout_s=timeout_s,
                retries=2,
            )
            now = time.monotonic()
            checks.append(await poller.poll(request, Timing(started_at=now, deadline_at=now + 60)))
        await poller.close()
        return checks

    return asyncio.run(run())


def read(port: int, name: str, version: Version = Version.V2C) -> tuple[DevicePlan, Got, Shown]:
    """Discover a device and poll it three times; return the plan, the last values, and what is shown."""
    (walk,) = poll(port, name, Walk(subtrees(with_host=True)), version=version)
    assert isinstance(walk, Reply), walk
    assert isinstance(walk.payload, Walked)
    assert walk.payload.failures == {}
    plan = DevicePlan.build(walk.payload.rows, {}, (), with_host=True)
    assert plan is not None
    polls: list[Got] = []
    for check in poll(port, name, *[Get(plan.names)] * 3, version=version):
        assert isinstance(check, Reply), check
        assert isinstance(check.payload, Got)
        assert check.payload.lost == 0
        polls.append(check.payload)
    got = polls[-1]
    blocks = Blocks(DEVICE_FAMILIES)
    blocks.publish((name, "snmp"), plan.batches(got.values, 1))
    return plan, got, parsed(blocks.render().decode())


def parsed(text: str) -> Shown:
    """Return the samples of IF-MIB by name and labels; no two may be of the same series."""
    shown: Shown = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if family.name.startswith("if"):
                labels = {name: value for name, value in sample.labels.items() if name != "job"}
                key = family.name, tuple(sorted(labels.items()))
                assert key not in shown
                shown[key] = sample.value
    return shown


def compare(ours: Shown, theirs: Shown) -> Counter[str]:
    """Return how many series are shown differently, by reason; what has none of the reasons by its name."""
    found: Counter[str] = Counter()
    tidy: Shown = {}
    for (name, labels), value in theirs.items():
        cleaned = tuple((label, text.partition("\0")[0].strip()) for label, text in labels)
        found["text"] += cleaned != labels
        tidy[name, cleaned] = value
    for key in ours.keys() & tidy.keys():
        if ours[key] != tidy[key]:
            found[f"{key} is {ours[key]} and {tidy[key]}"] += 1
    for name, labels in tidy.keys() - ours.keys():
        if name == "ifPhysAddress" and fitted(labels, ours) == labels:
            found["address"] += 1
        elif (_WIDE.get(name, ""), labels) in ours:
            found["narrow"] += 1
        else:
            found[f"theirs only: {name} {labels}"] += 1
    for name, labels in ours.keys() - tidy.keys():
        if name == "ifNumber":
            found["number"] += 1
        elif name != "ifPhysAddress" or ("ifPhysAddress", fitted(labels, ours)) not in tidy:
            found[f"ours only: {name} {labels}"] += 1
    return +found


def fitted(labels: Labels, ours: Shown) -> Labels:
    """Return these labels with our address of that interface, filled up or cut to six octets."""
    about = {name: value for name, value in labels if name != "ifPhysAddress"}
    addresses = [
        dict(known)["ifPhysAddress"]
        for name, known in ours
        if name == "ifPhysAddress" and about.items() <= dict(known).items()
    ]
    octets = [octet for address in addresses for octet in address.split(":")]
    about["ifPhysAddress"] = ":".join((octets + ["00"] * 6)[:6])
    return tuple(sorted(about.items()))


@pytest.mark.parametrize("device", DEVICES, ids=lambda device: device.name)
def test_a_real_device_is_shown_as_snmp_exporter_shows_it(
    port: int, judge: exporter.Exporter, device: Device
) -> None:
    """Every interface, name, state and counter is the same, but for the differences that have a reason."""
    plan, got, ours = read(port, device.name)
    assert {name for name, value in zip(plan.names, got.values, strict=True) if value is None} == plan.holes
    assert len({dict(labels).get("ifIndex") for _, labels in ours} - {None}) == device.interfaces
    theirs = parsed(judge.scrape(f"127.0.0.1:{port}", device.name))
    assert compare(ours, theirs) == device.differences


def test_by_snmpv1_the_32_bit_counters_are_read(port: int) -> None:
    """v1 has no Counter64: the same interfaces are shown, by what it does have."""
    _, got, shown = read(port, "huawei-s5720", Version.V1)
    assert None not in got.values
    families = Counter(name for name, _ in shown)
    assert families["ifInOctets"] == families["ifOutOctets"] == families["ifOperStatus"] == 39
    assert not any(family.startswith("ifHC") for family in families)


def test_odd_tables_are_shown_as_far_as_they_go(port: int) -> None:
    """Each interface by its own ifIndex; a counter at its end is a number, and what is missing is not 0."""
    _, got, shown = read(port, "odd")
    assert None not in got.values
    by_index: dict[str, dict[str, float]] = {}
    for (name, labels), value in shown.items():
        by_index.setdefault(dict(labels).get("ifIndex", ""), {})[name] = value
    assert by_index == {
        "": {"ifNumber": 3},
        "3": {"ifOperStatus": 1, "ifInOctets": 2**32 - 1},
        "70000": {"ifHCInOctets": 2**64 - 1},
        "2147483647": {"ifInOctets": 7},
    }
    aliases = {dict(labels)["ifAlias"] for _, labels in shown if dict(labels).get("ifIndex") == "3"}
    assert aliases == {'x\ufffd\ufffd\ufffd"'}
