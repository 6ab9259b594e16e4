"""Finds a typeface of Times' measures that has every Vietnamese letter; not every free one has.

Liberation Serif, which many machines show as Times New Roman, lacks 49 of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from collector.report.plots.library import letters_of

FAMILIES = (
    ("Times New Roman", ("times.ttf", "timesbd.ttf", "timesi.ttf", "timesbi.ttf")),
    ("Times New Roman", ("Times_New_Roman.ttf", "Times_New_Roman_Bold.ttf", "Times_New_Roman_Italic.ttf")),
    ("Tinos", ("Tinos-Regular.ttf", "Tinos-Bold.ttf", "Tinos-Italic.ttf", "Tinos-BoldItalic.ttf")),
)
"""Families that are known to fit, with the files of their styles, the plain one first."""

_VOWELS = "aăâeêioôơuưy"
_TONES = "\u0300\u0309\u0303\u0301\u0323"
ADVICE = "install a complete one: apt-get install fonts-croscore"


class FontError(Exception):
    """There is no typeface that a report in Vietnamese can be printed in; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typeface:
    """A family's name and the files of its styles, the plain one first."""

    family: str
    files: tuple[Path, ...]


def vietnamese_letters() -> frozenset[str]:
    """Return every letter of Vietnamese in both cases, tones included."""
    import unicodedata  # noqa: PLC0415 - one use

    small = {unicodedata.normalize("NFC", vowel + tone) for vowel in _VOWELS for tone in ("", *_TONES)}
    small |= set("bcdđghklmnpqrstvx")
    return frozenset(small | {letter.upper() for letter in small})


def typeface(folders: Iterable[Path] | None = None) -> Typeface:
    """Return the first family that has every letter; FontError if no family does."""
    files = {path.name: path for path in _files(_folders() if folders is None else folders)}
    seen: list[str] = []
    for family, names in FAMILIES:
        found = [files[name] for name in names if name in files]
        if not found or found[0].name != names[0]:
            continue
        missing = vietnamese_letters() - letters_of(found[0])
        if not missing:
            return Typeface(family=family, files=tuple(found))
        seen.append(f"{family} lacks {len(missing)} Vietnamese letters")
    why = "; ".join(seen) or "neither Times New Roman nor Tinos is installed"
    raise FontError(f"no typeface for the report: {why}; {ADVICE}")


def _folders() -> list[Path]:
    home = Path.home()
    data = os.environ.get("XDG_DATA_HOME", "")
    return [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        Path(data) / "fonts" if data else home / ".local/share/fonts",
        home / ".fonts",
    ]


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        if folder.is_dir():
            yield from sorted(folder.rglob("*.ttf"))
