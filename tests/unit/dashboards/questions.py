"""All questions of the generated dashboards, with their variables filled in as a reader would choose."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.build import GENERATED
from tests.unit.dashboards.promql import filled

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What one panel, annotation or variable asks Prometheus; `at` says where it stands."""

    at: str
    expr: str
    instant: bool


def questions(
    values: Mapping[str, Mapping[str, str]], *, range_s: int = 3_600, rate_s: int = 60
) -> Iterator[Question]:
    """Yield every question of every dashboard; `values` are the variables' by the dashboard's key."""
    for path in sorted((GENERATED / "vi").glob("*.json")):
        dashboard: Json = json.loads(path.read_text(encoding="utf-8"))
        chosen = {"area": ".*", "role": ".*", "device": ".*"} | dict(values.get(path.stem, {}))

        def ask(
            at: str, expr: str, *, instant: bool, key: str = path.stem, chosen: Mapping[str, str] = chosen
        ) -> Question:
            text = filled(expr, chosen, range_s=range_s, rate_s=rate_s)
            return Question(at=f"{key}: {at}", expr=text, instant=instant)

        for panel in dashboard["panels"]:
            for target in panel.get("targets", ()):
                at = f"{panel['title']} {target['refId']}"
                yield ask(at, target["expr"], instant=bool(target.get("instant")))
        for query in dashboard["annotations"]["list"]:
            yield ask(f"annotation {query['name']}", query["expr"], instant=False)
        for variable in dashboard["templating"]["list"]:
            if variable["type"] == "query":
                yield ask(f"${variable['name']}", _inner(variable["query"]["query"]), instant=True)


def _inner(text: str) -> str:
    """Return what a variable asks: Grafana's two functions around an expression."""
    result = re.fullmatch(r"query_result\((.*)\)", text)
    if result is not None:
        return result[1]
    values = re.fullmatch(r"label_values\((.*), (\w+)\)", text)
    assert values is not None, text
    return f"count by ({values[2]}) ({values[1]})"
