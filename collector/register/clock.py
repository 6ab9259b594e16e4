"""Which instant an entry gets: never before the last one, never far beyond what the ledger has seen. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector.register.entries import ClockStated, Entry, Payload
from collector.register.errors import RegisterUnavailableError

_HELD_MS = 600_000
_MINUTE_MS = 60_000
_DAY_MS = 86_400_000
_RUNNING_MS, _STOPPED_MS = _DAY_MS, 366 * _DAY_MS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STATE = 'haidang audit --clock-is-right "why you are sure"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The last instant that a ledger has evidence of, and whether its collector ended with a stop."""

    latest_ms: int
    stopped: bool

    @property
    def limit_ms(self) -> int:
        """Beyond this a clock is not believed: a collector that did not stop would have written."""
        return self.latest_ms + (_STOPPED_MS if self.stopped else _RUNNING_MS)


def instant_of(path: Path, payload: Payload, now_ms: int, last: Entry | None, known: Known | None) -> int:
    """Return an entry's instant; RegisterUnavailableError if it cannot be told which clock is right.

    Within ten minutes behind the last entry its instant is taken. A person's statement that this clock is
    right takes this clock's instant, unless the ledger itself has later evidence.
    """
    if isinstance(payload, ClockStated):
        if known is not None and known.latest_ms - now_ms > _HELD_MS:
            raise RegisterUnavailableError(
                f"{path}: this machine's clock ({_utc(now_ms)}) is behind the ledger, which has evidence up "
                f"to {_utc(known.latest_ms)}: it cannot be right. Set it, and do it again."
            )
        return now_ms
    behind_ms = 0 if last is None else last.at_ms - now_ms
    if last is not None and behind_ms > _HELD_MS:
        raise RegisterUnavailableError(
            f"{path}: this machine's clock ({_utc(now_ms)}) is {behind_ms // _MINUTE_MS} minutes behind "
            f"entry {last.number} of {last.author}. Either this clock is behind: set it right, and do it "
            f"again. Or that entry was made by a clock that was ahead: then say so, once, and go on: {_STATE}"
        )
    if known is not None and now_ms > max(known.limit_ms, 0 if last is None else last.at_ms + _RUNNING_MS):
        ahead = (now_ms - known.latest_ms) // _DAY_MS
        raise RegisterUnavailableError(
            f"{path}: this machine's clock ({_utc(now_ms)}) is {ahead} days ahead of the ledger's last "
            "evidence. Either this clock is ahead: set it right, and do it again. Or the collector has not "
            f"written since: start it. If it cannot be started, say so, once, and go on: {_STATE}"
        )
    return now_ms if last is None else max(now_ms, last.at_ms)


def _utc(ms: int) -> str:
    return f"{_EPOCH + timedelta(milliseconds=ms):%Y-%m-%d %H:%M} UTC"
