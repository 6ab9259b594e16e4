"""net-snmp's own tools, and net-snmp's own agent, as judges of what ours answers."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from agent.wire import Agent
from tests.peers import agent_running
from tests.peers.agent_running import V2C, V3, RunningAgent, number, parse, running_agent
from tests.peers.snmp_net_snmp import COMMUNITY as SNMPD_COMMUNITY
from tests.peers.snmp_net_snmp import missing, running_snmpd

pytestmark = pytest.mark.skipif(
    agent_running.missing_tools() is not None, reason=str(agent_running.missing_tools())
)

MIBS = Path(__file__).resolve().parent.parent / "mibs"
SUBTREES = {
    "system": "1.3.6.1.2.1.1",
    "ifTable": "1.3.6.1.2.1.2.2",
    "ifXTable": "1.3.6.1.2.1.31.1.1",
    "hrStorageTable": "1.3.6.1.2.1.25.2.3",
    "hrProcessorTable": "1.3.6.1.2.1.25.3.3",
    "hrDeviceTable": "1.3.6.1.2.1.25.3.2",
    "laTable": "1.3.6.1.4.1.2021.10",
    "memory": "1.3.6.1.4.1.2021.4",
    "systemStats": "1.3.6.1.4.1.2021.11",
    "snmpEngine": "1.3.6.1.6.3.10.2.1",
    "usmStats": "1.3.6.1.6.3.15.1.1",
    "everything": "1.3.6.1",
}
IF_IN, IF_OUT = "1.3.6.1.2.1.31.1.1.1.6", "1.3.6.1.2.1.31.1.1.1.10"
SYS_UPTIME = "1.3.6.1.2.1.1.3.0"
USM = "1.3.6.1.6.3.15.1.1"


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    """An agent whose timer comes once an hour: all that moves was read because somebody asked."""
    with running_agent(tmp_path_factory.mktemp("agent"), interval_s=3_600) as running:
        yield running


@pytest.mark.parametrize("options", [V3, V2C], ids=["v3", "v2c"])
@pytest.mark.parametrize("subtree", SUBTREES)
def test_walks_end_without_an_error(agent: RunningAgent, subtree: str, options: tuple[str, ...]) -> None:
    """snmpbulkwalk reads every table to its end, and no OID comes twice or goes backwards."""
    root = tuple(map(int, SUBTREES[subtree].split(".")))
    found = agent.walk(SUBTREES[subtree], *options)
    assert len(found) >= 2
    assert all(oid[: len(root)] == root for oid, _ in found)
    assert all(earlier < later for (earlier, _), (later, _) in pairwise(found))
    assert not [value for _, value in found if "No Such" in value or "No more" in value]


@pytest.mark.parametrize("repetitions", [1, 3, 50, 2_000_000])
def test_any_number_of_repetitions_reads_the_same(agent: RunningAgent, repetitions: int) -> None:
    """GETBULK with few and absurdly many repetitions finds the same instances as GETNEXT."""
    walked = [oid for oid, _ in agent.walk("1.3.6.1.2.1.2.2", *V3, f"-Cr{repetitions}")]
    one_by_one, at = [], "1.3.6.1.2.1.2.2"
    while True:
        ((oid, _),) = parse(agent.tool("snmpgetnext", *V2C, at).stdout)
        if oid[:8] != (1, 3, 6, 1, 2, 1, 2, 2):
            break
        one_by_one.append(oid)
        at = ".".join(map(str, oid))
        if len(one_by_one) > 40:
            break
    assert walked[: len(one_by_one)] == one_by_one


def test_snmptable_prints_the_interfaces(agent: RunningAgent) -> None:
    """snmptable, given a MIB text, lays out one row for each interface."""
    command = ["snmptable", "-M", str(MIBS), "-m", "HD-TEST-MIB", "-Cf", "|", *V3, f"127.0.0.1:{agent.port}"]
    done = subprocess.run([*command, "HD-TEST-MIB::ifTable"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    title, _, head, *rows = done.stdout.strip().splitlines()
    assert title == "SNMP table: HD-TEST-MIB::ifTable"
    names = head.split("|")
    assert names[:4] == ["ifIndex", "ifDescr", "ifType", "ifMtu"]
    table = [dict(zip(names, row.split("|"), strict=True)) for row in rows]
    assert {row["ifDescr"].strip('"') for row in table} == set(psutil.net_io_counters(pernic=True))
    loopback = next(row for row in table if row["ifDescr"] == '"lo"')
    wanted = {"ifIndex": "1", "ifType": "24", "ifMtu": "65536", "ifAdminStatus": "1", "ifOperStatus": "1"}
    assert {name: loopback[name] for name in wanted} == wanted
    assert int(loopback["ifInOctets"]) > 0


def test_interface_counters_are_those_of_this_moment(agent: RunningAgent) -> None:
    """Every interface's octets lie between a reading of psutil before the walk and one after it."""
    names = {oid[-1]: value.split('"')[1] for oid, value in agent.walk("1.3.6.1.2.1.31.1.1.1.1", *V3)}
    before = psutil.net_io_counters(pernic=True, nowrap=False)
    wait_for_a_new_reading(agent)
    received = {oid[-1]: number(value) for oid, value in agent.walk(IF_IN, *V3)}
    sent = {oid[-1]: number(value) for oid, value in agent.walk(IF_OUT, *V3)}
    after = psutil.net_io_counters(pernic=True, nowrap=False)
    assert set(names.values()) == set(before)
    for index, name in names.items():
        assert before[name].bytes_recv <= received[index] <= after[name].bytes_recv
        assert before[name].bytes_sent <= sent[index] <= after[name].bytes_sent


def wait_for_a_new_reading(agent: RunningAgent) -> None:
    """Ask until the loopback's counter, which the asking itself moves, has moved."""
    (first,) = agent.get(f"{IF_IN}.1")
    deadline = time.monotonic() + 10
    while agent.get(f"{IF_IN}.1") == [first]:
        assert time.monotonic() < deadline, "the counters do not move"
        time.sleep(0.05)


def test_cpu_memory_and_storage_are_those_of_this_moment(agent: RunningAgent) -> None:
    """CPU ticks lie between two readings; totals are equal; the root file system has its size."""
    before = psutil.cpu_times()
    wait_for_a_new_reading(agent)
    stats = {oid[-2]: number(value) for oid, value in agent.walk("1.3.6.1.4.1.2021.11", *V2C) if oid[-2] > 2}
    after = psutil.cpu_times()
    for column, mode in ((50, "user"), (51, "nice"), (53, "idle"), (54, "iowait"), (64, "steal")):
        # A CPU's line in /proc/stat is rounded on its own, the sum on its own.
        slack = psutil.cpu_count() or 1
        low, high = round(getattr(before, mode) * 100), round(getattr(after, mode) * 100)
        assert low - slack <= stats[column] <= high + slack, mode
    (total,) = agent.get("1.3.6.1.4.1.2021.4.5.0")
    assert number(total) == psutil.virtual_memory().total // 1024
    storage = {oid[-2:]: value for oid, value in agent.walk("1.3.6.1.2.1.25.2.3.1", *V2C)}
    index = next(at for (column, at), value in storage.items() if column == 3 and value == 'STRING: "/"')
    unit, size = number(storage[4, index]), number(storage[5, index])
    stat = os.statvfs("/")
    assert size * unit == stat.f_blocks * stat.f_frsize // unit * unit


def test_load_and_uptime_are_those_of_this_moment(agent: RunningAgent) -> None:
    """laLoad is the system's load; hrSystemUptime is the host's, sysUpTime the agent's own."""
    loads = [
        float(value.split('"')[1])
        for value in agent.get(*(f"1.3.6.1.4.1.2021.10.1.3.{n}" for n in (1, 2, 3)))
    ]
    assert loads == pytest.approx(os.getloadavg(), abs=0.5)
    low = float(Path("/proc/uptime").read_text().split()[0])
    host, own = map(number, agent.get("1.3.6.1.2.1.25.1.1.0", SYS_UPTIME))
    high = float(Path("/proc/uptime").read_text().split()[0])
    assert low - 1.5 <= host / 100 <= high + 0.1
    assert 0 < own / 100 < time.time() - psutil.Process(agent.child.pid).create_time() + 1


@pytest.mark.skipif(missing() is not None, reason=str(missing()))
def test_types_and_names_agree_with_net_snmps_agent(agent: RunningAgent, tmp_path: Path) -> None:
    """Every instance that snmpd has too has the same type with us; what cannot change has the same value."""
    with running_snmpd(tmp_path) as port:
        for root in (
            "1.3.6.1.2.1.1",
            "1.3.6.1.2.1.2",
            "1.3.6.1.2.1.31",
            "1.3.6.1.2.1.25",
            "1.3.6.1.4.1.2021",
        ):
            ours = dict(agent.walk(root, *V2C))
            other = RunningAgent(agent.child, tmp_path, port)
            theirs = dict(other.walk(root, "-v2c", "-c", SNMPD_COMMUNITY.decode()))
            common = ours.keys() & theirs.keys()
            # hrStorageIndex, hrDeviceIndex and dskIndex of disks are each agent's own choice.
            assert len(common) > 3
            wrong = {oid: (ours[oid], theirs[oid]) for oid in common if kind(ours[oid]) != kind(theirs[oid])}
            assert not wrong
            fixed = {oid for oid in common if oid[:10] in FIXED or oid in FIXED}
            assert {oid: ours[oid] for oid in fixed} == {oid: theirs[oid] for oid in fixed}


FIXED = {
    *((1, 3, 6, 1, 2, 1, 2, 2, 1, column) for column in (1, 2, 3, 4, 6, 7, 8)),
    (1, 3, 6, 1, 2, 1, 2, 1, 0),
    (1, 3, 6, 1, 2, 1, 25, 2, 2, 0),
    (1, 3, 6, 1, 4, 1, 2021, 4, 5, 0),
    (1, 3, 6, 1, 4, 1, 2021, 4, 3, 0),
    (1, 3, 6, 1, 4, 1, 2021, 11, 67, 0),
}


def kind(value: str) -> str:
    """Return the printed type; an empty string is printed without one, binary ones as Hex-STRING."""
    return "STRING" if value == '""' or value.startswith("Hex-STRING") else value.partition(":")[0]


def v3(**changed: str) -> list[str]:
    """Return the options of a v3 request, some of them changed, `None` ones left out."""
    options = {"-l": "authPriv", "-u": agent_running.USER, "-a": "SHA-256", "-A": agent_running.AUTH_PASSWORD}
    options |= {"-x": "AES", "-X": agent_running.PRIV_PASSWORD}
    names = {
        "level": "-l",
        "user": "-u",
        "auth": "-a",
        "auth_password": "-A",
        "priv": "-x",
        "priv_password": "-X",
    }
    options |= {names[name]: value for name, value in changed.items()}
    return ["-v3", *(word for pair in options.items() for word in pair)]


@pytest.mark.parametrize(
    ("changed", "said", "counter"),
    [
        ({"user": "somebody"}, "Unknown user name", 3),
        ({"auth_password": "another-password"}, "Authentication failure", 5),
        ({"auth": "SHA-512"}, "Authentication failure", 5),
        ({"priv_password": "another-password"}, "Decryption error", 6),
        ({"priv": "DES"}, "Decryption error", 6),
        ({"level": "authNoPriv"}, "authorizationError", None),
        ({"level": "noAuthNoPriv"}, "authorizationError", None),
    ],
)
def test_wrong_v3_requests_get_the_proper_report(
    agent: RunningAgent, changed: dict[str, str], said: str, counter: int | None
) -> None:
    """Wrong user, key, protocol or level: no value, what RFC 3414 prescribes, and its counter rises."""
    oid = f"{USM}.{counter or 3}.0"
    before = number(agent.get(oid)[0])
    done = agent.tool("snmpget", "-r", "0", *v3(**changed), SYS_UPTIME)
    assert done.returncode != 0
    assert "Timeticks" not in done.stdout
    assert said in done.stderr + done.stdout
    if counter is not None:
        assert number(agent.get(oid)[0]) > before


def test_a_wrong_community_gets_silence_and_a_counter(agent: RunningAgent) -> None:
    """v1 and v2c with an unknown community: a time-out there, snmpInBadCommunityNames here."""
    counter = "1.3.6.1.2.1.11.4.0"
    before = number(agent.get(counter)[0])
    for version in ("-v1", "-v2c"):
        done = agent.tool("snmpget", version, "-c", "public", "-t", "0.3", "-r", "0", SYS_UPTIME)
        assert "Timeout" in done.stderr
    assert number(agent.get(counter)[0]) == before + 2


def test_a_stranger_gets_silence_and_a_counter(tmp_path: Path) -> None:
    """From an address outside the allow-list not even the right key gets an answer; it is counted."""
    with running_agent(tmp_path, interval_s=1) as agent:
        for options in (V3, V2C):
            stranger = ("--clientaddr=127.0.0.2", *options, "-t", "0.3", "-r", "0")
            assert "Timeout" in agent.tool("snmpget", *stranger, SYS_UPTIME).stderr
        # The first second may have no snapshot yet.
        agent.child.wait_until(lambda: agent.report().entries != () and own(agent).snmp_denied == 2)
        assert own(agent).snmp_requests >= 1
        assert "127.0.0.2 is not in [snmp] allow" in agent.child.log_tail(50)


def own(agent: RunningAgent) -> Agent:
    """Return what the agent's newest snapshot says of itself."""
    section = agent.report().entries[0].snapshot.agent
    assert isinstance(section, Agent)
    return section


@pytest.mark.parametrize(
    "options", [V3, V2C, ("-v1", "-c", agent_running.COMMUNITY)], ids=["v3", "v2c", "v1"]
)
def test_nothing_can_be_set(agent: RunningAgent, options: tuple[str, ...]) -> None:
    """SET is refused in each version, and the value stays."""
    target = f"127.0.0.1:{agent.port}"
    env = {**os.environ, "MIBS": ""}
    command = ["snmpset", "-On", *options, target, "1.3.6.1.2.1.1.4.0", "s", "mallory"]
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert done.returncode != 0
    assert re.search("notWritable|noSuchName", done.stderr)
    assert agent.get("1.3.6.1.2.1.1.4.0") == ['STRING: "duty room"']


def test_what_is_not_there_is_said_so(agent: RunningAgent) -> None:
    """A missing instance, a missing object and the end of the view are told apart."""
    instance, nothing = agent.get("1.3.6.1.2.1.2.2.1.10.99999", "1.3.6.1.2.1.99.1.0")
    assert instance == "No Such Instance currently exists at this OID"
    assert nothing == "No Such Object available on this agent at this OID"
    ((_, last),) = parse(agent.tool("snmpgetnext", *V3, "1.3.6.1.7").stdout)
    assert last.startswith("No more variables left in this MIB View")


def test_several_addresses_are_served(agent: RunningAgent) -> None:
    """The same agent answers over IPv4 and IPv6."""
    for host in ("127.0.0.1", "::1"):
        done = agent.tool("snmpget", *V3, SYS_UPTIME, host=host)
        assert (done.returncode, done.stderr) == (0, "")


def test_boots_rise_with_each_start_and_the_id_stays(tmp_path: Path) -> None:
    """snmpEngineBoots counts starts, also after kill -9; the engine id is kept."""
    engine = ("1.3.6.1.6.3.10.2.1.1.0", "1.3.6.1.6.3.10.2.1.2.0")
    seen = []
    for _ in range(2):
        with running_agent(tmp_path) as agent:
            seen.append(agent.get(*engine))
    with agent_running.agent_child(tmp_path) as child:
        child.wait_until(lambda: bool(child.log.read_text().count("SNMP: udp") >= 3))
        child.kill()
    with running_agent(tmp_path) as agent:
        seen.append(agent.get(*engine))
        assert agent.walk("1.3.6.1.2.1.1", *V3)
    assert len({engine_id for engine_id, _ in seen}) == 1
    assert [number(boots) for _, boots in seen] == [1, 2, 4]
