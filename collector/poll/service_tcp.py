"""Checks that a port takes connections."""

from __future__ import annotations

from collections.abc import Callable

from collector.inventory.service_values import TcpCheck
from collector.inventory.values import Probe
from collector.model import Check
from collector.poll.base import Note, Timing
from collector.poll.names import Resolver
from collector.poll.service import ServiceRequest, Trip, checked


class TcpPoller:
    """Connects and closes again."""

    def __init__(self, *, mono: Callable[[], float], resolver: Resolver) -> None:
        self._mono, self._resolver = mono, resolver

    async def poll(
        self, request: ServiceRequest[TcpCheck], timing: Timing, note: Note | None = None
    ) -> Check:
        """Connect once; see Poller."""

        async def ask(trip: Trip) -> None:
            (await trip.connect(self._resolver, request.address, request.check.port)).close()

        return await checked(Probe.TCP, ask, timing=timing, mono=self._mono, note=note)

    async def close(self) -> None:
        """Nothing is kept open."""
