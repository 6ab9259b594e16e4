"""The command line of the collector, `haidang`: which commands there are."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from collector.commands.alerts import alerts
from collector.commands.audit import audit
from collector.commands.availability import availability
from collector.commands.check import check
from collector.commands.closing import months
from collector.commands.dashboards import dashboards
from collector.commands.deadman import deadman
from collector.commands.lab import lab
from collector.commands.ledger import ledger
from collector.commands.maintenance import maintenance
from collector.commands.month import month
from collector.commands.oncall import oncall
from collector.commands.outage import outage
from collector.commands.outages import outages
from collector.commands.plan import plan
from collector.commands.poll import poll
from collector.commands.report import report
from collector.commands.run import run
from collector.commands.status import status
from collector.commands.traffic import traffic
from collector.commands.up import up
from collector.exits import Exit

app = typer.Typer(
    name="haidang",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    # Pretty tracebacks quote lines and values around an error: one of them may be a secret.
    pretty_exceptions_enable=False,
)
app.command(short_help="Say what is wrong with an inventory, line by line.")(check)
app.command(short_help="Say what a new inventory would change.")(plan)
app.command(short_help="Poll one device now; say what to check next.")(poll)
app.command(short_help="Watch the devices: poll, keep the ledger, serve /metrics.")(run)
app.command(short_help="Run everything on this machine, with a live table.")(up)
app.command(short_help="Show what is up and what is not, and since when.")(status)
app.command(short_help="List outages, with their causes.")(outages)
app.command(short_help="Show how long everything was up, and how sure that is.")(availability)
app.command(short_help="Show what lines carried, from the ledger.")(traffic)
app.command(short_help="Show who decided what and when.")(audit)
app.command(short_help="Show who is on call.")(oncall)
app.command(short_help="Look once whether the monitor itself answers; call if not.")(deadman)
app.add_typer(alerts, name="alerts", short_help="Alerts: configuration, test messages, explanations.")
app.add_typer(dashboards, name="dashboards", short_help="The dashboards in a Grafana.")
app.command(short_help="Write the monthly report: DOCX, PDF, XLSX, JSON.")(report)
app.add_typer(ledger, name="ledger")
app.add_typer(months, name="month")
app.add_typer(maintenance, name="maintenance")
app.add_typer(outage, name="outage")
lab.command(short_help="Keep a simulated month in a ledger of its own.")(month)
app.add_typer(lab, name="lab", short_help="A simulated province on loopback addresses.")


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - other commands start without it

        typer.echo(f"haidang {version('haidang')}")
        raise typer.Exit


@app.callback()
def haidang(
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Watch servers and lines, and keep an uptime figure that can be defended.

    What is watched stands in an inventory file (docs/inventory.md). With one of your own:

    \b
      haidang check my.yaml
      haidang poll DEVICE -i my.yaml --explain
      haidang run -i my.yaml

    Each command's --help has its exit codes; docs/operators-guide.md has the whole way.
    """  # noqa: D301 - the control character that keeps click from filling the lines


def main() -> None:
    """Run the command line; the entry point of the installed program."""
    for stream in (sys.stdout, sys.stderr):
        # Vietnamese names on a terminal that cannot show them are escaped, not a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except KeyboardInterrupt:
        raise SystemExit(Exit.INTERRUPTED) from None
