"""`haidang maintenance`: planned work is entered, ended, listed and looked over."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from collector.commands.options import AuthorOption, InventoryOption, LedgerOption
from collector.exits import Exit

if TYPE_CHECKING:
    from collector.commands.calendar import CalendarInUse
    from collector.planning.agenda import Item
    from collector.register.entries import Entry, MaintenanceAdded, Payload

maintenance = typer.Typer(help="Enter, end, list and look over planned work.", no_args_is_help=True)


@maintenance.callback()
def about() -> None:
    """Enter, end, list and look over planned work: one calendar for alerts, figures and reports."""


@maintenance.command(short_help="Enter planned work; it holds at once.")
def add(
    *,
    reason: Annotated[
        str, typer.Option(help="What is done: it stands in alerts and reports.", show_default=False)
    ],
    device: Annotated[
        list[str],
        typer.Option(metavar="ID", help="A device or service it covers, with all that hangs on it alone."),
    ] = [],  # noqa: B006 - typer copies it
    area: Annotated[list[str], typer.Option(metavar="ID", help="An area whose devices it covers.")] = [],  # noqa: B006
    start: Annotated[
        str, typer.Option("--from", help="When it begins, as '2026-03-07 22:00'; now without it.")
    ] = "",
    until: Annotated[str, typer.Option(help="When it is over, as '2026-03-08 02:00'.")] = "",
    lasts: Annotated[
        str, typer.Option("--for", help="How long it lasts, as 2h30m, in place of --until.")
    ] = "",
    repeat: Annotated[
        str, typer.Option(help="When it comes again: weekly, 'every month on last sun to 2026-12-31'.")
    ] = "",
    name: Annotated[str, typer.Option("--id", help="Its name for ever; one is made without it.")] = "",
    author: AuthorOption = "",
    inventory: InventoryOption = Path("inventory.yaml"),
    ledger: LedgerOption = None,
) -> None:
    """Enter planned work in the register: at once for alerts and states, and for the figures from now on.

    Times are local. A collector that runs follows within a few seconds, without a reload. What lies before
    the entry is recorded late: it changes a figure only by a restatement.

    Exit codes: 0 entered, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 5 the ledger or
    its register cannot be used, 8 there is no such device or area.
    """
    from collector.commands.calendar import calendar_in_use, must_know  # noqa: PLC0415 - start-up of others
    from collector.planning.entering import EnteringError, Wanted, entry_of  # noqa: PLC0415
    from collector.planning.wall import local  # noqa: PLC0415

    calendar = calendar_in_use(inventory, ledger)
    must_know(calendar, tuple(device), tuple(area))
    wanted = Wanted(
        id=name,
        devices=tuple(device),
        areas=tuple(area),
        start=start,
        end=until,
        lasts=lasts,
        repeat=repeat,
        reason=reason,
    )
    entered_ms = _now_ms()
    try:
        payload = entry_of(
            wanted, zone=calendar.zone, now=local(entered_ms, calendar.zone), taken=calendar.ids
        )
    except EnteringError as error:
        raise typer.BadParameter(str(error), param_hint=error.option) from None
    entry = _append(calendar, author, payload, entered_ms)
    _say_entered(calendar, entry, payload)


@maintenance.command(short_help="End planned work of the register, now or at a later time.")
def end(
    name: Annotated[str, typer.Argument(metavar="ID", help="The window's id.")],
    *,
    at: Annotated[str, typer.Option(help="When it ends, as '2026-03-08 01:00'; now without it.")] = "",
    author: AuthorOption = "",
    inventory: InventoryOption = Path("inventory.yaml"),
    ledger: LedgerOption = None,
) -> None:
    """End planned work: from then on it counts no more. What has counted stays counted.

    One that repeats is ended for good. What stands in the inventory is ended there.

    Exit codes: 0 ended, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 5 the ledger or its
    register cannot be used, 13 the register has no such window that is not over.
    """
    from collector.commands.calendar import calendar_in_use, fail  # noqa: PLC0415 - start-up of others
    from collector.planning.ending import why_not  # noqa: PLC0415
    from collector.planning.entering import EnteringError, instant_of  # noqa: PLC0415
    from collector.planning.wall import minute  # noqa: PLC0415
    from collector.register.entries import MaintenanceEnded  # noqa: PLC0415

    calendar = calendar_in_use(inventory, ledger)
    now_ms = _now_ms()
    try:
        end_ms = instant_of("--at", at, calendar.zone) if at else now_ms
    except EnteringError as error:
        raise typer.BadParameter(str(error), param_hint=error.option) from None
    if end_ms < now_ms:
        message = f"{minute(end_ms, calendar.zone)} is over: what has counted stays counted; leave --at out"
        raise typer.BadParameter(message, param_hint="--at")
    reason = why_not(name, calendar.standings, calendar.zone, end_ms=end_ms, now_ms=calendar.now_ms)
    if reason is not None:
        fail(reason, Exit.NO_ENTRY)
    _append(calendar, author, MaintenanceEnded(id=name, end_ms=end_ms), now_ms)
    typer.echo(f"maintenance {name} ends at {minute(end_ms, calendar.zone)}")


@maintenance.command("list", short_help="Show what runs, what comes, and what was.")
def list_(
    *,
    all_: Annotated[
        bool, typer.Option("--all", help="What was longer than 31 days ago too, and what never began.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON array of all.")] = False,
    inventory: InventoryOption = Path("inventory.yaml"),
    ledger: LedgerOption = None,
) -> None:
    """Show planned work, of the inventory and of the register together: what runs, what comes, what was.

    A window that repeats is shown once, with the time it is at, else its next one, else its last.

    Exit codes: 0 shown, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 5 the ledger or its
    register cannot be read.
    """
    import json  # noqa: PLC0415 - start-up of other commands

    from collector.commands.calendar import calendar_in_use  # noqa: PLC0415
    from collector.commands.calendar_table import print_agenda  # noqa: PLC0415
    from collector.planning.agenda import agenda, not_in_use  # noqa: PLC0415
    from collector.planning.agenda import as_json as told  # noqa: PLC0415

    calendar = calendar_in_use(inventory, ledger)
    waiting = not_in_use(calendar.inventory, calendar.standings, calendar.now_ms)
    items = agenda(
        calendar.standings, waiting, calendar.inventory, calendar.now_ms, began_ms=calendar.began_ms
    )
    if as_json:
        typer.echo(json.dumps([told(item) for item in items], ensure_ascii=False, indent=1))
        return
    shown = items if all_ else tuple(item for item in items if _matters(item, calendar.now_ms))
    print_agenda(shown, calendar.zone, hidden=len(items) - len(shown), simulated=calendar.simulated)


@maintenance.command(short_help="Look the calendar over for what is probably not meant.")
def lint(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON array.")] = False,
    inventory: InventoryOption = Path("inventory.yaml"),
    ledger: LedgerOption = None,
) -> None:
    """Look the calendar over: overlaps, windows that cover nothing or everything, late entries and the like.

    Nothing that it finds keeps anything from working.

    Exit codes: 0 nothing found, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 5 the
    ledger or its register cannot be read, 14 there are remarks.
    """
    import json  # noqa: PLC0415 - start-up of other commands
    from dataclasses import asdict  # noqa: PLC0415

    from collector.commands.calendar import calendar_in_use  # noqa: PLC0415
    from collector.planning.agenda import not_in_use  # noqa: PLC0415
    from collector.planning.lint import lint as look_over  # noqa: PLC0415

    calendar = calendar_in_use(inventory, ledger)
    standings = calendar.standings
    waiting = not_in_use(calendar.inventory, standings, calendar.now_ms)
    remarks = look_over(
        (*standings, *waiting), calendar.inventory, calendar.now_ms, began_ms=calendar.began_ms
    )
    if as_json:
        typer.echo(json.dumps([asdict(remark) for remark in remarks], ensure_ascii=False, indent=1))
    elif remarks:
        for remark in remarks:
            typer.echo(f"{remark.id}: {remark.message} ({remark.advice})")
    else:
        typer.echo("nothing to remark")
    raise typer.Exit(Exit.REMARKS if remarks else Exit.OK)


def _append(calendar: CalendarInUse, author: str, payload: Payload, now_ms: int) -> Entry:
    from collector.commands.calendar import fail, ledger_errors  # noqa: PLC0415
    from collector.register.access import author_of, open_beside  # noqa: PLC0415
    from collector.register.errors import AuthorError  # noqa: PLC0415

    if not calendar.ledger_there:
        fail(
            f"{calendar.ledger}: there is no ledger yet, so nothing can be entered beside it. "
            "Start the collector once, or write the window into the inventory",
            Exit.LEDGER,
        )
    try:
        who = author_of(author, os.environ)
    except AuthorError as error:
        raise typer.BadParameter(str(error), param_hint="--author") from None
    with ledger_errors(), open_beside(calendar.ledger, create=now_ms) as register:
        return register.append(who, payload, now_ms, after=calendar.last_entry)


def _say_entered(calendar: CalendarInUse, entry: Entry, payload: MaintenanceAdded) -> None:
    from collector.commands.calendar_table import entered  # noqa: PLC0415
    from collector.planning.announced import announced  # noqa: PLC0415
    from collector.planning.standing import register_standings  # noqa: PLC0415

    (standing,) = register_standings(
        announced([entry], calendar.zone), calendar.inventory.organisation.timezone
    )
    for line in entered(standing, calendar.inventory, payload.repeat):
        typer.echo(line)


def _matters(item: Item, now_ms: int) -> bool:
    from collector.planning.agenda import Phase  # noqa: PLC0415
    from collector.planning.lint import LONG_OVER_MS  # noqa: PLC0415

    over_ms = now_ms - min(item.end_ms, item.until_ms or item.end_ms)
    return item.phase is not Phase.WITHDRAWN and (item.phase is not Phase.PAST or over_ms < LONG_OVER_MS)


def _now_ms() -> int:
    from collector.clock import LedgerClock  # noqa: PLC0415

    return LedgerClock().now_ms()
