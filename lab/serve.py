"""Serves a world on loopback addresses: SNMP at every device's own, with what faults do to packets."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import secrets
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from collector.credentials import Unusable, Usable
from collector.inventory.values import SnmpCheck
from lab.device import SnmpDevice
from lab.packets import on_the_way
from lab.place import Kind
from lab.server_mib import server_objects
from lab.servers import Servers
from lab.silence import Silence, SilenceError
from lab.sites import Site, admission
from lab.world import World
from snmp.identifiers import Identifiers

_log = logging.getLogger(__name__)

_TICK_S = 0.25
_BATCH = 16
"""Datagrams of one socket that are worked on before the others get their turn."""
_MAX_DATAGRAM = 65_535
_RECEIVE_BUFFER = 1 << 18


class LabClock:
    """UTC milliseconds that never go back: the world's past is settled."""

    def __init__(self) -> None:
        self._latest = 0

    def now_ms(self) -> int:
        """Return the present instant, or the latest ever told if the clock was set back."""
        self._latest = max(self._latest, time.time_ns() // 1_000_000)
        return self._latest

    def not_before(self, instant_ms: int) -> None:
        """Never again tell an instant before this one."""
        self._latest = max(self._latest, instant_ms)


@dataclass(slots=True)
class Tally:
    """What came in and what went out, since the start."""

    requests: int = 0
    answers: int = 0


@dataclass(frozen=True, slots=True)
class _Door:
    """A bound socket and the device behind it."""

    socket: socket.socket
    device: SnmpDevice
    place: str


class LabServer:
    """Answers for all sites while `run` runs. Binds at once: an address that is taken is an OSError."""

    def __init__(
        self,
        world: World,
        sites: Sequence[Site],
        credentials: Mapping[str, Usable | Unusable],
        *,
        clock: LabClock,
        silence: Silence | None = None,
        servers: Servers | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._world, self._sites, self._clock = world, tuple(sites), clock
        self._silence, self._servers = silence, servers
        self._identifiers = Identifiers(secrets.token_bytes)
        self._chance = chance
        self._doors: list[_Door] = []
        self.tally = Tally()
        self.problem = ""
        areas = {area.id: area.name for area in world.province.areas}
        try:
            for site in self._sites:
                if site.device.snmp is not None:
                    self._doors.append(self._open(site, site.device.snmp, credentials, areas))
        except BaseException:
            self._close()
            raise

    @property
    def devices(self) -> int:
        """How many devices are served."""
        return len(self._sites)

    async def run(self) -> None:
        """Serve until cancelled."""
        loop = asyncio.get_running_loop()
        for door in self._doors:
            loop.add_reader(door.socket.fileno(), self._receive, door)
        parts = [asyncio.create_task(self._follow())]
        if self._servers is not None:
            parts.append(asyncio.create_task(self._servers.run(self._clock.now_ms)))
        try:
            await asyncio.gather(*parts)
        finally:
            for part in parts:
                part.cancel()
            for door in self._doors:
                loop.remove_reader(door.socket.fileno())
            self._close()

    def follow(self) -> None:
        """Let silence and reports show what the world is like now."""
        now_ms = self._clock.now_ms()
        unreachable = {
            site.device.address
            for site in self._sites
            if not self._world.condition(site.place.id, now_ms).reachable
        }
        if self._servers is not None:
            self._servers.follow(now_ms)
        if self._silence is None or unreachable == self._silence.silent:
            return
        try:
            self._silence.set(unreachable)
            self.problem = ""
        except SilenceError as error:
            if self.problem != str(error):
                _log.error("silence: %s", error)
            self.problem = str(error)

    async def _follow(self) -> None:
        """Follow what time alone changes: who has booted answers again."""
        while True:
            self.follow()
            await asyncio.sleep(_TICK_S)

    def _open(
        self,
        site: Site,
        check: SnmpCheck,
        credentials: Mapping[str, Usable | Unusable],
        areas: Mapping[str, str],
    ) -> _Door:
        admitted = admission(check, credentials)
        place = site.place
        device = SnmpDevice(
            self._world,
            place,
            area=areas.get(place.area, place.area),
            users=admitted.users,
            communities=admitted.communities,
            extra=server_objects(self._world, place) if place.kind is Kind.SERVER else None,
        )
        door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            door.setblocking(False)
            door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
            door.bind((site.device.address, check.port))
        except OSError as error:
            door.close()
            raise OSError(error.errno, error.strerror, f"{site.device.address}:{check.port}") from error
        return _Door(door, device, place.id)

    def _receive(self, door: _Door) -> None:
        for _ in range(_BATCH):
            try:
                datagram, peer = door.socket.recvfrom(_MAX_DATAGRAM)
            except OSError:
                return
            self.tally.requests += 1
            now_ms = self._clock.now_ms()
            answer = door.device.respond(datagram, now_ms, self._identifiers.salt())
            if answer is None:
                continue
            faults = self._world.condition(door.place, now_ms).packets
            if not faults.any:
                self._send(door, answer, peer)
                continue
            arriving = on_the_way(answer, faults, chance=self._chance, random_bytes=secrets.token_bytes)
            for delay_s, part in arriving:
                asyncio.get_running_loop().call_later(delay_s, self._send_late, door, part, peer)

    def _send_late(self, door: _Door, answer: bytes, peer: object) -> None:
        # Whoever was cut off meanwhile sends nothing any more.
        if self._world.condition(door.place, self._clock.now_ms()).answers:
            self._send(door, answer, peer)

    def _send(self, door: _Door, answer: bytes, peer: object) -> None:
        with contextlib.suppress(OSError):
            door.socket.sendto(answer, peer)  # type: ignore[call-overload]
            self.tally.answers += 1

    def _close(self) -> None:
        for door in self._doors:
            door.socket.close()
        self._doors.clear()
