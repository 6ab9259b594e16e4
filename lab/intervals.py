"""From a truth log to intervals: when each place was really away, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lab.condition import TrueState
from lab.truth import Became, Began, Over, Truth


class Cause(StrEnum):
    """Why a place did not answer, as whoever did it knows.

    `hand_restart`: its line was cut, and it was restarted while it was. `mixed`: more than one thing of its
    own; `upstream`: nothing of its own.
    """

    LINE = "line"
    POWER_OR_RESTART = "power_or_restart"
    HAND_RESTART = "hand_restart"
    MIXED = "mixed"
    UPSTREAM = "upstream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A place in one true state, from `from_ms` until before `to_ms` (None: until the log's end).

    `boot_ms` is when it was last started.
    """

    place: str
    state: TrueState
    cut_off: bool
    boot_ms: int | None
    from_ms: int
    to_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A longest stretch in which nothing of a place answered; its parts follow each other without a gap.

    `boots` are the instants within it at which the place was started.
    """

    place: str
    from_ms: int
    to_ms: int | None
    parts: tuple[Interval, ...]
    boots: tuple[int, ...]

    @property
    def cause(self) -> Cause:
        """Return why, over the whole outage."""
        states = {part.state for part in self.parts}
        own = states - {TrueState.UPSTREAM}
        if not own:
            return Cause.UPSTREAM
        if own == {TrueState.LINE}:
            return Cause.HAND_RESTART if self.boots else Cause.LINE
        if own == {TrueState.POWER_OR_RESTART}:
            return Cause.POWER_OR_RESTART
        return Cause.MIXED


def intervals(truths: Iterable[Truth]) -> Mapping[str, tuple[Interval, ...]]:
    """Return each place's intervals, from the log's beginning on; they leave no instant out."""
    found: dict[str, list[Interval]] = {}
    last: dict[str, tuple[TrueState, bool, int | None, int]] = {}

    def close(place: str, at_ms: int | None) -> None:
        state, cut_off, boot_ms, from_ms = last[place]
        if at_ms != from_ms:
            found.setdefault(place, []).append(
                Interval(
                    place=place, state=state, cut_off=cut_off, boot_ms=boot_ms, from_ms=from_ms, to_ms=at_ms
                )
            )

    end_ms: int | None = None
    for truth in truths:
        match truth:
            case Began(at_ms=at_ms, places=places):
                last = dict.fromkeys(places, (TrueState.UP, False, None, at_ms))
            case Became(at_ms=at_ms, place=place):
                close(place, at_ms)
                last[place] = (truth.state, truth.cut_off, truth.boot_ms, at_ms)
            case Over(at_ms=at_ms):
                end_ms = at_ms
            case _:
                pass
    for place in last:
        close(place, end_ms)
    return {place: tuple(parts) for place, parts in found.items()}


def outages(parts: Iterable[Interval]) -> tuple[Outage, ...]:
    """Return one place's outages: whatever lies between two instants at which a ping was answered."""
    found: list[Outage] = []
    dark: list[Interval] = []
    boots: list[int] = []
    for part in parts:
        if part.state.answers_ping:
            if dark:
                found.append(_outage(dark, boots))
                dark, boots = [], []
            continue
        dark.append(part)
        began_ms = dark[0].from_ms
        if part.boot_ms is not None and part.boot_ms >= began_ms and part.boot_ms not in boots:
            boots.append(part.boot_ms)
    if dark:
        found.append(_outage(dark, boots))
    return tuple(found)


def _outage(parts: list[Interval], boots: list[int]) -> Outage:
    return Outage(
        place=parts[0].place,
        from_ms=parts[0].from_ms,
        to_ms=parts[-1].to_ms,
        parts=tuple(parts),
        boots=tuple(boots),
    )
