"""`haidang oncall [DATE]`: whose turn it is, and whose it will be."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from collector.commands.options import InventoryOption
from collector.exits import Exit


def oncall(
    day: Annotated[str, typer.Argument(metavar="[DATE]", help="A day, as 2026-12-24; now without one.")] = "",
    *,
    inventory: InventoryOption = Path("inventory.yaml"),
    days: Annotated[int, typer.Option(min=1, max=400, help="How many days to show.")] = 14,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show who is on call, from a day on: turns by dates, then the rota, then who is told otherwise.

    Exit codes: 0 shown, 2 wrong usage, 3 the inventory has mistakes, 4 it cannot be read, 21 nobody can be
    told.
    """
    import json  # noqa: PLC0415 - start-up of other commands
    from datetime import UTC, date, datetime, time, timedelta  # noqa: PLC0415
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    from collector.alerting.alertmanager import told  # noqa: PLC0415
    from collector.alerting.oncall import plan  # noqa: PLC0415
    from collector.alerting.receivers import ways  # noqa: PLC0415
    from collector.commands.loading import accepted  # noqa: PLC0415

    found = accepted(inventory).inventory
    zone = ZoneInfo(found.organisation.timezone)
    try:
        start = (
            datetime.combine(date.fromisoformat(day), time(), zone)
            if day
            else datetime.now(UTC).astimezone(zone)
        )
    except ValueError:
        raise typer.BadParameter(f"{day!r} is not a day: write year-month-day, as 2026-12-24") from None
    able = told(found)
    if not able:
        advice = "add contacts, and alerting.email or webhooks, to the inventory"
        typer.echo(f"haidang: nobody can be told: {advice}", err=True)
        raise typer.Exit(Exit.ALERTING)
    spans = plan(found.alerting, able, start, start + timedelta(days=days), zone)
    if as_json:
        rows = [
            {
                "contacts": span.contacts,
                "from": span.start.isoformat(),
                "until": span.end.isoformat(),
                "by": span.by,
            }
            for span in spans
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    contacts = {contact.id: contact for contact in found.contacts}
    words = {"turn": "by date", "rota": "rota", "else": "no turn"}
    for span in spans:
        who = "; ".join(
            f"{contacts[name].name} ({', '.join(ways(contacts[name], found.alerting)) or 'no way to be told'}"
            f"{', ' + str(contacts[name].phone) if contacts[name].phone else ''})"
            for name in span.contacts
        )
        begin, end = span.start.astimezone(zone), span.end.astimezone(zone)
        typer.echo(f"{begin:%Y-%m-%d %H:%M} – {end:%Y-%m-%d %H:%M}  {words[span.by]:8} {who}")
