"""The resident process: a snapshot every interval into the spool, SNMP in between, signals."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import signal
import time
from collections.abc import Callable
from collections.abc import Set as AbstractSet

from agent.config import AgentConfig, ConfigError, ListenAddress, SnmpConfig
from agent.notify import notify
from agent.probe.instant import read_instant
from agent.probe.own import Usage, read_usage
from agent.snapshot import Sampler
from agent.snmp_serve import LiveTables, SnmpServer, SnmpTally, refused
from agent.snmp_setup import EngineKeeper, ListenError, Sockets, fetch_secrets, make_server
from agent.snmp_tables.tables import SystemTexts
from agent.spool import Spool
from agent.udp import UdpSocket
from agent.version import VERSION
from agent.wire import render_snapshot
from agent.wire_sections import Agent, Snapshot, Unavailable
from snmp.engine import Engine

_log = logging.getLogger(__name__)


class Service:
    """Everything that lives from start to end. Made in the process's only thread, before the event loop."""

    def __init__(self, config: AgentConfig, reload: Callable[[], AgentConfig]) -> None:
        """Take possession of the spool; raise SpoolError."""
        self._config = config
        self._reload = reload
        self._started = time.monotonic()
        self._sampler = Sampler()
        self._spool = Spool(
            config.spool_directory,
            boot_id=read_instant().boot_id,
            interval_ms=config.interval_s * 1000,
            max_bytes=config.spool.max_bytes,
            max_records=config.max_records,
            new_id=lambda: secrets.token_hex(8),
        )
        if self._spool.lost:
            _log.warning("%s: its state was lost; numbering begins anew", config.spool_directory)
        self._stopping = asyncio.Event()
        self._keeper = EngineKeeper(config.state_directory)
        self._sockets = Sockets()
        self._tally = SnmpTally()
        self._engine: Engine | None = None
        self._server: SnmpServer | None = None
        self._tables: LiveTables | None = None
        self._snapshots = self._missed = 0
        self._snapshot_s: float | None = None
        self._writing = True
        self._snapshot = self._take()

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT; raise ConfigError or ListenError if SNMP cannot be served."""
        loop = asyncio.get_running_loop()
        try:
            self._apply_snmp(self._config)
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self._stopping.set)
            loop.add_signal_handler(signal.SIGHUP, self._on_hangup)
            self._announce()
            notify("READY=1")
            await self._tick()
        finally:
            notify("STOPPING=1")
            self._close_sockets(set(self._sockets.open))
            self._spool.close()
        _log.info("stopped")

    async def _tick(self) -> None:
        """Store a snapshot at each interval of a steady clock; one that is late is left out and counted."""
        due = time.monotonic()
        while not self._stopping.is_set():
            # In a thread: a disk that hangs must not keep SNMP from answering.
            await asyncio.to_thread(self._store)
            if self._tables is not None:
                self._tables.update(self._snapshot)
            due += self._config.interval_s
            behind = time.monotonic() - due
            if behind >= 0:
                late = int(behind // self._config.interval_s) + 1
                self._missed += late
                due += late * self._config.interval_s
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), max(0.0, due - time.monotonic()))

    def _store(self) -> None:
        snapshot = self._take()
        written = self._spool.append(render_snapshot(snapshot), uptime_ms=snapshot.uptime_ms) is not None
        if written == self._writing:
            return
        self._writing = written
        if written:
            _log.info("%s: can be written again", self._config.spool_directory)
        else:
            _log.error("%s: cannot be written: %s", self._config.spool_directory, self._spool.problem)

    def _take(self) -> Snapshot:
        begun = time.monotonic()
        self._snapshot = self._sampler.take(self._own())
        self._snapshots += 1
        self._snapshot_s = time.monotonic() - begun
        return self._snapshot

    def _own(self) -> Agent | Unavailable:
        usage, tally = read_usage(), self._tally
        if not isinstance(usage, Usage):
            return usage
        return Agent(
            version=VERSION,
            running_ms=int((time.monotonic() - self._started) * 1000),
            rss_bytes=usage.rss_bytes,
            cpu_s=usage.cpu_s,
            threads=usage.threads,
            open_files=usage.open_files,
            snapshot_s=self._snapshot_s,
            snapshots=self._snapshots,
            snapshots_missed=self._missed,
            spool_bytes=self._spool.size_bytes,
            spool_failed=self._spool.failed,
            snmp_requests=tally.requests,
            snmp_answers=tally.answers,
            snmp_denied=tally.denied,
            snmp_limited=tally.limited,
            snmp_refused=0 if self._engine is None else refused(self._engine),
        )

    def _on_hangup(self) -> None:
        """Take over the file as it is now; one with mistakes changes nothing."""
        notify(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            config = self._reload()
            self._apply_snmp(config)
        except (ConfigError, ListenError) as error:
            for line in str(error).splitlines():
                _log.error("%s", line)
            _log.error("reload: nothing was changed")
        else:
            self._apply_spool(config)
            self._config = config
            self._announce()
        notify("READY=1")

    def _apply_spool(self, config: AgentConfig) -> None:
        if config.state_directory != self._config.state_directory:
            _log.warning("reload: state_directory stays %s until a restart", self._config.state_directory)
        self._spool.limit(
            interval_ms=config.interval_s * 1000,
            max_bytes=config.spool.max_bytes,
            max_records=config.max_records,
        )

    def _apply_snmp(self, config: AgentConfig) -> None:
        """Serve SNMP as configured; raise ConfigError or ListenError with everything as it was."""
        snmp = config.snmp
        if snmp is None:
            self._close_sockets(set(self._sockets.open))
            self._server = None
            return
        fetched = fetch_secrets(snmp, config.source)
        added = self._sockets.prepare(snmp.listen)
        self._engine = self._keeper.engine(fetched.users)
        texts = SystemTexts(contact=snmp.contact, location=snmp.location)
        if self._tables is None:
            self._tables = LiveTables(self._sampler, self._snapshot, texts, time.monotonic)
        self._tables.texts = texts
        self._server = make_server(snmp, fetched, self._engine, self._tables, self._tally)
        self._close_sockets(self._sockets.open.keys() - set(snmp.listen))
        for address, opened in added.items():
            self._sockets.open[address] = opened
            asyncio.get_running_loop().add_reader(opened.fileno(), self._serve, opened)

    def _serve(self, opened: UdpSocket) -> None:
        if self._server is not None:
            self._server.serve(opened)

    def _close_sockets(self, addresses: AbstractSet[ListenAddress]) -> None:
        for address in addresses:
            opened = self._sockets.open.pop(address)
            asyncio.get_running_loop().remove_reader(opened.fileno())
            opened.close()

    def _announce(self) -> None:
        """Say how the agent can be reached."""
        config = self._config
        _log.info(
            "haidang-agent %s: a snapshot every %d s into %s; over SSH: haidang-agent report",
            VERSION,
            config.interval_s,
            config.spool_directory,
        )
        if config.snmp is None:
            _log.info("SNMP is off: there is no [snmp] in %s", config.source)
            return
        _log.info("SNMP: %s", describe_snmp(config.snmp))
        if config.snmp.communities:
            _log.warning("SNMP v1 and v2c are on: community and values cross the network unencrypted")
        if self._keeper.problem is not None:
            _log.error("%s", self._keeper.problem)


def describe_snmp(snmp: SnmpConfig) -> str:
    """Return one line: where, for whom, from where."""
    users = ", ".join(
        f"{user.name} ({user.auth.label}, {'unencrypted' if user.priv is None else user.priv.label})"
        for user in snmp.users
    )
    listen = ", ".join(map(str, snmp.listen))
    allow = ", ".join(map(str, snmp.allow))
    number = len(snmp.communities)
    old = f"; v1 and v2c: {number} communit{'y' if number == 1 else 'ies'}, unencrypted" if number else ""
    return f"udp {listen}; v3 users: {users or 'none'}{old}; requests allowed from: {allow}"
