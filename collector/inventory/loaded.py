"""What comes of loading an inventory file: the inventory, or all of its mistakes."""

from __future__ import annotations

from dataclasses import dataclass

from collector.inventory.mistakes import Mistake
from collector.inventory.values import Inventory


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A file without mistakes. A warning is something to look at that keeps nothing from working."""

    inventory: Inventory
    warnings: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A file with mistakes, by file and line; `unreadable` if there is no text to find any in."""

    mistakes: tuple[Mistake, ...]
    warnings: tuple[Mistake, ...] = ()
    unreadable: bool = False


Loaded = Accepted | Refused
