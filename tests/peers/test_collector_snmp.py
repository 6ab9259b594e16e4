"""The collector's SNMP poller against a real snmpd, also through a proxy that loses and spoils packets."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from collector.decode.device import DevicePlan, subtrees
from collector.model import Check, Fault, Get, Got, Oid, Reason, Reply, SnmpAsk, SnmpValue, Walk, Walked
from collector.poll.base import Timing
from collector.poll.snmp import SnmpPoller, SnmpRequest
from deploy.stack.ports import free_port
from snmp.community_exchange import Community
from snmp.manager import Credential
from snmp.message import Version
from snmp.usm_keys import Password, UsmUser
from snmp.usm_protocols import AuthProtocol, PrivProtocol
from tests.peers import snmp_net_snmp as net_snmp
from tests.peers.udp_proxy import Delivery, UdpProxy, delay, drop, in_turn, once, pass_on, repeat, truncate

V2C = Community(version=Version.V2C, name=net_snmp.COMMUNITY)
V1 = Community(version=Version.V1, name=net_snmp.COMMUNITY)
V3 = net_snmp.user_of(AuthProtocol.SHA_256, PrivProtocol.AES_128)
EVERYTHING = Walk(subtrees(with_host=True))
BASE = (("instance", "here"),)
SYSTEM = ((1, 3, 6, 1, 2, 1, 1, 3, 0),)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    if (why := net_snmp.missing()) is not None:
        pytest.skip(why)
    with net_snmp.running_snmpd(tmp_path_factory.mktemp("snmpd")) as found:
        yield found


def poll(
    port: int,
    *asks: SnmpAsk,
    credential: Credential = V3,
    timeout_s: float = 0.3,
    retries: int = 1,
    deadline_s: float = 5.0,
    between: Callable[[int], None] = lambda _number: None,
) -> list[Check]:
    """Ask one after the other by the same poller, and so by one peer's memory."""

    async def run() -> list[Check]:
        poller = SnmpPoller(mono=time.monotonic, random_bytes=secrets.token_bytes)
        checks = []
        try:
            for number, ask in enumerate(asks):
                between(number)
                now = time.monotonic()
                request = SnmpRequest(
                    address="127.0.0.1",
                    port=port,
                    credential=credential,
                    ask=ask,
                    timeout_s=timeout_s,
                    retries=retries,
                )
                timing = Timing(started_at=now, deadline_at=now + deadline_s)
                checks.append(await poller.poll(request, timing))
        finally:
            await poller.close()
        return checks

    return asyncio.run(run())


def walked(check: Check) -> Walked:
    assert isinstance(check, Reply), check
    assert isinstance(check.payload, Walked)
    return check.payload


def got(check: Check) -> Got:
    assert isinstance(check, Reply), check
    assert isinstance(check.payload, Got)
    return check.payload


def failed(check: Check) -> Fault:
    assert isinstance(check, Fault), check
    return check


def interface_get(port: int) -> Get:
    (check,) = poll(port, EVERYTHING)
    plan = DevicePlan.build(walked(check).rows, {}, BASE, with_host=False)
    assert plan is not None
    return Get(plan.names)


def snmpget(port: int, names: list[Oid]) -> dict[Oid, str]:
    """Ask the same instances with net-snmp's own tool; values as it prints them, enums and units off."""
    command = [
        "snmpget",
        "-v2c",
        "-c",
        net_snmp.COMMUNITY.decode(),
        "-Onqe",
        "-OU",
        "-Ot",
        f"127.0.0.1:{port}",
    ]
    found: dict[Oid, str] = {}
    for start in range(0, len(names), 40):
        part = [".".join(map(str, name)) for name in names[start : start + 40]]
        ran = subprocess.run(
            [*command, *part], check=True, capture_output=True, text=True, env={**os.environ, "MIBS": ""}
        )
        for line in ran.stdout.splitlines():
            name, _, value = line.partition(" ")
            found[tuple(map(int, name.strip(".").split(".")))] = value
    return found


def as_printed(value: SnmpValue | None) -> str:
    if isinstance(value, bytes):
        if value and not all(32 <= byte < 127 for byte in value):
            return '"' + "".join(f"{byte:02X} " for byte in value) + '"'
        return '"' + value.decode("ascii").replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, tuple):
        return "." + ".".join(map(str, value))
    return str(value)


@pytest.mark.parametrize("credential", [V3, V2C], ids=["v3", "v2c"])
def test_every_value_of_the_interface_tables_is_what_snmpget_says(port: int, credential: Credential) -> None:
    """Texts, states and speeds are equal; counters are not less than before and not more than after."""
    tables = Walk(((1, 3, 6, 1, 2, 1, 2), (1, 3, 6, 1, 2, 1, 31, 1, 1)))
    (first,) = poll(port, tables, credential=credential)
    names = list(walked(first).rows)
    assert len(names) > 40
    before = snmpget(port, names)
    (check,) = poll(port, Get(tuple(names)), credential=credential)
    after = snmpget(port, names)
    ours = dict(zip(names, got(check).values, strict=True))
    assert got(check).lost == 0
    for name in names:
        value = ours[name]
        if before[name] == after[name]:
            assert as_printed(value) == before[name], name
        else:
            assert isinstance(value, int)
            assert int(before[name]) <= value <= int(after[name]), name


@pytest.mark.parametrize("credential", [V1, V2C, V3], ids=["v1", "v2c", "v3"])
def test_each_version_discovers_the_same_and_reads_it(port: int, credential: Credential) -> None:
    """v1 knows no 64-bit counters, the others see all; no subtree fails."""
    (check,) = poll(port, EVERYTHING, credential=credential)
    found = walked(check)
    assert found.failures == {}
    plan = DevicePlan.build(found.rows, found.failures, BASE, with_host=False)
    assert plan is not None
    again = got(poll(port, Get(plan.names), credential=credential)[0])
    assert None not in again.values
    wide = any(name[:10] == (1, 3, 6, 1, 2, 1, 31, 1, 1, 1) and name[10] == 6 for name in plan.names)
    assert wide == (credential is not V1)
    assert (again.engine is None) == (credential is not V3)


def test_exact_instances_take_few_packets(port: int) -> None:
    """A packet holds as many instances as fit, and nothing is asked that is not wanted."""
    get = interface_get(port)
    check = poll(port, get, get)[1]
    assert isinstance(check, Reply)
    assert check.packets_sent == check.packets_received
    assert check.packets_sent <= len(get.names) // 30 + 1


def test_lost_packets_are_asked_again_and_nothing_is_missing(port: int) -> None:
    """Every third request and every fourth answer is lost on the way."""
    get = interface_get(port)
    with UdpProxy(("127.0.0.1", port)) as proxy:
        proxy.requests = in_turn(pass_on, pass_on, drop)
        proxy.responses = in_turn(pass_on, drop, pass_on, pass_on)
        for check in poll(proxy.port, get, get, get, retries=6):
            assert got(check).lost == 0
            assert None not in got(check).values


def test_repeated_late_and_crossed_answers_change_nothing(port: int) -> None:
    """Answers that come twice, late, or after the poll they belong to, are never taken for another's."""
    get = interface_get(port)
    with UdpProxy(("127.0.0.1", port)) as proxy:
        proxy.responses = in_turn(repeat(3, 0.05), delay(0.45), pass_on)
        for check in poll(proxy.port, get, get, get, get, retries=4):
            assert got(check).lost == 0
            uptime = got(check).values[get.names.index((1, 3, 6, 1, 2, 1, 1, 3, 0))]
            assert isinstance(uptime, int)


def test_truncated_answers_are_malformed_and_the_device_is_there(port: int) -> None:
    """Half a packet is no value; but somebody sent it."""
    with UdpProxy(("127.0.0.1", port)) as proxy:
        proxy.responses = truncate(60)
        fault = failed(poll(proxy.port, EVERYTHING, credential=V2C)[0])
    assert fault.reason is Reason.MALFORMED
    assert fault.answered_at is not None


def test_an_answer_spoiled_on_the_way_is_never_a_value(port: int) -> None:
    """v3 answers with their last octets changed are refused, whatever they would have said."""

    def spoil(datagram: bytes) -> tuple[Delivery, ...]:
        return (Delivery(datagram[:-1] + bytes((datagram[-1] ^ 0x40,))),)

    get = interface_get(port)

    def after_discovery(number: int) -> None:
        if number == 1:
            proxy.responses = spoil

    with UdpProxy(("127.0.0.1", port)) as proxy:
        checks = poll(proxy.port, get, get, between=after_discovery)
    assert got(checks[0]).lost == 0
    assert failed(checks[1]).reason is Reason.BAD_DIGEST
    assert failed(checks[1]).answered_at is not None


def test_large_answers_that_never_arrive_are_asked_for_in_smaller_packets(port: int) -> None:
    """A path that swallows packets over 600 octets costs no value, and soon no packet either."""
    get = interface_get(port)

    def swallow(datagram: bytes) -> tuple[Delivery, ...]:
        return () if len(datagram) > 600 else (Delivery(datagram),)

    with UdpProxy(("127.0.0.1", port)) as proxy:
        proxy.responses = swallow
        checks = poll(proxy.port, *[get] * 5, credential=V2C, retries=0)
    assert [got(check).lost for check in checks] == [0] * 5
    first, last = checks[0], checks[-1]
    assert isinstance(first, Reply)
    assert isinstance(last, Reply)
    assert first.packets_received < first.packets_sent
    assert last.packets_received == last.packets_sent


@pytest.mark.parametrize("credential", [V3, V2C], ids=["v3", "v2c"])
def test_polls_come_to_fewer_packets_than_the_first(port: int, credential: Credential) -> None:
    """snmpd takes any size, so that answers grow beyond a frame; every value is still there."""
    get = interface_get(port)
    get = Get(get.names * (200 // len(get.names) + 1))
    checks = poll(port, *[get] * 10, credential=credential)
    packets = []
    for check in checks:
        assert isinstance(check, Reply)
        packets.append(check.packets_sent)
        assert got(check).lost == 0
        assert None not in got(check).values
    assert packets[-1] < packets[1] < packets[0]


def test_an_outage_leaves_what_was_learned_alone(port: int) -> None:
    """Who answers nothing at all says nothing about the size of answers."""
    get = interface_get(port)
    get = Get(get.names * (200 // len(get.names) + 1))

    def cut_off(number: int) -> None:
        proxy.requests = drop if number in (10, 11, 12) else pass_on

    with UdpProxy(("127.0.0.1", port)) as proxy:
        checks = poll(proxy.port, *[get] * 15, between=cut_off, retries=0)
    assert [isinstance(check, Fault) for check in checks[9:]] == [False, True, True, True, False, False]
    assert checks[14].packets_sent == checks[9].packets_sent < checks[0].packets_sent


def test_silence_ends_after_the_retries_not_at_the_deadline(port: int) -> None:
    """A dead device costs its learned time-outs, however many packets the poll would have."""
    get = interface_get(port)
    dead = free_port(kind=socket.SOCK_DGRAM)
    fault = failed(poll(dead, get, timeout_s=0.2, retries=2, deadline_s=30.0)[0])
    assert fault.reason is Reason.TIMEOUT
    assert fault.answered_at is None
    assert fault.packets_sent <= 6
    assert fault.done_at - fault.sent_at < 5.0


def test_the_deadline_ends_everything(port: int) -> None:
    """A device that answers each packet too late is given up at its own deadline, whatever the time-outs."""
    get = interface_get(port)
    with UdpProxy(("127.0.0.1", port)) as proxy:
        proxy.responses = delay(1.0)
        fault = failed(poll(proxy.port, get, credential=V2C, timeout_s=3.0, retries=9, deadline_s=0.4)[0])
    assert fault.reason is Reason.TIMEOUT
    assert fault.done_at - fault.sent_at < 1.0


@pytest.mark.parametrize(
    ("credential", "reason"),
    [
        (Community(version=Version.V2C, name=b"wrong"), Reason.TIMEOUT),
        (
            UsmUser(
                name=b"nobody",
                auth=V3.auth,
                auth_secret=V3.auth_secret,
                priv=V3.priv,
                priv_secret=V3.priv_secret,
            ),
            Reason.UNKNOWN_USER,
        ),
        (
            UsmUser(
                name=V3.name,
                auth=V3.auth,
                auth_secret=Password(b"not this one"),
                priv=V3.priv,
                priv_secret=V3.priv_secret,
            ),
            Reason.WRONG_KEY,
        ),
        (
            UsmUser(
                name=V3.name,
                auth=V3.auth,
                auth_secret=V3.auth_secret,
                priv=V3.priv,
                priv_secret=Password(b"not this one"),
            ),
            Reason.DEADLINE,
        ),
        (UsmUser(name=V3.name, auth=V3.auth, auth_secret=V3.auth_secret), Reason.ERROR_STATUS),
    ],
    ids=["community", "user", "auth", "priv", "level"],
)
def test_wrong_credentials_have_their_own_reasons(port: int, credential: Credential, reason: Reason) -> None:
    """v3 says what is wrong; v2c cannot, and the text says that."""
    fault = failed(poll(port, EVERYTHING, credential=credential)[0])
    assert fault.reason is reason
    assert (fault.answered_at is None) == (reason is Reason.TIMEOUT)
    assert fault.done_at - fault.sent_at < 2.0
    if reason is Reason.TIMEOUT:
        assert "community" in fault.detail
    if reason is Reason.DEADLINE:
        assert "decrypt" in fault.detail


def test_a_device_that_cannot_decrypt_is_there_at_every_poll(port: int) -> None:
    """net-snmp says nothing to what it cannot decrypt: each poll that brings nothing asks for its engine."""
    wrong = UsmUser(
        name=V3.name,
        auth=V3.auth,
        auth_secret=V3.auth_secret,
        priv=V3.priv,
        priv_secret=Password(b"not this one"),
    )
    get = Get((*SYSTEM, (1, 3, 6, 1, 2, 1, 1, 5, 0)))
    for check in poll(port, EVERYTHING, EVERYTHING, get, get, credential=wrong):
        assert failed(check).reason is Reason.DEADLINE
        assert "decrypt" in failed(check).detail


def test_a_privacy_password_that_was_changed_is_no_silence(port: int) -> None:
    """Already the first poll that brings nothing finds the device by its engine; without that it is dead."""
    get = Get((*SYSTEM, (1, 3, 6, 1, 2, 1, 1, 5, 0)))

    def discovery_only(datagram: bytes) -> tuple[Delivery, ...]:
        return () if len(datagram) > 80 else (Delivery(datagram),)

    def after_two(number: int) -> None:
        if number == 2:
            proxy.requests = discovery_only
        if number == 4:
            proxy.requests = drop

    with UdpProxy(("127.0.0.1", port)) as proxy:
        checks = poll(proxy.port, *[get] * 5, between=after_two)
    assert got(checks[1]).lost == 0
    for check in checks[2:4]:
        assert failed(check).reason is Reason.DEADLINE
        assert failed(check).answered_at is not None
    assert failed(checks[4]).reason is Reason.TIMEOUT
    assert failed(checks[4]).answered_at is None


def test_a_restarted_agent_is_resynchronised_within_the_poll(tmp_path: Path) -> None:
    """The engine's clock goes back under us; the next poll is answered all the same."""
    if (why := net_snmp.missing()) is not None:
        pytest.skip(why)
    port = free_port(kind=socket.SOCK_DGRAM)
    get = Get(((1, 3, 6, 1, 2, 1, 1, 3, 0),))
    times: list[int] = []
    with UdpProxy(("127.0.0.1", port)) as proxy:

        async def run() -> None:
            poller = SnmpPoller(mono=time.monotonic, random_bytes=secrets.token_bytes)

            async def ask() -> Awaitable[Check] | Check:
                now = time.monotonic()
                return await poller.poll(
                    SnmpRequest(
                        address="127.0.0.1", port=proxy.port, credential=V3, ask=get, timeout_s=1.0, retries=2
                    ),
                    Timing(started_at=now, deadline_at=now + 5),
                )

            for _ in range(2):
                with net_snmp.running_snmpd(tmp_path / "snmpd", port):
                    check = await ask()
                    assert isinstance(check, Reply)
                    engine = got(check).engine
                    assert engine is not None
                    times.append(engine.time_s)
            await poller.close()

        asyncio.run(run())
    assert len(times) == 2


def test_a_late_hint_does_not_hide_the_true_answer(port: int) -> None:
    """Garbage that arrives before the answer costs nothing but a note."""

    def with_garbage(datagram: bytes) -> tuple[Delivery, ...]:
        return (Delivery(b"\x30\x82garbage"), Delivery(datagram, 0.02))

    get = interface_get(port)
    with UdpProxy(("127.0.0.1", port)) as proxy:
        proxy.responses = with_garbage
        assert got(poll(proxy.port, get)[0]).lost == 0
        proxy.responses = once(drop)
        assert got(poll(proxy.port, get, retries=3)[0]).lost == 0
