"""Files of any shape: whatever is wrong with them is a mistake with its place, never a traceback."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.inventory.canonical import canonical_json, from_canonical
from collector.inventory.fields.units import duration_ms, rate_bps, show_duration, show_rate
from collector.inventory.load import load
from collector.inventory.loaded import Accepted
from collector.inventory.mistakes import Findings
from collector.inventory.yaml_tree import parse

PAGE = Path(__file__).parents[2] / "docs" / "inventory.md"
GOOD = PAGE.read_text().split("```yaml\n")[2].partition("```")[0]
WORDS = sorted(set(GOOD.replace(":", " ").replace(",", " ").split()))
FRAGMENTS = st.one_of(
    st.sampled_from(
        [*WORDS, "\t", "\n", "  ", "- ", ": ", "{", "}", "[", "]", "'", '"', "#", "&a ", "*a", "<<: "]
    ),
    st.sampled_from(
        ["null", "~", "no", "0123", "13:30", "1e999", "2026-02-30", "-1", "0", "||", "!!int ", "\u00a0"]
    ),
    st.text(max_size=5),
)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Return the good file with some of its pieces cut out, doubled, or replaced by others."""
    text = GOOD
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        text = text[:start] + draw(FRAGMENTS) + text[end:]
    return text


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def check(text: str) -> None:
    """Load a text and hold what is true of every outcome."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "i.yaml"
        file.write_bytes(text.encode(errors="surrogatepass"))
        loaded = load(file, environ={})
    if isinstance(loaded, Accepted):
        assert from_canonical(canonical_json(loaded.inventory)) == loaded.inventory
        return
    assert loaded.mistakes
    lines = text.count("\n") + text.count("\r") + 2
    for mistake in loaded.mistakes:
        assert "\n" not in str(mistake)
        assert mistake.message
        assert mistake.advice
        assert mistake.line is None or 1 <= mistake.line <= lines


@given(damaged())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_file_is_mistakes_and_never_a_traceback(text: str) -> None:
    """However a good file is damaged, loading it gives an inventory or mistakes with line and advice."""
    check(text)


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_value_of_any_kind_at_any_place_is_a_mistake_at_most(data: st.DataObject) -> None:
    """Whatever stands where a key, an entry or a section belongs, loading never raises."""
    document = yaml.safe_load(GOOD)
    holder, key = document, data.draw(st.sampled_from(sorted(document)))
    for _ in range(data.draw(st.integers(0, 4))):
        inner = holder[key]
        if isinstance(inner, dict) and inner:
            holder, key = inner, data.draw(st.sampled_from(sorted(inner)))
        elif isinstance(inner, list) and inner:
            holder, key = inner, data.draw(st.integers(0, len(inner) - 1))
    holder[key] = data.draw(VALUES)
    check(yaml.safe_dump(document, allow_unicode=True))


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    """Random text is a tree or at least one mistake."""
    findings = Findings()
    root = parse(text, file="f", findings=findings)
    assert (root is None) <= bool(findings.mistakes)


@given(
    st.lists(
        st.lists(st.text(max_size=6) | st.sampled_from(["127.34.0.1", '"', "1", "c"]), max_size=4), max_size=6
    )
)
@settings(max_examples=100, deadline=None)
def test_any_csv_is_read_or_refused(rows: list[list[str]]) -> None:
    """Random tables of random cells give devices or mistakes, never a traceback."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "i.yaml"
        file.write_text(
            "organisation: {name: o}\ngroups: {g: {icmp: true}}\n"
            "import: [{csv: c.csv, group: g, columns: {id: a, address: b, snmp.port: c}}]\n"
        )
        table = "a,b,c\n" + "\n".join(",".join(row) for row in rows)
        (Path(folder) / "c.csv").write_text(table, encoding="utf-8", errors="replace", newline="")
        loaded = load(file, environ={})
    assert isinstance(loaded, Accepted) or loaded.mistakes


@given(st.integers(0, 10**12))
def test_a_duration_shown_reads_back(milliseconds: int) -> None:
    """What messages and summaries show of a duration can be written into the file."""
    assert duration_ms(show_duration(milliseconds)) == milliseconds


@given(st.integers(1, 10**12))
def test_a_rate_shown_reads_back(bps: int) -> None:
    """What is shown of a rate can be written into the file."""
    assert rate_bps(show_rate(bps)) == bps
