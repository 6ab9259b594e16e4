"""What readers of each language see: words, numbers, times, and what a search finds."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.figures.outage_values import Cause, Undecided
from collector.model import State
from collector.web.formats import Formats
from collector.web.language import Language, Theme, taste
from collector.web.search import fits, folded
from collector.web.words import Words, keys, sign

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
VI, EN = Formats(Language.VI, ZONE), Formats(Language.EN, ZONE)
PAGES = Path(__file__).resolve().parents[3] / "collector" / "web"


def test_every_text_is_there_in_both_languages_and_normalised() -> None:
    """No page shows half a language; accents are composed letters, as fonts and searches want them."""
    for language in Language:
        for key in keys():
            text = Words(language)(key) if "{" not in Words(language)(key) else "x"
            assert text.strip(), key
            assert unicodedata.is_normalized("NFC", text), key


def test_every_word_is_used_and_every_used_word_is_there() -> None:
    """The table holds neither less nor more than the pages say."""
    source = "".join(
        path.read_text(encoding="utf-8") for path in PAGES.rglob("*.py") if path.name != "words.py"
    )
    used = set(re.findall(r"[\"']([a-z0-9_]+)[\"']", source))
    made = {f"state_{state}" for state in State} | {f"cause_{cause}" for cause in Cause}
    made |= {f"undecided_{why}" for why in Undecided}
    made |= {key for key in keys() if key.startswith("role_")} | {"in", "out"}
    assert [key for key in keys() if key not in used | made] == []
    assert [key for key in made if key not in keys()] == []


def test_signs_tell_states_apart_without_colour() -> None:
    """Each state has a sign of its own."""
    assert len({sign(state) for state in State}) == len(State)


def test_percentages_are_cut_down_and_upper_bounds_rounded_up() -> None:
    """99.9999 % is not 100; what may be 99.9901 % is at most 100.00, not less than itself."""
    assert (VI.percent(999_999), EN.percent(999_999)) == ("99,99%", "99.99%")
    assert (VI.percent_up(999_901), EN.percent_up(999_900)) == ("100,00%", "99.99%")
    assert VI.percent(1_000_000) == "100,00%"
    assert VI.percent(None) == VI.percent_up(None) == "–"


@pytest.mark.parametrize(
    ("ms", "vietnamese", "english"),
    [
        (0, "0 giây", "0 s"),
        (59_999, "59 giây", "59 s"),
        (125_000, "2 phút 05 giây", "2 min 05 s"),
        (7_500_000, "2 giờ 05 phút", "2 h 05 min"),
        (273_600_000, "3 ngày 4 giờ", "3 d 4 h"),
    ],
)
def test_durations(ms: int, vietnamese: str, english: str) -> None:
    """By their two greatest units, cut down."""
    assert (VI.duration(ms), EN.duration(ms)) == (vietnamese, english)


def test_rates_and_instants() -> None:
    """Decimal comma and day first in Vietnamese, local time in both."""
    assert (VI.rate(12_345_678), EN.rate(12_345_678)) == ("12,3 Mbit/s", "12.3 Mbit/s")
    assert (VI.rate(438_000_000), VI.rate(999), VI.rate(None)) == ("438 Mbit/s", "999 bit/s", "–")
    assert VI.moment(1_795_000_000_000) == "18:06 18/11/2026"
    assert EN.moment(1_795_000_000_000, seconds=True) == "2026-11-18 18:06:40"


@pytest.mark.parametrize("query", ["dong hung", "ĐÔNG HƯNG", "đông  hưng", "Hung dong", "do\u0302ng"])
def test_search_does_not_mind_accents_case_or_order(query: str) -> None:
    """Đ is found as d, composed or not."""
    assert fits(query, "Huyện Đông Hưng")


def test_search_wants_every_word() -> None:
    """And finds nothing where one is missing."""
    assert not fits("dong ha", "Huyện Đông Hưng")
    assert fits("", "anything")
    assert folded("Xã  Quỳnh Phụ") == "xa quynh phu"


def test_taste_is_what_was_asked_for_then_kept_then_the_inventorys() -> None:
    """What is no language or theme is passed over."""
    assert taste({"lang": "en"}, {"lang": "vi"}, default="vi").language is Language.EN
    assert taste({"lang": "xx"}, {"lang": "en"}, default="vi").language is Language.EN
    assert taste({}, {}, default="en").language is Language.EN
    assert taste({}, {}, default="fr").language is Language.VI
    assert taste({"theme": "<script>"}, {"theme": "dark"}, default="vi").theme is Theme.DARK
