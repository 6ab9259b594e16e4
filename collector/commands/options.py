"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

InventoryOption = Annotated[Path, typer.Option("--inventory", "-i", help="The inventory file.")]
