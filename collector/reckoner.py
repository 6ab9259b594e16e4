"""Keeps the running period's figures fresh: every few minutes, in a process of its own beside the polling."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from collector.decode.section import batch_of
from collector.expose.blocks import Blocks
from collector.figures.document import DocumentError, from_json
from collector.figures.series import device_cells, group_cells
from collector.figures.values import PeriodFigures
from collector.model import Batch, Series

log = logging.getLogger(__name__)

EVERY_S = 300.0
FIRST_AFTER_S = 30.0
_AGAIN_S = 60.0
_LONGEST_S = 240.0
_PART = "figures"


class Reckoner:
    """Holds the figures last computed, and shows them to Prometheus. `run` goes on until it is cancelled."""

    def __init__(self, ledger: Path, blocks: Blocks, mono: Callable[[], float]) -> None:
        self._ledger, self._blocks, self._mono = ledger, blocks, mono
        self._failed = ""
        self._owners: set[str] = set()
        self.figures: PeriodFigures | None = None

    async def run(self) -> None:
        """Compute now and then. A figure that cannot be had is a line in the log, and the last one stands."""
        await asyncio.sleep(FIRST_AFTER_S)
        while True:
            done = await self.compute()
            await asyncio.sleep(EVERY_S if done else _AGAIN_S)

    async def compute(self) -> bool:
        """Compute once; return True if there are new figures."""
        began_at = self._mono()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "collector.figures.running",
            str(self._ledger),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            text, said = await asyncio.wait_for(process.communicate(), _LONGEST_S)
        except TimeoutError:
            self._note(f"not done after {_LONGEST_S:.0f} s")
            return False
        finally:
            # Also when the collector stops: the process must not outlive it.
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode != 0:
            last = said.decode(errors="replace").strip().splitlines()[-1:]
            self._note(last[0] if last else f"exit code {process.returncode}")
            return False
        try:
            figures = await asyncio.to_thread(from_json, text.decode())
        except (DocumentError, UnicodeDecodeError) as error:
            self._note(str(error))
            return False
        self._failed = ""
        self.figures = figures
        await self._show(figures, self._mono() - began_at)
        return True

    async def _show(self, figures: PeriodFigures, took_s: float) -> None:
        base = (("instance", "figures"), ("job", "haidang"))
        duration = Series("haidang_figures_duration_seconds", base)
        batches = await asyncio.to_thread(_batches, figures)
        whole = batch_of({**group_cells(figures), duration: took_s}, figures.end_ms)
        for device in self._owners - batches.keys():
            self._blocks.drop((device, _PART))
        for device, batch in batches.items():
            self._blocks.publish((device, _PART), [batch])
        self._owners = set(batches)
        self._blocks.publish(("", _PART), [whole])

    def _note(self, why: str) -> None:
        if why != self._failed:
            log.warning("figures of the running period: %s", why)
        self._failed = why


def _batches(figures: PeriodFigures) -> dict[str, Batch]:
    return {one.device: batch_of(device_cells(one), figures.end_ms) for one in figures.devices}
