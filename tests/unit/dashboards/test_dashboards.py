"""The generated dashboards: not stale, sound on the grid, of the catalogue's metrics."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard, ValueMap

from collector.expose.catalogue.all import FAMILIES
from collector.expose.catalogue.family import Kind
from dashboards import colours
from dashboards.build import GENERATED, boards, stale
from dashboards.text import Language, Texts, keys
from tests.unit.dashboards.promql import metrics, selectors, variables

Json = dict[str, Any]

KINDS = {"stat", "timeseries", "table", "state-timeline", "bargauge", "geomap", "row"}
"""Kinds of panels that Grafana 9.4 has and that no later one has dropped; none of them is Angular."""
TRANSFORMATIONS = {"joinByField", "organize", "filterFieldsByName"}
OF_THE_PROCESS = {
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
    "process_open_fds",
    "process_max_fds",
}
"""What prometheus_client tells of the collector's process (docs/metrics.md)."""

FILES = sorted(GENERATED.rglob("*.json"))
LOADED: list[tuple[str, Json]] = [
    (f"{path.parent.name}/{path.stem}", json.loads(path.read_text(encoding="utf-8"))) for path in FILES
]
each_dashboard = pytest.mark.parametrize(
    "dashboard", [found for _, found in LOADED], ids=[name for name, _ in LOADED]
)


def expressions(dashboard: Json) -> Iterator[str]:
    for panel in dashboard["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))
    yield from (query["expr"] for query in dashboard["annotations"]["list"])
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            inner = re.fullmatch(r"(?:query_result|label_values)\((.*)\)", variable["query"]["query"])
            assert inner is not None
            yield inner[1].rpartition(",")[0] if inner[0].startswith("label_values") else inner[1]


def test_the_committed_files_are_what_would_be_generated_now() -> None:
    """Whoever changes a dashboard runs python -m dashboards.build."""
    assert stale() == []
    assert len(LOADED) == 9 * len(Language)


def test_both_languages_show_the_same_panels() -> None:
    """Only words differ: uids, places, kinds and questions are the same."""

    def shape(dashboard: Json) -> list[Any]:
        shown = [
            (p["id"], p["type"], p["gridPos"], [t["expr"] for t in p.get("targets", ())])
            for p in dashboard["panels"]
        ]
        return [dashboard["uid"], shown]

    by_name = dict(LOADED)
    for name in (name for name, _ in LOADED if name.startswith("vi/")):
        assert shape(by_name[name]) == shape(by_name[name.replace("vi/", "en/")])


@each_dashboard
def test_the_sdk_reads_what_it_wrote(dashboard: Json) -> None:
    """The model of Grafana's own SDK takes every dashboard and gives it back."""
    again = json.loads(JSONEncoder(sort_keys=True).encode(Dashboard.from_json(dashboard)))
    assert len(again["panels"]) == len(dashboard["panels"])
    for before, after in zip(dashboard["panels"], again["panels"], strict=True):
        assert {key: before[key] for key in before if key != "maxPerRow"} == after


@each_dashboard
def test_uid_title_tags_and_links_are_fixed(dashboard: Json) -> None:
    """A link that was kept goes on to lead there; every dashboard leads to all others."""
    uids = {found["uid"] for _, found in LOADED}
    assert len(dashboard["uid"]) <= 40
    assert dashboard["title"].startswith("Hải Đăng: ")
    assert "haidang" in dashboard["tags"]
    assert dashboard["description"]
    assert {link["url"].removeprefix("/d/") for link in dashboard["links"]} == uids - {dashboard["uid"]}
    inner = re.findall(r'"/d/([a-z-]+)\?var-(\w+)=', json.dumps(dashboard))
    for uid, variable in inner:
        target = next(found for _, found in LOADED if found["uid"] == uid)
        assert variable in {one["name"] for one in target["templating"]["list"]}


@each_dashboard
def test_panels_have_ids_places_titles_and_descriptions(dashboard: Json) -> None:
    """Ids are unique, nothing overlaps or leaves the grid, and everything says what it means."""
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["id"] > 0 for panel in panels)
    for panel in panels:
        place = panel["gridPos"]
        assert place["x"] >= 0
        assert place["x"] + place["w"] <= 24
        assert panel["title"].strip()
        assert panel["type"] in KINDS
        if panel["type"] != "row":
            assert len(panel["description"]) > 10
        assert {one["id"] for one in panel.get("transformations", ())} <= TRANSFORMATIONS
    for one, other in combinations(panels, 2):
        a, b = one["gridPos"], other["gridPos"]
        apart = (
            a["x"] + a["w"] <= b["x"]
            or b["x"] + b["w"] <= a["x"]
            or a["y"] + a["h"] <= b["y"]
            or b["y"] + b["h"] <= a["y"]
        )
        assert apart, (one["title"], other["title"])


@each_dashboard
def test_large_figures_are_of_this_moment(dashboard: Json) -> None:
    """What was known an hour ago is no answer to what is; only a curve behind a figure asks for more."""
    for panel in dashboard["panels"]:
        if panel["type"] == "stat":
            curve = panel["options"]["graphMode"] != "none"
            assert {one["instant"] for one in panel["targets"]} == {not curve}, panel["title"]


@each_dashboard
def test_no_data_source_is_named_and_nothing_is_fetched_from_elsewhere(dashboard: Json) -> None:
    """The reader's own Prometheus is chosen by a variable; no address of the Internet stands anywhere."""
    text = json.dumps(dashboard)
    uids = set(re.findall(r'"datasource": \{"type": "prometheus", "uid": "([^"]+)"\}', text))
    assert uids == {"${datasource}"}
    assert text.count('"datasource": {') == text.count('"uid": "${datasource}"')
    assert "http://" not in text
    assert "https://" not in text


@each_dashboard
def test_every_metric_and_label_is_in_the_catalogue(dashboard: Json) -> None:
    """A name that nothing exposes would be an empty panel for ever."""
    known = {family.name: set(family.labels) for family in FAMILIES}
    for family in FAMILIES:
        if family.kind is Kind.HISTOGRAM:
            for end in ("_bucket", "_sum", "_count"):
                known[family.name + end] = {*family.labels, "le"}
    for expression in expressions(dashboard):
        assert metrics(expression) - known.keys() - OF_THE_PROCESS == set(), expression
        for name, labels in selectors(expression):
            assert labels - known[name] - {"instance", "job"} == set(), expression


@each_dashboard
def test_every_variable_is_there_and_used(dashboard: Json) -> None:
    """No question asks for a variable that the dashboard does not have, and none is there for nothing."""
    names = {one["name"] for one in dashboard["templating"]["list"]}
    used = {name for expression in expressions(dashboard) for name in variables(expression)}
    used |= {panel["repeat"] for panel in dashboard["panels"] if "repeat" in panel} | {"datasource"}
    assert used == names


@each_dashboard
def test_thresholds_by_law_or_contract_name_their_basis(dashboard: Json) -> None:
    """Whoever sees red can read where the line comes from."""
    basis = {
        "0.995": "QCVN 34:2019/BTTTT",
        "0.05": "QCVN 34:2019/BTTTT",
    }
    for panel in dashboard["panels"]:
        steps = panel.get("fieldConfig", {}).get("defaults", {}).get("thresholds", {}).get("steps", [])
        values = {str(step.get("value")) for step in steps}
        for value, text in basis.items():
            if value in values:
                assert text in panel["description"], panel["title"]
        if "haidang_line_" in json.dumps(panel.get("targets", [])) and {"0.8", "0.9"} <= values:
            assert "TT 06/2026/TT-BKHCN" in panel["description"], panel["title"]


def test_the_wall_fits_its_screen() -> None:
    """1,080 pixels are 28 rows of 38: with ten areas, five a row of tiles, nothing is below the edge."""
    wall = dict(LOADED)["vi/wall"]
    tiles = next(panel for panel in wall["panels"] if "repeat" in panel)
    rows = tiles["gridPos"]["y"] + tiles["gridPos"]["h"] * -(-10 // tiles["maxPerRow"])
    assert rows <= 28
    assert max(p["gridPos"]["y"] + p["gridPos"]["h"] for p in wall["panels"] if p is not tiles) <= 18


def test_every_text_is_used_and_there_in_both_languages() -> None:
    """The table has neither holes nor leftovers."""
    for language in Language:
        texts = Texts(language)
        for board in boards(texts):
            board.build()
        assert texts.used == keys()
        assert all(texts(key).strip() for key in keys())


def test_states_differ_in_more_than_red_and_green() -> None:
    """Each has a colour of its own, and a word beside it."""
    (mapping,) = colours.state_mappings(Texts(Language.EN))
    assert isinstance(mapping, ValueMap)
    assert len({one.color for one in mapping.options.values()}) == len(mapping.options) == 6


def test_the_generated_files_name_no_folder_of_this_machine() -> None:
    """They are the same wherever they are made."""
    for path in FILES:
        assert str(Path.cwd()) not in path.read_text(encoding="utf-8")
