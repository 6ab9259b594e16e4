"""Every phrase in both languages."""

from __future__ import annotations

import re
import string
import unicodedata
from pathlib import Path

import pytest

from collector.figures.outage_values import Cause, Undecided
from collector.report.words.annexes import ANNEXES
from collector.report.words.form import FORM
from collector.report.words.general import GENERAL
from collector.report.words.outlook import OUTLOOK
from collector.report.words.results import RESULTS
from collector.report.words.say import PHRASES
from tests.unit.collector.report.making import words

CODE = Path(__file__).parents[4] / "collector" / "report"


def fields(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name is not None}


@pytest.mark.parametrize("name", PHRASES)
def test_both_languages_say_the_same_figures(name: str) -> None:
    """A phrase has the same values in both, is composed (NFC), and has no blank too many."""
    vietnamese, english = PHRASES[name]
    assert fields(vietnamese) == fields(english)
    for phrase in (vietnamese, english):
        assert phrase == unicodedata.normalize("NFC", phrase)
        assert phrase == phrase.strip() or name in {"joined_and", "and_more"}
        assert "  " not in phrase


def test_no_two_tables_have_a_name_in_common() -> None:
    """Else one would silently win."""
    assert sum(map(len, (FORM, GENERAL, RESULTS, OUTLOOK, ANNEXES))) == len(PHRASES)


def test_every_phrase_is_used() -> None:
    """By its name, or by the beginning of it with what is filled in."""
    code = "".join(path.read_text() for path in CODE.rglob("*.py") if "words" not in path.parts)
    patterns = [
        re.sub(r"\\\{[^}]*\\\}", ".+", re.escape(found)) for found in re.findall(r'f"(\w*\{[^"]*)"', code)
    ]
    named = set(re.findall(r'"([\w-]+)"', code))
    unused = [
        name
        for name in PHRASES
        if name not in named and not any(re.fullmatch(pattern, name) for pattern in patterns)
    ]
    assert unused == []


def test_every_cause_has_a_name() -> None:
    """Those that are found, those that people give, and why none was."""
    given = ("power", "fibre_cut", "device", "provider", "planned_work_unannounced", "other", "unknown")
    for cause in (*Cause, *given):
        assert words().has(f"cause_{cause}")
    for why in Undecided:
        assert words().has(f"undecided_{why}")


def test_lists_of_names() -> None:
    """With `and` before the last, or with how many more there are."""
    vi = words()
    assert vi.listed([]) == ""
    assert vi.listed(["a"]) == "a"
    assert vi.listed(["a", "b", "c"]) == "a, b và c"
    assert vi.listed(["a", "b"], 5) == "a, b và 3 trường hợp khác"
