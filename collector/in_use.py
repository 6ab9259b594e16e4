"""The inventory in use: taken up whole or not at all, so that a broken file never replaces a sound one."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from collector.clock import Clock
from collector.core import Core
from collector.credentials import Unusable, Usable, resolve
from collector.inventory.canonical import canonical_json
from collector.inventory.load import load
from collector.inventory.loaded import Accepted, Loaded
from collector.inventory.mistakes import Mistake
from collector.inventory.secrets import SecretStore
from collector.inventory.values import Inventory, Probe
from collector.ledger.writer import LedgerWriter
from collector.targets import Target, build, plan_of

log = logging.getLogger(__name__)


class InventoryInUse:
    """Reads the file and takes it up: ledger revision, targets, core; then tells `taken`.

    `sound` and `mistakes` are about the last reading of the file. `judged_by` is the one probe that counts
    for reachability at every device that has it, whatever the file says.
    """

    def __init__(
        self,
        path: Path,
        accepted: Accepted,
        *,
        clock: Clock,
        core: Core,
        writer: LedgerWriter,
        taken: Callable[[Mapping[str, Target]], None],
        judged_by: Probe | None = None,
    ) -> None:
        self.path = path
        self.inventory = accepted.inventory
        self.targets: Mapping[str, Target] = {}
        self.credentials: Mapping[str, Usable | Unusable] = {}
        self.revision = 0
        self.taken_ms = 0
        self.sound = True
        self.mistakes: tuple[Mistake, ...] = ()
        self._clock, self._core, self._writer, self._taken = clock, core, writer, taken
        self._judged_by = judged_by
        self._reading = asyncio.Lock()

    def take_up(self, inventory: Inventory) -> None:
        """Poll by this inventory from now on."""
        inventory = _judged(inventory, self._judged_by)
        credentials = resolve(inventory.credentials, SecretStore(inventory.folder, os.environ))
        for unusable in credentials.values():
            if isinstance(unusable, Unusable):
                log.error("%s; its devices cannot be polled with it", unusable.why)
        now_ms = self._clock.now_ms()
        revision = self._writer.revision(
            canonical_json(inventory), now_ms, ZoneInfo(inventory.organisation.timezone)
        )
        targets = build(inventory, credentials, revision)
        self._core.apply(
            inventory,
            {device: plan_of(target) for device, target in targets.items()},
        )
        self.inventory, self.targets, self.credentials = inventory, targets, credentials
        self.revision, self.taken_ms = revision, now_ms
        self._taken(targets)

    async def reload(self) -> tuple[bool, dict[str, Any]]:
        """Read the file again; take it up if it is sound. Returns whether it was, and what to say of it."""
        async with self._reading:
            loaded: Loaded = await asyncio.to_thread(load, self.path)
            if isinstance(loaded, Accepted):
                self.sound, self.mistakes = True, ()
                self.take_up(loaded.inventory)
                log.info("inventory revision %d in use: %d devices", self.revision, len(self.targets))
                return True, {"revision": self.revision, "devices": len(loaded.inventory.devices)}
            self.sound, self.mistakes = False, loaded.mistakes
            for mistake in loaded.mistakes:
                log.error("%s", mistake)
            log.error(
                "%s was not taken up; revision %d stays in use. Mend it, try `haidang check`, reload again",
                self.path,
                self.revision,
            )
            return False, {
                "revision": self.revision,
                "mistakes": [
                    {
                        "file": m.file,
                        "line": m.line,
                        "path": m.path,
                        "message": m.message,
                        "advice": m.advice,
                    }
                    for m in loaded.mistakes
                ],
            }


def _judged(inventory: Inventory, probe: Probe | None) -> Inventory:
    if probe is None:
        return inventory
    devices = tuple(
        replace(device, reachability=(probe,)) if probe in device.probes else device
        for device in inventory.devices
    )
    return replace(inventory, devices=devices)
