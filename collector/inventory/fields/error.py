"""The one error of this package, and how a wrong value is shown in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from collector.inventory.document import printable

_MOST_CANDIDATES = 3_000  # beyond, guessing for thousands of wrong names would take minutes
_DIGITS = re.compile(r"[0-9]+")
_SECRET = re.compile(r"PRIVATE KEY|://[^/@\s]*:[^/@\s]*@")


class FieldError(ValueError):
    """A value that cannot be what its key needs: what is wrong, and what to write instead."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(f"{message} ({advice})")
        self.message = message
        self.advice = advice


def looks_secret(text: str) -> bool:
    """Return True for a private key or an address with a password in it."""
    return _SECRET.search(text) is not None


def show(value: object) -> str:
    """Return a value for a message: quoted, bounded, on one line, and never a secret that shows as one."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    if looks_secret(text):
        return "a text that looks like a secret"
    return f'"{printable(text)}"'


def suggest(wrong: str, right: Iterable[str], *, otherwise: str, cutoff: float = 0.7) -> str:
    """Return `did you mean "…"?` if one of the right words is close, else the other advice.

    Words that differ in their digits alone are names in a row, not slips of the finger.
    """
    close = _closest(wrong, frozenset(right), cutoff)
    return otherwise if close is None else f'did you mean "{close}"?'


@lru_cache(maxsize=1_024)
def _closest(wrong: str, right: frozenset[str], cutoff: float) -> str | None:
    if len(right) > _MOST_CANDIDATES:
        return None
    words = {word.casefold(): word for word in sorted(right)}
    folded = wrong.casefold()
    for close in get_close_matches(folded, words, n=3, cutoff=cutoff):
        if close == folded or _DIGITS.sub("", close) != _DIGITS.sub("", folded):
            return words[close]
    return None


def listing(words: Iterable[str], *, last: str = "or") -> str:
    """Return `a, b or c`."""
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"
