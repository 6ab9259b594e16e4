"""Families about lines: how fast they are, and what their last days come to (docs/traffic.md)."""

from __future__ import annotations

from collector.expose.catalogue.family import Family, Kind, Owner

_DIRECTION = ("direction",)
_BUCKETS = "five-minute buckets"


def _line(
    name: str, unit: str, labels: tuple[str, ...], text: str, source: str, *, read: bool = False
) -> Family:
    return Family(
        name=f"haidang_line_{name}",
        kind=Kind.COUNTER if name.endswith("_total") else Kind.GAUGE,
        owner=Owner.DEVICE,
        unit=unit,
        labels=labels,
        help=text,
        source=source,
        read=read,
    )


FAMILIES = (
    _line(
        "bits_per_second",
        "bit/s",
        _DIRECTION,
        "Rate between the last two readings, towards the site (in) or from it (out); absent while in doubt",
        "octet counters of the uplink",
    ),
    _line(
        "bytes_total",
        "bytes",
        _DIRECTION,
        "Bytes that are beyond doubt, since the collector's start: 32-bit wraps are counted, jumps are not",
        "octet counters of the uplink",
        read=True,
    ),
    _line(
        "utilisation_ratio",
        "ratio",
        _DIRECTION,
        "Rate between the last two readings as a share of the subscribed rate",
        "octet counters of the uplink",
    ),
    _line(
        "capacity_bits_per_second",
        "bit/s",
        _DIRECTION,
        "The rate that is subscribed today",
        "inventory, capacity",
    ),
    _line(
        "found",
        "1",
        ("interface", "side"),
        "1 if the device shows the interface that the inventory names as its uplink, once; else 0",
        "inventory, uplink",
    ),
    _line(
        "bucket_covered_ratio",
        "ratio",
        (),
        "How much of the last finished bucket lies between readings that were believed",
        _BUCKETS,
    ),
    _line(
        "missing_buckets",
        "buckets",
        ("window",),
        "Buckets of which less than 80 % is covered: of the running day so far, of the last seven days",
        _BUCKETS,
    ),
    _line(
        "p95_bits_per_second",
        "bit/s",
        ("direction", "window"),
        "95th percentile by nearest rank of the buckets that are not missing: running day, last seven days",
        _BUCKETS,
    ),
    _line(
        "busy_seconds",
        "seconds",
        _DIRECTION,
        "Time of the running day's buckets above 80 % of the subscribed rate",
        _BUCKETS,
    ),
    _line(
        "over_capacity_days",
        "days",
        _DIRECTION,
        "On how many days running, up to yesterday, P95 was above 90 % of capacity (at most 15 are seen)",
        _BUCKETS,
    ),
    _line(
        "left_out_seconds_total",
        "seconds",
        ("reason",),
        "Time between readings that is in no bucket because its bytes were in doubt, by why",
        "octet counters of the uplink",
    ),
    _line(
        "left_out_bytes_total",
        "bytes",
        ("direction", "reason"),
        "The least that passed in that time; of the reason gap exactly what passed",
        "octet counters of the uplink",
    ),
)
