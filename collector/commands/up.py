"""`haidang up`: everything on this machine at once, with a live table of the devices."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import typer

from collector.commands.options import InventoryOption
from collector.exits import Exit


def up(inventory: InventoryOption = Path("inventory.yaml")) -> None:
    """Start agent, sshd, snmpd, collector, Prometheus and Alertmanager on this machine, all on loopback.

    Data, keys and logs are kept in `var` beside the inventory.

    The agent, sshd and snmpd are started for the devices `this-machine` and `net-snmp`, if the inventory has
    them. What is not installed is left out and said. Ctrl-C stops everything.

    Exit codes: 0 stopped, 3 the inventory has mistakes, 4 it cannot be read,
    10 a part did not start or has ended.
    """
    from rich.console import Console  # noqa: PLC0415 - start-up of other commands

    from collector.commands.loading import accepted  # noqa: PLC0415
    from deploy.stack.child import ChildError  # noqa: PLC0415
    from deploy.stack.up import up as run_stack  # noqa: PLC0415
    from deploy.stack.watch import Ended  # noqa: PLC0415

    loaded = accepted(inventory)
    # Keys, evidence and logs of the children are nobody else's business on a machine with other users.
    os.umask(0o077)
    # Ended by a service manager or by Ctrl-C: the children are stopped either way.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        run_stack(inventory, loaded, inventory.resolve().parent / "var", Console())
    except KeyboardInterrupt:
        typer.echo("stopped")
    except (ChildError, Ended) as error:
        typer.echo(f"haidang: {error}", err=True)
        raise typer.Exit(Exit.STACK) from None
