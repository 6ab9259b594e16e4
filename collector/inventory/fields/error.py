"""The one error of this package, and how a wrong value is shown in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST_SHOWN = 60
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
    if len(text) > _LONGEST_SHOWN:
        text = text[: _LONGEST_SHOWN - 1] + "…"
    return '"' + "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text) + '"'


def suggest(wrong: str, right: Iterable[str], *, otherwise: str) -> str:
    """Return `did you mean "…"?` if one of the right words is close, else the other advice."""
    words = {word.casefold(): word for word in right}
    close = get_close_matches(wrong.casefold(), words, n=1, cutoff=0.6)
    return f'did you mean "{words[close[0]]}"?' if close else otherwise


def listing(words: Iterable[str], *, last: str = "or") -> str:
    """Return `a, b or c`."""
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"
