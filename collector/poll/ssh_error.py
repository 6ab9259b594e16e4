"""How an SSH session fails: one reason of the closed list, and whether a command had been begun."""

from __future__ import annotations

from collector.model import Reason


class SshError(Exception):
    """A session failed. `reason` is of the closed list; the text says what happened."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class NotOpenedError(SshError):
    """No command could be begun: of a connection that was kept, it says no more than that it is gone."""
