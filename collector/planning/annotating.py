"""Finds the outage that somebody means by its id, in a ledger's figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from collector.figures.compute import compute
from collector.figures.errors import FiguresError
from collector.figures.gather import Decided
from collector.figures.outage_values import Outage
from collector.figures.period import days_period
from collector.ledger.reader import LedgerReader
from collector.planning.wall import day_of, local
from collector.register.entries import Entry

_ID = re.compile(r"(?P<device>[^@]+)@(?P<at>[0-9]{8}T[0-9]{6}Z)")
_FORM = "%Y%m%dT%H%M%SZ"


class OutageIdError(ValueError):
    """A text is no id of an outage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What an id says: the device, and the second of its first silent poll."""

    id: str
    device: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """The outage with an id, None if there is none; and others of the same device about that time.

    `known`: the devices that have figures of these days.
    """

    outage: Outage | None
    others: tuple[Outage, ...]
    known: tuple[str, ...]


def meant(text: str) -> Meant:
    """Return what an id says; OutageIdError for another text."""
    found = _ID.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        at = datetime.strptime(found["at"], _FORM).replace(tzinfo=UTC)
    except ValueError:
        raise OutageIdError(
            f"{text!r} is no outage's id; write it as haidang outages shows it: an-khe@20261005T021530Z"
        ) from None
    return Meant(id=text.strip(), device=found["device"], at_ms=round(at.timestamp() * 1000))


def sought(reader: LedgerReader, entries: Sequence[Entry], wanted: Meant, timezone: str) -> Sought:
    """Return the outage of this id, from the figures of its local day and the next."""
    first = day_of(wanted.at_ms, ZoneInfo(timezone))
    period = days_period(first, first + timedelta(days=1), timezone)
    try:
        figures = compute(reader, period, decided=Decided(entries=entries)).figures
    except FiguresError:
        return Sought(outage=None, others=(), known=())
    own = [outage for outage in figures.outages if outage.device == wanted.device]
    return Sought(
        outage=next((outage for outage in own if outage.id == wanted.id), None),
        others=tuple(outage for outage in own if outage.id != wanted.id),
        known=tuple(one.device for one in figures.devices),
    )


def times(outage: Outage, zone: ZoneInfo) -> str:
    """Return from when to when an outage was, in local time."""
    start = local(outage.start_ms, zone)
    end = "it lasts" if outage.end_ms is None else f"{local(outage.end_ms, zone):%Y-%m-%d %H:%M:%S}"
    return f"{start:%Y-%m-%d %H:%M:%S} to {end}"
