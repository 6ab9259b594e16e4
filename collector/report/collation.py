"""Vietnamese order of names: a ă â b c d đ …, then tones, so that lists read as a dictionary does. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_PLACE = {letter: place for place, letter in enumerate(_ALPHABET)}
_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
"""None, huyền, hỏi, ngã, sắc, nặng: the order of Vietnamese dictionaries."""

_TONE = {mark: place for place, mark in enumerate(_TONES)}
_RUNS = re.compile(r"[0-9]+|[^\W\d_]|.", re.DOTALL)
_BLANK, _OTHER, _NUMBER, _LETTER = range(4)

Key = tuple[tuple[tuple[int, int, str], ...], tuple[int, ...], str]


@lru_cache(maxsize=20_000)
def collation_key(text: str) -> Key:
    """Return what to sort a name by: its letters, then its tones, then the name itself."""
    letters: list[tuple[int, int, str]] = []
    tones: list[int] = []
    for run in _RUNS.findall(unicodedata.normalize("NFC", text).casefold()):
        letter, tone = _split(run)
        if run.isdigit() and run.isascii():
            letters.append((_NUMBER, int(run), ""))
        elif letter in _PLACE:
            letters.append((_LETTER, _PLACE[letter], ""))
        elif run.isspace():
            letters.append((_BLANK, 0, ""))
        else:
            letters.append((_LETTER if run.isalpha() else _OTHER, len(_PLACE), run))
        tones.append(tone)
    return tuple(letters), tuple(tones), text


def _split(letter: str) -> tuple[str, int]:
    """Return a letter without its tone, and the tone's place."""
    parts = unicodedata.normalize("NFD", letter)
    tone = next((_TONE[mark] for mark in parts if mark in _TONE), 0)
    bare = "".join(mark for mark in parts if mark not in _TONE)
    return unicodedata.normalize("NFC", bare), tone
