"""Wires the parts together: pollers, core, ledger, HTTP, signals. The only module that knows them all."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from collector.announcements import Announcements
from collector.clock import ClockJump, LedgerClock
from collector.closing.keeping import Keeping
from collector.core import Core
from collector.expose.blocks import Blocks
from collector.expose.catalogue import collector as catalogue
from collector.expose.catalogue.all import DEVICE_FAMILIES
from collector.expose.health import Health
from collector.facade import CollectorFacade, Parts, Readings
from collector.fault_log import FaultLog
from collector.in_use import InventoryInUse
from collector.inventory.loaded import Accepted
from collector.inventory.values import Inventory, Probe
from collector.ledger.errors import LedgerUnavailableError
from collector.ledger.rows import Session
from collector.ledger.store import open_store
from collector.ledger.writer import LedgerWriter
from collector.live import Transition
from collector.model import Outcome, State
from collector.poll.ssh_session import SshIdentity
from collector.pollers import make_pollers
from collector.reckoner import Reckoner
from collector.runner import Runner
from collector.schedule import Due, Schedule
from collector.serving import http_server
from collector.shown import Shown
from collector.stalls import StallWatch
from collector.targets import Request, Target
from collector.traffic.recall import take_up_lines
from collector.web.history import Histories
from collector.web.rings import Rings
from collector.web.site import StatusSite

log = logging.getLogger(__name__)

_TICK_S = 1.0


class Collector:
    """One running collector: construct it in an event loop and `run` it; a signal or `stop` ends it."""

    def __init__(
        self,
        path: Path,
        accepted: Accepted,
        *,
        environ: Mapping[str, str],
        listen: tuple[str, int] | None,
        judged_by: Probe | None = None,
    ) -> None:
        """Open the ledger, or raise a LedgerError.

        `listen` takes the place of the inventory's address, `judged_by` of its devices' reachability.
        """
        inventory = accepted.inventory
        self._clock = clock = LedgerClock()
        started_ms = clock.now_ms()
        self._ledger = _folder_made(inventory)
        store, self._restored = open_store(self._ledger, now_ms=started_ms)
        for sentence in self._restored.notes:
            log.warning("ledger: %s", sentence)
        clock.not_before(self._restored.latest_ms)
        self._writer = LedgerWriter(
            store,
            self._restored,
            session=Session(id=secrets.token_hex(8), started_ms=clock.now_ms(), version=version("haidang")),
            timezone=ZoneInfo(inventory.organisation.timezone),
            mono=clock.mono,
        )
        self._schedule = Schedule(epoch=clock.mono() - clock.now_ms() / 1000)
        blocks = Blocks(DEVICE_FAMILIES)
        self._core = Core(
            clock=clock, sink=self._writer, schedule=self._schedule, blocks=blocks, moved=self._moved
        )
        self._announcements = Announcements(
            self._ledger, self._restored.meta.ledger_id, self._core.planned.announce
        )
        self._in_use = InventoryInUse(
            path,
            accepted,
            clock=clock,
            core=self._core,
            writer=self._writer,
            taken=self._taken,
            judged_by=judged_by,
        )
        self._faults = FaultLog()
        self._stalls = StallWatch(clock.mono, self._stalled)
        self._pollers = make_pollers(clock)
        self._runner = Runner(
            mono=clock.mono,
            schedule=self._schedule,
            pollers=self._pollers.by_probe,
            prepare=self._prepare,
            ended=self._ended,
            skipped=self._skipped,
            stalled_since=self._stalls.longest_since,
        )
        ledger_id, remove = self._restored.meta.ledger_id, self._writer.remove
        self._keeping = Keeping(self._ledger, ledger_id, remove, clock.now_ms, lambda: self._in_use.inventory)
        parts = Parts(
            clock=clock,
            core=self._core,
            blocks=blocks,
            writer=self._writer,
            in_use=self._in_use,
            runner=self._runner,
            snmp=self._pollers.snmp,
            announcements=self._announcements,
            keeping=self._keeping,
        )
        self._health = Health(version("haidang"), Readings(parts))
        logging.getLogger("collector").addHandler(self._health.watch_log())
        clock.listen(self._jumped)
        self._facade = CollectorFacade(parts, self._health.render)
        self._rings = Rings()
        self._reckoner = Reckoner(self._ledger, blocks, clock.mono)
        shown = Shown(
            parts,
            self._rings,
            simulated=self._restored.meta.simulated,
            figures=lambda: self._reckoner.figures,
        )
        self._site = StatusSite(shown, Histories(self._ledger), clock.mono)
        self._http = http_server(self._facade, inventory, environ, listen, self._site)
        self._stop = asyncio.Event()
        self._recalling: asyncio.Task[None] | None = None
        self._reloads: set[asyncio.Task[tuple[bool, Any]]] = set()

    def stop(self) -> None:
        """End `run` soon."""
        self._stop.set()

    async def run(self) -> None:
        """Poll and serve until stopped; raises AddressError if the address cannot be had."""
        try:
            # First of all: a SIGHUP that nobody handles ends the process.
            self._handle_signals()
            await self._http.start()
            await self._announcements.look()
            self._in_use.take_up(self._in_use.inventory)
            self._core.restore(self._restored.last)
            self._recalling = asyncio.create_task(take_up_lines(self._ledger, self._core, self._stop.is_set))
            log.info("watching %d devices; metrics at %s", len(self._in_use.targets), self._http.address)
            tasks = [
                asyncio.create_task(part)
                for part in (
                    self._runner.run(),
                    self._stalls.run(),
                    self._tick(),
                    self._announcements.run(),
                    self._reckoner.run(),
                    self._keeping.run(),
                    self._stop.wait(),
                )
            ]
            done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)
            for task in done:
                task.result()
        finally:
            await self._close()

    async def _close(self) -> None:
        await self._http.stop()
        await self._site.close()
        await self._pollers.close()
        await self._announcements.close()
        if self._recalling is not None:
            self._stop.set()
            await self._recalling
        self._core.stop()
        health = await asyncio.to_thread(self._writer.close)
        if not health.ok:
            log.error("ledger: %d rows could not be written: %s", health.pending_rows, health.reason)

    def _handle_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self._reload_soon)

    def _reload_soon(self) -> None:
        # The loop keeps weak references only: without the set the task could be collected under way.
        task = asyncio.get_running_loop().create_task(self._facade.reload())
        self._reloads.add(task)
        task.add_done_callback(self._reloaded)

    def _reloaded(self, task: asyncio.Task[tuple[bool, Any]]) -> None:
        self._reloads.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("the reload failed by an error of the collector's own", exc_info=error)

    async def _tick(self) -> None:
        while True:
            self._writer.heartbeat(self._clock.now_ms())
            self._core.tick()
            self._runner.wake()
            await asyncio.sleep(_TICK_S)

    def _taken(self, targets: Mapping[str, Target]) -> None:
        self._faults.retain(targets.keys())
        self._rings.retain(targets.keys())
        self._pollers.snmp.retain(
            frozenset(
                (target.device.address, target.device.snmp.port)
                for target in targets.values()
                if target.device.snmp is not None
            )
        )
        self._pollers.ssh.retain(
            frozenset(
                (target.device.address, target.device.ssh.port, target.ssh_as)
                for target in targets.values()
                if target.device.ssh is not None and isinstance(target.ssh_as, SshIdentity)
            )
        )
        self._runner.wake()

    def _prepare(self, device: str, now: float) -> tuple[Target, Mapping[Probe, Request]] | None:
        target = self._in_use.targets.get(device)
        if target is None:
            return None
        ask, command = self._core.question(device, now)
        return target, target.requests(ask, command)

    def _ended(self, outcome: Outcome) -> None:
        verdict = self._core.ended(outcome)
        if verdict is None:
            self._health.count(catalogue.REPLIES_DROPPED)
            return
        self._rings.polled(outcome, self._clock.ms_at(outcome.done_at))
        self._runner.wake()
        for sentence in self._faults.polled(self._core.current.view(outcome.device), verdict):
            log.info("%s", sentence)
        self._health.count(catalogue.POLLS, str(verdict))
        self._health.lateness.observe(outcome.started_at - outcome.due_at)
        self._health.duration.observe(outcome.done_at - outcome.started_at)

    def _skipped(self, due: Due) -> None:
        self._health.count(catalogue.POLLS_SKIPPED)
        if due.missed:
            self._health.count(catalogue.POLLS_MISSED, by=due.missed)

    def _moved(self, transition: Transition) -> None:
        self._health.count(catalogue.TRANSITIONS, str(transition.after))
        quiet = State.UNKNOWN in (transition.before, transition.after) or transition.after is State.UP
        log.log(
            logging.INFO if quiet else logging.WARNING,
            "%s: %s → %s%s",
            transition.device,
            transition.before,
            transition.after,
            f" ({transition.fault})" if transition.fault else "",
        )

    def _stalled(self, seconds: float) -> None:
        log.warning("the event loop looked at nothing for %.1f s", seconds)
        self._health.count(catalogue.STALLS)
        self._health.count(catalogue.STALL_SECONDS, by=seconds)

    def _jumped(self, jump: ClockJump) -> None:
        self._writer.discontinuity(jump)
        self._health.count(catalogue.CLOCK_JUMPS, str(jump.kind))
        log.warning("clock: %s", jump.describe())


def _folder_made(inventory: Inventory) -> Path:
    """Return the ledger's path, its folder made if it was not there."""
    ledger = Path(inventory.collector.ledger)
    try:
        ledger.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = f"{ledger.parent}: the ledger's folder cannot be made: {error.strerror}"
        raise LedgerUnavailableError(
            f"{why}. Make it, owned by this user, or set collector.ledger"
        ) from error
    return ledger
