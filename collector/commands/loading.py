"""Loads the inventory for a command, or ends it with every mistake on standard error."""

from __future__ import annotations

from pathlib import Path

import typer

from collector.commands.findings import show
from collector.exits import Exit
from collector.inventory.load import load
from collector.inventory.loaded import Accepted


def accepted(path: Path) -> Accepted:
    """Return the sound inventory; typer.Exit with the mistakes printed if it is not."""
    loaded = load(path)
    if isinstance(loaded, Accepted):
        return loaded
    show(str(path), loaded)
    raise typer.Exit(Exit.UNREADABLE if loaded.unreadable else Exit.MISTAKES)
