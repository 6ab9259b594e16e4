"""Which language and theme a page is shown in: what was asked for, else kept, else the default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)


class Language(StrEnum):
    """Languages of the pages."""

    VI = "vi"
    EN = "en"


class Theme(StrEnum):
    """Light, dark, or what the reader's machine prefers."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """How one reader wants pages."""

    language: Language
    theme: Theme


def taste(query: Mapping[str, str], cookies: Mapping[str, str], *, default: str) -> Taste:
    """Return the taste of a request; what is no language or theme is passed over."""
    return Taste(
        language=_first(Language, (query.get("lang"), cookies.get("lang"), default), Language.VI),
        theme=_first(Theme, (query.get("theme"), cookies.get("theme")), Theme.AUTO),
    )


def _first(kind: type[ChoiceT], wanted: tuple[str | None, ...], default: ChoiceT) -> ChoiceT:
    known = {str(member): member for member in kind}
    return next((known[one] for one in wanted if one in known), default)
