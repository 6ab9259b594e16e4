"""The ICMP poller beside fping, and against addresses that are silent or cannot be reached."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.model import Check, Echoes, Fault, Reason, Reply
from collector.poll.base import Timing
from collector.poll.icmp import IcmpPoller, IcmpRequest
from tests.nobody import as_nobody, cannot_be_nobody

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="needs root for raw sockets and routes")


def ping(*addresses: str, packets: int = 3, timeout_s: float = 1.0) -> list[Check]:
    async def run() -> list[Check]:
        poller = IcmpPoller(mono=time.monotonic, wall_ns=time.time_ns, token=lambda: secrets.randbits(64))
        now = time.monotonic()
        timing = Timing(started_at=now, deadline_at=now + 10)
        try:
            return list(
                await asyncio.gather(
                    *(
                        poller.poll(
                            IcmpRequest(address=address, packets=packets, timeout_s=timeout_s), timing
                        )
                        for address in addresses
                    )
                )
            )
        finally:
            await poller.close()

    return asyncio.run(run())


def rtts(check: Check) -> tuple[float | None, ...]:
    assert isinstance(check, Reply), check
    assert isinstance(check.payload, Echoes)
    return check.payload.rtts


@contextlib.contextmanager
def route(kind: str, address: str) -> Iterator[None]:
    line = [kind, f"{address}/32", "table", "local"]
    subprocess.run(["ip", "route", "add", *line], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["ip", "route", "del", *line], check=True, capture_output=True)


@root_only
@pytest.mark.skipif(shutil.which("fping") is None, reason="not installed: fping")
def test_all_of_300_addresses_answer_us_as_they_answer_fping() -> None:
    """No answer is lost among 900, and our median round trip is of fping's size."""
    addresses = [f"127.77.{n // 250}.{n % 250 + 1}" for n in range(300)]
    judge = subprocess.run(
        ["fping", "-C", "3", "-p", "50", "-i", "1", "-q", *addresses],
        check=False,
        capture_output=True,
        text=True,
    )
    theirs = sorted(
        float(word) / 1000
        for line in judge.stderr.splitlines()
        for word in line.partition(" : ")[2].split()
        if word != "-"
    )
    ours = sorted(rtt for check in ping(*addresses) for rtt in rtts(check) if rtt is not None)
    assert len(theirs) == 900
    assert len(ours) == 900
    # Both measure a loopback of some tens of microseconds on a busy machine: the size must agree.
    assert ours[450] < 20 * theirs[450] + 0.001


@root_only
def test_both_families_answer() -> None:
    """IPv4 and IPv6 over a socket each."""
    for check in ping("127.0.0.1", "::1"):
        assert None not in rtts(check)


@root_only
def test_an_answer_of_another_address_is_not_taken() -> None:
    """Many pollers share the machine: identifiers and tokens tell whose answer it is."""
    first, second = ping("127.0.0.1", packets=5), ping("127.0.0.2", packets=5)
    assert len(rtts(first[0])) == len(rtts(second[0])) == 5


@root_only
@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("prohibit", Reason.NO_PERMISSION),
        ("unreachable", Reason.NO_ROUTE),
        ("blackhole", Reason.NO_ROUTE),
    ],
)
def test_what_this_machine_cannot_send_is_local_and_the_neighbour_answers(kind: str, reason: Reason) -> None:
    """A send error has its reason and costs no other device anything."""
    with route(kind, "127.78.0.9"):
        lost, found = ping("127.78.0.9", "127.78.0.10")
    assert isinstance(lost, Fault)
    assert lost.reason is reason
    assert lost.reason.local
    assert lost.answered_at is None
    assert None not in rtts(found)


@root_only
@pytest.mark.net
def test_true_silence_is_a_timeout_after_the_requests_own_time() -> None:
    """An address that swallows packets is silent: all sent, none back, no local reason."""
    with silent("127.78.1.9"):
        started = time.monotonic()
        lost, found = ping("127.78.1.9", "127.78.1.10", timeout_s=0.5)
        took = time.monotonic() - started
    assert isinstance(lost, Fault)
    assert (lost.reason, lost.packets_sent, lost.packets_received) == (Reason.TIMEOUT, 3, 0)
    assert took < 2.0
    assert None not in rtts(found)


@contextlib.contextmanager
def silent(address: str) -> Iterator[None]:
    """Lead an address into a veth whose far end lies in an empty namespace of our own."""
    name = f"hd{os.getpid() % 100_000}"
    near, far = f"{name}a", f"{name}b"
    run = [
        ["ip", "netns", "add", name],
        ["ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", name],
        ["ip", "link", "set", near, "up", "arp", "off"],
        ["ip", "-n", name, "link", "set", far, "up"],
        ["sysctl", "-q", "-w", f"net.ipv4.conf.{near}.route_localnet=1"],
        [
            "ip",
            "route",
            "add",
            f"{address}/32",
            "dev",
            near,
            "src",
            "127.0.0.1",
            "scope",
            "link",
            "table",
            "local",
        ],
    ]
    try:
        for command in run:
            subprocess.run(command, check=True, capture_output=True)
        yield
    finally:
        subprocess.run(["ip", "link", "del", near], check=False, capture_output=True)
        subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


@pytest.mark.skipif(os.geteuid() == 0 and cannot_be_nobody() is not None, reason=str(cannot_be_nobody()))
def test_without_the_right_to_ping_the_reason_says_what_is_missing() -> None:
    """Neither raw nor datagram sockets: said plainly, and never called silence."""
    script = (
        "import asyncio, time\n"
        "from collector.poll.base import Timing\n"
        "from collector.poll.icmp import IcmpPoller, IcmpRequest\n"
        "async def run():\n"
        "    poller = IcmpPoller(mono=time.monotonic, wall_ns=time.time_ns, token=lambda: 1)\n"
        "    now = time.monotonic()\n"
        "    request = IcmpRequest(address='127.0.0.1', packets=1, timeout_s=0.2)\n"
        "    check = await poller.poll(request, Timing(started_at=now, deadline_at=now + 1))\n"
        "    print(getattr(check, 'reason', 'answered'), '|', getattr(check, 'detail', ''))\n"
        "asyncio.run(run())\n"
    )
    python = [sys.executable, "-c", script]
    ran = subprocess.run(
        as_nobody(*python) if os.geteuid() == 0 else python, check=True, capture_output=True, text=True
    )
    reason, _, detail = ran.stdout.strip().partition(" | ")
    if Path("/proc/sys/net/ipv4/ping_group_range").read_text().split() != ["1", "0"]:
        assert reason == "answered"
    else:
        assert reason == "no_permission"
        assert "CAP_NET_RAW" in detail
        assert "ping_group_range" in detail


@root_only
def test_a_poll_of_many_packets_keeps_its_deadline() -> None:
    """What does not fit is not sent, and is no loss."""

    async def run() -> tuple[Check, float]:
        poller = IcmpPoller(mono=time.monotonic, wall_ns=time.time_ns, token=lambda: secrets.randbits(64))
        now = time.monotonic()
        request = IcmpRequest(address="127.77.0.1", packets=20, timeout_s=0.2)
        check = await poller.poll(request, Timing(started_at=now, deadline_at=now + 0.3))
        await poller.close()
        return check, now + 0.3

    check, deadline_at = asyncio.run(run())
    assert len(rtts(check)) == check.packets_sent == check.packets_received < 8
    assert check.done_at <= deadline_at + 0.1


@root_only
def test_a_poll_that_is_cut_off_leaves_nothing_behind() -> None:
    """Not even at the moment between two packets."""

    async def run() -> None:
        poller = IcmpPoller(mono=time.monotonic, wall_ns=time.time_ns, token=lambda: secrets.randbits(64))
        now = time.monotonic()
        request = IcmpRequest(address="127.77.0.1", packets=20, timeout_s=1.0)
        task = asyncio.create_task(poller.poll(request, Timing(started_at=now, deadline_at=now + 9)))
        await asyncio.sleep(0)
        assert len(poller._flights) == 1
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert poller._flights == {}
        await poller.close()

    asyncio.run(run())
