"""YAML into a tree: lines, scalars as written, aliases, merges, bounds, and the causes of syntax errors."""

from __future__ import annotations

import pytest
import yaml

from collector.inventory import yaml_tree
from collector.inventory.document import Place, Plain, Reading, Table
from collector.inventory.mistakes import Findings
from collector.inventory.yaml_tree import parse


def tree(text: str) -> Table:
    """Return the tree of a text without mistakes."""
    findings = Findings()
    root = parse(text, file="f.yaml", findings=findings)
    assert findings.mistakes == ()
    assert root is not None
    return root


def mistakes(text: str) -> list[str]:
    """Return the mistakes of a text."""
    findings = Findings()
    parse(text, file="f.yaml", findings=findings)
    return [str(mistake) for mistake in findings.mistakes]


@pytest.fixture(params=["libyaml", "pure Python"])
def either_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test with the fast parser and with the one that is there where libyaml is not."""
    if request.param == "pure Python":
        monkeypatch.setattr(yaml_tree, "_Loader", yaml.SafeLoader)


@pytest.mark.usefixtures("either_parser")
def test_every_value_knows_its_line() -> None:
    """Keys, list items and nested blocks give the line they stand on, and the path to them."""
    root = tree("a: 1\nb:\n  - x\n  - c: y\n    d: {e: z}\n")
    place = Place(root, "")
    assert place.at("a").resolve() == ("f.yaml", 1, "a")
    assert place.at("b", 0).resolve() == ("f.yaml", 3, "b[0]")
    assert place.at("b", 1).resolve() == ("f.yaml", 4, "b[1]")
    assert place.at("b", 1, "d", "e").resolve() == ("f.yaml", 5, "b[1].d.e")
    assert place.at("b", 1, "missing").resolve() == ("f.yaml", 4, "b[1].missing")
    assert place.at("a", "deeper").resolve() == ("f.yaml", 1, "a")


@pytest.mark.usefixtures("either_parser")
def test_scalars_stay_as_they_are_written() -> None:
    """Nothing is converted: base 60, base 8, dates and yes stay texts that know what YAML takes them for."""
    written = "a: 13:30\nb: 0123\nc: 2026-01-01\nd: yes\ne: 340\nf: '340'\ng: text\nh: ~\ni:\nj: 1.5\nk: -5\n"
    root = tree(written)
    assert {key: str(value) for key, value in root.items()} == {
        "a": "13:30", "b": "0123", "c": "2026-01-01", "d": "yes", "e": "340", "f": "340", "g": "text",
        "h": "None", "i": "None", "j": "1.5", "k": "-5",
    }  # fmt: skip
    readings = {key: value.reading for key, value in root.items() if isinstance(value, Plain)}
    assert readings == {
        "a": Reading.NUMBER, "b": Reading.NUMBER, "c": Reading.DATE, "d": Reading.BOOLEAN,
        "e": Reading.INTEGER, "j": Reading.NUMBER, "k": Reading.INTEGER,
    }  # fmt: skip
    assert root["h"] is root["i"] is None


@pytest.mark.usefixtures("either_parser")
def test_aliases_and_merges_work() -> None:
    """An alias repeats its value, a merge fills in what a block does not say itself, nearest first."""
    root = tree("x: &x {a: one, b: two}\ny: &y {b: three, c: four}\nz: {<<: [*x, *y], a: own}\nw: *x\n")
    assert root["z"] == {"a": "own", "b": "two", "c": "four"}
    assert root["w"] == root["x"]
    assert Place(root, "").at("z", "c").resolve() == ("f.yaml", 2, "z.c")


def test_a_text_tag_makes_a_text() -> None:
    """`!!str 0123` is the text 0123 and no number; other tags are refused."""
    assert not isinstance(tree("a: !!str 0123\n")["a"], Plain)
    assert mistakes("a: !!int 5\n") == [
        'f.yaml:1: a: a tag has no meaning here (remove the word that begins with "!")'
    ]


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a:\n\tb: 1\n", 2, "a tab indents this line"),
        ("a: 1\n\tb: 2\n", 2, "a tab indents this line"),
        ("a: b: c\n", 1, "a second colon on this line"),
        ("a: 1\n  b: 2\n", 2, "this line is indented deeper than the line above allows"),
        ("a: 'x\nb: 1\n", 1, "a quote is opened on this line and never closed"),
        ('a: "x\n', 1, "a quote is opened on this line and never closed"),
        ("a: [1, 2\nb: 3\n", 1, '"[" is opened on this line and not closed, or a comma is missing after it'),
        ("a: {b: 1\n", 1, '"{" is opened on this line and not closed, or a comma is missing after it'),
        ("a: 1\nb 2\nc: 3\n", 2, "a key without its colon, or a text that runs on from the line above"),
        ("a: @x\n", 1, 'a text cannot begin with "@"'),
        ("a: %x\n", 1, 'a text cannot begin with "%"'),
        ('a: "\\q"\n', 1, "a backslash in double quotes begins an escape, and this is none"),
        ("- a\nb: 1\n", 2, "this line breaks off the list that begins on line 1"),
        ("a:\n  - b\n c: d\n", 3, "this line does not fit the block that begins on line 1"),
        ("a: 1\n}\n", 2, "this line does not fit the block that begins on line 1"),
        ("a: x\nb:\u00a0y\nc: z\n", 2, "a no-break space stands on this line, which only looks like a space"),
    ],
)
def test_syntax_errors_name_their_usual_cause(text: str, line: int, message: str) -> None:
    """Whatever the parser calls it, the administrator reads the cause and its line."""
    (mistake,) = mistakes(text)
    assert mistake.startswith(f"f.yaml:{line}: {message} (")


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize(
    "text", ["a: |x\n", "%YAML 3.0\n---\na: 1\n", "a: &\n", "a: *\n", "? a\n? - b\n", "!<\n"]
)
def test_other_syntax_errors_are_a_mistake_too(text: str) -> None:
    """Rare errors have no words of their own and are still one mistake with a line."""
    (mistake,) = mistakes(text)
    assert mistake.startswith("f.yaml:")


@pytest.mark.usefixtures("either_parser")
def test_a_bomb_of_aliases_is_refused_before_it_goes_off() -> None:
    """Nine lines that stand for ten to the ninth values are refused while they are read."""
    lines = ["a0: &a0 x"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    (mistake,) = mistakes("\n".join(lines))
    assert "holds more than 1,000,000 values (split the file, or use fewer aliases)" in mistake


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting_is_refused(opening: str) -> None:
    """A file nested a hundred thousand levels deep costs no more than its first seventeen."""
    text = "a:\n  " + opening * 100_000
    assert "is nested deeper than 16 levels" in mistakes(text)[0]


def test_all_double_keys_are_found_in_one_run() -> None:
    """Each second use of a key is a mistake of its own, which names the line of the first."""
    assert mistakes("a: 1\nb: {c: 1, c: 2}\na: 3\nb: {d: 1}\n") == [
        "f.yaml:2: b.c: is written twice; line 2 has it already (remove one of the two)",
        "f.yaml:3: a: is written twice; line 1 has it already (remove one of the two)",
        "f.yaml:4: b: is written twice; line 2 has it already (remove one of the two)",
    ]


def test_a_key_is_printed_harmlessly() -> None:
    """A key cannot break the line of its message or steer the terminal."""
    found = mistakes('"a\\n\\e[31m": {b: 1, b: 2}\n')
    assert found == [
        "f.yaml:1: a\\u000a\\u001b[31m.b: is written twice; line 1 has it already (remove one of the two)"
    ]
