"""The cause of an outage that has just ended, in one word for a message. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from collector.figures.causes import Silence, cause_of
from collector.figures.outage_values import Cause
from collector.inventory.values import Device
from collector.ledger.rows import Boot
from collector.model import Uptime, UptimeSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """What polls tell of the ends of a device's silence, in UTC ms, and its uptimes from before it."""

    answered_sent_ms: int | None = None
    began_from_ms: int | None = None
    silent_done_ms: int | None = None
    silent_sent_ms: int | None = None
    back_ms: int | None = None
    before: Mapping[UptimeSource, Uptime] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def lasts(self) -> bool:
        """True while the last poll that proved anything stayed without an answer."""
        return self.silent_done_ms is not None and self.back_ms is None

    def answered(self, sent_ms: int, answered_ms: int) -> Ends:
        """Return what is known after an answer."""
        return replace(self, answered_sent_ms=sent_ms, back_ms=answered_ms if self.lasts else self.back_ms)

    def silent(self, sent_ms: int, done_ms: int, uptimes: Mapping[UptimeSource, Uptime]) -> Ends:
        """Return what is known after a poll without an answer; `uptimes` are the last that were read."""
        if self.lasts:
            return replace(self, silent_sent_ms=sent_ms)
        return Ends(
            answered_sent_ms=self.answered_sent_ms,
            began_from_ms=self.answered_sent_ms,
            silent_done_ms=done_ms,
            silent_sent_ms=sent_ms,
            before=MappingProxyType(dict(uptimes)),
        )


def cause_word(device: Device, ends: Ends, after: Mapping[UptimeSource, Uptime]) -> str:
    """Return the word for why a device was silent: a cause of the figures, `service` for a service."""
    if device.is_service:
        return "service"
    if ends.silent_done_ms is None or ends.silent_sent_ms is None or ends.back_ms is None:
        return str(Cause.UNDECIDED)
    began_from = ends.began_from_ms
    silence = Silence(
        began_from_ms=ends.silent_done_ms if began_from is None else began_from,
        began_to_ms=ends.silent_done_ms,
        ended_from_ms=ends.silent_sent_ms,
        ended_to_ms=ends.back_ms,
    )
    back = [uptime for uptime in after.values() if uptime.sent_ms >= ends.silent_sent_ms]
    rows = [_row(device.id, uptime) for uptime in (*ends.before.values(), *back)]
    return str(cause_of(rows, silence).cause)


def _row(device: str, uptime: Uptime) -> Boot:
    return Boot(
        device=device,
        source=uptime.source,
        session="",
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
