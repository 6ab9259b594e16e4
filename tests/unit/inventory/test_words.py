"""Texts, ids, numbers and the traps of YAML."""

from __future__ import annotations

import unicodedata

import pytest

from collector.inventory.document import Plain, Reading
from collector.inventory.fields.error import FieldError, listing, show, suggest
from collector.inventory.fields.words import choice, degrees, flag, identifier, integer, text
from collector.inventory.values import Side


def test_a_number_in_its_plain_spelling_is_taken_as_text() -> None:
    """`area: 340` without quotes can only mean the text 340."""
    assert text(Plain.of("340", Reading.INTEGER)) == "340"


@pytest.mark.parametrize(
    ("written", "reading", "message"),
    [
        ("0123", Reading.NUMBER, "YAML reads 0123 as a number, not as this text"),
        ("1e3", Reading.NUMBER, "YAML reads 1e3 as a number, not as this text"),
        ("no", Reading.BOOLEAN, "YAML reads no as true or false, not as this text"),
        ("2026-01-01", Reading.DATE, "YAML reads 2026-01-01 as a date, not as this text"),
        ("=", Reading.OTHER, "YAML reads = as a special value, not as this text"),
    ],
)
def test_what_yaml_reads_otherwise_asks_for_quotes(written: str, reading: Reading, message: str) -> None:
    """A text that other YAML readers would take for something else is refused, with the quotes to write."""
    with pytest.raises(FieldError) as refused:
        text(Plain.of(written, reading))
    assert str(refused.value) == f'{message} (write it in quotes: "{written}")'


def test_text_is_composed_and_trimmed() -> None:
    """Vietnamese typed as letters with combining marks is the same name as typed whole."""
    name = "Huyện Đông Hưng"
    assert text(f" {unicodedata.normalize('NFD', name)} ") == name


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("", "is empty (write a text, or remove the key)"),
        ("x" * 201, "is longer than 200 characters (shorten it)"),
        ("a\nb", '"a\\u000ab" holds a character that cannot be printed (remove it)'),
        (
            "-----BEGIN PRIVATE KEY-----",
            "holds a secret in clear (take it out; secrets are kept elsewhere and referred to)",
        ),
    ],
)
def test_text_is_one_bounded_printable_line(written: str, message: str) -> None:
    """Empty, long, unprintable and secret texts are refused."""
    with pytest.raises(FieldError) as refused:
        text(written)
    assert str(refused.value) == message


@pytest.mark.parametrize("word", ["c-12687", "340", "srv.dc_1", "A"])
def test_ids_are_plain_words(word: str) -> None:
    """Letters, digits, dots, hyphens and underscores make an id."""
    assert identifier(word) == word


@pytest.mark.parametrize("word", ["-a", "a b", "a/b", "đ", "a" * 64, "a\u0301", 'a"'])
def test_other_signs_are_no_id(word: str) -> None:
    """Anything that a label or a URL would have to escape is no id."""
    with pytest.raises(FieldError, match="is not an id"):
        identifier(word)


def test_integers_are_bounded_and_plain() -> None:
    """Whole numbers outside the range, in another base or with a fraction are refused."""
    read = integer(1, 65_535)
    assert read(Plain.of("161", Reading.INTEGER)) == read("161") == 161
    for wrong in (Plain.of("0161", Reading.NUMBER), "161.0", "1_000", "0161", "٣", "1e3"):
        with pytest.raises(FieldError, match="is not a whole number"):
            read(wrong)
    with pytest.raises(FieldError, match="65536 is out of range"):
        read("65536")
    with pytest.raises(FieldError, match="-1 is out of range"):
        read("-1")


def test_degrees_are_decimal_and_bounded() -> None:
    """Latitudes are decimal degrees of the globe; infinity and not-a-number are not."""
    read = degrees(90)
    assert read("20.55") == 20.55
    assert read("-90") == -90.0
    for wrong in ("90.01", ".inf", ".nan", "1e1", "20,5", "20°33'"):
        with pytest.raises(FieldError):
            read(wrong)


def test_flags_are_words_for_yes_and_no() -> None:
    """`on` and `yes` mean true, `off` and `no` false, anything else neither."""
    assert [flag(word) for word in ("on", "YES", "true")] == [True] * 3
    assert [flag(word) for word in ("off", "No", "FALSE")] == [False] * 3
    assert flag("maybe") is None
    assert flag(None) is None


def test_a_choice_lists_what_is_valid() -> None:
    """A word outside a closed set is told the set, or the word that is close."""
    read = choice(Side, "a side of the line")
    assert read("provider") is Side.PROVIDER
    with pytest.raises(FieldError, match=r'"left" is not a side of the line \(write site or provider\)'):
        read("left")
    with pytest.raises(FieldError, match=r'did you mean "provider"\?'):
        read("provder")


def test_suggestions_are_slips_and_not_neighbours() -> None:
    """A misspelt name is guessed; a name that differs in its number only is another name."""
    assert suggest("hub-34O", ["hub-340"], otherwise="no") == 'did you mean "hub-340"?'
    assert suggest("HUB-340", ["hub-340"], otherwise="no") == 'did you mean "hub-340"?'
    assert suggest("hub-341", ["hub-340"], otherwise="no") == "no"


def test_shown_values_are_bounded_and_harmless() -> None:
    """A value in a message is short, on one line, and hides what looks like a secret."""
    assert show("x" * 100) == f'"{"x" * 59}…"'
    assert show("\x1b[31m\n") == '"\\u001b[31m\\u000a"'
    assert show("https://user:pass@host/") == "a text that looks like a secret"
    assert (show({}), show([])) == ("a mapping", "a list")
    assert (listing(["a"]), listing(["a", "b", "c"])) == ("a", "a, b or c")
