"""Maintenance that people entered in the register, as windows with the time of entry. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from collector.inventory.fields.error import FieldError
from collector.inventory.fields.repeats import read_repeat
from collector.inventory.planning_values import MaintenanceWindow, Repeat
from collector.planning.occurrences import occurrences
from collector.register.entries import Entry, MaintenanceAdded, MaintenanceEnded

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """A window of the register: known from its entry to its end by a person (None: nobody ended it)."""

    window: MaintenanceWindow
    entered_ms: int
    ended_ms: int | None = None

    def is_over(self, now_ms: int) -> bool:
        """Return True if no work is planned by it any more, now and for ever."""
        if self.ended_ms is not None and now_ms >= self.ended_ms:
            return True
        return self.window.repeat is None and now_ms >= round(self.window.end.timestamp() * 1000)

    def is_open(self, now_ms: int, zone: tzinfo) -> bool:
        """Return True if work is planned by it for this instant."""
        if now_ms < self.entered_ms or (self.ended_ms is not None and now_ms >= self.ended_ms):
            return False
        return bool(occurrences(self.window, now_ms, now_ms + 1, zone))


def announced(entries: Iterable[Entry], zone: tzinfo) -> tuple[Announced, ...]:
    """Return the windows of the register's entries, in the order of their entry.

    An end holds for the windows of its name that stand when it is entered. It never reaches behind its own
    entry: what has counted does not stop having counted. Of several ends the earliest holds.
    """
    found: list[Announced] = []
    for entry in entries:
        payload = entry.payload
        if isinstance(payload, MaintenanceAdded):
            found.append(Announced(window=_window(payload, entry.author, zone), entered_ms=entry.at_ms))
        elif isinstance(payload, MaintenanceEnded):
            ended_ms = max(payload.end_ms, entry.at_ms)
            found = [_ended(one, ended_ms) if one.window.id == payload.id else one for one in found]
    return tuple(found)


def _ended(one: Announced, ended_ms: int) -> Announced:
    return replace(one, ended_ms=ended_ms if one.ended_ms is None else min(one.ended_ms, ended_ms))


def _window(payload: MaintenanceAdded, author: str, zone: tzinfo) -> MaintenanceWindow:
    return MaintenanceWindow(
        id=payload.id,
        devices=payload.devices,
        areas=payload.areas,
        start=_local(payload.start_ms, zone),
        end=_local(payload.end_ms, zone),
        reason=payload.reason,
        author=author,
        repeat=_repeat(payload.repeat),
    )


def _repeat(text: str | None) -> Repeat | None:
    """Return the repeat of an entry; one that a newer program wrote in other words is taken as once."""
    if text is None:
        return None
    try:
        return read_repeat(text)
    except FieldError:
        return None


def _local(ms: int, zone: tzinfo) -> datetime:
    return (_EPOCH + timedelta(milliseconds=ms)).astimezone(zone)
