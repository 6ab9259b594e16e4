"""Writes the report as JSON: the period's figures as `haidang availability --json` has them, and the rest.

Shares are in millionths (`…_ppm`), durations and instants in milliseconds (`…_ms`), rates in bit/s.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import date
from enum import Enum

from collector.report.paper.blocks import Paragraph
from collector.report.paper.section import Addition
from collector.report.values import MonthlyReport

FORMAT = 1


def write(
    report: MonthlyReport, figures: object, *, language: str, additions: tuple[Addition, ...] = ()
) -> bytes:
    """Return the file; `figures` are the period's, as the availability command prints them."""
    whole = {
        field.name: _plain(getattr(report, field.name))
        for field in dataclasses.fields(report)
        if field.name != "figures"
    }
    document = {
        "format": FORMAT,
        "language": language,
        "period": report.figures.name,
        "figures": figures,
        "report": whole,
        "additions": [_addition(one) for one in additions],
    }
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    return (text + "\n").encode()


def _addition(one: Addition) -> dict[str, object]:
    texts = [block.text for block in one.blocks if isinstance(block, Paragraph)]
    return {"section": one.section, "instead": one.instead, "paragraphs": texts}


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} has no form in JSON")
