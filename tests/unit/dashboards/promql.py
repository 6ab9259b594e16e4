"""Reads the metric names and labels out of PromQL, for tests; and fills in what Grafana would."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)")
_NAME = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")
_SELECTOR = re.compile(r"([A-Za-z_:][A-Za-z0-9_:]*)\s*\{([^{}]*)\}")
_LABEL = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s*(?:=~|!~|!=|=)")
_WORDS = frozenset({"and", "or", "unless", "bool", "offset", "by", "without", "on", "ignoring", "inf", "nan"})


def metrics(expression: str) -> set[str]:
    """Return the names of the metrics that an expression asks for."""
    text = _STRING.sub('""', expression)
    text = re.sub(r"\{[^{}]*\}", "", text)
    text = re.sub(r"\[[^\]]*\]", "", text)
    text = _GROUPING.sub(" ", text)
    found = set()
    for match in _NAME.finditer(text):
        called = text[match.end() :].lstrip().startswith("(")
        number = match.start() > 0 and (text[match.start() - 1].isdigit() or text[match.start() - 1] == ".")
        if not called and not number and match[0].lower() not in _WORDS and not match[0].startswith("__"):
            found.add(match[0])
    return found


def selectors(expression: str) -> Iterator[tuple[str, set[str]]]:
    """Yield each metric that is selected by labels, with their names."""
    for name, inner in _SELECTOR.findall(expression):
        yield name, set(_LABEL.findall(_STRING.sub('""', inner)))


def variables(text: str) -> set[str]:
    """Return the names of the dashboard's own variables in a text."""
    found = {name or braced for name, braced in re.findall(r"\$(?:(\w+)|\{(\w+)[^}]*\})", text)}
    return {name for name in found if not name.startswith("__") and not name.isdigit()}


def filled(expression: str, values: Mapping[str, str], *, range_s: int = 3_600, rate_s: int = 60) -> str:
    """Return the expression as Grafana would send it."""
    text = expression.replace("$__rate_interval", f"{rate_s}s").replace("$__range", f"{range_s}s")
    for name, value in values.items():
        text = text.replace(f"${name}", value)
    return text
