"""`haidang check`: says what is wrong with an inventory file, or what it comes to. Opens no socket."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from collector.commands import findings
from collector.exits import Exit
from collector.inventory.loaded import Accepted, Loaded, Refused


def check(
    file: Annotated[Path, typer.Argument(help="The inventory file.")] = Path("inventory.yaml"),
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
) -> None:
    """Check an inventory file: every mistake with its line and what to do about it.

    Exit codes: 0 no mistake, 2 wrong usage, 3 mistakes, 4 the file cannot be read.
    """
    from collector.inventory.load import load  # noqa: PLC0415 - other commands start without pydantic

    loaded = load(file)
    if as_json:
        typer.echo(json_text(str(file), loaded))
    else:
        findings.show(str(file), loaded)
    raise typer.Exit(exit_code(loaded))


def exit_code(loaded: Loaded) -> Exit:
    """Return the exit code of a load."""
    if isinstance(loaded, Accepted):
        return Exit.OK
    return Exit.UNREADABLE if loaded.unreadable else Exit.MISTAKES


def json_text(file: str, loaded: Loaded) -> str:
    """Return the outcome as one JSON object. How much a file with mistakes holds is not known: null."""
    inventory = loaded.inventory if isinstance(loaded, Accepted) else None
    mistakes = loaded.mistakes if isinstance(loaded, Refused) else ()
    outcome = {
        "ok": inventory is not None,
        "file": file,
        "devices": None if inventory is None else len(inventory.devices) - len(inventory.services),
        "areas": None if inventory is None else len(inventory.areas),
        "mistakes": [asdict(mistake) for mistake in mistakes],
        "warnings": [asdict(warning) for warning in loaded.warnings],
    }
    return json.dumps(outcome, ensure_ascii=False)
