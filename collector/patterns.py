"""Regular expressions that match in time linear in the text, whatever pattern and text are given (RE2)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2

_MAX_BYTES = 1 << 20
"""Memory that one pattern may take, compiled and while it matches."""


class PatternError(ValueError):
    """A text is no pattern: what RE2 says of it."""


@lru_cache(maxsize=1_024)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_BYTES
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        said = error.args[0] if error.args else b""
        raise PatternError(said.decode(errors="replace") if isinstance(said, bytes) else str(said)) from None


def check_pattern(pattern: str) -> None:
    """Raise PatternError if RE2 does not take the pattern."""
    _compiled(pattern)


def matches(pattern: str, body: bytes) -> bool:
    """Return True if the pattern matches somewhere in a UTF-8 text; PatternError as `check_pattern`."""
    return _compiled(pattern).search(body) is not None
