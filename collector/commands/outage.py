"""`haidang outage annotate`: what people know of an outage is added to what was found."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from collector.commands.options import AuthorOption, InventoryOption, LedgerOption
from collector.exits import Exit
from collector.planning.given_causes import GivenCause

if TYPE_CHECKING:
    from collector.figures.outage_values import Outage
    from collector.planning.annotating import Meant, Sought
    from collector.register.entries import Entry, OutageAnnotated

outage = typer.Typer(help="Add what people know to an outage.", no_args_is_help=True)


@outage.callback()
def about() -> None:
    """Add what people know to an outage; what was found is never erased."""


@outage.command(short_help="Add a cause, a note, who answers for it.")
def annotate(
    name: Annotated[str, typer.Argument(metavar="ID", help="The outage's id, as haidang outages shows it.")],
    *,
    cause: Annotated[
        GivenCause | None, typer.Option(help="What it was, by somebody who knows.", show_default=False)
    ] = None,
    note: Annotated[str, typer.Option(help="What else should be known.")] = "",
    responsible: Annotated[str, typer.Option(help="Who answers for it: a unit, a provider.")] = "",
    author: AuthorOption = "",
    inventory: InventoryOption = Path("inventory.yaml"),
    ledger: LedgerOption = None,
) -> None:
    """Add to an outage what somebody knows: cause, note, responsible party. It is kept in the register.

    What the evidence showed stays beside it, and so does what was added before. No figure changes by it.

    Exit codes: 0 added, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 5 the ledger or its
    register cannot be used, 8 no such device was watched then, 13 it had no such outage.
    """
    from collector.commands.loading import accepted  # noqa: PLC0415 - start-up of other commands
    from collector.ledger.errors import LedgerError  # noqa: PLC0415
    from collector.planning.annotating import OutageIdError, meant  # noqa: PLC0415
    from collector.register.errors import AuthorError  # noqa: PLC0415

    if cause is None and not note.strip() and not responsible.strip():
        raise typer.BadParameter("say --cause, --note or --responsible", param_hint="--cause")
    try:
        wanted = meant(name)
        payload = _payload(wanted, cause, note, responsible)
    except OutageIdError as error:
        raise typer.BadParameter(str(error), param_hint="ID") from None
    found = accepted(inventory).inventory
    try:
        _annotate(ledger or Path(found.collector.ledger), wanted, payload, author)
    except AuthorError as error:
        raise typer.BadParameter(str(error), param_hint="--author") from None
    except LedgerError as error:
        _fail(str(error), Exit.LEDGER)


def _payload(wanted: Meant, cause: GivenCause | None, note: str, responsible: str) -> OutageAnnotated:
    from collector.inventory.fields.error import FieldError  # noqa: PLC0415 - start-up of other commands
    from collector.inventory.fields.words import text  # noqa: PLC0415
    from collector.register.entries import OutageAnnotated  # noqa: PLC0415

    texts = []
    for option, written in (("--note", note), ("--responsible", responsible)):
        try:
            texts.append(text(written) if written.strip() else "")
        except FieldError as error:
            raise typer.BadParameter(str(error), param_hint=option) from None
    return OutageAnnotated(
        device=wanted.device,
        at_ms=wanted.at_ms,
        cause="" if cause is None else str(cause),
        note=texts[0],
        responsible=texts[1],
    )


def _annotate(file: Path, wanted: Meant, payload: OutageAnnotated, author: str) -> None:
    from collector.clock import LedgerClock  # noqa: PLC0415 - start-up of other commands
    from collector.ledger.reader import LedgerReader  # noqa: PLC0415
    from collector.planning.annotating import sought  # noqa: PLC0415
    from collector.planning.revisions import revisions_of  # noqa: PLC0415
    from collector.register.access import author_of, open_beside, open_if_there  # noqa: PLC0415

    who = author_of(author, os.environ)
    with LedgerReader(file) as reader:
        register = open_if_there(file, reader.meta().ledger_id)
        entries: list[Entry] = []
        if register is not None:
            with register:
                entries = list(register.entries())
        revisions = revisions_of(reader)
        timezone = revisions[-1][1].organisation.timezone if revisions else "UTC"
        result = sought(reader, entries, wanted, timezone)
    if result.outage is None:
        _not_there(wanted, result, timezone)
    now_ms = LedgerClock().now_ms()
    with open_beside(file, create=now_ms) as register:
        register.append(who, payload, now_ms, after=len(entries))
    _say(result.outage, payload, timezone)


def _say(found: Outage, payload: OutageAnnotated, timezone: str) -> None:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - start-up of other commands

    from collector.planning.annotating import times  # noqa: PLC0415
    from collector.planning.given_causes import named  # noqa: PLC0415

    why = f" ({found.undecided})" if found.undecided is not None else ""
    typer.echo(f"{found.id}: {times(found, ZoneInfo(timezone))}, found: {found.cause}{why}")
    parts = [
        payload.cause and f"cause {named(payload.cause, 'en')} ({named(payload.cause, 'vi')})",
        payload.note and f"note: {payload.note}",
        payload.responsible and f"responsible: {payload.responsible}",
    ]
    before = f", beside {len(found.annotations)} before it" if found.annotations else ""
    typer.echo(f"added{before}: {'; '.join(part for part in parts if part)}")


def _not_there(wanted: Meant, result: Sought, timezone: str) -> NoReturn:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - start-up of other commands

    from collector.commands.meant import others  # noqa: PLC0415
    from collector.planning.annotating import times  # noqa: PLC0415

    if result.known and wanted.device not in result.known:
        message = f"no device {wanted.device!r} was watched then; {others(wanted.device, result.known)}"
        _fail(message, Exit.NO_DEVICE)
    if result.others:
        had = "; ".join(f"{one.id} ({times(one, ZoneInfo(timezone))})" for one in result.others[:5])
        _fail(f"there is no outage {wanted.id}; about that time there was {had}", Exit.NO_ENTRY)
    _fail(f"there is no outage {wanted.id}, nor any of {wanted.device} about that time", Exit.NO_ENTRY)


def _fail(message: str, code: Exit) -> NoReturn:
    typer.echo(f"haidang: {message}", err=True)
    raise typer.Exit(code)
