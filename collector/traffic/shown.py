"""What is shown of a line: its rates between two readings, and the figures of its last days. Pure."""

from __future__ import annotations

from collector.decode.section import batch_of
from collector.ledger.traffic import Direction, capacity_bps
from collector.model import Batch, Doubt, Layout, Series
from collector.traffic.buckets import BUCKET_MS
from collector.traffic.measure import Meter


class LineShown:
    """The series of one device's line; layouts are kept, so that names are rendered once."""

    def __init__(self, device: str) -> None:
        self._base = (("instance", device), ("job", "haidang"))
        self._rates = Layout(
            tuple(
                Series(f"haidang_line_{name}", (*self._base, ("direction", str(direction))))
                for name in ("bits_per_second", "bytes_total", "utilisation_ratio")
                for direction in Direction
            )
        )
        self._figures: Layout | None = None

    def rates(self, meter: Meter, at_ms: int) -> Batch:
        """Return what the last two readings tell; what is in doubt is missing."""
        capacity = meter.capacity(at_ms)
        capacities = [capacity_bps(capacity, direction) for direction in Direction]
        rates = [meter.rates[direction] for direction in Direction]
        values = (
            *rates,
            *(meter.totals[direction] for direction in Direction),
            *(
                None if rate is None or not limit else rate / limit
                for rate, limit in zip(rates, capacities, strict=True)
            ),
        )
        return Batch(layout=self._rates, values=values, at_ms=at_ms)

    def figures(self, meter: Meter, now_ms: int) -> Batch:
        """Return what the line's last days come to."""
        recent, uplink = meter.recent, meter.line.uplink
        cells: dict[Series, float | None] = {}

        def show(name: str, value: float | None, **labels: str) -> None:
            if value is not None:
                cells[Series(f"haidang_line_{name}", (*self._base, *labels.items()))] = value

        if meter.found is not None:
            show("found", int(meter.found), interface=uplink.interface, side=str(uplink.side))
        capacity = meter.capacity(now_ms)
        if recent.last is not None:
            show("bucket_covered_ratio", recent.last.covered_ms / BUCKET_MS)
            show("missing_buckets", recent.missing_of_day, window="day")
            show("missing_buckets", recent.missing_of_week, window="7d")
        for direction in Direction:
            way = str(direction)
            show("capacity_bits_per_second", capacity_bps(capacity, direction), direction=way)
            show("p95_bits_per_second", recent.p95_of_day(direction), direction=way, window="day")
            show("p95_bits_per_second", recent.p95_of_week(direction), direction=way, window="7d")
            if capacity is not None:
                show("busy_seconds", recent.busy_ms(direction) / 1000, direction=way)
                show("over_capacity_days", recent.streak(direction), direction=way)
        for doubt in Doubt:
            left = meter.left.get(doubt)
            if left is not None:
                show("left_out_seconds_total", left.ms / 1000, reason=str(doubt))
                show("left_out_bytes_total", left.in_bytes, direction="in", reason=str(doubt))
                show("left_out_bytes_total", left.out_bytes, direction="out", reason=str(doubt))
        batch = batch_of(cells, now_ms, self._figures)
        self._figures = batch.layout
        return batch
