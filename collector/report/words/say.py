"""Says a phrase in the report's language, with its figures filled in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from collector.report.numbers import Numbers
from collector.report.words.annexes import ANNEXES
from collector.report.words.form import FORM
from collector.report.words.general import GENERAL
from collector.report.words.outlook import OUTLOOK
from collector.report.words.results import RESULTS

PHRASES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {**FORM, **GENERAL, **RESULTS, **OUTLOOK, **ANNEXES}
)
"""Every phrase, Vietnamese and English; no two tables share a name (a test holds them to it)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language's phrases, and its way of writing figures."""

    numbers: Numbers

    def say(self, name: str, /, **values: object) -> str:
        """Return a phrase with its values."""
        vietnamese, english = PHRASES[name]
        phrase = vietnamese if self.numbers.vietnamese else english
        return phrase.format(**values)

    def has(self, name: str) -> bool:
        """Return True if there is such a phrase."""
        return name in PHRASES

    def listed(self, names: Iterable[str], number: int | None = None) -> str:
        """Return `a, b và c`; with `number` of them in all, how many more there are."""
        items = list(names)
        more = 0 if number is None else number - len(items)
        if more > 0:
            return ", ".join(items) + self.say("and_more", count=self.numbers.count(more))
        if len(items) <= 1:
            return "".join(items)
        return ", ".join(items[:-1]) + self.say("joined_and") + items[-1]
