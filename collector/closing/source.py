"""Where a closing's figures come from: handed in, so that what closes need not know how they are computed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from collector.figures.period import Period
from collector.figures.values import PeriodFigures
from collector.ledger.reader import LedgerReader
from collector.register.entries import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """The figures of a period and their one JSON text."""

    figures: PeriodFigures
    text: str


class Source(Protocol):
    """Computes the figures of a whole period; its methods raise FiguresError or a LedgerError."""

    def margin_ms(self, reader: LedgerReader, period: Period) -> int:
        """Return how far before and after the period evidence may bear on its figures."""
        ...

    def figures(
        self, reader: LedgerReader, entries: Sequence[Entry], period: Period, accepted: Collection[str]
    ) -> Sourced:
        """Return the figures by these entries of the register, late maintenance of these ids accepted."""
        ...
