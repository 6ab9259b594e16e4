"""`haidang deadman`: one look of the dead man's switch; a timer begins it every minute."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from collector.exits import Exit


def deadman(
    settings: Annotated[Path, typer.Argument(help="deadman.json, as `haidang alerts write` made it.")],
    *,
    state: Annotated[Path, typer.Option(help="Where it remembers from look to look.")] = Path(
        "var/deadman/state.json"
    ),
) -> None:
    """Look once whether collector, Prometheus and Alertmanager do their work; mail or call by itself if not.

    It needs neither of them, nor the inventory. It calls once something has been silent for
    alerting.dead_man.after, again after alerting.dead_man.repeat, and once when all answer again.

    Exit codes: 0 looked (and called, if it had to), 2 wrong usage, 21 the settings or the state cannot be
    used, or nobody could be called.
    """
    import time  # noqa: PLC0415 - start-up of other commands

    from collector.deadman.look import fetch  # noqa: PLC0415
    from collector.deadman.run import run  # noqa: PLC0415
    from collector.deadman.settings import SettingsError, read_settings  # noqa: PLC0415

    try:
        said = run(read_settings(settings), state, time.time(), fetch)
    except SettingsError as error:
        typer.echo(f"haidang: {error}", err=True)
        raise typer.Exit(Exit.ALERTING) from None
    except OSError as error:
        why = f"{error.filename or state}: {error.strerror}"
        typer.echo(f"haidang: nothing can be remembered: {why}; give --state FILE", err=True)
        raise typer.Exit(Exit.ALERTING) from None
    for sentence in said:
        typer.echo(sentence)
    if any(sentence.startswith("called 0 of ") for sentence in said):
        raise typer.Exit(Exit.ALERTING)
