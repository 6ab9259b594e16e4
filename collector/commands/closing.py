"""`haidang month`: closes periods under a seal, shows, verifies, restates and compares closed ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from collector.commands.options import AuthorOption, InventoryOption, LedgerOption
from collector.exits import Exit

if TYPE_CHECKING:
    from collector.closing.close import Closer
    from collector.closing.closed import Closed
    from collector.figures.period import Period
    from collector.inventory.values import Inventory

months = typer.Typer(help="Close months under a seal, verify and restate closed ones.", no_args_is_help=True)

MonthArgument = Annotated[str, typer.Argument(help="The month, as 2026-10.")]


@months.callback()
def about() -> None:
    """Close months under a seal, verify and restate closed ones."""


@months.command(short_help="Close a month: its figures then stand under a seal.")
def close(
    month: MonthArgument,
    *,
    inventory: InventoryOption = Path("inventory.yaml"),
    ledger: LedgerOption = None,
    first: Annotated[
        bool, typer.Option("--first", help="Begin here, though an earlier month has evidence and is open.")
    ] = False,
    author: AuthorOption = "",
) -> None:
    """Close a month (or the 15th to the 14th, as the inventory's report.period says) once it is over.

    Its evidence gets digests by day, its figures are stored for ever, and both get a seal: 25 letters to be
    printed in the report. The same evidence always gives the same figures. Whoever changes a row later is
    found by `haidang month verify`; whoever changes everything, by the seal on paper.

    Exit codes: 0 closed, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 5 the ledger or
    its register cannot be used, 17 the month cannot be closed (yet, or again).
    """
    from collector.closing.close import close as seal  # noqa: PLC0415 - start-up of other commands

    found, path = _chosen(inventory, ledger)
    with _told():
        closed = seal(path, _period(month, found), _closer(author), first=first)
        _print_closed(closed)


@months.command(short_help="Close a closed month again, with the reason of the correction.")
def restate(
    month: MonthArgument,
    *,
    reason: Annotated[str, typer.Option(help="Why; it stands beside the new figures for ever.")],
    accept_late: Annotated[
        list[str] | None,
        typer.Option(help="Maintenance that was recorded late and shall count; several times if need be."),
    ] = None,
    inventory: InventoryOption = Path("inventory.yaml"),
    ledger: LedgerOption = None,
    author: AuthorOption = "",
) -> None:
    """Close a closed month again as its next revision; the earlier ones are kept.

    The difference is shown: which device's figures were what before, and are what now.

    Exit codes: 0 restated, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 5 the ledger or
    its register cannot be used, 17 the month cannot be restated, or nothing has changed.
    """
    from collector.closing.close import restate as again  # noqa: PLC0415 - start-up of other commands
    from collector.closing.reading import difference  # noqa: PLC0415

    path = _chosen_ledger(inventory, ledger)
    if not reason.strip():
        raise typer.BadParameter("say why the month is restated", param_hint="--reason")
    with _told():
        closed = again(path, month, _closer(author), reason=reason.strip(), accept=tuple(accept_late or ()))
        _print_closed(closed)
        for line in difference(path, month, closed.closing.revision - 1, closed.closing.revision).lines():
            typer.echo(line)


@months.command(short_help="Show a closed month: seal, revisions and main figures.")
def show(
    month: MonthArgument,
    *,
    revision: Annotated[
        int | None, typer.Option(min=1, help="An earlier revision.", show_default=False)
    ] = None,
    inventory: InventoryOption = Path("inventory.yaml"),
    ledger: LedgerOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="The figures exactly as they were sealed.")] = False,
) -> None:
    """Show a closed month as it was sealed: nothing is computed anew.

    Exit codes: 0 shown, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 5 the ledger or its
    register cannot be read, 17 the month is not closed, or has no such revision.
    """
    from collector.closing.reading import shown  # noqa: PLC0415 - start-up of other commands

    path = _chosen_ledger(inventory, ledger)
    with _told():
        found = shown(path, month, revision)
        if as_json:
            typer.echo(found.text, nl=False)
        else:
            for line in found.lines():
                typer.echo(line)


@months.command(short_help="Compare two revisions of a closed month.")
def diff(
    month: MonthArgument,
    before: Annotated[int | None, typer.Argument(min=1, help="A revision; else the last but one.")] = None,
    after: Annotated[int | None, typer.Argument(min=1, help="A later one; else the last.")] = None,
    *,
    inventory: InventoryOption = Path("inventory.yaml"),
    ledger: LedgerOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show what a restatement changed: by device and group, before and after, and why.

    Exit codes: 0 shown, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 5 the ledger or its
    register cannot be read, 17 the month is not closed, or has no such revisions.
    """
    import json  # noqa: PLC0415 - start-up of other commands

    from collector.closing.reading import difference  # noqa: PLC0415

    path = _chosen_ledger(inventory, ledger)
    with _told():
        found = difference(path, month, before, after)
        if as_json:
            typer.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
        else:
            for line in found.lines():
                typer.echo(line)


@months.command(short_help="Look whether closed months are what was sealed.")
def verify(
    month: Annotated[str, typer.Argument(help="The month; all closed months without one.")] = "",
    *,
    seal: Annotated[str, typer.Option(help="The seal on paper, as it is printed in the report.")] = "",
    inventory: InventoryOption = Path("inventory.yaml"),
    ledger: LedgerOption = None,
) -> None:
    """Compute digests, figures and seal of closed months anew from the rows, and say where they differ.

    Without --seal, somebody who rewrote ledger and register as a whole could go unseen: compare with paper.

    Exit codes: 0 as sealed, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 5 the ledger or
    its register cannot be read, or a chain is broken, 17 the month is not closed, 18 it is not what was
    sealed.
    """
    from importlib.metadata import version  # noqa: PLC0415 - start-up of other commands

    from collector.closing.chain import read_seal  # noqa: PLC0415
    from collector.closing.computed import FromRows  # noqa: PLC0415
    from collector.closing.reading import verified  # noqa: PLC0415

    typed = read_seal(seal) if seal else ""
    if typed is None:
        raise typer.BadParameter(
            "a seal has five groups of five letters and digits 2 to 7", param_hint="--seal"
        )
    if typed and not month:
        raise typer.BadParameter("name the month that the seal is of", param_hint="--seal")
    path = _chosen_ledger(inventory, ledger)
    with _told():
        outcome = verified(path, month, typed, source=FromRows(), version=version("haidang"))
    for line in outcome.notes:
        typer.echo(line)
    for line in outcome.faults:
        typer.echo(f"haidang: {line}", err=True)
    if outcome.faults:
        raise typer.Exit(Exit.ALTERED)


def _chosen(inventory: Path, ledger: Path | None) -> tuple[Inventory, Path]:
    from collector.commands.loading import accepted  # noqa: PLC0415 - start-up of other commands

    found = accepted(inventory).inventory
    return found, ledger or Path(found.collector.ledger)


def _chosen_ledger(inventory: Path, ledger: Path | None) -> Path:
    return ledger or _chosen(inventory, ledger)[1]


def _period(month: str, inventory: Inventory) -> Period:
    from collector.figures.period import month_period  # noqa: PLC0415 - start-up of other commands

    try:
        return month_period(month, inventory.report.period, inventory.organisation.timezone)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="MONTH") from None


def _closer(author: str) -> Closer:
    import os  # noqa: PLC0415 - start-up of other commands
    from importlib.metadata import version  # noqa: PLC0415

    from collector.clock import LedgerClock  # noqa: PLC0415
    from collector.closing.close import Closer  # noqa: PLC0415
    from collector.closing.computed import FromRows  # noqa: PLC0415
    from collector.register.access import author_of  # noqa: PLC0415

    return Closer(
        author=author_of(author, os.environ),
        now_ms=LedgerClock().now_ms(),
        version=version("haidang"),
        source=FromRows(),
    )


def _print_closed(closed: Closed) -> None:
    closing = closed.closing
    again = f", revision {closing.revision}" if closing.revision > 1 else ""
    typer.echo(f"{closing.period}{again} is closed by {closed.entry.author}.")
    typer.echo(f"Seal: {closing.seal}")


@contextmanager
def _told() -> Iterator[None]:
    """End the command with its exit code where what was asked cannot be done."""
    from collector.closing.errors import ClosingError  # noqa: PLC0415 - start-up of other commands
    from collector.figures.errors import FiguresError  # noqa: PLC0415
    from collector.ledger.errors import LedgerError  # noqa: PLC0415

    try:
        yield
    except LedgerError as error:
        _fail(error, Exit.LEDGER)
    except (ClosingError, FiguresError) as error:
        _fail(error, Exit.NOT_CLOSED)


def _fail(error: BaseException, code: Exit) -> NoReturn:
    typer.echo(f"haidang: {error}", err=True)
    raise typer.Exit(code) from None
