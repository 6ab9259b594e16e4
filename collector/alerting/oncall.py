"""Whose turn it is: turns by dates before the rota by weeks, and whom to tell outside of both. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise

from collector.inventory.alerting_values import AlertingSettings, Rota


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall:
    """Who is told from `start` until before `end`, and by what: `turn`, `rota`, or nobody's turn: `else`."""

    contacts: tuple[str, ...]
    start: datetime
    end: datetime
    by: str


def plan(
    settings: AlertingSettings, everybody: tuple[str, ...], start: datetime, end: datetime, zone: tzinfo
) -> tuple[OnCall, ...]:
    """Return who is on call from `start` to `end`, without a gap; neighbours differ."""
    spans: list[OnCall] = []
    edges = sorted({start, end, *_edges(settings, start, end, zone)})
    for begin, until in pairwise(edges):
        contacts, by = _at(settings, everybody, begin, zone)
        if spans and (spans[-1].contacts, spans[-1].by) == (contacts, by):
            begin = spans.pop().start  # noqa: PLW2901 - the two are one
        spans.append(OnCall(contacts=contacts, start=begin, end=until, by=by))
    return tuple(spans)


def on_call(
    settings: AlertingSettings, everybody: tuple[str, ...], at: datetime, zone: tzinfo
) -> tuple[tuple[str, ...], str]:
    """Return who is on call at an instant, and by what."""
    return _at(settings, everybody, at, zone)


def _at(
    settings: AlertingSettings, everybody: tuple[str, ...], at: datetime, zone: tzinfo
) -> tuple[tuple[str, ...], str]:
    for turn in settings.turns:
        if turn.start <= at < turn.end:
            return (turn.contact,), "turn"
    rota = settings.rota
    if rota is not None and at >= _handover(rota, 0, zone):
        return (rota.order[_number(rota, at, zone) % len(rota.order)],), "rota"
    return settings.contacts or everybody, "else"


def _handover(rota: Rota, number: int, zone: tzinfo) -> datetime:
    """Return when a turn of the rota begins: always at the same local time."""
    day = rota.start + timedelta(weeks=rota.weeks * number)
    return datetime.combine(day, rota.handover, zone)


def _number(rota: Rota, at: datetime, zone: tzinfo) -> int:
    local = at.astimezone(zone)
    number = (local.date() - rota.start).days // (7 * rota.weeks)
    return number if _handover(rota, number, zone) <= at else number - 1


def _edges(settings: AlertingSettings, start: datetime, end: datetime, zone: tzinfo) -> Iterator[datetime]:
    for turn in settings.turns:
        yield from (edge for edge in (turn.start, turn.end) if start < edge < end)
    rota = settings.rota
    if rota is None:
        return
    number = max(0, _number(rota, start, zone))
    while (edge := _handover(rota, number, zone)) < end:
        if edge > start:
            yield edge
        number += 1
