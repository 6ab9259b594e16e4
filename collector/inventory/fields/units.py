"""Reads durations and rates with their units, and writes them back the way a person would."""

from __future__ import annotations

import re
from decimal import Decimal

from collector.inventory.fields.error import FieldError, show
from collector.inventory.fields.words import scalar

_DURATION_MS = {"ms": 1, "s": 1_000, "m": 60_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?) ?(ms|s|min|m|h|d)")
_DURATION = re.compile(rf"(?:{_DURATION_PART.pattern})(?: ?{_DURATION_PART.pattern})*")
_BARE_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")
_DURATION_ADVICE = "write a number with its unit: 500ms, 30s, 5m, 1h or 1m30s"

_RATE = re.compile(r"(-?[0-9]{1,12}(?:\.[0-9]{1,9})?) ?([A-Za-z/]*)")
_RATE_UNIT = re.compile(r"([kKMGT]?)(?:b|bit)?(?:/s|ps)?")
_RATE_SCALE = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_RATE_ADVICE = "write bits per second with a unit: 512k, 100M, 2.5G or 200 Mbit/s"
MOST_BPS = 10**15


def duration_ms(value: object) -> int:
    """Return a duration in whole milliseconds: `500ms`, `30s`, `1.5s`, `5m`, `1h30m`, `2d`."""
    raw = scalar(value).strip()
    if _BARE_NUMBER.fullmatch(raw):
        raise FieldError(f"{raw} has no unit", f"write {raw}s for seconds, {raw}m for minutes")
    if ":" in raw or _DURATION.fullmatch(raw) is None:
        raise FieldError(f"{show(raw)} is not a duration", _DURATION_ADVICE)
    total = sum(
        (Decimal(number) * _DURATION_MS[unit] for number, unit in _DURATION_PART.findall(raw)), Decimal(0)
    )
    if total != total.to_integral_value():
        raise FieldError(f"{show(raw)} is finer than a millisecond", _DURATION_ADVICE)
    return int(total)


def show_duration(milliseconds: int) -> str:
    """Return the shortest text that reads back as this duration: `1m30s`, `500ms`."""
    parts = []
    rest = milliseconds
    for unit in ("h", "m", "s", "ms"):
        count, rest = divmod(rest, _DURATION_MS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def rate_bps(value: object) -> int:
    """Return a rate in bit/s: `100M`, `2.5G`, `512k`, `200 Mbit/s`, `100Mbps`, `64000 bit/s`."""
    raw = scalar(value).strip()
    match = _RATE.fullmatch(raw)
    if match is None:
        raise FieldError(f"{show(raw)} is not a rate", _RATE_ADVICE)
    number, unit = match.groups()
    if not unit:
        raise FieldError(f"{raw} has no unit", f"write {raw}M for {raw} Mbit/s, or {raw} bit/s")
    if "B" in unit:
        raise FieldError(f"{show(raw)} counts bytes", "write bits per second: 8 times as many, such as 800M")
    scale = _RATE_UNIT.fullmatch(unit)
    if scale is None:
        raise FieldError(f"{show(raw)} is not a rate", _RATE_ADVICE)
    bps = Decimal(number) * _RATE_SCALE[scale.group(1)]
    if bps <= 0:
        raise FieldError(
            f"{show(raw)} is not a rate of a line", "write a rate above 0, or leave the capacity out"
        )
    if bps != bps.to_integral_value() or bps > MOST_BPS:
        raise FieldError(f"{show(raw)} is out of range", "write a rate from 1 bit/s to 1000T")
    return int(bps)


def show_rate(bps: int) -> str:
    """Return the shortest text that reads back as this rate: `2500M`, `1G`, `64k`."""
    for unit in ("T", "G", "M", "k"):
        if bps % _RATE_SCALE[unit] == 0:
            return f"{bps // _RATE_SCALE[unit]}{unit}"
    return f"{bps} bit/s"
