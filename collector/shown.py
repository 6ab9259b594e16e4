"""Gathers what the status page and /api/v1/ show from the collector's parts."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version

from collector.facade import Parts
from collector.figures.values import PeriodFigures
from collector.web.rings import Cell, Rings
from collector.web.snapshot import Snapshot


class Shown:
    """Implements the site's Source. To be used in the event loop: it copies, and waits for nothing."""

    def __init__(
        self, parts: Parts, rings: Rings, *, simulated: bool, figures: Callable[[], PeriodFigures | None]
    ) -> None:
        self._parts, self._rings, self._simulated, self._figures = parts, rings, simulated, figures
        self._version = version("haidang")

    def snapshot(self) -> Snapshot:
        """Return all that is current."""
        parts = self._parts
        health, now_ms = parts.writer.health(), parts.clock.now_ms()
        return Snapshot(
            now_ms=now_ms,
            version=self._version,
            inventory=parts.in_use.inventory,
            views=parts.core.current.views(),
            lines=parts.core.lines.now(now_ms),
            figures=self._figures(),
            ledger_fault=None if health.ok else health.reason,
            simulated=self._simulated,
            entered=parts.core.planned.entered,
        )

    def samples(self, device: str) -> list[str]:
        """Return a device's exposition lines."""
        text = self._parts.blocks.render(frozenset({device})).decode()
        return [line for line in text.splitlines() if not line.startswith("#")]

    def round_trips(self, device: str) -> tuple[Cell, ...]:
        """Return a device's round trips of the last day."""
        return self._rings.day(device, self._parts.clock.now_ms())
