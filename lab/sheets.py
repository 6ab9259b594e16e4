"""Writes the province of reference as CSV files for the shipped inventory: `python -m lab.sheets`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from lab.place import Kind, Place, Province
from lab.province import reference
from lab.wiring import draw

FOLDER = Path(__file__).parent / "data"
_OLD = 0.1
"""The part of the communes whose routers are too old for SNMPv3."""


def sheets(province: Province) -> dict[str, str]:
    """Return the text of each file by its name: one row a device, its keys in the header."""
    kinds = {
        kind: [place for place in province.places if place.kind is kind]
        for kind in (Kind.SERVER, Kind.COMMUNE)
    }
    return {
        "servers.csv": _text(
            ("id", "name", "address", "capacity"),
            ((one.id, one.name, one.address, rate(one.capacity_in_bps)) for one in kinds[Kind.SERVER]),
        ),
        "communes.csv": _text(
            ("id", "name", "area", "address", "capacity", "serves", "credential"),
            (
                (
                    one.id,
                    one.name,
                    one.area,
                    one.address,
                    rate(one.capacity_in_bps),
                    one.serves,
                    _credential(one),
                )
                for one in kinds[Kind.COMMUNE]
            ),
        ),
    }


def rate(bps: int) -> str:
    """Return bits per second as an inventory writes them: `20M`, `10G`."""
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if bps and bps % size == 0:
            return f"{bps // size}{unit}"
    return f"{bps} bit/s"


def _credential(place: Place) -> str:
    return "old-routers" if draw("old", place.id) < _OLD else ""


def _text(header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows((header, *rows))
    return out.getvalue()


if __name__ == "__main__":
    for name, text in sheets(reference()).items():
        (FOLDER / name).write_text(text, encoding="utf-8")
