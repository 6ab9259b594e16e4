"""`haidang outages [DEVICE]`: when something was silent, why, and how sure that is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from collector.commands.options import InventoryOption, LedgerOption


def outages(
    device: Annotated[str, typer.Argument(help="One device; all without it.", show_default=False)] = "",
    *,
    inventory: InventoryOption = Path("inventory.yaml"),
    ledger: LedgerOption = None,
    month: Annotated[str, typer.Option(help="A reporting period, as 2026-10; the running one without.")] = "",
    first: Annotated[str, typer.Option("--from", help="In its place: the first local day.")] = "",
    last: Annotated[str, typer.Option("--to", help="And the last one; only the first without it.")] = "",
    area: Annotated[str, typer.Option(help="Only devices of this area.")] = "",
    role: Annotated[str, typer.Option(help="Only devices of this role.")] = "",
    own: Annotated[
        bool, typer.Option("--own", help="Only those that the device itself answers for, not upstream.")
    ] = False,
    now: Annotated[bool, typer.Option("--now", help="Only those that last.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs, with the evidence of each.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="For spreadsheets: a row an outage.")] = False,
) -> None:
    """List outages with their cause, as far as uptimes before and after decide it.

    line: the device's uptime went on. power or restart: its present life began within the outage, and it
    answered as soon as it had booted. upstream: what it hangs on was silent. undecided: with the reason.
    `haidang outage annotate ID` adds what people know; the id stands in the first column.

    Exit codes: 0 shown, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 5 the ledger or its
    register cannot be used, 8 there is no such device, area or role, 20 there are no figures for this period.
    """
    import csv  # noqa: PLC0415 - start-up of other commands
    import json  # noqa: PLC0415
    import sys  # noqa: PLC0415

    from collector.commands.asking import Asked, chosen, computed  # noqa: PLC0415
    from collector.figures.document import encoded  # noqa: PLC0415
    from collector.figures.rows import outage_rows  # noqa: PLC0415
    from collector.figures.table import print_outages  # noqa: PLC0415

    if as_json and as_csv:
        raise typer.BadParameter("choose --json or --csv, not both")
    asked = Asked(inventory=inventory, ledger=ledger, month=month, first=first, last=last)
    figures = computed(asked).figures
    names = {one.device: one.name for one in chosen(figures, device=device, area=area, role=role)}
    found = [
        one
        for one in figures.outages
        if one.device in names and (one.own or not own) and (one.end_ms is None or not now)
    ]
    if as_json:
        typer.echo(json.dumps(encoded(tuple(found)), ensure_ascii=False, indent=1))
    elif as_csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows(outage_rows(found))
    else:
        print_outages(figures, found, names)
