"""`haidang availability [DEVICE]`: how long everything was up in a period, and how sure that is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from collector.commands.options import InventoryOption, LedgerOption
from collector.exits import Exit


def availability(
    device: Annotated[str, typer.Argument(help="One device; all without it.", show_default=False)] = "",
    *,
    inventory: InventoryOption = Path("inventory.yaml"),
    ledger: LedgerOption = None,
    month: Annotated[str, typer.Option(help="A reporting period, as 2026-10; the running one without.")] = "",
    first: Annotated[str, typer.Option("--from", help="In its place: the first local day.")] = "",
    last: Annotated[str, typer.Option("--to", help="And the last one; only the first without it.")] = "",
    area: Annotated[str, typer.Option(help="Only devices of this area.")] = "",
    role: Annotated[str, typer.Option(help="Only devices of this role.")] = "",
    working: Annotated[bool, typer.Option("--working", help="Working hours instead of all hours.")] = False,
    top: Annotated[int, typer.Option(min=1, help="How many of the worst devices to show.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: all figures of the period.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="For spreadsheets: a row a device.")] = False,
) -> None:
    """Show availability: end to end (what a site lived through) and attributable (what it answers for).

    Each second of the period is up, down, upstream, unknown, maintenance or out of service, and a ratio
    stands between bounds that the evidence allows. Ratios are cut down, never rounded up; "seen" is the share
    of time that anybody looked. With --area or --role the devices chosen are all shown.

    Exit codes: 0 shown, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 5 the ledger or its
    register cannot be used, 8 there is no such device, area or role, 20 there are no figures for this period.
    """
    import csv  # noqa: PLC0415 - start-up of other commands
    import sys  # noqa: PLC0415

    from collector.commands.asking import Asked, chosen, computed  # noqa: PLC0415
    from collector.figures.document import to_json  # noqa: PLC0415
    from collector.figures.rows import device_rows  # noqa: PLC0415
    from collector.figures.table import print_availability, print_device, print_devices  # noqa: PLC0415

    if as_json and as_csv:
        raise typer.BadParameter("choose --json or --csv, not both")
    asked = Asked(inventory=inventory, ledger=ledger, month=month, first=first, last=last)
    figures = computed(asked).figures
    devices = chosen(figures, device=device, area=area, role=role)
    if as_json:
        typer.echo(to_json(figures))
    elif as_csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows(device_rows(devices))
    elif device:
        print_device(figures, devices[0])
    elif area or role:
        print_devices(devices, working=working)
    else:
        print_availability(figures, devices, working=working, top=top)
    raise typer.Exit(Exit.OK)
