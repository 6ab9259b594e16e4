"""One poll's whole path in a process of its own, so that its CPU time is nobody else's.

Run as a child: `python -m bench.poll_path INVENTORY ROUNDS ABREAST`. Every device of the inventory is
discovered, polled until nothing more is learned of it, and then polled ROUNDS times, ABREAST devices at once,
by the collector's own poller, pipeline, live states and blocks. Then the requests of one such poll are sent
again and again without a look at what comes back: what no poller can do without. One JSON line tells both.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from unittest.mock import patch

import uvloop

from collector.clock import LedgerClock
from collector.core import Core
from collector.credentials import resolve
from collector.expose.blocks import Blocks
from collector.expose.catalogue.all import DEVICE_FAMILIES
from collector.inventory.load import load
from collector.inventory.loaded import Accepted
from collector.inventory.secrets import SecretStore
from collector.ledger.evidence import Evidence, LeftOutEvidence, SpoolEvidence, TrafficEvidence
from collector.model import SpoolCursor, Uptime
from collector.poll.udp import Address, UdpHub
from collector.pollers import make_pollers
from collector.runner import poll_once
from collector.schedule import Schedule
from collector.targets import build, plan_of

WARM_UP = 40
"""Rounds before the measurement: the size of answers has grown to what the device gives."""


class NoLedger:
    """A sink that keeps nothing: the ledger's cost is measured by bench.ledger."""

    def poll(self, evidence: Evidence) -> None:
        """Let it go."""

    def uptime(self, device: str, uptime: Uptime) -> None:
        """Let it go."""

    def agent_range(self, spool: SpoolEvidence) -> None:
        """Let it go."""

    def traffic(self, evidence: TrafficEvidence) -> None:
        """Let it go."""

    def left_out(self, evidence: LeftOutEvidence) -> None:
        """Let it go."""

    def cursor(self, device: str) -> SpoolCursor | None:
        """Return None: nothing is had of anybody's spool."""


class PollPath:
    """The collector's parts between a question and the rendered block."""

    def __init__(self, inventory: Path) -> None:
        accepted = load(inventory)
        assert isinstance(accepted, Accepted), accepted
        self.clock = LedgerClock()
        self.pollers = make_pollers(self.clock)
        self.blocks = Blocks(DEVICE_FAMILIES)
        self.core = Core(
            clock=self.clock,
            sink=NoLedger(),
            schedule=Schedule(),
            blocks=self.blocks,
            moved=lambda _transition: None,
        )
        credentials = resolve(accepted.inventory.credentials, SecretStore(inventory.parent, os.environ))
        self.targets = build(accepted.inventory, credentials, revision=1)
        self.core.apply(
            accepted.inventory, {device: plan_of(target) for device, target in self.targets.items()}
        )

    async def poll(self, device: str) -> None:
        """Poll a device once, from the question to the rendered text."""
        now = self.clock.mono()
        target = self.targets[device]
        ask, command = self.core.question(device, now)
        outcome = await poll_once(
            target, target.requests(ask, command), self.pollers.by_probe, due_at=now, mono=self.clock.mono
        )
        self.core.ended(outcome)

    def samples(self) -> int:
        """Return how many samples are shown."""
        return sum(1 for line in self.blocks.render().splitlines() if not line.startswith(b"#"))


async def abreast(work: Iterable[str], number: int, one: Callable[[str], Awaitable[None]]) -> None:
    """Do all of the work, `number` pieces of it at a time."""
    left = iter(work)

    async def worker() -> None:
        for piece in left:
            await one(piece)

    await asyncio.gather(*(worker() for _ in range(number)))


class Raw:
    """Sends the same datagrams to a device, all but one window at once, and counts what comes back."""

    def __init__(self, hub: UdpHub, peer: Address, datagrams: list[bytes]) -> None:
        self._hub, self._peer, self._datagrams = hub, peer, datagrams

    async def once(self) -> None:
        """Send all datagrams and wait for as many."""
        self._left = iter(self._datagrams)
        self._missing = len(self._datagrams)
        self._over = asyncio.get_running_loop().create_future()
        self._hub.listen(self._peer, self)
        for datagram in (next(self._left, None) for _ in range(4)):
            if datagram is not None:
                self._hub.send(datagram, self._peer)
        await self._over
        self._hub.forget(self._peer, self)

    def heard(self, datagram: bytes) -> None:  # noqa: ARG002 - its content is what is not looked at
        """Count an answer, and send the next request."""
        self._missing -= 1
        following = next(self._left, None)
        if following is not None:
            self._hub.send(following, self._peer)
        if not self._missing:
            self._over.set_result(None)


async def cpu_of(work: Sequence[str], number: int, one: Callable[[str], Awaitable[None]]) -> float:
    """Do the work once and return the CPU seconds that 1,000 such pieces would take."""
    began = time.process_time()
    await abreast(work, number, one)
    return (time.process_time() - began) / len(work) * 1000


def noted(
    sent: dict[Address, list[bytes]],
    send: Callable[[UdpHub, bytes, Address], None],
    hub: UdpHub,
    datagram: bytes,
    peer: Address,
) -> None:
    """Send a datagram and note it."""
    sent.setdefault(peer, []).append(datagram)
    send(hub, datagram, peer)


async def measure(inventory: Path, rounds: int, number: int) -> dict[str, float]:
    """Return what the module's docstring promises."""
    path = PollPath(inventory)
    devices = list(path.targets)
    discovery = await cpu_of(devices, number, path.poll)
    await abreast(devices * WARM_UP, number, path.poll)
    sent: dict[Address, list[bytes]] = {}
    with patch.object(UdpHub, "send", autospec=True, side_effect=partial(noted, sent, UdpHub.send)):
        await abreast(devices, number, path.poll)
    ours = [await cpu_of(devices, number, path.poll) for _ in range(rounds)]
    hub = UdpHub()
    raws = {str(n): Raw(hub, peer, datagrams) for n, (peer, datagrams) in enumerate(sent.items())}
    raw = [await cpu_of(list(raws), number, lambda name: raws[name].once()) for _ in range(rounds)]
    hub.close()
    await path.pollers.close()
    return {
        "path": median(ours),
        "raw": median(raw),
        "discovery": discovery,
        "packets": sum(map(len, sent.values())) / len(sent),
        "samples": path.samples() / len(devices),
    }


def main() -> None:
    """Measure and print one JSON line."""
    inventory, rounds, number = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    print(json.dumps(uvloop.run(measure(inventory, rounds, number))))


if __name__ == "__main__":
    main()
