"""`haidang plan`: what another inventory would change, and its effect on the running month's figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from collector.commands.options import LedgerOption
from collector.exits import Exit

if TYPE_CHECKING:
    from collector.inventory.values import Inventory
    from collector.planning.changes import Change
    from collector.planning.foresight import Foresight


def plan(
    new: Annotated[Path, typer.Argument(help="The inventory that shall be taken up.")] = Path(
        "inventory.yaml"
    ),
    *,
    inventory: Annotated[
        Path | None,
        typer.Option(
            "--inventory",
            "-i",
            help="The inventory to compare with where no collector has run yet.",
            show_default=False,
        ),
    ] = None,
    ledger: LedgerOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")] = False,
) -> None:
    """Say what taking up an inventory would change, before a reload does it.

    It is compared with the revision in use, as the ledger has it. The effect on this month's figures has two
    parts: the figures so far, which change where devices move between areas or their kinds; and what is
    planned of the rest of the month. What will be up nobody knows: there is no forecast.

    Exit codes: 0 nothing changes, 2 wrong usage, 3 an inventory has mistakes, 4 it cannot be read, 5 the
    ledger or its register cannot be read, 15 something changes, 16 a history would be cut.
    """
    from collector.commands.loading import accepted  # noqa: PLC0415 - start-up of other commands
    from collector.planning.changes import changes, cuts  # noqa: PLC0415

    wanted = accepted(new).inventory
    present = None if inventory is None else accepted(inventory).inventory
    file = ledger or Path((present or wanted).collector.ledger)
    if ledger is None and not file.exists():
        if present is None:
            message = f"{file}: there is no ledger yet; say with -i which inventory to compare with"
            raise typer.BadParameter(message, param_hint="--inventory")
        found, seen = changes(present, wanted), None
        against = str(inventory)
    else:
        against, old, seen = _foresee(file, wanted)
        found = changes(old, wanted)
    if as_json:
        _print_json(against, found, seen)
    else:
        _print(against, found, seen, wanted)
    raise typer.Exit(Exit.HISTORY_CUT if cuts(found) else Exit.CHANGES if found else Exit.OK)


def _foresee(file: Path, wanted: Inventory) -> tuple[str, Inventory, Foresight | None]:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - start-up of other commands

    from collector.ledger.errors import LedgerError  # noqa: PLC0415
    from collector.ledger.reader import LedgerReader  # noqa: PLC0415
    from collector.planning.foresight import foresee  # noqa: PLC0415
    from collector.planning.revisions import revisions_of  # noqa: PLC0415
    from collector.planning.wall import minute  # noqa: PLC0415
    from collector.register.access import open_if_there  # noqa: PLC0415

    try:
        with LedgerReader(file) as reader:
            revisions = revisions_of(reader)
            if not revisions:
                _fail(
                    f"{file}: no collector has polled into this ledger yet; there is nothing to compare with"
                )
            register = open_if_there(file, reader.meta().ledger_id)
            entries = []
            if register is not None:
                with register:
                    entries = list(register.entries())
            took_effect_ms, old = revisions[-1]
            since = minute(took_effect_ms, ZoneInfo(old.organisation.timezone))
            against = f"revision {len(revisions)} in {file}, in use since {since}"
            return against, old, foresee(reader, revisions, entries, wanted)
    except LedgerError as error:
        _fail(str(error))


def _print_json(against: str, found: tuple[Change, ...], seen: Foresight | None) -> None:
    import json  # noqa: PLC0415 - start-up of other commands
    from dataclasses import asdict  # noqa: PLC0415

    told = {
        "against": against,
        "changes": [asdict(change) for change in found],
        "effect": None if seen is None else asdict(seen),
    }
    typer.echo(json.dumps(told, ensure_ascii=False, indent=1))


def _print(against: str, found: tuple[Change, ...], seen: Foresight | None, wanted: Inventory) -> None:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - start-up of other commands

    from collector.commands.plan_table import print_changes, print_foresight  # noqa: PLC0415

    print_changes(against, found)
    if found and seen is not None:
        print_foresight(seen, ZoneInfo(wanted.organisation.timezone))


def _fail(message: str) -> NoReturn:
    typer.echo(f"haidang: {message}", err=True)
    raise typer.Exit(Exit.LEDGER)
