"""Tells on standard error how far a command has come, once it has taken longer than two seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

_QUIET_S = 2.0


class Progress:
    """Call it now and then; it prints a line at most every two seconds, over itself on a terminal."""

    def __init__(self, *, mono: Callable[[], float] = time.monotonic) -> None:
        self._mono = mono
        self._told_at = mono()
        self._open = False

    def __call__(self, what: str, done: int, of: int) -> None:
        """Say that `done` of `of` are `what`, if it is time to."""
        if self._mono() - self._told_at < _QUIET_S:
            return
        self._told_at = self._mono()
        over = sys.stderr.isatty()
        sys.stderr.write(f"{what} {done * 100 // max(of, 1)} %" + ("\r" if over else "\n"))
        sys.stderr.flush()
        self._open = over

    def end(self) -> None:
        """Leave the line for what comes next."""
        if self._open:
            sys.stderr.write("\n")
            self._open = False
