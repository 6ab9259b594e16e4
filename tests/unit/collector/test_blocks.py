"""The exposition: rendered once, joined by family, harmless whatever devices call themselves."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from collector.expose.blocks import Blocks
from collector.expose.catalogue.all import DEVICE_FAMILIES, FAMILIES
from collector.expose.catalogue.family import Family, Kind, Owner
from collector.expose.catalogue.reference import reference
from collector.expose.labels import MAX_VALUE, altered, escape, prefix
from collector.model import Batch, Layout, Series


def family(name: str, kind: Kind = Kind.GAUGE, owner: Owner = Owner.DEVICE) -> Family:
    return Family(name=name, kind=kind, owner=owner, unit="1", labels=(), help="Help.", source="test")


COUNTER = family("in_total", Kind.COUNTER, Owner.INTERFACE)
GAUGE = family("state")


def batch(*cells: tuple[str, str, float | None], at_ms: int = 1_000) -> Batch:
    series = [Series(name, (("instance", device),)) for name, device, _ in cells]
    return Batch(layout=Layout(tuple(series)), values=tuple(v for _, _, v in cells), at_ms=at_ms)


def test_what_did_not_change_is_not_made_again_and_what_did_is() -> None:
    """States keep their text; a value that changes, goes missing or comes back shows at once."""
    blocks = Blocks([COUNTER, GAUGE])
    layout = batch(("in_total", "a", 5), ("state", "a", 1)).layout

    def shown(octets: float | None, state: float | None, at_ms: int) -> list[str]:
        blocks.publish(("a", "x"), [Batch(layout=layout, values=(octets, state), at_ms=at_ms)])
        return [line for line in blocks.render().decode().splitlines() if line[0] != "#"]

    assert shown(5, 1, 1_000) == ['in_total{instance="a"} 5 1000', 'state{instance="a"} 1']
    assert shown(5, 1, 2_000) == ['in_total{instance="a"} 5 2000', 'state{instance="a"} 1']
    assert shown(6, 2, 3_000) == ['in_total{instance="a"} 6 3000', 'state{instance="a"} 2']
    assert shown(None, None, 4_000) == []
    assert shown(7, 2, 5_000) == ['in_total{instance="a"} 7 5000', 'state{instance="a"} 2']


def test_samples_of_a_family_stand_together_under_one_header() -> None:
    """Two devices with two families each make two groups of two."""
    blocks = Blocks([COUNTER, GAUGE])
    blocks.publish(("a", "x"), [batch(("in_total", "a", 5), ("state", "a", 1))])
    blocks.publish(("b", "x"), [batch(("in_total", "b", 6), ("state", "b", 0))])
    assert blocks.render().decode().splitlines() == [
        "# HELP in_total Help.",
        "# TYPE in_total counter",
        'in_total{instance="a"} 5 1000',
        'in_total{instance="b"} 6 1000',
        "# HELP state Help.",
        "# TYPE state gauge",
        'state{instance="a"} 1',
        'state{instance="b"} 0',
    ]


def test_only_counters_that_were_read_elsewhere_carry_their_instant() -> None:
    """Gauges go stale with their block; counters of devices sit at the time they were read."""
    stamped = {f.name for f in FAMILIES if f.stamped}
    assert {"ifHCInOctets", "node_cpu_seconds_total"} <= stamped
    assert not {"ifOperStatus", "haidang_device_state", "haidang_polls_total"} & stamped


def test_publishing_again_replaces_all_that_the_owner_showed() -> None:
    """A family that is not there any more is gone, as is a value that is missing."""
    blocks = Blocks([COUNTER, GAUGE])
    blocks.publish(("a", "x"), [batch(("in_total", "a", 5), ("state", "a", 1))])
    blocks.publish(("a", "x"), [batch(("in_total", "a", 7), ("state", "a", None))])
    assert b"state" not in blocks.render()
    assert b'in_total{instance="a"} 7 1000\n' in blocks.render()


def test_a_dropped_owner_shows_nothing_and_others_stay() -> None:
    """A block leaves whole."""
    blocks = Blocks([COUNTER, GAUGE])
    blocks.publish(("a", "x"), [batch(("state", "a", 1))])
    blocks.publish(("a", "y"), [batch(("in_total", "a", 1))])
    blocks.drop(("a", "x"))
    blocks.drop(("never", "there"))
    assert b"state" not in blocks.render()
    assert b"in_total" in blocks.render()


def test_the_part_of_some_devices_is_the_whole_less_the_others() -> None:
    """One endpoint for each area shows the area's devices."""
    blocks = Blocks([GAUGE])
    for device in "abc":
        blocks.publish((device, "x"), [batch(("state", device, 1))])
    part = blocks.render(frozenset({"b"})).decode()
    assert part.count("instance=") == 1
    assert 'instance="b"' in part


HOSTILE = st.one_of(
    st.text(),
    st.sampled_from(
        ['"', "\\", "\n", '"} 1\nup{job="x"} 0', "\ud800", "x" * 10_000, "\x00", "\u202e", "é\n\\n"]
    ),
)


@given(names=st.lists(HOSTILE, min_size=1, max_size=5, unique=True), value=st.floats(allow_nan=False))
def test_hostile_names_stay_names(names: list[str], value: float) -> None:
    """Whatever a device calls itself, the parser sees one sample for it and nothing beside."""
    blocks = Blocks([GAUGE])
    blocks.publish(
        ("d", "x"),
        [
            Batch(
                layout=Layout(
                    tuple(Series("state", (("n", str(i)), ("name", name))) for i, name in enumerate(names))
                ),
                values=tuple(value for _ in names),
                at_ms=0,
            )
        ],
    )
    text = blocks.render().decode("utf-8")
    (found,) = text_string_to_metric_families(text)
    assert found.name == "state"
    assert [(s.labels["n"], s.value) for s in found.samples] == [(str(i), value) for i in range(len(names))]
    assert all(len(s.labels["name"]) <= MAX_VALUE for s in found.samples)


@given(st.text(max_size=MAX_VALUE))
def test_printable_names_arrive_unchanged(name: str) -> None:
    """Escaping loses nothing that can be printed."""
    clean = "".join(c for c in name if c.isprintable() or c == "\n")
    line = prefix(Series("m", (("name", clean),))) + "1\n"
    (found,) = text_string_to_metric_families(line)
    assert found.samples[0].labels["name"] == clean
    assert not altered(clean) or "\ufffd" in clean


def test_what_had_to_be_changed_is_counted() -> None:
    """Cut, cleaned here, or cleaned when it was decoded."""
    assert altered("x" * 300)
    assert altered("a\x07b")
    assert altered("caf\ufffd")
    assert not altered('xã Đông Hưng \\ "quoted"\nline')
    assert escape("x" * 300).endswith("…")


def test_no_family_is_in_the_catalogue_twice() -> None:
    """One name, one meaning."""
    names = [f.name for f in FAMILIES]
    assert len(names) == len(set(names))


def test_the_metric_reference_is_what_the_catalogue_says() -> None:
    """Run `python -m collector.expose.catalogue.reference docs/metrics.md` after a change."""
    page = Path(__file__).resolve().parents[3] / "docs" / "metrics.md"
    assert page.read_text(encoding="utf-8") == reference()


def test_names_follow_the_conventions_or_the_ecosystem() -> None:
    """Our own names are snake case; counters of ours and of hosts end in _total, gauges do not."""
    for f in DEVICE_FAMILIES:
        if f.owner is not Owner.INTERFACE:
            assert f.name.startswith(("haidang_", "node_", "probe_"))
            assert (f.kind is Kind.COUNTER) == f.name.endswith("_total"), f.name
        if f.name.startswith("haidang_"):
            assert f.name == f.name.lower()
