"""Reads what only the report's block has: percentages and the symbols of documents."""

from __future__ import annotations

import re
from decimal import Decimal

from collector.inventory.fields.error import FieldError, show
from collector.inventory.fields.words import scalar, text

_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?) ?%?")
_SYMBOL = re.compile(r"[A-ZĐ]{2,6}(-[A-ZĐ0-9&]{2,20}){0,2}")
_PPM_PER_PERCENT = 10_000
_WHOLE_PPM = 1_000_000


def percent_ppm(value: object) -> int:
    """Return a share in millionths: `99.5%`, `99.5`."""
    raw = scalar(value).strip()
    found = _PERCENT.fullmatch(raw)
    if found is None:
        advice = "write percent with a point and at most four places after it: 99.5%"
        raise FieldError(f"{show(raw)} is not a percentage", advice)
    ppm = int(Decimal(found[1]) * _PPM_PER_PERCENT)
    if not 0 < ppm <= _WHOLE_PPM:
        raise FieldError(f"{show(raw)} is out of range", "write more than 0% and at most 100%")
    return ppm


def symbol(value: object) -> str:
    """Return a document's symbol in the form of decree 30/2020: the kind's letters, then the office's."""
    word = text(value)
    if _SYMBOL.fullmatch(word) is None:
        raise FieldError(
            f"{show(word)} is not the symbol of a document",
            "write capitals with hyphens and no spaces, without the number: BC-STTTT",
        )
    return word
