"""The command line of the collector, `haidang`: which commands there are."""

from __future__ import annotations

import sys

import typer

from collector.commands.check import check
from collector.commands.ledger import ledger
from collector.commands.poll import poll
from collector.commands.run import run
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
app.command()(check)
app.command()(run)
app.command()(up)
app.command()(poll)
app.add_typer(ledger, name="ledger")


@app.callback()
def haidang() -> None:
    """Watch servers and lines, and keep an uptime figure that can be defended."""


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
