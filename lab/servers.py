"""The simulated servers' SSH side: real sshd at their addresses, and spools that agent code writes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import shlex
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from agent.files import write_atomic
from agent.spool import Spool
from agent.wire import render_snapshot
from deploy.stack import sshd
from deploy.stack.child import Child
from lab.condition import Condition, TrueState
from lab.place import Place
from lab.report import MACHINE, SPOOL
from lab.snapshots import ServerSnapshots, boot_id
from lab.world import World

INTERVAL_MS = 15_000

_SPOOL_BYTES, _SPOOL_RECORDS = 8 * 2**20, 5_760  # a day
_LISTENERS = 16  # OpenSSH's MAX_LISTEN_SOCKS
_AGENTLESS = (TrueState.POWER_OR_RESTART, TrueState.MANAGEMENT, TrueState.AGENT_ONLY)
_CONNECT_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSite:
    """A server of the world and where its sshd listens."""

    place: Place
    address: str
    port: int


class Servers:
    """All simulated servers. `folder` holds keys, spools and logs; `public_key` may fetch their reports."""

    def __init__(self, folder: Path, world: World, sites: Sequence[ServerSite], *, public_key: str) -> None:
        self._folder, self._sites, self._key = folder, tuple(sites), public_key
        self._machines = [_Machine(folder / site.place.id, world, site.place) for site in sites]
        self._children: list[Child] = []
        self._exit = ExitStack()

    def start(self, known_hosts: Path, now_ms: int) -> None:
        """Start the sshds and pin their keys in `known_hosts`; raise ChildError if one does not start."""
        self.follow(now_ms)
        lines: list[str] = []
        for number, sites in enumerate(_groups(self._sites), start=1):
            directory = self._folder / f"sshd-{number}"
            logins = {site.address: (self._login(site.place),) for site in sites}
            child = self._exit.enter_context(sshd.sshd_of_many(directory, logins, port=sites[0].port))
            self._children.append(child)
            host_key = (directory / "host_key.pub").read_text(encoding="utf-8")
            lines += [sshd.known_hosts_line(site.address, site.port, host_key) for site in sites]
            for site in sites:
                child.wait_until(lambda site=site: _listens(site))  # type: ignore[misc]
        known_hosts.parent.mkdir(parents=True, exist_ok=True)
        known_hosts.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def follow(self, now_ms: int) -> None:
        """Let the reports show which machines are there now."""
        for machine in self._machines:
            machine.follow(now_ms)

    async def run(self, now_ms: Callable[[], int]) -> None:
        """Store a snapshot of each server now and every 15 s, one after the other, until cancelled."""
        pause_s = 0.0
        while True:
            for machine in self._machines:
                snapshot = machine.measure(now_ms())
                if snapshot is not None:
                    await asyncio.to_thread(machine.store, *snapshot)
                await asyncio.sleep(pause_s)
            pause_s = INTERVAL_MS / 1000 / max(1, len(self._machines))

    def close(self) -> None:
        """Stop the sshds and close the spools."""
        self._exit.close()
        for machine in self._machines:
            machine.close()

    def _login(self, place: Place) -> sshd.Login:
        command = [sys.executable, "-I", "-m", "lab.report", str(self._folder / place.id)]
        return sshd.Login(public_key=self._key, command=shlex.join(command))


class _Machine:
    """One server's spool, and the file that tells its report which machine it is on."""

    def __init__(self, folder: Path, world: World, place: Place) -> None:
        self._folder, self._world, self._place = folder, world, place
        self._snapshots = ServerSnapshots(world, place)
        self._spool: Spool | None = None
        self._boot_id = ""
        self._told: Condition | None = None

    def follow(self, now_ms: int) -> None:
        condition = self._world.condition(self._place.id, now_ms)
        if condition is self._told:
            return
        self._told = condition
        self._folder.mkdir(parents=True, exist_ok=True)
        machine = {
            "reachable": condition.reachable,
            "agent": condition.state not in _AGENTLESS,
            "boot_ms": condition.boot_ms,
            "boot_id": boot_id(self._place, condition),
            "clock_offset_ms": condition.clock_offset_ms,
        }
        write_atomic(self._folder / MACHINE, json.dumps(machine).encode() + b"\n", mode=0o644)

    def measure(self, now_ms: int) -> tuple[str, bytes, int] | None:
        """Return boot id, snapshot and uptime for `store`; None while no agent runs."""
        condition = self._world.condition(self._place.id, now_ms)
        if not condition.powered or condition.state in _AGENTLESS:
            return None
        snapshot = self._snapshots.at(now_ms)
        return snapshot.boot_id, render_snapshot(snapshot), snapshot.uptime_ms

    def store(self, boot: str, snapshot: bytes, uptime_ms: int) -> None:
        """Append to the spool, a new run of it after a boot."""
        if self._spool is None or boot != self._boot_id:
            self.close()
            self._boot_id = boot
            self._spool = Spool(
                self._folder / SPOOL,
                boot_id=boot,
                interval_ms=INTERVAL_MS,
                max_bytes=_SPOOL_BYTES,
                max_records=_SPOOL_RECORDS,
                new_id=lambda: secrets.token_hex(8),
            )
        self._spool.append(snapshot, uptime_ms=uptime_ms)

    def close(self) -> None:
        if self._spool is not None:
            self._spool.close()
            self._spool = None


def _groups(sites: Sequence[ServerSite]) -> list[Sequence[ServerSite]]:
    """Return the sites of one port together, no more than one sshd can listen for."""
    found: list[Sequence[ServerSite]] = []
    for port in sorted({site.port for site in sites}):
        same = [site for site in sites if site.port == port]
        found += [same[at : at + _LISTENERS] for at in range(0, len(same), _LISTENERS)]
    return found


def _listens(site: ServerSite) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((site.address, site.port), _CONNECT_S):
        return True
    return False
