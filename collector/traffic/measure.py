"""The traffic of all lines: readings in, buckets and what is left out to the ledger, figures to be shown.

No I/O: what it is handed carries its instants.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Protocol

from collector.inventory.values import Capacity, Device, Side, Uplink
from collector.ledger.evidence import LeftOutEvidence, TrafficEvidence
from collector.ledger.traffic import Direction, capacity_on, local_day
from collector.model import Doubt
from collector.traffic.buckets import BUCKET_MS, Bucket, Filling, shared
from collector.traffic.rates import LineReading, between
from collector.traffic.recent import Recent


class TrafficSink(Protocol):
    """Where finished buckets go: the ledger's writer."""

    def traffic(self, evidence: TrafficEvidence) -> None:
        """Book a bucket of a line, or a part of one."""
        ...

    def left_out(self, evidence: LeftOutEvidence) -> None:
        """Book why time of a line is in no bucket."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A device's line: the interface that carries it, on whose side, and what was subscribed.

    `limit_ms` is the longest time between two readings that is shared over buckets.
    """

    uplink: Uplink
    capacities: tuple[Capacity, ...]
    limit_ms: int

    @staticmethod
    def of(device: Device) -> Line | None:
        """Return a device's line, None if it has none that SNMP can read."""
        if device.uplink is None or device.snmp is None:
            return None
        patience_ms = 2 * device.interval_ms + device.deadline_ms
        return Line(uplink=device.uplink, capacities=device.capacities, limit_ms=max(BUCKET_MS, patience_ms))

    @property
    def subscribed_bps(self) -> int:
        """The greatest rate that was ever subscribed, 0 if none is known."""
        return max((max(c.in_bps, c.out_bps) for c in self.capacities), default=0)

    def directed(self, received: int, sent: int) -> tuple[int, int]:
        """Return (towards the site, from the site) for what the interface received and sent."""
        return (received, sent) if self.uplink.side is Side.SITE else (sent, received)


@dataclass(slots=True)
class Left:
    """What was left out for one reason since the start: time and the least bytes, in and out."""

    ms: int = 0
    in_bytes: int = 0
    out_bytes: int = 0


@dataclass(slots=True)
class Meter:
    """One line as it is measured now. Rates are of the last two readings, in bit/s; None while in doubt."""

    device: str
    line: Line
    recent: Recent
    found: bool | None = None
    before: LineReading | None = None
    filling: Filling = field(default_factory=Filling)
    rates: dict[Direction, int | None] = field(default_factory=lambda: dict.fromkeys(Direction))
    totals: dict[Direction, int] = field(default_factory=lambda: dict.fromkeys(Direction, 0))
    left: dict[Doubt, Left] = field(default_factory=dict)

    def read(self, reading: LineReading) -> LeftOutEvidence | None:
        """Take in a reading; return what of the time since the one before is in no bucket."""
        before, self.before = self.before, reading
        self.rates = dict.fromkeys(Direction)
        if before is None:
            return None
        passed = between(before, reading, subscribed_bps=self.line.subscribed_bps)
        into, out = self.line.directed(passed.received, passed.sent)
        doubt, length_ms = passed.doubt, reading.at_ms - before.at_ms
        if doubt is None and length_ms <= 0:
            doubt = Doubt.CLOCK
        if doubt is None and length_ms > self.line.limit_ms:
            doubt = Doubt.GAP
        if doubt is None:
            self.filling.add(shared(before.at_ms, reading.at_ms, into, out))
            self.totals[Direction.IN] += into
            self.totals[Direction.OUT] += out
            self.rates = {Direction.IN: into * 8_000 // length_ms, Direction.OUT: out * 8_000 // length_ms}
            return None
        left = self.left.setdefault(doubt, Left())
        left.ms += max(0, length_ms)
        left.in_bytes += into
        left.out_bytes += out
        return LeftOutEvidence(
            device=self.device,
            interface=self.line.uplink.interface,
            doubt=doubt,
            from_ms=before.at_ms,
            to_ms=max(before.at_ms, reading.at_ms),
            in_bytes=into,
            out_bytes=out,
        )

    def capacity(self, ms: int) -> Capacity | None:
        """Return what is subscribed on the local day of an instant."""
        return capacity_on(self.line.capacities, local_day(ms, self.recent.timezone))


class Traffic:
    """The meters of all lines. `show` is called with a meter whose figures have changed."""

    def __init__(self, sink: TrafficSink) -> None:
        self._sink = sink
        self._meters: dict[str, Meter] = {}
        self._next_ms = 0

    def meter(self, device: str) -> Meter | None:
        """Return a device's meter, None if it has no line."""
        return self._meters.get(device)

    def replace(self, lines: Mapping[str, Line], timezone: tzinfo) -> None:
        """Follow a new inventory: a line that stays goes on; one on another interface begins anew."""
        before = self._meters
        self._meters = {}
        for device, line in lines.items():
            meter = before.pop(device, None)
            if meter is None:
                meter = Meter(device, line, Recent(timezone))
            elif meter.line.uplink != line.uplink:
                self._give(meter, meter.filling.rest())
                meter = Meter(device, line, meter.recent)
            meter.line, meter.recent.timezone = line, timezone
            self._meters[device] = meter
        for gone in before.values():
            self._give(gone, gone.filling.rest())

    def restore(self, device: str, buckets: Sequence[Bucket]) -> None:
        """Put what the ledger holds of a line's last days before what this session has seen of it."""
        meter = self._meters.get(device)
        if meter is not None:
            seen, meter.recent = meter.recent, Recent(meter.recent.timezone)
            meter.recent.fill(buckets, meter.line.capacities)
            for bucket in seen.buckets:
                meter.recent.add(bucket, meter.line.capacities)

    def read(self, device: str, reading: LineReading | None, *, found: bool | None) -> bool:
        """Take in a poll of a device; return True if its line's figures have changed.

        `found` is whether the device shows the uplink at all, None while nobody has looked.
        """
        meter = self._meters.get(device)
        if meter is None:
            return False
        changed = found is not None and found is not meter.found
        meter.found = meter.found if found is None else found
        if reading is None:
            return changed
        left_out = meter.read(reading)
        if left_out is not None:
            self._sink.left_out(left_out)
            changed = True
        return self._give(meter, meter.filling.finished(reading.at_ms)) or changed

    def tick(self, now_ms: int) -> list[str]:
        """Finish buckets that nothing can be added to any more; return the devices whose figures changed."""
        if now_ms < self._next_ms:
            return []
        self._next_ms = now_ms + BUCKET_MS // 5
        return [
            device
            for device, meter in self._meters.items()
            if self._give(meter, meter.filling.finished(now_ms - meter.line.limit_ms - 1))
        ]

    def stop(self) -> None:
        """Hand over the buckets that are not finished: the collector stops."""
        for meter in self._meters.values():
            self._give(meter, meter.filling.rest())

    def _give(self, meter: Meter, buckets: list[Bucket]) -> bool:
        for bucket in buckets:
            meter.recent.add(bucket, meter.line.capacities)
            self._sink.traffic(
                TrafficEvidence(device=meter.device, interface=meter.line.uplink.interface, bucket=bucket)
            )
        return bool(buckets)
