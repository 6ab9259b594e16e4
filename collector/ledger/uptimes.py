"""Folds readings of an uptime into rows that went on linearly: pure.

A device that was cut off comes back with the uptime it would have had; one that restarted does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import tzinfo

from collector.ledger.open_rows import OpenRows
from collector.ledger.rows import Boot, Ended
from collector.model import Uptime, UptimeSource

GRAIN_MS = 2_000
"""Two readings may each be off by one second: some sources count whole seconds (snmpEngineTime does)."""

DRIFT_PPM = 1_000
"""How far a device's clock and ours may run apart: twice the 500 ppm that NTP may slew either by."""

_TICK_MS = 10
_WRAP_MS = 2**32 * _TICK_MS
_MAX_INTEGER = 2**63
_MAX_TICKS32 = 2**32
_MAX_BOOT_ID = 64

_Key = tuple[str, UptimeSource]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An uptime in ticks of 10 ms, taken by the device at some instant between `sent_ms` and `at_ms`."""

    ticks: int
    sent_ms: int
    at_ms: int


def first_reading(boot: Boot) -> Reading:
    """Return the reading a row begins with."""
    return Reading(ticks=boot.first_ticks, sent_ms=boot.first_sent_ms, at_ms=boot.first_at_ms)


def last_reading(boot: Boot) -> Reading:
    """Return the reading a row ends with."""
    return Reading(ticks=boot.last_ticks, sent_ms=boot.last_sent_ms, at_ms=boot.last_at_ms)


def tolerance_ms(before: Reading, after: Reading) -> int:
    """Return what two readings may differ by beyond the uncertainty of their instants."""
    return GRAIN_MS + max(0, after.at_ms - before.sent_ms) * DRIFT_PPM // 1_000_000


def continues(before: Reading, after: Reading, *, wraps: bool) -> bool:
    """Return True if the uptime grew by the time that passed, modulo 2³² ticks where the counter wraps."""
    tolerance = tolerance_ms(before, after)
    least_ms = after.sent_ms - before.at_ms - tolerance
    most_ms = after.at_ms - before.sent_ms + tolerance
    grown_ms = (after.ticks - before.ticks) * _TICK_MS
    if not wraps:
        return least_ms <= grown_ms <= most_ms
    # A window as wide as the counter would take any reading for a continuation.
    return most_ms - least_ms < _WRAP_MS and (grown_ms - least_ms) % _WRAP_MS <= most_ms - least_ms


def possible(uptime: Uptime) -> bool:
    """Return True if the values, which a device made up, are ones that the ledger can hold."""
    return (
        0 <= uptime.ticks < (_MAX_TICKS32 if uptime.wraps else _MAX_INTEGER)
        and 0 <= uptime.sent_ms <= uptime.at_ms
        and (uptime.boots is None or 0 <= uptime.boots < _MAX_INTEGER)
        and len(uptime.boot_id) <= _MAX_BOOT_ID
        and uptime.boot_id.isascii()
        and (uptime.boot_id == "" or uptime.boot_id.isprintable())
    )


class UptimeBook:
    """The open row of each device and source. Its methods return the rows that are new or changed."""

    def __init__(self, session: str, timezone: tzinfo) -> None:
        self._session = session
        self.open: OpenRows[_Key, Boot] = OpenRows(timezone)

    def resume(self, last: Iterable[Boot]) -> list[Boot]:
        """Take up after an earlier collector: its open rows end, its readings are not counted twice."""
        return [
            killed
            for boot in last
            for killed in self.open.resume((boot.device, boot.source), boot, boot.last_at_ms)
        ]

    def known(self, device: str, uptime: Uptime) -> bool:
        """Return True for a reading that was fed already, or that is older than one that was."""
        return self.open.known((device, uptime.source), uptime.at_ms)

    def unsure(self, uptime: Uptime) -> bool:
        """Return True for a reading asked for when the clock could not be trusted."""
        return self.open.unsure(uptime.sent_ms)

    def extends(self, device: str, uptime: Uptime) -> bool:
        """Return True if the reading would lengthen an open row and start none."""
        boot = self.open.get((device, uptime.source))
        return boot is not None and self._why_ended(boot, uptime) is None

    def feed(self, device: str, uptime: Uptime) -> tuple[Boot, ...]:
        """Book one reading: the row it extends, or the one it ends and the one it starts, or nothing."""
        if not possible(uptime) or self.known(device, uptime) or self.unsure(uptime):
            return ()
        key, at_ms = (device, uptime.source), uptime.at_ms
        boot = self.open.get(key)
        if boot is None:
            return (self.open.start(key, self._first(device, uptime), at_ms),)
        cause = self._why_ended(boot, uptime)
        if cause is not None:
            return (*self.open.end((key,), cause), self.open.start(key, self._first(device, uptime), at_ms))
        longer = replace(
            boot,
            last_ticks=uptime.ticks,
            last_sent_ms=uptime.sent_ms,
            last_at_ms=at_ms,
            readings=boot.readings + 1,
        )
        return (self.open.extend(key, longer, at_ms),)

    def repeat(self, device: str, last: Uptime, readings: int) -> tuple[Boot, ...]:
        """Book readings of a day that follow the last one evenly; ValueError if its row does not go on."""
        key = (device, last.source)
        boot = self.open.get(key)
        if boot is None or self._why_ended(boot, last) is not None:
            raise ValueError(f"{device}: no row of that day goes on with {last}")
        longer = replace(
            boot,
            last_ticks=last.ticks,
            last_sent_ms=last.sent_ms,
            last_at_ms=last.at_ms,
            readings=boot.readings + readings,
        )
        return (self.open.extend(key, longer, last.at_ms),)

    def _first(self, device: str, uptime: Uptime) -> Boot:
        return Boot(
            device=device,
            source=uptime.source,
            session=self._session,
            wraps=uptime.wraps,
            boots=uptime.boots,
            boot_id=uptime.boot_id,
            first_ticks=uptime.ticks,
            first_sent_ms=uptime.sent_ms,
            first_at_ms=uptime.at_ms,
            last_ticks=uptime.ticks,
            last_sent_ms=uptime.sent_ms,
            last_at_ms=uptime.at_ms,
            readings=1,
            ended=None,
        )

    def _why_ended(self, boot: Boot, uptime: Uptime) -> Ended | None:
        if (boot.boots, boot.boot_id, boot.wraps) != (uptime.boots, uptime.boot_id, uptime.wraps):
            return Ended.IDENTITY
        reading = Reading(ticks=uptime.ticks, sent_ms=uptime.sent_ms, at_ms=uptime.at_ms)
        if not continues(last_reading(boot), reading, wraps=boot.wraps):
            return Ended.JUMP
        return Ended.MIDNIGHT if self.open.day_over((boot.device, boot.source), uptime.at_ms) else None
