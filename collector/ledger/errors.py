"""Everything that can be wrong with a ledger, told as what, where, and what to do next."""

from __future__ import annotations


class LedgerError(Exception):
    """Base of all: the message is meant for whoever is on duty."""


class LedgerInUseError(LedgerError):
    """Another process writes this ledger."""


class LedgerDamagedError(LedgerError):
    """The file is torn or garbled; it was not changed, and can be salvaged."""


class LedgerNewerError(LedgerError):
    """The file was written by a newer program."""


class LedgerForeignError(LedgerError):
    """The file is something else, or another province's or a simulated ledger."""


class LedgerUnavailableError(LedgerError):
    """The file cannot be reached or written at present: it is worth trying again."""
