"""Reads how long evidence is kept: whole months, never fewer than the figures need."""

from __future__ import annotations

import re

from collector.inventory.fields.error import FieldError, show
from collector.inventory.fields.words import scalar

LEAST_MONTHS = 3
MOST_MONTHS = 1200
_MONTHS = re.compile(r"([0-9]{1,4}) ?(months?|years?)")
_MONTHS_IN = {"month": 1, "year": 12}


def months(value: object) -> int:
    """Return a number of months: `12 months`, `1 year`, `5 years`."""
    raw = scalar(value).strip()
    found = _MONTHS.fullmatch(raw)
    if found is None:
        raise FieldError(
            f"{show(raw)} is not a time to keep evidence", "write months or years, such as 12 months"
        )
    count = int(found[1]) * _MONTHS_IN[found[2].removesuffix("s")]
    if count < LEAST_MONTHS:
        raise FieldError(
            f"{show(raw)} is too short",
            f"keep {LEAST_MONTHS} months or more: until a month is reported, questioned and restated, its "
            "evidence and that of its neighbours is needed",
        )
    if count > MOST_MONTHS:
        raise FieldError(f"{show(raw)} is out of range", f"write at most {MOST_MONTHS // 12} years")
    return count
