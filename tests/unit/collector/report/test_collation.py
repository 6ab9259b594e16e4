"""Names in Vietnamese order."""

from __future__ import annotations

import random
import unicodedata

from collector.report.collation import collation_key

ORDERED = [
    "An Bài",
    "An Khê",
    "Ăn",
    "Âu",
    "Bình",
    "Ca",
    "Cà",
    "Cả",
    "Cã",
    "Cá",
    "Cạ",
    "Dân Chủ",
    "Đông Á",
    "Đông Hưng",
    "Em",
    "Êm",
    "Khu 2",
    "Khu 10",
    "Oanh",
    "Ông Đình",
    "Ơn",
    "Ứng",
    "Vũ An",
    "Vũ Ân",
    "Yên",
]


def test_names_read_as_in_a_dictionary() -> None:
    """a ă â, d đ, e ê, o ô ơ, u ư are letters of their own; tones decide last; numbers count."""
    shuffled = ORDERED[:]
    random.Random(7).shuffle(shuffled)
    assert sorted(shuffled, key=collation_key) == ORDERED


def test_composed_and_decomposed_names_are_the_same_place() -> None:
    """Which form a name came in does not decide where it stands."""
    for name in ORDERED:
        assert collation_key(unicodedata.normalize("NFD", name))[:2] == collation_key(name)[:2]


def test_other_letters_stand_after_the_known_ones() -> None:
    """Signs come first, foreign letters last, and nothing fails."""
    assert sorted(["Жук", "An", "(An)", ""], key=collation_key) == ["", "(An)", "An", "Жук"]
