"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

InventoryOption = Annotated[Path, typer.Option("--inventory", "-i", help="The inventory file.")]

LedgerOption = Annotated[
    Path | None,
    typer.Option("--ledger", help="Another ledger than the inventory's, such as a simulated month."),
]

AuthorOption = Annotated[
    str,
    typer.Option(
        "--author",
        help="Who decides this: a name. Without it $HAIDANG_AUTHOR, else the login name.",
        show_default=False,
    ),
]
