"""The inventories of a ledger, each from when it took effect; read when asked for, each text once."""

from __future__ import annotations

from functools import lru_cache

from collector.figures.errors import FiguresError
from collector.figures.plan import InForce
from collector.figures.spans import Span
from collector.inventory.canonical import CanonicalError, from_canonical
from collector.inventory.values import Device, Inventory
from collector.ledger.reader import LedgerReader
from collector.ledger.rows import Revision
from collector.ledger.tables import REVISION

_THEN = "then"


class InventoryHistory:
    """All inventories that polls were made by; raise FiguresError where there is none.

    `then` is one more, from an instant on, as if it had taken effect.
    """

    def __init__(self, reader: LedgerReader, then: tuple[int, Inventory] | None = None) -> None:
        self._reader = reader
        self._revisions: list[Revision] = sorted(reader.all(REVISION), key=lambda one: one.id)
        self._then = None if then is None else then[1]
        self._known: dict[str, Device] = {}
        if not self._revisions:
            raise FiguresError("the ledger has no inventory yet: nothing was ever polled into it")
        if then is not None:
            last = self._revisions[-1]
            at_ms = max(then[0], last.took_effect_ms)
            self._revisions.append(
                Revision(id=last.id + 1, session=last.session, took_effect_ms=at_ms, sha256=_THEN)
            )
        self._whole = lru_cache(maxsize=64)(lambda sha256: self._read(sha256, devices=True))
        self._calendar = lru_cache(maxsize=1024)(lambda sha256: self._read(sha256, devices=False))

    @property
    def began_ms(self) -> int:
        """When the first of them took effect."""
        return self._revisions[0].took_effect_ms

    def last(self) -> Inventory:
        """Return the newest."""
        return self._whole(self._revisions[-1].sha256)

    def in_force(self, window: Span) -> tuple[InForce, ...]:
        """Return the inventories in force in a window, in order; the first one ever if none was yet.

        Together they cover the window; the first begins no later than it does, or is the first one ever.
        """
        found: list[InForce] = []
        for place, one in enumerate(self._revisions):
            after = self._revisions[place + 1 :][:1]
            end_ms = max(one.took_effect_ms, after[0].took_effect_ms) if after else window[1]
            if place and one.took_effect_ms >= window[1]:
                break
            if end_ms <= window[0] and after:
                continue
            start_ms = max(window[0], one.took_effect_ms)
            inventory = self._whole(one.sha256)
            found.append(
                InForce(
                    revision=one.id,
                    sha256=one.sha256,
                    start_ms=start_ms,
                    end_ms=max(start_ms, min(end_ms, window[1])),
                    inventory=inventory,
                    by_id={device.id: device for device in inventory.devices},
                    first=place == 0,
                )
            )
        return tuple(found)

    def calendars(self, until_ms: int) -> list[tuple[int, Inventory]]:
        """Return all inventories up to an instant, without their devices, each with when it took effect."""
        return [
            (one.took_effect_ms, self._calendar(one.sha256))
            for one in self._revisions
            if one.took_effect_ms < until_ms
        ]

    def _read(self, sha256: str, *, devices: bool) -> Inventory:
        if sha256 == _THEN and self._then is not None:
            return self._then
        document = self._reader.document(sha256)
        if document is None:
            raise FiguresError(f"the ledger's inventory {sha256[:12]} is missing; run haidang ledger check")
        try:
            return from_canonical(document.json, devices=devices, known=self._known)
        except CanonicalError as error:
            raise FiguresError(f"the ledger's inventory {sha256[:12]}: {error}") from error
