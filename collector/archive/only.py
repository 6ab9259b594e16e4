"""Which of a backup's two files to restore, where the other is still there."""

from __future__ import annotations

from enum import StrEnum


class Only(StrEnum):
    """One of the two."""

    LEDGER = "ledger"
    REGISTER = "register"
