"""What the catalogue says of one metric family."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Prometheus metric types in use."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"


class Owner(StrEnum):
    """Which part of the exposition a family comes from, and so its `job` label."""

    DEVICE = "haidang"
    INTERFACE = "snmp"
    HOST = "node"
    SERVICE = "blackbox"
    COLLECTOR = "collector"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One metric. `source` is where the number comes from (an OID, a probe), for the reference.

    A `stamped` family carries the instant of the reading: counters that are polled and scraped by two clocks
    give a steady `rate()` only if each sample sits at the time it was read (docs/decisions/0002). `read`
    marks such a counter among those that are our own.
    """

    name: str
    kind: Kind
    owner: Owner
    unit: str
    labels: tuple[str, ...]
    help: str
    source: str
    read: bool = False

    @property
    def stamped(self) -> bool:
        """Return True if samples carry the instant of the reading."""
        return self.kind is Kind.COUNTER and (self.read or self.owner in (Owner.INTERFACE, Owner.HOST))
