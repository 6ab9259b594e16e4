"""Renders the table of alerts as a rules file for Prometheus (vmalert reads it too). Pure but for `main`.

Run as `python -m collector.alerting.rules deploy/alerts/haidang.rules.yml` after a change of the table.
"""

from __future__ import annotations

import sys
from pathlib import Path

from collector.alerting.alert import Alert, Group, Recording
from collector.alerting.pace import EVALUATION_S
from collector.alerting.table import ALERTS, RECORDINGS
from collector.alerting.yaml_text import Plain, yaml_text

HEAD = """\
# Alert and recording rules of Hải Đăng, generated from the table in collector/alerting: change that one.
# The scrape job must be called haidang. What each alert means and what to do: docs/runbooks/.
"""


def rules_text() -> str:
    """Return the rules file."""
    return HEAD + yaml_text({"groups": [_group(group) for group in Group]})


def _group(group: Group) -> dict[str, Plain]:
    rules: list[Plain] = [_recording(found) for found in RECORDINGS if found.group is group]
    rules += [_alert(found) for found in ALERTS if found.group is group]
    pace: dict[str, Plain] = {"interval": f"{EVALUATION_S}s"} if group is Group.OUTAGES else {}
    return {"name": str(group), **pace, "rules": rules}


def _recording(found: Recording) -> dict[str, Plain]:
    return {"record": found.name, "expr": found.expr}


def _alert(found: Alert) -> dict[str, Plain]:
    hold: dict[str, Plain] = {"for": found.hold} if found.hold else {}
    return {
        "alert": found.code,
        "expr": found.expr,
        **hold,
        "labels": {"severity": str(found.severity)},
        "annotations": {
            "title_vi": found.title.vi,
            "title_en": found.title.en,
            "summary_vi": found.summary.vi,
            "summary_en": found.summary.en,
            "advice_vi": found.advice.vi,
            "advice_en": found.advice.en,
            "runbook": found.runbook,
        },
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(rules_text(), encoding="utf-8")
