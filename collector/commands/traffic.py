"""`haidang traffic [DEVICE]`: what lines carried, from the ledger: P95, busy hours, the seven-day rule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from collector.commands.meant import others
from collector.commands.options import InventoryOption
from collector.exits import Exit

if TYPE_CHECKING:
    from collector.inventory.values import Inventory
    from collector.ledger.reader import LedgerReader
    from collector.traffic.report import LineReport, Period


def traffic(
    device: Annotated[str, typer.Argument(help="The device whose line; all lines without one.")] = "",
    *,
    inventory: InventoryOption = Path("inventory.yaml"),
    ledger: Annotated[
        Path | None, typer.Option(help="Another ledger than the inventory's, such as a simulated month.")
    ] = None,
    day: Annotated[str, typer.Option(help="One local day, as 2026-10-05.")] = "",
    month: Annotated[str, typer.Option(help="One month, as 2026-10.")] = "",
    top: Annotated[int, typer.Option(min=1, help="How many lines to show, the fullest first.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="For spreadsheets: one DEVICE only.")] = False,
) -> None:
    """Show what a line carried: P95 against what is subscribed, hours above 80 %, and what is missing.

    Of a DEVICE, its running month unless --day or --month says otherwise; without one, the fullest lines of
    the last seven days. Rates are towards the site (in) and from it (out).

    Exit codes: 0 shown, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 5 the ledger
    cannot be read, 8 there is no such device.
    """
    from collector.commands.loading import accepted  # noqa: PLC0415 - start-up of other commands
    from collector.ledger.errors import LedgerError  # noqa: PLC0415
    from collector.ledger.reader import LedgerReader  # noqa: PLC0415

    if day and month:
        raise typer.BadParameter("choose --day or --month, not both")
    if as_csv and (as_json or not device):
        raise typer.BadParameter("--csv is for one DEVICE, and not together with --json")
    found = accepted(inventory).inventory
    if device and found.device(device) is None:
        meant = others(device, [one.id for one in found.devices])
        typer.echo(f"haidang: {inventory} has no device {device!r}; {meant}", err=True)
        raise typer.Exit(Exit.NO_DEVICE)
    try:
        with LedgerReader(ledger or Path(found.collector.ledger)) as reader:
            windows = bool(device) or as_json
            period, reports = _reports(reader, found, device, day=day, month=month, windows=windows)
    except LedgerError as error:
        typer.echo(f"haidang: {error}", err=True)
        raise typer.Exit(Exit.LEDGER) from None
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    _show(reports, period, device, top=top, as_json=as_json, as_csv=as_csv)


def _reports(
    reader: LedgerReader, inventory: Inventory, device: str, *, day: str, month: str, windows: bool
) -> tuple[Period, list[LineReport]]:
    from datetime import timedelta  # noqa: PLC0415 - start-up of other commands
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    from collector.ledger import lines  # noqa: PLC0415
    from collector.ledger.days import midnight_ms  # noqa: PLC0415
    from collector.ledger.traffic import RULE_DAYS  # noqa: PLC0415
    from collector.traffic.report import Subject, last_days, period_of, report  # noqa: PLC0415

    timezone = ZoneInfo(inventory.organisation.timezone)
    now_ms, simulated = reader.latest_ms(), reader.meta().simulated
    if device or day or month:
        period = period_of(day, month, now_ms=now_ms, timezone=timezone)
    else:
        period = last_days(now_ms=now_ms, timezone=timezone)
    start_ms, end_ms = period.edges(timezone)
    # A streak, and seven days as one, may have begun before the period; of all lines a shorter look must do.
    before = timedelta(days=2 * RULE_DAYS if device else RULE_DAYS)
    from_ms = midnight_ms(period.first - before, timezone)
    reports = []
    for one, buckets in lines.buckets(reader, from_ms, end_ms, device=device or None):
        known = inventory.device(one)
        subject = Subject(
            device=one,
            name=one if known is None else known.name,
            capacities=() if known is None else known.capacities,
            timezone=timezone,
            now_ms=now_ms,
            simulated=simulated,
        )
        left_out = lines.left_out(reader, start_ms, end_ms, one)
        reports.append(report(subject, period, buckets, left_out, windows=windows))
    return period, reports


def _show(
    reports: list[LineReport], period: Period, device: str, *, top: int, as_json: bool, as_csv: bool
) -> None:
    import csv  # noqa: PLC0415 - start-up of other commands
    import json  # noqa: PLC0415
    import sys  # noqa: PLC0415

    from collector.traffic.report import as_json as told  # noqa: PLC0415
    from collector.traffic.report import busiest, csv_rows  # noqa: PLC0415
    from collector.traffic.table import print_line, print_lines  # noqa: PLC0415

    if as_json:
        values = [told(one) for one in busiest(reports)]
        typer.echo(json.dumps(values[0] if device and values else values, ensure_ascii=False, indent=1))
    elif as_csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows(csv_rows(reports[0]) if reports else [])
    elif not reports:
        typer.echo(
            f"No traffic in {period.name}. A line is measured where the device has `uplink` and `snmp` in "
            "the inventory and its interface is found (metric haidang_line_found), from the collector's "
            "first whole five minutes on."
        )
    elif device:
        print_line(reports[0])
    else:
        print_lines(busiest(reports), period, top=top)
