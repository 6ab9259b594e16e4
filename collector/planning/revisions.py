"""The inventories of a ledger in their order, each with the instant from which it was in use."""

from __future__ import annotations

from functools import cache

from collector.inventory.canonical import CanonicalError, from_canonical
from collector.inventory.values import Inventory
from collector.ledger.errors import LedgerDamagedError
from collector.ledger.reader import LedgerReader
from collector.ledger.tables import REVISION
from collector.planning.standing import InventoryRevision


def revisions_of(reader: LedgerReader) -> tuple[InventoryRevision, ...]:
    """Return all revisions, those before the last without their devices; none if nothing was ever polled.

    Raises a LedgerError.
    """

    @cache
    def read(sha256: str, *, devices: bool) -> Inventory:
        document = reader.document(sha256)
        if document is None:
            raise LedgerDamagedError(
                f"the ledger's inventory {sha256[:12]} is missing; see what is wrong: haidang ledger check"
            )
        try:
            return from_canonical(document.json, devices=devices)
        except CanonicalError as error:
            raise LedgerDamagedError(f"the ledger's inventory {sha256[:12]}: {error}") from error

    rows = sorted(reader.all(REVISION), key=lambda row: row.id)
    return tuple((row.took_effect_ms, read(row.sha256, devices=row is rows[-1])) for row in rows)
