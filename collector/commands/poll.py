"""`haidang poll DEVICE`: polls one device once and shows what happened, what came, and what to check next."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from collector.commands.meant import others
from collector.commands.options import InventoryOption
from collector.exits import Exit

if TYPE_CHECKING:
    from collector.inventory.values import Inventory
    from collector.pipeline import Step


def poll(
    device: Annotated[str, typer.Argument(help="The device's id in the inventory.")],
    *,
    inventory: InventoryOption = Path("inventory.yaml"),
    explain: Annotated[
        bool, typer.Option("--explain", help="Show each packet, its timing, and all values.")
    ] = False,
) -> None:
    """Poll one device now, beside a running collector, and write nothing to the ledger.

    Exit codes: 0 every probe brought values, 3 the inventory has mistakes, 4 it cannot be read,
    8 there is no such device, 9 a probe failed.
    """
    from collector.commands.loading import accepted  # noqa: PLC0415 - start-up of other commands
    from collector.explain import print_step  # noqa: PLC0415
    from collector.model import Fault  # noqa: PLC0415

    loaded = accepted(inventory)
    if loaded.inventory.device(device) is None:
        meant = others(device, [one.id for one in loaded.inventory.devices])
        typer.echo(f"haidang: {inventory} has no device {device!r}; {meant}", err=True)
        raise typer.Exit(Exit.NO_DEVICE)
    steps = asyncio.run(_poll(loaded.inventory, device, explain=explain))
    print_step(steps, explain=explain)
    if any(isinstance(check, Fault) for check in steps[-1].outcome.checks):
        raise typer.Exit(Exit.POLL_FAILED)


async def _poll(inventory: Inventory, device: str, *, explain: bool) -> list[Step]:
    """Poll as the collector does: once to discover, and once more for the values if that worked."""
    from collector import pipeline  # noqa: PLC0415
    from collector.clock import LedgerClock  # noqa: PLC0415
    from collector.credentials import resolve  # noqa: PLC0415
    from collector.decode import agent  # noqa: PLC0415
    from collector.inventory.secrets import SecretStore  # noqa: PLC0415
    from collector.pollers import make_pollers  # noqa: PLC0415
    from collector.runner import poll_once  # noqa: PLC0415
    from collector.targets import build  # noqa: PLC0415

    clock = LedgerClock()
    credentials = resolve(inventory.credentials, SecretStore(inventory.folder, os.environ))
    target = build(inventory, credentials, revision=0)[device]
    pollers = make_pollers(clock)
    memory = pipeline.Memory()
    steps: list[Step] = []
    try:
        for _ in range(2):
            now = clock.mono()
            requests = target.requests(
                pipeline.question(memory, target.subject, now), agent.command(memory.cursor)
            )
            if explain and steps:
                typer.echo("")
            outcome = await poll_once(
                target,
                requests,
                pollers.by_probe,
                due_at=now,
                mono=clock.mono,
                note=typer.echo if explain else None,
            )
            step = pipeline.step(memory, target.subject, outcome, clock.ms_at)
            memory = step.memory
            steps.append(step)
            if not step.again:
                break
    finally:
        await pollers.close()
    return steps
