"""Families of the running period's figures: availability with its bounds, and what was not seen."""

from __future__ import annotations

from collector.expose.catalogue.family import Family, Kind, Owner

_WHERE = ("role", "area")
_RATIO = ("figure", "hours", "bound")
_SOURCE = "ledger of evidence, from the period's begin until haidang_figures_timestamp_seconds"


def _figures(name: str, unit: str, labels: tuple[str, ...], text: str) -> Family:
    return Family(
        name=f"haidang_{name}",
        kind=Kind.GAUGE,
        owner=Owner.DEVICE,
        unit=unit,
        labels=labels,
        help=text,
        source=_SOURCE,
    )


FAMILIES = (
    _figures(
        "availability_ratio",
        "ratio",
        (*_WHERE, *_RATIO),
        "Availability in the running period; figure: end_to_end (what a site lived through), attributable "
        "(what it answers for); hours: all, working; bound: low, point, high",
    ),
    _figures(
        "coverage_ratio",
        "ratio",
        (*_WHERE, "hours"),
        "Share of the device's time of service in the running period that anybody looked",
    ),
    _figures(
        "period_seconds",
        "seconds",
        (*_WHERE, "state"),
        "Seconds of the running period by state; the six add up to its length so far",
    ),
    _figures(
        "period_outages",
        "outages",
        (*_WHERE, "of"),
        "Outages in the running period; of: all, own (those that the device itself answers for)",
    ),
    _figures(
        "period_resolution_seconds",
        "seconds",
        _WHERE,
        "No interruption at least this long can have gone unseen in the running period",
    ),
    _figures(
        "group_availability_ratio",
        "ratio",
        ("group", "id", *_RATIO),
        "Availability of many devices in the running period, by the sum of their seconds; group: province, "
        "services, area, role",
    ),
    _figures(
        "group_coverage_ratio",
        "ratio",
        ("group", "id", "hours"),
        "Share of the devices' time of service in the running period that anybody looked",
    ),
    _figures(
        "group_cut_off_units",
        "units",
        ("group", "id"),
        "Units (devices that serve agencies) that were cut off at some time in the running period",
    ),
    _figures("group_units", "units", ("group", "id"), "Units that there are"),
    _figures(
        "period_start_timestamp_seconds", "seconds", (), "When the running period began, at local midnight"
    ),
    _figures("figures_timestamp_seconds", "seconds", (), "Up to when the running period's figures go"),
    _figures("figures_duration_seconds", "seconds", (), "How long it took to compute them"),
)
