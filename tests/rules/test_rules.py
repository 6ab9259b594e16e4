"""The rules as Prometheus' own judge sees them: when they fire, with what words, and when they must not."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from collector.alerting.alert import Group
from collector.alerting.rules import rules_text
from collector.alerting.table import ALERTS, RECORDINGS, alert
from collector.alerting.yaml_text import Plain, yaml_text
from collector.expose.catalogue.all import FAMILIES
from collector.expose.catalogue.family import Kind
from tests.rules import collector_cases, device_cases, outage_cases
from tests.rules.cases import Case, Rows

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy" / "alerts" / "haidang.rules.yml"
OUTAGES, DEVICES, COLLECTOR = outage_cases.CASES, device_cases.CASES, collector_cases.CASES
CASES = (*OUTAGES, *DEVICES, *COLLECTOR)
ALWAYS = "Watchdog"

needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="not installed: prometheus")


def _series(rows: Rows) -> list[Plain]:
    return [{"series": name, "values": _run_lengths(values)} for name, values in rows.items()]


def _run_lengths(values: str) -> str:
    """Return promtool's notation from ours, in which `AxN` is N values, not N + 1."""

    def fewer(match: re.Match[str]) -> str:
        start, step, times = match[1], match[2] or "", int(match[3]) - 1
        return f"{start}{step}x{times}" if times else start

    return re.sub(r"(?<![\d.])(-?[\d.]+)([+-][\d.]+)?x(\d+)", fewer, values)


def _advice(code: str, labels: dict[str, str], language: str) -> str:
    found = alert(code)
    assert found is not None
    text: str = getattr(found.advice, language)
    return re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda match: labels[match[1]], text)


def _expected(case: Case) -> dict[str, Plain]:
    found = alert(case.code)
    assert found is not None
    return {
        "exp_labels": {"severity": str(found.severity), **case.labels},
        "exp_annotations": {
            "title_vi": case.vi.title,
            "title_en": case.en.title,
            "summary_vi": case.vi.summary,
            "summary_en": case.en.summary,
            "advice_vi": _advice(case.code, case.labels, "vi"),
            "advice_en": _advice(case.code, case.labels, "en"),
            "runbook": f"docs/runbooks/{case.code}.md",
        },
    }


def _tests(case: Case) -> list[Plain]:
    fires: dict[str, Plain] = {
        "name": f"{case.code} fires and ends",
        "interval": case.step,
        "input_series": _series(case.rows),
        "alert_rule_test": [
            {"eval_time": case.at, "alertname": case.code, "exp_alerts": [_expected(case)]},
            {"eval_time": case.over, "alertname": case.code, "exp_alerts": []},
        ],
    }
    quiet: list[Plain] = [
        {
            "name": f"{case.code} stays quiet: {one.why}",
            "interval": case.step,
            "input_series": _series(one.rows),
            "alert_rule_test": [{"eval_time": case.at, "alertname": case.code, "exp_alerts": []}],
        }
        for one in case.quiet
    ]
    return [fires, *quiet]


def _rules(group: Group, step: str) -> str:
    """Return the committed rules of one group, with what others record, evaluated at the cases' own pace."""
    document = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    for one in document["groups"]:
        one["interval"] = step
        if one["name"] != group:
            one["rules"] = [rule for rule in one["rules"] if "record" in rule]
    document["groups"] = [one for one in document["groups"] if one["rules"]]
    return json.dumps(document)


def _judged(tmp_path: Path, group: Group, step: str, tests: list[Plain]) -> None:
    """Let promtool judge; raise AssertionError with what it found."""
    rules = tmp_path / "rules.yml"
    rules.write_text(_rules(group, step), encoding="utf-8")
    file = tmp_path / "cases.yml"
    document: dict[str, Plain] = {"rule_files": [str(rules)], "evaluation_interval": step, "tests": tests}
    file.write_text(yaml_text(document), encoding="utf-8")
    ran = subprocess.run(
        ["promtool", "test", "rules", str(file)], capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@needs_promtool
@pytest.mark.parametrize(
    ("group", "cases"),
    [(Group.OUTAGES, OUTAGES), (Group.DEVICES, DEVICES), (Group.COLLECTOR, COLLECTOR)],
)
def test_an_alert_fires_with_these_words_and_not_without_cause_and_ends(
    group: Group, cases: tuple[Case, ...], tmp_path: Path
) -> None:
    """Word for word in both languages; each case in which it must not fire says why not."""
    for step in {case.step for case in cases}:
        tests = [test for case in cases if case.step == step for test in _tests(case)]
        _judged(tmp_path, group, step, tests)


@needs_promtool
def test_a_restart_that_an_outage_told_is_not_told_twice(tmp_path: Path) -> None:
    """A loss of power is one message, and its end names the power."""
    quiet = device_cases.AFTER_AN_OUTAGE
    test: dict[str, Plain] = {
        "name": quiet.why,
        "interval": "1m",
        "input_series": _series(quiet.rows),
        "alert_rule_test": [{"eval_time": "25m", "alertname": "DeviceRestarted", "exp_alerts": []}],
    }
    _judged(tmp_path, Group.DEVICES, "1m", [test])


@needs_promtool
def test_promtool_takes_the_rules() -> None:
    """Also as a file that a Prometheus of one's own includes."""
    ran = subprocess.run(
        ["promtool", "check", "rules", str(RULES)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.all
@pytest.mark.skipif(shutil.which("vmalert") is None, reason="not installed: victoria-metrics")
def test_vmalert_takes_the_rules_too() -> None:
    """The same file, templates included, for whoever runs VictoriaMetrics."""
    ran = subprocess.run(
        ["vmalert", f"-rule={RULES}", "-dryRun"], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_committed_rules_are_those_of_the_table() -> None:
    """`python -m collector.alerting.rules deploy/alerts/haidang.rules.yml` makes them anew."""
    assert RULES.read_text(encoding="utf-8") == rules_text()


def test_every_alert_has_a_case() -> None:
    """The watchdog aside, which always fires."""
    assert {case.code for case in CASES} == {found.code for found in ALERTS} - {ALWAYS}


def test_every_device_rule_has_the_one_guard() -> None:
    """Upstream, unknown, in maintenance, out of service: nobody is told about such a device."""
    for found in ALERTS:
        if found.about_device:
            guards = ("haidang:watched", "haidang:outage", "haidang_outage_flapping")
            assert any(guard in found.expr for guard in guards), found.code


def test_rules_and_words_name_only_metrics_of_the_catalogue() -> None:
    """`up` aside, which is Prometheus' own, and what the rules record themselves."""
    names = {family.name for family in FAMILIES}
    names |= {f"{family.name}_bucket" for family in FAMILIES if family.kind is Kind.HISTOGRAM}
    names |= {"up", *(found.name for found in RECORDINGS)}
    texts = [found.expr for found in ALERTS] + [found.expr for found in RECORDINGS]
    for found in ALERTS:
        texts += [text for part in (found.title, found.summary, found.advice) for text in (part.vi, part.en)]
    used = {
        name
        for text in texts
        for name in re.findall(r"\b(?:haidang[_:]\w+|node_\w+|probe_(?:ssl|http|dns)_\w+|if[A-Z]\w+)", text)
    }
    assert used - names - {"ifName"} == set()
    assert len(used) > 25


def test_both_languages_say_something_everywhere() -> None:
    """Nobody gets half a message."""
    for found in ALERTS:
        for part in (found.title, found.summary, found.advice):
            assert part.vi.strip(), found.code
            assert part.en.strip(), found.code
