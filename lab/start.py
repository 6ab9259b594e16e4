"""Starts the lab for an inventory: world, silence, servers, orders; serves until it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from collector.credentials import resolve
from collector.inventory.secrets import SecretStore
from collector.inventory.values import Inventory, SshCredential
from deploy.stack.child import ChildError
from deploy.stack.this_machine import make_secrets
from lab.control import ControlError, ControlServer, Json
from lab.orders import Orders
from lab.past import TRUTH, Kept
from lab.place import Province
from lab.player import Player
from lab.serve import LabClock, LabServer
from lab.servers import Servers, ServerSite
from lab.silence import Silence, SilenceError
from lab.sites import Site, sites
from lab.web import Web, sites_of
from lab.web_orders import WebOrders
from lab.world import World

_log = logging.getLogger(__name__)

CONTROL = "control"


class LabError(Exception):
    """The lab cannot be started; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to serve: a province as an inventory describes it, with files of its own in `folder`."""

    province: Province
    inventory: Inventory
    folder: Path
    environ: Mapping[str, str]


def serve(wanted: Wanted) -> None:
    """Serve until SIGTERM or SIGINT; raise LabError, SiteError or ControlError."""
    found = sites(wanted.province, wanted.inventory)
    clock = LabClock()
    with ExitStack() as stack:
        try:
            wanted.folder.mkdir(parents=True, exist_ok=True)
            make_secrets(wanted.inventory, wanted.folder.parent)
            kept = Kept(wanted.province, wanted.folder, clock.now_ms())
        except OSError as error:
            raise LabError(f"{error.filename or wanted.folder}: {error.strerror}") from error
        clock.not_before(kept.now_ms)
        stack.callback(lambda: kept.close(clock.now_ms()))
        silence = _silence(wanted.folder, stack)
        servers = _servers(wanted, kept.world, found, stack, clock)
        credentials = resolve(
            wanted.inventory.credentials, SecretStore(wanted.inventory.folder, wanted.environ)
        )
        try:
            server = LabServer(kept.world, found, credentials, clock=clock, silence=silence, servers=servers)
        except OSError as error:
            raise LabError(
                f"{error.filename}: {error.strerror}. Is another lab running? Stop it, or use other addresses"
            ) from error
        web = Web(wanted.folder, sites=sites_of(wanted.inventory))
        asyncio.run(_run(wanted.folder, kept.world, server, web, clock=clock, silent=silence is not None))


async def _run(
    folder: Path, world: World, server: LabServer, web: Web, *, clock: LabClock, silent: bool
) -> None:
    web_orders = WebOrders(web)
    player = Player(world, clock.now_ms, server.follow)

    def about() -> Json:
        return {
            "silence": silent,
            "problem": server.problem,
            "truth": str(folder / TRUTH),
            "scenario": player.about(),
            "requests": server.tally.requests,
            "answers": server.tally.answers,
            "sites": web_orders.about(),
        }

    orders = Orders(world, now_ms=clock.now_ms, changed=server.follow, about=about, play=player.play)
    orders.add("site", web_orders.handle)
    control = ControlServer(folder / CONTROL, orders.handle)
    # Whoever asks for orders may rely on all the rest, the sites' authority among it.
    await _open(web)
    try:
        await control.start()
    except ControlError:
        await web.stop()
        raise
    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(server.run()), loop.create_task(player.run())]
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, tasks[0].cancel)
    _log.info("the lab answers for %d devices", server.devices)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await web_orders.settled()
        await web.stop()
        await control.stop()


async def _open(web: Web) -> None:
    try:
        await web.start()
    except OSError as error:
        _log.warning("the web sites do not answer: %s", error.strerror or error)


def _silence(folder: Path, stack: ExitStack) -> Silence | None:
    try:
        return stack.enter_context(Silence(folder / "silence.log"))
    except SilenceError as error:
        _log.warning("pings are answered even by devices that are cut off: %s", error)
        return None


def _servers(
    wanted: Wanted, world: World, found: Sequence[Site], stack: ExitStack, clock: LabClock
) -> Servers | None:
    """Start the sshd of all servers that are asked by SSH with one credential; without sshd, none."""
    inventory = wanted.inventory
    asked = [(site, site.device.ssh) for site in found if site.device.ssh is not None]
    credential = inventory.credentials[asked[0][1].credential] if asked else None
    if not isinstance(credential, SshCredential) or credential.private_key.scheme != "file":
        return None
    listening = [
        ServerSite(place=site.place, address=site.device.address, port=check.port) for site, check in asked
    ]
    key = inventory.folder / (credential.private_key.name + ".pub")
    try:
        public_key = key.read_text(encoding="utf-8").strip()
        servers = Servers(wanted.folder / "servers", world, listening, public_key=public_key)
        stack.callback(servers.close)
        servers.start(Path(credential.known_hosts), clock.now_ms())
    except (ChildError, OSError) as error:
        _log.warning("the servers answer no SSH: %s", error)
        return None
    return servers
