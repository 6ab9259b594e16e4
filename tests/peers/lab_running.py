"""A small lab in the test's own event loop, and a poller that asks it."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from collector.decode.device import subtrees
from collector.inventory.values import Device, Probe, SnmpCheck
from collector.model import Check, Get, Oid, Reply, SnmpAsk, SnmpValue, Walk, Walked
from collector.poll.base import Timing
from collector.poll.snmp import SnmpPoller, SnmpRequest
from deploy.stack.ports import is_free
from lab.faults import Fault
from lab.place import Place
from lab.province import reference
from lab.serve import LabClock, LabServer
from lab.sites import Site
from lab.world import World
from snmp.community_exchange import Community
from snmp.message import Version
from snmp.usm_keys import Password, UsmUser
from snmp.usm_protocols import AuthProtocol, PrivProtocol

HUB, COMMUNE, SERVER = "hub-vu-thu", "vu-tien-13273", "srv-portal"
V2C = Community(version=Version.V2C, name=b"lab")
V3 = UsmUser(
    name=b"lab",
    auth=AuthProtocol.SHA_256,
    auth_secret=Password.from_text("lab-auth-password"),
    priv=PrivProtocol.AES_128,
    priv_secret=Password.from_text("lab-priv-password"),
)
EVERYTHING = Walk(subtrees(with_host=True))
SYS_UPTIME: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)
HR_UPTIME: Oid = (1, 3, 6, 1, 2, 1, 25, 1, 1, 0)
ENGINE_BOOTS: Oid = (1, 3, 6, 1, 6, 3, 10, 2, 1, 2, 0)
IF_NAME: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1)
HC_IN: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6)
IN_OCTETS: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1, 10)
DISCONTINUITY: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 19)
UPTIME = Get((SYS_UPTIME,))


class SkippingClock(LabClock):
    """The lab's clock, with time that can be passed over."""

    def __init__(self) -> None:
        super().__init__()
        self._skipped_ms = 0

    def now_ms(self) -> int:
        return super().now_ms() + self._skipped_ms

    def skip(self, seconds: float) -> None:
        self._skipped_ms += round(seconds * 1000)


@dataclass(frozen=True)
class Asked:
    """A lab and a poller that asks it."""

    world: World
    clock: SkippingClock
    server: LabServer
    poller: SnmpPoller
    places: dict[str, Place]
    port: int

    def apply(self, *faults: Fault) -> None:
        for fault in faults:
            self.world.apply(fault, self.clock.now_ms())
        self.server.follow()

    def restore(self, place: str) -> None:
        self.world.restore(place, self.clock.now_ms())
        self.server.follow()

    async def ask(
        self,
        place: str,
        ask: SnmpAsk = UPTIME,
        *,
        credential: Community | UsmUser = V3,
        timeout_s: float = 0.3,
    ) -> Check:
        now = time.monotonic()
        request = SnmpRequest(
            address=self.places[place].address,
            port=self.port,
            credential=credential,
            ask=ask,
            timeout_s=timeout_s,
            retries=2,
        )
        return await self.poller.poll(request, Timing(started_at=now, deadline_at=now + 4))

    async def walk(self, place: str, *, credential: Community | UsmUser = V3) -> dict[Oid, SnmpValue]:
        check = await self.ask(place, EVERYTHING, credential=credential)
        assert isinstance(check, Reply), check
        assert isinstance(check.payload, Walked)
        assert check.payload.failures == {}
        return dict(check.payload.rows)

    async def interfaces(self, place: str) -> dict[str, int]:
        """Return ifIndex by ifName."""
        rows = await self.walk(place)
        return {
            value.decode(): name[-1]
            for name, value in rows.items()
            if name[:-1] == IF_NAME and isinstance(value, bytes)
        }


def quiet_port() -> int:
    """Return a UDP port below those that the kernel gives to clients."""
    while True:
        port = random.randrange(20_000, 30_000)
        if is_free(port):
            return port


def moved(place: Place, number: int) -> Place:
    """Return the place at an address of this process's own: other tests have labs too."""
    return replace(place, address=f"127.{200 + os.getpid() % 40}.{os.getpid() // 40 % 250}.{number + 1}")


def device_of(place: Place, port: int, credential: str) -> Device:
    return Device(
        id=place.id,
        name=place.name,
        role=str(place.kind),
        address=place.address,
        area=place.area,
        parents=place.parents,
        icmp=None,
        snmp=SnmpCheck(credential=credential, port=port),
        ssh=None,
        reachability=(Probe.SNMP,),
        interval_ms=30_000,
        deadline_ms=20_000,
    )


@asynccontextmanager
async def lab(
    *, credential: Community | UsmUser = V3, chance: Callable[[], float] = random.random
) -> AsyncIterator[Asked]:
    """Serve a hub, a commune of its and a server; every fault's luck is `chance`."""
    province = reference()
    clock = SkippingClock()
    world = World(province, seed=1, began_ms=clock.now_ms())
    places = {name: moved(province.by_id[name], number) for number, name in enumerate((HUB, COMMUNE, SERVER))}
    port = quiet_port()
    sites = [Site(place=place, device=device_of(place, port, "lab")) for place in places.values()]
    server = LabServer(world, sites, {"lab": credential}, clock=clock, chance=chance)
    poller = SnmpPoller(mono=time.monotonic, random_bytes=secrets.token_bytes)
    task = asyncio.create_task(server.run())
    try:
        await asyncio.sleep(0)
        yield Asked(world, clock, server, poller, places, port)
    finally:
        await poller.close()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
