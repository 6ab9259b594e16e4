"""All texts of the dashboards, Vietnamese beside English: one table read from texts.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

_TABLE: Mapping[str, Mapping[str, str]] = json.loads(
    Path(__file__).with_name("texts.json").read_text(encoding="utf-8")
)


class Language(StrEnum):
    """Languages that dashboards are generated in."""

    VI = "vi"
    EN = "en"


class Texts:
    """The texts of one language; it notes which were used, so that a test finds those that never are."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.used: set[str] = set()

    def __call__(self, key: str) -> str:
        """Return a text; KeyError for a key that the table does not have."""
        self.used.add(key)
        return _TABLE[key][self.language]


def keys() -> frozenset[str]:
    """Return the keys of the table."""
    return frozenset(_TABLE)
