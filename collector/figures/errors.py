"""Why figures cannot be had: a sentence for whoever asked."""

from __future__ import annotations


class FiguresError(ValueError):
    """There is nothing to compute, or the ledger does not hold what it takes."""
