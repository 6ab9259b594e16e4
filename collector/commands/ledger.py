"""`haidang ledger`: what can be done with a ledger file, beside the collector that writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from collector.archive.only import Only
from collector.commands.options import InventoryOption, LedgerOption
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


@ledger.command(short_help="Look whether ledger and register are as they were written.")
def check(inventory: InventoryOption = Path("inventory.yaml"), *, ledger: LedgerOption = None) -> None:
    """Check the ledger's structure, every row's checksum, the register's chain, and all closed months.

    Every fault is named with its table and row. The collector may go on writing meanwhile. With --ledger no
    inventory is needed.

    Exit codes: 0 all is as it was written, 3 the inventory has mistakes, 4 it cannot be read, 5 something is
    wrong, or the ledger cannot be read.
    """
    from importlib.metadata import version  # noqa: PLC0415 - start-up of other commands

    from collector.archive.checking import check as look  # noqa: PLC0415
    from collector.closing.computed import FromRows  # noqa: PLC0415
    from collector.commands.progress import Progress  # noqa: PLC0415
    from collector.ledger.errors import LedgerError  # noqa: PLC0415

    path, progress = _chosen(inventory, ledger), Progress()
    try:
        found = look(path, progress, source=FromRows(), version=version("haidang"))
    except LedgerError as error:
        _fail(error)
    finally:
        progress.end()
    for fault in found.faults:
        typer.echo(f"haidang: {path}: {fault}", err=True)
    typer.echo(found.describe())
    if not found.sound:
        raise typer.Exit(Exit.LEDGER)


@ledger.command(short_help="Copy ledger and register into one file.")
def backup(
    target: Annotated[Path, typer.Argument(help="The file to make, such as ledger-2026-11-01.tar.")],
    *,
    inventory: InventoryOption = Path("inventory.yaml"),
    ledger: LedgerOption = None,
) -> None:
    """Copy the ledger and its register, as they are now, into one new tar file with a manifest.

    The collector may go on writing meanwhile. With --ledger no inventory is needed.

    Exit codes: 0 made, 3 the inventory has mistakes, 4 it cannot be read, 5 the ledger cannot be read, or the
    file cannot be made.
    """
    from importlib.metadata import version  # noqa: PLC0415 - start-up of other commands

    from collector.archive.backup import backup as save  # noqa: PLC0415
    from collector.archive.manifest import describe  # noqa: PLC0415
    from collector.clock import LedgerClock  # noqa: PLC0415
    from collector.commands.progress import Progress  # noqa: PLC0415
    from collector.ledger.errors import LedgerError  # noqa: PLC0415

    path, progress = _chosen(inventory, ledger), Progress()
    try:
        made = save(
            path, target, program=version("haidang"), now_ms=LedgerClock().now_ms(), progress=progress
        )
    except LedgerError as error:
        _fail(error)
    finally:
        progress.end()
    typer.echo(f"{target}: {describe(made)}")


@ledger.command(short_help="Put the ledger and register of a backup in place.")
def restore(
    backup: Annotated[Path, typer.Argument(help="A file made by `haidang ledger backup`.")],
    ledger: Annotated[Path, typer.Argument(help="The ledger to make; the register goes beside it.")],
    *,
    only: Annotated[
        Only | None, typer.Option(help="Restore only one of the two; the other is there.", show_default=False)
    ] = None,
) -> None:
    """Check all that is in a backup, then put the ledger and its register in place.

    Nothing is ever overwritten: move aside what is there. What came after the backup is not in it.

    Exit codes: 0 restored, 2 wrong usage, 5 the backup is damaged, or something is there already.
    """
    from collector.archive.manifest import describe  # noqa: PLC0415 - start-up of other commands
    from collector.archive.restore import restore as put  # noqa: PLC0415
    from collector.commands.progress import Progress  # noqa: PLC0415
    from collector.ledger.errors import LedgerError  # noqa: PLC0415

    progress = Progress()
    try:
        restored = put(backup, ledger, only=only, progress=progress)
    except LedgerError as error:
        _fail(error)
    finally:
        progress.end()
    typer.echo(f"{ledger}: {describe(restored)}")


def _chosen(inventory: Path, ledger: Path | None) -> Path:
    if ledger is not None:
        return ledger
    from collector.commands.loading import accepted  # noqa: PLC0415 - start-up of other commands

    return Path(accepted(inventory).inventory.collector.ledger)


def _fail(error: Exception) -> NoReturn:
    typer.echo(f"haidang: {error}", err=True)
    raise typer.Exit(Exit.LEDGER) from None
