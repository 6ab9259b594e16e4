"""The figures that a period is closed on: those of `haidang availability`, as one JSON text."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from collector.closing.errors import ClosingError
from collector.closing.source import Sourced
from collector.figures.compute import compute
from collector.figures.document import DocumentError, from_json, to_json
from collector.figures.gather import Decided, margin_ms
from collector.figures.history import InventoryHistory
from collector.figures.period import Period
from collector.figures.values import PeriodFigures
from collector.ledger.reader import LedgerReader
from collector.register.entries import Entry


class FromRows:
    """The `Source` of real closings."""

    def margin_ms(self, reader: LedgerReader, period: Period) -> int:
        """Return how far before and after the period evidence may bear on its figures."""
        return margin_ms(InventoryHistory(reader).in_force((period.start_ms, period.end_ms)))

    def figures(
        self, reader: LedgerReader, entries: Sequence[Entry], period: Period, accepted: Collection[str]
    ) -> Sourced:
        """Return the figures of the whole period."""
        decided = Decided(entries=entries, accepted=accepted)
        final_ms = period.end_ms + self.margin_ms(reader, period)
        found = compute(reader, period, decided=decided, now_ms=final_ms).figures
        return Sourced(figures=found, text=to_json(found))


def figures_of(text: str) -> PeriodFigures:
    """Return the figures of a closing's text; ClosingError if this program cannot read them."""
    try:
        return from_json(text)
    except DocumentError as error:
        raise ClosingError(f"the closed figures cannot be read: {error}") from None
