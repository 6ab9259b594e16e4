"""The lab's world: what faults make of every place over time, and what its counters show. Pure."""

from __future__ import annotations

from collections.abc import Callable

from lab.condition import Condition, PortReading
from lab.faults import Fault
from lab.place import Province
from lab.truth import Truth


class World:
    """A province from `began_ms` on. Faults are applied in the order of their instants; the past stays asked.

    Everything follows from the province, the seed and the faults: the same ones give the same answers.
    `truth` is handed every fault and every change of a place's true state as it happens.
    """

    def __init__(
        self,
        province: Province,
        *,
        seed: int,
        began_ms: int,
        truth: Callable[[Truth], None] = lambda _truth: None,
    ) -> None:
        self.province = province
        raise NotImplementedError

    def apply(self, fault: Fault, at_ms: int) -> None:
        """Let a fault happen; raise FaultError for a target or interface that there is not.

        Raises ValueError if `at_ms` lies before what has happened or was asked already.
        """
        raise NotImplementedError

    def restore(self, target: str, at_ms: int, *, kind: str | None = None) -> tuple[Fault, ...]:
        """End the target's lasting faults (of this kind only); return those that were ended."""
        raise NotImplementedError

    def active(self, target: str | None = None) -> tuple[Fault, ...]:
        """Return the lasting faults that were applied last and not restored, of one place or of all."""
        raise NotImplementedError

    def condition(self, place: str, at_ms: int) -> Condition:
        """Return what the place is like; the same object as long as nothing changes."""
        raise NotImplementedError

    def octets(self, place: str, interface: str, at_ms: int) -> tuple[int, int]:
        """Return the true octets (in, out) the interface has carried since the world began; never less."""
        raise NotImplementedError

    def line_octets(self, place: str, at_ms: int) -> tuple[int, int]:
        """Return the true octets (towards the site, from it) on all lines of the place since then."""
        raise NotImplementedError

    def readings(self, place: str, at_ms: int) -> tuple[PortReading, ...]:
        """Return the interface table as the device shows it: wraps, resets and renumbering applied."""
        raise NotImplementedError
