"""What somebody enters as maintenance: from words to an entry of the register, or what is wrong. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TypeVar

from collector.inventory.fields.error import FieldError
from collector.inventory.fields.repeats import block, days, every, show_repeat
from collector.inventory.fields.times import day, instant, localise
from collector.inventory.fields.units import duration_ms
from collector.inventory.fields.words import identifier, text
from collector.inventory.planning_values import Repeat
from collector.inventory.rules.repeating import repeat_of
from collector.register.entries import MaintenanceAdded

_MS = timedelta(milliseconds=1)
_LONGEST_ID = 63

ValueT = TypeVar("ValueT")


class EnteringError(ValueError):
    """Words that cannot be entered; `option` is which."""

    def __init__(self, option: str, message: str) -> None:
        super().__init__(message)
        self.option = option


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The options as they were written; empty where nothing was."""

    id: str
    devices: tuple[str, ...]
    areas: tuple[str, ...]
    start: str
    end: str
    lasts: str
    repeat: str
    reason: str


def entry_of(wanted: Wanted, *, zone: tzinfo, now: datetime, taken: Collection[str]) -> MaintenanceAdded:
    """Return the entry; EnteringError if anything in it cannot be. `taken` are ids that are in use.

    Whether its devices and areas exist is left to whoever has the inventory.
    """
    if not wanted.devices and not wanted.areas:
        raise EnteringError("--device", "it covers nothing: name devices with --device or areas with --area")
    start = _local("--from", wanted.start, zone) if wanted.start else now.astimezone(zone)
    end = _end(wanted, start, zone)
    if end <= start:
        raise EnteringError("--until", f"{end:%Y-%m-%d %H:%M} is not after {start:%Y-%m-%d %H:%M}, its begin")
    repeat = _repeat(wanted.repeat, start, end) if wanted.repeat else None
    return MaintenanceAdded(
        id=_id(wanted, start, taken),
        devices=tuple(dict.fromkeys(wanted.devices)),
        areas=tuple(dict.fromkeys(wanted.areas)),
        start_ms=_ms(start),
        end_ms=_ms(end),
        repeat=None if repeat is None else show_repeat(repeat),
        reason=_read("--reason", text, wanted.reason),
    )


def instant_of(option: str, written: str, zone: tzinfo) -> int:
    """Return a local time as it is written in an option, in UTC ms."""
    return _ms(_local(option, written, zone))


def _end(wanted: Wanted, start: datetime, zone: tzinfo) -> datetime:
    if bool(wanted.end) == bool(wanted.lasts):
        raise EnteringError("--until", "say when it is over: either --until or --for")
    if wanted.end:
        return _local("--until", wanted.end, zone)
    lasts = _read("--for", duration_ms, wanted.lasts)
    return (start.astimezone(UTC) + lasts * _MS).astimezone(zone)


def _repeat(written: str, start: datetime, end: datetime) -> Repeat:
    try:
        keys = block(written)
        if not isinstance(keys, dict):
            raise FieldError("is no way to repeat", "write weekly or the like")
        on = days(keys["days"]) if "days" in keys else None
        last = day(keys["to"]) if "to" in keys else None
        return repeat_of(every(keys["every"]), on, last, start, end)
    except FieldError as error:
        raise EnteringError("--repeat", str(error)) from error


def _id(wanted: Wanted, start: datetime, taken: Collection[str]) -> str:
    if wanted.id:
        name = _read("--id", identifier, wanted.id)
        if name in taken:
            raise EnteringError("--id", f"{name} is taken: each window has a name of its own, for ever")
        return name
    of = (*wanted.devices, *wanted.areas)[0]
    date = f"{start:%Y-%m-%d}"
    stem = f"{of[: _LONGEST_ID - len(date) - 5]}-{date}"
    number, name = 1, stem
    while name in taken:
        number += 1
        name = f"{stem}-{number}"
    return name


def _local(option: str, written: str, zone: tzinfo) -> datetime:
    return _read(option, lambda raw: localise(instant(raw), zone), written)


def _read(option: str, read: Callable[[object], ValueT], written: str) -> ValueT:
    try:
        return read(written)
    except FieldError as error:
        raise EnteringError(option, str(error)) from error


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
