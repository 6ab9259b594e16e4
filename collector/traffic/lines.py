"""Keeps what is measured of lines and what is shown of them in step. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from collector.expose.blocks import Blocks
from collector.ledger.traffic import Direction
from collector.pipeline import Step
from collector.traffic.buckets import Bucket
from collector.traffic.measure import Line, Traffic, TrafficSink
from collector.traffic.now import LineNow, line_now
from collector.traffic.shown import LineShown

_RATES, _FIGURES = "line", "line_figures"


class Lines:
    """The lines of all devices: polls in, evidence and samples out."""

    def __init__(self, sink: TrafficSink, blocks: Blocks) -> None:
        self._traffic = Traffic(sink)
        self._blocks = blocks
        self._shown: dict[str, LineShown] = {}

    def replace(self, lines: Mapping[str, Line], timezone: tzinfo, now_ms: int) -> None:
        """Follow a new inventory."""
        for gone in self._shown.keys() - lines.keys():
            self._blocks.drop((gone, _RATES))
            self._blocks.drop((gone, _FIGURES))
        self._shown = {device: self._shown.get(device) or LineShown(device) for device in lines}
        self._traffic.replace(lines, timezone)
        for device in lines:
            self._show(device, now_ms)

    def restore(self, device: str, buckets: Sequence[Bucket], now_ms: int) -> None:
        """Put the buckets of earlier sessions, in order, before what this one has seen of a line."""
        self._traffic.restore(device, buckets)
        self._show(device, now_ms)

    def polled(self, step: Step, now_ms: int) -> None:
        """Take in what a poll read of its device's line."""
        device = step.outcome.device
        meter = self._traffic.meter(device)
        if meter is None:
            return
        plan = step.memory.plan
        found = None if plan is None else plan.line is not None
        if self._traffic.read(device, step.line, found=found):
            self._show(device, now_ms)
        if step.line is not None:
            batch = self._shown[device].rates(meter, step.line.at_ms)
            self._blocks.publish((device, _RATES), [batch])

    def now(self, now_ms: int) -> dict[str, LineNow]:
        """Return what each line carries now."""
        meters = ((device, self._traffic.meter(device)) for device in self._shown)
        return {device: line_now(meter, now_ms) for device, meter in meters if meter is not None}

    def hide(self, device: str) -> None:
        """Show no rates of a device that was not read; figures of its last days stay."""
        self._blocks.drop((device, _RATES))
        meter = self._traffic.meter(device)
        if meter is not None:
            meter.rates = dict.fromkeys(Direction)

    def forget(self, device: str) -> None:
        """Compare no later reading with the last one: the device is asked otherwise now."""
        meter = self._traffic.meter(device)
        if meter is not None:
            meter.before = None

    def tick(self, now_ms: int) -> None:
        """Let time pass: buckets that wait for a silent device are finished."""
        for device in self._traffic.tick(now_ms):
            self._show(device, now_ms)

    def stop(self) -> None:
        """Hand over what is not finished: the collector stops."""
        self._traffic.stop()

    def _show(self, device: str, now_ms: int) -> None:
        meter = self._traffic.meter(device)
        if meter is not None:
            batch = self._shown[device].figures(meter, now_ms)
            self._blocks.publish((device, _FIGURES), [batch])
