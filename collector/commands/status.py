"""`haidang status`: what is up, down or unknown at the ledger's end, and since when."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from collector.commands.options import InventoryOption, LedgerOption


def status(
    *,
    inventory: InventoryOption = Path("inventory.yaml"),
    ledger: LedgerOption = None,
    area: Annotated[str, typer.Option(help="Only devices of this area.")] = "",
    role: Annotated[str, typer.Option(help="Only devices of this role.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Also what is up.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: a state for every device.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="For spreadsheets: a row a device.")] = False,
) -> None:
    """Show the state of everything at the end of the ledger: a collector that runs writes every few seconds.

    It is what the evidence says, booked as in the figures: without the hold-down that alerts wait for, and
    also of a ledger whose collector does not run.

    Exit codes: 0 shown, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 5 the ledger or its
    register cannot be used, 8 there is no such area or role, 20 the ledger has no evidence.
    """
    import csv  # noqa: PLC0415 - start-up of other commands
    import json  # noqa: PLC0415
    import sys  # noqa: PLC0415
    import time  # noqa: PLC0415

    from collector.commands.asking import Asked, chosen, computed  # noqa: PLC0415
    from collector.figures.standing import as_values, print_standing, standing  # noqa: PLC0415

    if as_json and as_csv:
        raise typer.BadParameter("choose --json or --csv, not both")
    found = computed(Asked(inventory=inventory, ledger=ledger, today=True))
    devices = chosen(found.figures, device="", area=area, role=role)
    now = standing(found, devices)
    if as_json:
        typer.echo(json.dumps(as_values(now), ensure_ascii=False, indent=1))
    elif as_csv:
        rows = [dict(row) for row in as_values(now)["devices"]]
        writer = csv.DictWriter(sys.stdout, list(rows[0]) if rows else ["device"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        print_standing(now, everything=everything, real_now_ms=time.time_ns() // 1_000_000)
