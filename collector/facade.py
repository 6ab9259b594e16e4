"""What the collector shows of itself: the exposition, JSON views, readiness, and its own health figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from collector.announcements import Announcements
from collector.clock import LedgerClock
from collector.closing.keeping import Keeping
from collector.core import Core
from collector.credentials import Unusable
from collector.expose import views
from collector.expose.blocks import Blocks
from collector.expose.catalogue import collector as catalogue
from collector.expose.health import Reading
from collector.in_use import InventoryInUse
from collector.ledger.writer import LedgerWriter
from collector.model import State
from collector.poll.snmp import SnmpPoller
from collector.runner import Runner


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of a collector that are shown."""

    clock: LedgerClock
    core: Core
    blocks: Blocks
    writer: LedgerWriter
    in_use: InventoryInUse
    runner: Runner
    snmp: SnmpPoller
    announcements: Announcements
    keeping: Keeping


class Readings:
    """Looks up, at each scrape, what the collector's parts say of themselves."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def __call__(self) -> Iterable[Reading]:
        """Yield every reading of now."""
        yield catalogue.POLLS_RUNNING, (), self._parts.runner.running
        counts = Counter(view.state for view in self._parts.core.current.views())
        for state in State:
            yield catalogue.DEVICES, (str(state),), counts[state]
        yield catalogue.STRANGERS, (), self._parts.snmp.strangers
        yield catalogue.ALTERED, (), self._parts.blocks.altered
        yield catalogue.CLOCK_BEHIND, (), self._parts.clock.behind_ms() / 1000
        yield catalogue.REGISTER_OK, (), int(self._parts.announcements.ok)
        yield from self._inventory()
        yield from self._ledger()
        last = self._parts.keeping.last
        if last is not None:
            yield catalogue.PERIOD_CLOSED, (last.name,), int(last.closed)
            yield catalogue.PERIOD_END, (last.name,), last.end_ms / 1000

    def _inventory(self) -> Iterable[Reading]:
        in_use = self._parts.in_use
        yield catalogue.RELOAD_OK, (), int(in_use.sound)
        yield catalogue.MISTAKES, (), len(in_use.mistakes)
        yield catalogue.RELOAD_AT, (), in_use.taken_ms / 1000
        yield catalogue.REVISION, (), in_use.revision
        for area in in_use.inventory.areas:
            if area.latitude is not None and area.longitude is not None:
                yield catalogue.LATITUDE, (area.id, area.name), area.latitude
                yield catalogue.LONGITUDE, (area.id, area.name), area.longitude
        for name, credential in in_use.credentials.items():
            yield catalogue.CREDENTIALS, (name,), int(not isinstance(credential, Unusable))

    def _ledger(self) -> Iterable[Reading]:
        health = self._parts.writer.health()
        yield catalogue.LEDGER_OK, (), int(health.ok)
        yield catalogue.LEDGER_PENDING, (), health.pending_rows
        yield catalogue.LEDGER_COMMITS, (), health.commits
        yield catalogue.LEDGER_ERRORS, (), health.failures
        yield catalogue.LEDGER_ROWS, (), health.rows_written
        yield catalogue.LEDGER_COMMIT_SECONDS, (), health.last_commit_s
        yield catalogue.LEDGER_BYTES, ("ledger",), health.file_bytes
        yield catalogue.LEDGER_BYTES, ("log",), health.wal_bytes
        for why, number in (
            ("refused", health.refused),
            ("unsure", health.unsure),
            ("invalid", health.invalid),
            ("lost", health.lost),
            ("rejected", health.rows_rejected),
        ):
            yield catalogue.LEDGER_NOT_BOOKED, (why,), number
        if health.committed_ms is not None:
            yield catalogue.LEDGER_LAST, (), health.committed_ms / 1000


class CollectorFacade:
    """Implements the HTTP server's Facade."""

    def __init__(self, parts: Parts, own_metrics: Callable[[], bytes]) -> None:
        self._parts, self._own_metrics = parts, own_metrics

    def metrics(self, area: str | None) -> bytes | None:
        """Return the exposition; that of one area leaves the collector's own metrics out."""
        if area is None:
            return self._parts.blocks.render() + self._own_metrics()
        if self._parts.core.current.area(area) is None:
            return None
        return self._parts.blocks.render(self._parts.core.current.in_area(area))

    def devices(self) -> object:
        """Return all devices in short."""
        return views.devices(self._parts.core.current.views(), now_ms=self._parts.clock.now_ms())

    def device(self, device: str) -> object | None:
        """Return one device with the samples that show it."""
        view = self._parts.core.current.view(device)
        if view is None:
            return None
        lines = self._parts.blocks.render(frozenset({device})).decode().splitlines()
        return views.detail(view, samples=[line for line in lines if not line.startswith("#")])

    def not_ready(self) -> str | None:
        """Return why not all work is done yet: the ledger fails, or no device has been polled."""
        health = self._parts.writer.health()
        if not health.ok:
            return f"the ledger cannot be written: {health.reason}"
        if self._parts.in_use.targets and all(
            v.evidence_ms is None for v in self._parts.core.current.views()
        ):
            return "no device has been polled yet"
        return None

    async def reload(self) -> tuple[bool, Any]:
        """Read the inventory again."""
        return await self._parts.in_use.reload()
