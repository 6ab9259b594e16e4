"""Why a period cannot be closed, shown or compared: a sentence for whoever asked."""

from __future__ import annotations


class ClosingError(Exception):
    """What was asked cannot be done; nothing was changed."""


class NotClosedError(ClosingError):
    """The period is not closed, or has no such revision."""
