"""Reads the districts and communes of the province of reference from lab/data."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """A district with its seat; `kind` is `huyen` or `thanh_pho`."""

    code: str
    name: str
    kind: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A commune, ward or town: `kind` is `xa`, `phuong` or `thi_tran`, `name` the bare name."""

    code: str
    name: str
    kind: str
    district: str


def districts() -> tuple[District, ...]:
    """Return the districts, in the order of the file."""
    return tuple(
        District(
            code=row["district_code"],
            name=row["district_name"],
            kind=row["district_type"],
            latitude=float(row["seat_latitude"]),
            longitude=float(row["seat_longitude"]),
        )
        for row in _rows("thai-binh-districts.csv")
    )


def units() -> tuple[Unit, ...]:
    """Return the communes, wards and towns, in the order of the file."""
    return tuple(
        Unit(
            code=row["unit_code"],
            name=row["unit_name"],
            kind=row["unit_type"],
            district=row["district_code"],
        )
        for row in _rows("thai-binh-units.csv")
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files("lab").joinpath("data", name).read_text(encoding="utf-8")
    yield from csv.DictReader(io.StringIO(text, newline=""))
