"""How many units and agencies were cut off in a period, and how many at once. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from collector.figures.tally import Piece
from collector.figures.values import CutOff
from collector.model import State

_CUT_OFF = frozenset({State.DOWN, State.UPSTREAM})


def cut_off(units: Iterable[tuple[int, Sequence[Piece]]]) -> CutOff:
    """Return what became of units, each with how many agencies it serves and its partition.

    A unit that was out of service all the time is none.
    """
    count = hit = agencies = agencies_hit = 0
    changes: list[tuple[int, int, int]] = []
    for serves, pieces in units:
        if all(piece.state is State.OUT_OF_SERVICE for piece in pieces):
            continue
        count, agencies = count + 1, agencies + serves
        silent = [piece for piece in pieces if piece.state in _CUT_OFF]
        if silent:
            hit, agencies_hit = hit + 1, agencies_hit + serves
        for piece in silent:
            changes += [(piece.start_ms, 1, serves), (piece.end_ms, -1, -serves)]
    most, most_at_ms, most_agencies = _peak(changes)
    return CutOff(
        units=hit,
        of_units=count,
        agencies=agencies_hit,
        of_agencies=agencies,
        most=most,
        most_at_ms=most_at_ms,
        most_agencies=most_agencies,
    )


def _peak(changes: list[tuple[int, int, int]]) -> tuple[int, int | None, int]:
    most = most_agencies = now = now_agencies = 0
    at_ms: int | None = None
    # At one instant, ends come before begins: a unit whose outage goes on in another state counts once.
    for when, by, agencies in sorted(changes):
        now, now_agencies = now + by, now_agencies + agencies
        if now > most:
            most, at_ms, most_agencies = now, when, now_agencies
    return most, at_ms, most_agencies
