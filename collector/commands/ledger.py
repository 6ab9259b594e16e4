"""`haidang ledger`: what can be done with a ledger file, beside the collector that writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from collector.exits import Exit

ledger = typer.Typer(help="Look after the ledger of evidence.", no_args_is_help=True)


@ledger.callback()
def about() -> None:
    """Look after the ledger of evidence."""


@ledger.command(short_help="Copy the readable rows of a damaged ledger into a new one.")
def salvage(
    damaged: Annotated[Path, typer.Argument(help="The damaged ledger; it is only read.")],
    new: Annotated[Path, typer.Argument(help="The ledger to make; it must not exist.")],
) -> None:
    """Copy every readable row of a damaged ledger into a new one, and say what was lost.

    What may be missing is written into the new ledger too, so that no figure is carried over a hole.

    Exit codes: 0 salvaged, 5 the ledger cannot be read at all, or the new one cannot be made.
    """
    from collector.clock import LedgerClock  # noqa: PLC0415 - start-up of other commands
    from collector.ledger.errors import LedgerError  # noqa: PLC0415
    from collector.ledger.reader import LedgerReader  # noqa: PLC0415
    from collector.ledger.salvage import salvage as save  # noqa: PLC0415

    try:
        saved = save(damaged, new, now_ms=LedgerClock().now_ms())
    except LedgerError as error:
        typer.echo(f"haidang: {error}", err=True)
        raise typer.Exit(Exit.LEDGER) from None
    for sentence in saved.describe():
        typer.echo(sentence)
    with LedgerReader(new) as reader:
        if reader.meta().simulated:
            typer.echo("It is SIMULATED: a laboratory's evidence, not a real network's.")
