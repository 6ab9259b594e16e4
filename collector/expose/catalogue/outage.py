"""Families about the outages of now: who is down by itself, and who is cut off behind it."""

from __future__ import annotations

from collector.expose.catalogue.family import Family, Kind, Owner

_WHERE = ("role", "area")
_ABOUT = (*_WHERE, "name", "area_name")


def _outage(name: str, unit: str, labels: tuple[str, ...], text: str, source: str) -> Family:
    return Family(
        name=f"haidang_outage_{name}",
        kind=Kind.GAUGE,
        owner=Owner.DEVICE,
        unit=unit,
        labels=labels,
        help=text,
        source=source,
    )


FAMILIES = (
    _outage(
        "start_timestamp_seconds",
        "seconds",
        (*_ABOUT, "kind"),
        "When the outage began that the device is down by (not upstream); there until shortly after its end. "
        "kind: hub (others hang on it alone), service, device",
        "live state machine",
    ),
    _outage(
        "info",
        "1",
        (*_WHERE, "since", "fault"),
        "Always 1; when the outage began in the inventory's time zone, and why its first silent poll failed",
        "live state machine",
    ),
    _outage(
        "cut_off_units",
        "places",
        (*_WHERE, "unit"),
        "Places of a role (unit) that have no way past the devices that are down, behind this one",
        "inventory, parents",
    ),
    _outage(
        "of_units",
        "places",
        (*_WHERE, "unit"),
        "How many places of that role there are, those out of service left out",
        "inventory",
    ),
    _outage(
        "cut_off_agencies",
        "agencies",
        _WHERE,
        "Agencies that are cut off by this outage, those that the device itself serves included",
        "inventory, serves",
    ),
    _outage("of_agencies", "agencies", _WHERE, "How many agencies there are in all", "inventory, serves"),
    _outage(
        "length_seconds",
        "seconds",
        (*_WHERE, "cause"),
        "How long the outage was, once it is over, and why as far as its uptimes tell: line, "
        "power_or_restart, undecided, service, or maintenance (planned work began in it)",
        "live state machine, uptimes",
    ),
    _outage(
        "flapping",
        "outages",
        _ABOUT,
        "How many outages of the device began within a quarter of an hour, three at least; gone after five "
        "minutes without a change",
        "live state machine",
    ),
)
